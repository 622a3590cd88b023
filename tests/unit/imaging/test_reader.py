"""The reader: the same pixels as in this process, and whatever a file does to it costs that file alone."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from alldetect_gui import __main__
from alldetect_gui.core.errors import ImageRefused, RunFailed
from alldetect_gui.imaging import decode, reader, reader_process
from alldetect_gui.imaging.decoded import DecodedImage, SameBytes
from alldetect_gui.imaging.thumbnails import thumbnail
from tests.unit.imaging import files

IMAGE = files.speckled()
linux = pytest.mark.skipif(not Path("/proc/self/maps").is_file(), reason="looks into /proc")
posix = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="stops a process by a signal")


@pytest.fixture(autouse=True)
def _no_reader_left() -> Iterator[None]:
    """Each test starts with none and leaves none."""
    reader.close_idle()
    yield
    reader.close_idle()


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.fixture
def cells(tmp_path: Path) -> list[Path]:
    """Five different images."""
    return [written(tmp_path, f"{seed}.bmp", files.bmp(files.speckled(seed=seed))) for seed in range(5)]


def pid(one: reader.Reader) -> int:
    """The process of a reader that has one."""
    assert one._process is not None
    return one._process.pid


def ready() -> reader.Reader:
    """A reader whose process has started."""
    one = reader.Reader()
    one._started()
    return one


def pixel_hash(pixels: files.Pixels) -> str:
    return hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()


def test_that_every_use_has_the_very_same_pixels(tmp_path: Path) -> None:
    paths = [
        written(tmp_path, "a.bmp", files.bmp(IMAGE, header=124)),
        written(tmp_path, "b.png", files.png(IMAGE.astype(np.uint16) * 257, extra=[(b"eXIf", files.exif(6))])),
        written(tmp_path, "c.jpg", files.jpeg(files.smooth())),
        written(tmp_path, "d.tif", files.tiff(IMAGE, deflate=True)),
        written(tmp_path, "e.bmp", files.bmp_masked(IMAGE, bits=32, masks=(0xFF000000, 0xFF00, 0xFF), header=56)),
    ]
    for path, batch in zip(paths, reader.read_images(paths), strict=True):
        here = decode.read_image(path)
        preview = reader.read_image(path)
        assert isinstance(batch, DecodedImage)
        assert {pixel_hash(item.pixels) for item in (here, preview, batch)} == {pixel_hash(here.pixels)}
        assert {item.sha256 for item in (here, preview, batch)} == {hashlib.sha256(path.read_bytes()).hexdigest()}
        small = reader.read_thumbnail(path, 16)
        assert pixel_hash(small.pixels) == pixel_hash(thumbnail(here.pixels, 16))
        assert small.sha256 == here.sha256


def test_that_a_refusal_tells_reason_and_hash(tmp_path: Path) -> None:
    data = files.png(IMAGE)[:-3]
    path = written(tmp_path, "x.png", data)
    with pytest.raises(ImageRefused) as caught:
        reader.read_image(path)
    assert caught.value.reason == "file is incomplete"
    assert caught.value.sha256 == hashlib.sha256(data).hexdigest()
    with pytest.raises(ImageRefused) as caught:
        reader.read_image(tmp_path / "gone.png")
    assert (caught.value.reason, caught.value.sha256) == ("not there any more", "")


def test_that_outcomes_come_in_order_with_refusals_between(cells: list[Path], tmp_path: Path) -> None:
    paths = [cells[0], tmp_path / "gone.bmp", cells[1], written(tmp_path, "text.bmp", b"no image"), cells[2]]
    outcomes = list(reader.read_images(paths))
    assert [isinstance(item, ImageRefused) for item in outcomes] == [False, True, False, True, False]
    for path, outcome in zip(paths, outcomes, strict=True):
        if isinstance(outcome, DecodedImage):
            np.testing.assert_array_equal(outcome.pixels, decode.read_image(path).pixels)
    assert list(reader.read_images([])) == []


def test_that_a_name_of_any_bytes_is_read(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + "/🩸\n=1\u202e".encode() + b"\xff.bmp"))
    try:
        path.write_bytes(files.bmp(IMAGE))
    except OSError as error:
        pytest.skip(f"this file system does not take the name: {error}")
    np.testing.assert_array_equal(reader.read_image(path).pixels, IMAGE)


def test_that_a_relative_path_means_the_callers_folder(
    cells: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.read_image(cells[0])
    monkeypatch.chdir(tmp_path)
    np.testing.assert_array_equal(reader.read_image(Path("3.bmp")).pixels, files.speckled(seed=3))


def test_that_one_process_serves_many_files_and_is_kept(cells: list[Path]) -> None:
    list(reader.read_images(cells))
    (kept,) = reader._idle
    first = pid(kept)
    reader.read_image(cells[0])
    reader.read_thumbnail(cells[1], 8)
    assert [pid(one) for one in reader._idle] == [first]


def test_that_a_reader_started_ahead_is_the_one_that_reads(cells: list[Path]) -> None:
    reader.start_ahead()
    reader.start_ahead()
    (begun,) = reader._idle
    first = pid(begun)
    list(reader.read_images(cells))
    assert [pid(one) for one in reader._idle] == [first]


def test_that_a_reader_started_ahead_that_does_not_live_costs_no_file(
    cells: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = reader.command()
    monkeypatch.setattr(reader, "command", lambda: ["/nowhere/python"])
    reader.start_ahead()
    assert not reader._idle
    monkeypatch.setattr(reader, "command", lambda: [sys.executable, "-c", "pass"])
    reader.start_ahead()
    monkeypatch.setattr(reader, "command", lambda: whole)
    np.testing.assert_array_equal(reader.read_image(cells[0]).pixels, files.speckled(seed=0))


@posix
def test_that_a_reader_killed_in_mid_file_costs_that_file_alone(cells: list[Path]) -> None:
    one = ready()
    killed = pid(one)
    os.kill(killed, signal.SIGSTOP)
    one.ask(cells[0])
    os.kill(killed, signal.SIGKILL)
    refused = one.outcome()
    assert isinstance(refused, ImageRefused)
    assert refused.reason == reader.STOPPED
    one.ask(cells[1])
    np.testing.assert_array_equal(one.answer().pixels, files.speckled(seed=1))
    assert pid(one) != killed
    one.close()


@posix
def test_that_a_reader_killed_between_two_files_costs_none(cells: list[Path]) -> None:
    one = ready()
    os.kill(pid(one), signal.SIGKILL)
    assert one._process is not None
    one._process.wait()
    one.ask(cells[0])
    np.testing.assert_array_equal(one.answer().pixels, files.speckled(seed=0))
    one.close()


@posix
def test_that_a_reader_that_hangs_is_ended_and_replaced(cells: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    one = ready()
    hanging = pid(one)
    monkeypatch.setattr(reader, "TIME", 0.2)
    os.kill(hanging, signal.SIGSTOP)
    one.ask(cells[0])
    refused = one.outcome()
    assert isinstance(refused, ImageRefused)
    assert "not decoded within" in refused.reason
    with pytest.raises(ProcessLookupError):
        os.kill(hanging, 0)
    monkeypatch.setattr(reader, "TIME", 10.0)
    one.ask(cells[1])
    assert isinstance(one.outcome(), DecodedImage)
    one.close()


def test_that_a_caller_who_leaves_early_gets_nobody_elses_pixels(cells: list[Path]) -> None:
    batch = reader.read_images(cells)
    next(batch)
    batch.close()  # the second image is on its way
    np.testing.assert_array_equal(reader.read_image(cells[4]).pixels, files.speckled(seed=4))


@linux
def test_that_the_process_is_light_and_its_memory_is_limited(cells: list[Path]) -> None:
    one = ready()
    one.ask(cells[0])
    one.answer()
    maps = Path(f"/proc/{pid(one)}/maps").read_text(encoding="utf-8")
    assert "cv2" in maps
    assert not [word for word in ("PySide6", "libQt", "tensorflow", "litert") if word in maps]
    limits = Path(f"/proc/{pid(one)}/limits").read_text(encoding="utf-8")
    (line,) = (line for line in limits.splitlines() if line.startswith("Max address space"))
    assert reader_process.MEMORY < int(line.split()[3]) < 3e9
    one.close()


@linux
@pytest.mark.timeout(60)
def test_that_no_reader_outlives_a_killed_program(cells: list[Path]) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom alldetect_gui.imaging import reader\n"
        "reader.read_image(Path(sys.argv[1]))\nprint(reader._idle[0]._process.pid, flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(cells[0])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = Path("/proc") / parent.stdout.readline().strip()
        assert child.is_dir()
        parent.kill()
        parent.wait()
    while child.is_dir() and "\nState:\tZ" not in (child / "status").read_text(encoding="utf-8"):
        time.sleep(0.01)  # ends by the timeout of the test


HELLO = reader_process.ANSWER.pack(reader_process.HELLO, 0, 0, reader_process.NO_HASH)


def answers_with(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Start another program in place of the reader."""
    begin = f"import sys\nout = sys.stdout.buffer\nout.write({HELLO!r})\nout.flush()\n"
    monkeypatch.setattr(reader, "command", lambda: [sys.executable, "-c", begin + code])


@pytest.mark.parametrize(
    "frame",
    [
        reader_process.ANSWER.pack(reader_process.PIXELS, 60_000, 60_000, reader_process.NO_HASH),
        reader_process.ANSWER.pack(reader_process.PIXELS, 20_000, 20_000, reader_process.NO_HASH),
        reader_process.ANSWER.pack(reader_process.PIXELS, 0, 5, reader_process.NO_HASH),
        reader_process.ANSWER.pack(reader_process.REFUSED, 2**31, 0, reader_process.NO_HASH),
        b"some text that a library printed, longer than the head of an answer",
    ],
)
def test_that_what_a_taken_over_reader_says_is_checked(
    frame: bytes, cells: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers_with(monkeypatch, f"out.write({frame!r})\nout.flush()\nsys.stdin.read()\n")
    with pytest.raises(ImageRefused) as caught:
        reader.read_image(cells[0])
    assert (caught.value.reason, caught.value.sha256) == (reader.STOPPED, "")


def test_that_a_reader_that_is_killed_while_it_starts_is_started_again(
    cells: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, tries = reader.command(), iter([[sys.executable, "-c", "pass"]] * 2)
    monkeypatch.setattr(reader, "command", lambda: next(tries, whole))
    assert reader.read_image(cells[0]).pixels.shape == decode.read_image(cells[0]).pixels.shape


@posix
@pytest.mark.timeout(60)
def test_that_a_reader_that_even_the_system_cannot_end_holds_nobody_up(
    cells: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that waits for a network share that is gone: it dies when the share answers."""
    stuck: list[subprocess.Popen[bytes]] = []
    monkeypatch.setattr(reader, "TIME", 0.2)
    monkeypatch.setattr(subprocess.Popen, "kill", lambda process: stuck.append(process))
    answers_with(monkeypatch, "import time\ntime.sleep(600)\n")
    with pytest.raises(ImageRefused) as caught:
        reader.read_image(cells[0])
    assert caught.value.reason == reader.SLOW
    monkeypatch.undo()
    for process in stuck:
        process.kill()
        process.wait()
    reader.read_image(cells[0])
    reader.close_idle()
    assert not reader._stuck


@pytest.mark.parametrize(
    "command",
    [["/nowhere/python"], [sys.executable, "-c", "pass"], [sys.executable, "-c", "print('Welcome to this shell')"]],
    ids=["no such program", "ends at once", "says something else"],
)
def test_that_a_reader_that_cannot_start_ends_the_run_in_words(
    command: list[str], cells: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "command", lambda: command)
    with pytest.raises(RunFailed, match="reader of images cannot be started"):
        reader.read_image(cells[0])


def test_that_a_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert reader.command() == [sys.executable, __main__.READER]


@pytest.mark.parametrize("door", ["main", "main_gui"])
def test_that_both_programs_have_the_hidden_door_and_load_nothing_else_for_it(door: str, tmp_path: Path) -> None:
    code = (
        f"import sys\nfrom alldetect_gui.__main__ import {door} as main\nsys.argv = ['alldetect', '--reader']\n"
        "code = main()\nassert not {'PySide6', 'tensorflow', 'ai_edge_litert'} & set(sys.modules)\nsys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (
        0,
        reader_process.ANSWER.pack(reader_process.HELLO, 0, 0, reader_process.NO_HASH),
    )


def test_that_a_module_in_the_current_folder_is_not_taken_for_a_library(
    cells: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "cv2.py", b"raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    assert reader.read_image(cells[0]).pixels.shape == IMAGE.shape


def _cut_and_ended(data: bytes) -> bytes:
    """The last scan cut in half, and the end marker put back: whole for every check of the header."""
    return data[: (data.rindex(b"\xff\xda") + len(data)) // 2] + b"\xff\xd9"


@pytest.mark.parametrize("progressive", [False, True])
def test_that_a_jpeg_whose_pixels_stop_half_way_is_refused_though_it_has_an_end(
    progressive: bool, tmp_path: Path
) -> None:
    whole = files.jpeg(files.speckled(64, 64), progressive=progressive)
    assert decode.decode(_cut_and_ended(whole)).shape == (64, 64, 3)  # the decoder alone draws it, and grey
    with pytest.raises(ImageRefused, match="damaged JPEG"):
        reader.read_image(written(tmp_path, "x.jpg", _cut_and_ended(whole)))
    assert reader.read_image(written(tmp_path, "y.jpg", whole)).pixels.shape == (64, 64, 3)  # nothing is left over


def test_that_a_file_whose_bytes_are_known_is_hashed_and_not_decoded(tmp_path: Path, cells: list[Path]) -> None:
    nonsense = tmp_path / "nonsense.bmp"
    nonsense.write_bytes(b"no image, which decoding would find")
    known = hashlib.sha256(nonsense.read_bytes()).hexdigest()
    wanted = [(nonsense, known), (cells[0], known), (nonsense, ""), (cells[1], ""), (nonsense, known)]
    same, changed, refused, image, again = reader.read_unless_known(wanted)
    assert same == again == SameBytes(known)
    assert isinstance(refused, ImageRefused)
    for outcome, path in ((changed, cells[0]), (image, cells[1])):
        assert isinstance(outcome, DecodedImage)
        np.testing.assert_array_equal(outcome.pixels, reader.read_image(path).pixels)
        assert outcome.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def jpeg_with_restarts() -> bytes:
    """A restart marker after each block, from which a decoder goes on when data are missing."""
    made = io.BytesIO()
    Image.fromarray(files.speckled(64, 64)).save(made, "JPEG", quality=90, restart_marker_blocks=1)
    return made.getvalue()


FAULTS = ["a block missing", "bytes too many within", "a scan of odd parameters", "half of it missing, and a last word"]
REMARKS = ["none", "an odd version", "an odd colour code"]


def remarked(jpeg: bytes, remark: str) -> bytes:
    """The file with something else that libjpeg remarks on first; it makes one remark a file."""
    if remark == "an odd version":
        return jpeg[:11] + b"\2" + jpeg[12:]
    if remark == "an odd colour code":
        without = jpeg[:2] + jpeg[4 + int.from_bytes(jpeg[4:6], "big") :]
        return without[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\5" + without[2:]
    return jpeg


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize("fault", FAULTS)
def test_that_a_jpeg_that_its_decoder_has_doubts_about_is_refused(fault: str, remark: str, tmp_path: Path) -> None:
    whole = jpeg_with_restarts()
    first, second = (whole.index(bytes((0xFF, 0xD0 + number))) for number in (2, 3))
    scan = whole.index(b"\xff\xda")
    broken = {
        "a block missing": whole[:first] + whole[second:],
        "bytes too many within": whole[: first - 1] + b"\x55" * 40 + whole[first:],
        "a scan of odd parameters": whole[: scan + 11] + b"\x07\x3f\x15" + whole[scan + 14 :],
        "half of it missing, and a last word": whole[:second] + b"\x11\x12" + whole[-2:],
    }[fault]
    for name, data in (("whole", whole), ("broken", remarked(broken, remark))):
        (tmp_path / f"{name}.jpg").write_bytes(data)
    read, refused = reader.read_images([tmp_path / "whole.jpg", tmp_path / "broken.jpg"])
    assert isinstance(read, DecodedImage)
    assert isinstance(refused, ImageRefused)
    assert refused.reason == "damaged JPEG (its data end too early or make no sense)"


def test_that_bytes_before_the_end_mark_of_a_jpeg_are_passed_over(tmp_path: Path) -> None:
    whole = files.jpeg(files.smooth())
    (tmp_path / "whole.jpg").write_bytes(whole)
    (tmp_path / "padded.jpg").write_bytes(whole[:-2] + bytes(9) + whole[-2:])
    one, other = reader.read_images([tmp_path / "whole.jpg", tmp_path / "padded.jpg"])
    assert isinstance(one, DecodedImage)
    assert isinstance(other, DecodedImage)
    np.testing.assert_array_equal(one.pixels, other.pixels)
