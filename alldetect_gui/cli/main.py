"""The commands' arguments and exit codes."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from alldetect_gui import __version__
from alldetect_gui.cli.audit import audit
from alldetect_gui.cli.classify import classify
from alldetect_gui.cli.evaluate import evaluate_file
from alldetect_gui.cli.export import add_export
from alldetect_gui.cli.models import models
from alldetect_gui.cli.preprocess import preprocess
from alldetect_gui.cli.render import printable
from alldetect_gui.cli.rerun import add_rerun
from alldetect_gui.cli.self_test import run_self_test
from alldetect_gui.cli.workspace import workspace_info, workspace_restore, workspace_save, workspace_unlock
from alldetect_gui.core.errors import KnownError, WrongUse
from alldetect_gui.core.exit_codes import FAILED, INTERRUPTED, WRONG_USE
from alldetect_gui.core.intended_use import INTENDED_USE
from alldetect_gui.core.labels import LabelCoding
from alldetect_gui.core.words import Words

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: Sequence[str], make_pdf: Callable[[str, bytes, Words], bytes] | None = None) -> int:
    """Run one command. Every error that is part of normal work ends as one sentence on standard error.

    `make_pdf` turns HTML and a manifest into a PDF; it needs Qt, which no command has.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console without UTF-8 must not stop a run
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    options.make_pdf = make_pdf
    try:
        if getattr(options, "coding", None) and not options.labels:
            raise WrongUse("--coding says how the numbers of a label file are meant; give the file with --labels")
        result: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has had enough
        _let_go_of_output()
        return 0
    except WrongUse as error:
        print(f"alldetect: {printable(str(error))}", file=sys.stderr)
        return WRONG_USE
    except KnownError as error:
        print(f"alldetect: {printable(str(error))}", file=sys.stderr)
        return FAILED
    except OSError as error:  # standard output on a full disk, for one
        print(f"alldetect: {printable(str(error))}", file=sys.stderr)
        _let_go_of_output()
        return FAILED
    except KeyboardInterrupt:
        print("\nalldetect: interrupted; no file was written", file=sys.stderr)
        return INTERRUPTED
    return result


def _let_go_of_output() -> None:
    """What standard output cannot take, Python would try to write once more at its end, and complain again."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="alldetect",
        description=f"Suggests ALL or HEM for images of single blood cells. {INTENDED_USE}",
        epilog="“alldetect gui [FOLDER]” opens the window; “alldetect train” retrains a model, “alldetect experiment” "
        "runs a study (see their --help).",
    )
    parser.add_argument("--version", action="version", version=f"alldetect {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_classify(commands)
    _add_evaluate(commands)
    add_export(commands)
    add_rerun(commands)
    _add_preprocess(commands)
    _add_models(commands)
    self_test = commands.add_parser("self-test", help="check whether this installation works, and print JSON")
    self_test.set_defaults(run=run_self_test)
    _add_audit(commands)
    _add_workspace(commands)
    return parser


def _add_classify(commands: Commands) -> None:
    command = commands.add_parser("classify", help="classify every image below a folder")
    command.add_argument("folder", type=_folder, metavar="FOLDER")
    command.add_argument("--model", default="default", metavar="NAME", help="see “alldetect models”")
    command.add_argument("--out", type=Path, default=Path("alldetect-results"), metavar="DIR",
                         help="where results.csv and summary.json go (default: %(default)s)")  # fmt: skip
    command.add_argument("--engine", default="litert", metavar="NAME",
                         help="litert (default), or tensorflow: the float32 reference")  # fmt: skip
    command.add_argument("--threads", type=int, metavar="N",
                         help="cores that litert keeps busy (default: all that it may use)")  # fmt: skip
    command.add_argument("--json", action="store_true", help="print summary.json instead of text")
    command.add_argument("--workspace", type=Path, metavar="FILE",
                         help="the workspace file that keeps the results (default: the one of this user)")  # fmt: skip
    command.add_argument("--resume", action=argparse.BooleanOptionalAction, default=True,
                         help="use kept results again (default), or classify every image anew")  # fmt: skip
    _add_labels(command)
    command.set_defaults(run=classify)


def _add_evaluate(commands: Commands) -> None:
    command = commands.add_parser("evaluate", help="recompute the metrics of a results.csv")
    command.add_argument("results", type=Path, metavar="RESULTS.csv")
    command.add_argument("--json", action="store_true", help="print JSON instead of text")
    _add_labels(command)
    command.set_defaults(run=evaluate_file)


def _add_preprocess(commands: Commands) -> None:
    command = commands.add_parser("preprocess", help="write one image as a recipe renders it")
    command.add_argument("image", type=Path, metavar="IMAGE")
    command.add_argument("--sheet", action="store_true",
                         help="all recipes side by side, with P(ALL) by the model made for each")  # fmt: skip
    command.add_argument("--recipe", metavar="NAME",
                         help="original, gaussian, clahe, grayscale or clahe-grayscale")  # fmt: skip
    command.add_argument("--set", action="append", default=[], metavar="PARAMETER=VALUE", dest="parameters",
                         help="for instance clip_limit=3; may be repeated")  # fmt: skip
    command.add_argument("--out", type=Path, required=True, metavar="FILE.png")
    command.set_defaults(run=preprocess)


def _add_models(commands: Commands) -> None:
    command = commands.add_parser("models", help="list the model artefacts with their figures")
    command.add_argument("--json", action="store_true", help="print the manifests as JSON")
    command.add_argument("--card", metavar="NAME", help="print the model card of one artefact")
    command.add_argument("--import", type=Path, dest="source", metavar="FILE_OR_FOLDER",
                         help="take in your own model: a folder from “alldetect train”, or .safetensors")  # fmt: skip
    command.add_argument("--name", default="", metavar="NAME", help="of the imported model; without it, its own")
    command.set_defaults(run=models)


def _add_audit(commands: Commands) -> None:
    command = commands.add_parser("audit", help="the audit log of a workspace file")
    command.add_argument("task", choices=("verify", "list"),
                         help="verify: find any entry or row that was edited, removed, added or moved")  # fmt: skip
    command.add_argument("--workspace", type=Path, metavar="FILE", help="default: the one of this user")
    command.add_argument("--json", action="store_true", help="print JSON instead of text")
    command.set_defaults(run=audit)


def _add_workspace(commands: Commands) -> None:
    command = commands.add_parser("workspace", help="copy a workspace file, or put its newest backup in place")
    tasks = command.add_subparsers(required=True, metavar="TASK")
    info = tasks.add_parser("info", help="where it is, its runs and its backups")
    save = tasks.add_parser("save", help="write a whole copy, to carry elsewhere")
    save.add_argument("file", type=Path, metavar="FILE")
    back = tasks.add_parser("restore", help="put a backup in place; what was there is kept beside it")
    back.add_argument("--backup", type=Path, metavar="FILE", help="default: the newest whole one")
    free = tasks.add_parser("unlock", help="forget that another computer, which has let go of it, was using the file")
    for task, run in (
        (info, workspace_info), (save, workspace_save), (back, workspace_restore), (free, workspace_unlock)
    ):  # fmt: skip
        task.add_argument("--workspace", type=Path, metavar="FILE", help="default: the one of this user")
        task.set_defaults(run=run)


def _folder(word: str) -> Path:
    """What an empty variable of a shell leaves is not the folder in which the user happens to be."""
    if not word:
        raise argparse.ArgumentTypeError("a folder without a name")
    return Path(word)


def _coding(word: str) -> LabelCoding:
    try:
        return LabelCoding(word)
    except ValueError as error:
        known = " or ".join(coding.value for coding in LabelCoding)
        raise argparse.ArgumentTypeError(f"“{word}” is not a coding (it is {known})") from error


def _add_labels(command: argparse.ArgumentParser) -> None:
    command.add_argument("--labels", type=Path, metavar="FILE.csv", help="reference labels, joined by image name")
    command.add_argument("--coding", type=_coding, metavar="CODING",
                         help="of labels that are numbers: thesis (0 = ALL) or challenge (1 = ALL)")  # fmt: skip
