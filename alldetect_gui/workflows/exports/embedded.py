"""Find the manifest in an export of any format. The file may be anybody's: nothing in it is trusted or run."""

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

from alldetect_gui.core.errors import WrongUse
from alldetect_gui.core.whole_file import MOST_BYTES, read_whole
from alldetect_gui.workflows.export_results import pending_in, read_results
from alldetect_gui.workflows.exports.manifest import MARK, PastRun, image_entry, past_run
from alldetect_gui.workflows.exports.run import ExportOptions

_START = f'{{"{MARK}"'.encode()
_PART = re.compile(r"<t[^<>]*>manifest:(\d{5})/(\d{5}):([^<]*)</t>")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PRE = re.compile(r'<pre id="alldetect-manifest">([^<]*)</pre>')
_STREAM = re.compile(rb"stream\r?\n")
_AS_WRITTEN = ExportOptions(full_names=True)


def read_past_run(path: Path) -> PastRun:
    """The run that an export, or a results.csv, remembers. Raises WrongUse, naming the file, without a whole one."""
    try:
        return past_run(_content(path, read_whole(path)))
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {error.strerror or error}") from error
    except WrongUse as error:
        raise WrongUse(f"{path}: {error}") from error
    except (ValueError, RecursionError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise WrongUse(f"{path}: its manifest is damaged ({error})") from error


def _content(path: Path, data: bytes) -> Any:
    """The manifest as JSON gives it, by what the file is and not by what it is called."""
    if data.startswith(b"%PDF-"):
        return json.loads(_of_pdf(data))
    if data.startswith(b"PK"):
        return json.loads(_of_workbook(data))
    text = data.decode("utf-8-sig")
    if text.lstrip().startswith("{"):
        whole = json.loads(text)
        return whole.get("manifest", whole)
    if text.lstrip().startswith("<"):
        if (found := _PRE.search(text)) is None:
            raise WrongUse("it holds no manifest of AllDetect")
        return json.loads(unescape(found[1]))
    return _of_table(path, text)


def _of_table(path: Path, text: str) -> dict[str, Any]:
    """From a CSV: the rows are the images; what a plain results.csv does not say follows from its columns."""
    results, model = read_results(path)
    stated: dict[str, Any] = {}
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    for line in lines:
        if line.get("manifest"):  # wherever sorting has put it
            stated = json.loads(line["manifest"])
            break
    return {
        MARK: stated.get(MARK, 1),
        "created_utc": stated.get("created_utc", ""),
        "uncertain_band": stated.get("uncertain_band"),
        "found": stated.get("found", len(results) + pending_in(path)),
        "model": {"name": model.name, "sha256": model.sha256} if model else None,
        "recipe": {"name": model.recipe, "parameters": dict(model.parameters)} if model else None,
        "engine": model.engine if model else None,
        "threshold": model.threshold if model else None,
        "images": [image_entry(result, _AS_WRITTEN) for result in results],
    }


def _of_workbook(data: bytes) -> str:
    """From the numbered cells, whatever sheet they are in now. A workbook is XML, but no XML parser is let near it."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        try:
            member = book.getinfo("xl/sharedStrings.xml")
        except KeyError as error:
            raise WrongUse("it holds no manifest of AllDetect") from error
        if member.file_size > MOST_BYTES:
            raise WrongUse("its texts are too large")
        with book.open(member) as file:
            text = file.read(MOST_BYTES).decode("utf-8")
    parts = {int(number): (int(of), piece) for number, of, piece in _PART.findall(text)}
    if not parts or set(parts) != set(range(1, max(of for of, _ in parts.values()) + 1)):
        raise WrongUse("it holds no manifest of AllDetect, or not all of it")
    whole = "".join(unescape(parts[number][1]) for number in sorted(parts))
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), whole)


def _of_pdf(data: bytes) -> bytes:
    """From the attachment: the one stream that unpacks to a manifest."""
    for stream in _streams(data):
        if stream.startswith(_START):
            return stream
        unpacking = zlib.decompressobj()
        try:
            if unpacking.decompress(stream, len(_START)) == _START:
                return zlib.decompressobj().decompress(stream, MOST_BYTES)
        except zlib.error:  # a stream of another kind
            continue
    raise WrongUse("it holds no manifest of AllDetect")


def _streams(data: bytes) -> Iterator[bytes]:
    """What lies between stream and endstream, in the order of the file; none lies in another: one reading."""
    place = 0
    while begin := _STREAM.search(data, place):
        end = data.find(b"endstream", begin.end())
        if end < 0:
            return
        yield data[begin.end() : end].removesuffix(b"\n")
        place = end + len(b"endstream")
