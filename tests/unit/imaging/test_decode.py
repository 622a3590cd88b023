"""What comes out of a file: the right pixels, or a refusal with its reason; never something in between."""

import hashlib
import io
import os
import stat
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from alldetect_gui.core.errors import ImageRefused
from alldetect_gui.imaging import formats
from alldetect_gui.imaging.decode import decode, read_bytes, read_image
from alldetect_gui.imaging.encode import png_bytes
from tests.unit.imaging import files

IMAGE = files.speckled()
GRAY = IMAGE[:, :, 0]
THREE_GRAY = np.repeat(GRAY[:, :, np.newaxis], 3, axis=2)
ALPHA = files.speckled(seed=5)[:, :, :1]
RGBA = np.concatenate([IMAGE, ALPHA], axis=2)
OPAQUE = np.concatenate([IMAGE, np.full_like(ALPHA, 255)], axis=2)
PALETTE = files.speckled(16, 16, seed=3).reshape(256, 3)
STEPS = np.repeat(GRAY[:, :4], 8, axis=1)[:, :31]  # long runs of equal pixels


def refusal(data: bytes) -> str:
    """The reason why `data` is refused."""
    with pytest.raises(ImageRefused) as caught:
        decode(data)
    return caught.value.reason


LOSSLESS: dict[str, tuple[bytes, files.Pixels]] = {
    "bmp 54 bottom-up": (files.bmp(IMAGE), IMAGE),
    "bmp 54 top-down": (files.bmp(IMAGE, top_down=True), IMAGE),
    "bmp 138 bottom-up": (files.bmp(IMAGE, header=124), IMAGE),
    "bmp 138 top-down": (files.bmp(IMAGE, header=124, top_down=True), IMAGE),
    "bmp 54, 32 bits": (files.bmp(IMAGE, bits=32), IMAGE),
    "bmp 138, 32 bits": (files.bmp(IMAGE, header=124, bits=32), IMAGE),
    "bmp palette": (files.bmp_palette(GRAY, PALETTE), PALETTE[GRAY]),
    "bmp run lengths": (files.bmp_run_lengths(STEPS, PALETTE), PALETTE[STEPS]),
    "png rgb": (files.png(IMAGE), IMAGE),
    "png rgba, alpha dropped": (files.png(RGBA), IMAGE),
    "png grey": (files.png(GRAY), THREE_GRAY),
    "png grey + alpha": (files.png(RGBA[:, :, (0, 3)]), THREE_GRAY),
    "png palette": (files.png(GRAY, palette=PALETTE), PALETTE[GRAY]),
    "png rgb 16": (files.png(IMAGE.astype(np.uint16) * 257), IMAGE),
    "png grey 16": (files.png(GRAY.astype(np.uint16) * 257), THREE_GRAY),
    "tiff little-endian": (files.tiff(IMAGE), IMAGE),
    "tiff big-endian": (files.tiff(IMAGE, order=">"), IMAGE),
    "tiff strips, directory first": (files.tiff(IMAGE, rows_per_strip=5, directory_first=True), IMAGE),
    "tiff deflate": (files.tiff(IMAGE, deflate=True, rows_per_strip=7), IMAGE),
    "tiff grey": (files.tiff(GRAY), THREE_GRAY),
    "tiff white is zero": (files.tiff(GRAY, photometric=0), 255 - THREE_GRAY),
    "tiff rgb 16": (files.tiff(IMAGE.astype(np.uint16) * 257), IMAGE),
    "tiff grey 16 big-endian": (files.tiff(GRAY.astype(np.uint16) * 257, order=">"), THREE_GRAY),
    "tiff opaque associated alpha": (files.tiff(OPAQUE, alpha=1), IMAGE),
    "tiff opaque unassociated alpha": (files.tiff(OPAQUE, alpha=2), IMAGE),
    "tiff unnamed fourth channel": (files.tiff(RGBA, alpha=0), IMAGE),
}

WHOLE: dict[str, bytes] = {
    **{name: data for name, (data, _) in LOSSLESS.items()},
    "jpeg": files.jpeg(files.smooth()),
    "jpeg progressive": files.jpeg(files.smooth(), progressive=True),
    "jpeg with a thumbnail": files.with_exif(files.jpeg(files.smooth()), 1, files.jpeg(files.smooth(16, 16))),
}


@pytest.mark.parametrize("name", LOSSLESS)
def test_that_lossless_files_give_their_exact_pixels(name: str) -> None:
    data, expected = LOSSLESS[name]
    pixels = decode(data)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, expected)


@pytest.mark.parametrize("progressive", [False, True])
def test_that_a_jpeg_gives_nearly_its_pixels_in_rgb_order(progressive: bool) -> None:
    pixels = decode(files.jpeg(files.smooth(), progressive=progressive))
    assert np.abs(pixels.astype(int) - files.smooth()).max() <= 6


def test_that_a_450_pixel_cell_with_each_cnmc_header_is_the_same_image() -> None:
    cell = files.speckled(450, 450)
    short, long = files.bmp(cell), files.bmp(cell, header=124)
    assert struct.unpack_from("<I", short, 10) == (54,)
    assert struct.unpack_from("<I", long, 10) == (138,)
    np.testing.assert_array_equal(decode(short), decode(long))


@pytest.mark.parametrize("write", [files.png, files.tiff])
@pytest.mark.parametrize("channels", [1, 3])
def test_that_sixteen_bits_are_scaled_and_never_clipped(write: Callable[..., bytes], channels: int) -> None:
    ramp = np.linspace(0, 65535, 40 * 30 * 3).astype(np.uint16).reshape(40, 30, 3)
    samples = ramp if channels == 3 else ramp[:, :, 0]
    pixels = decode(write(samples)).astype(float)
    wanted = samples / 257 if channels == 3 else np.repeat(samples[:, :, np.newaxis], 3, axis=2) / 257
    assert np.abs(pixels - wanted).max() <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_that_orientation_is_applied_alike_in_every_format(orientation: int) -> None:
    lossless = files.oriented(IMAGE, orientation)
    tag = [(b"eXIf", files.exif(orientation))]
    np.testing.assert_array_equal(decode(files.png(IMAGE, extra=tag)), lossless)
    np.testing.assert_array_equal(decode(files.tiff(IMAGE, orientation=orientation)), lossless)
    turned = decode(files.with_exif(files.jpeg(files.smooth()), orientation)).astype(int)
    wanted = files.oriented(files.smooth(), orientation)
    assert turned.shape == wanted.shape
    assert np.abs(turned - wanted).max() <= 6


def test_that_a_cmyk_jpeg_as_adobe_writes_it_becomes_rgb() -> None:
    cyan, magenta, yellow, black = 200, 100, 50, 220  # stored inverted: 255 is no ink
    pixels = decode(files.flat_jpeg((cyan, magenta, yellow, black), adobe_transform=0))
    wanted = np.array([cyan, magenta, yellow]) * black / 255
    assert np.abs(pixels - wanted).max() <= 2


def test_that_a_cmyk_tiff_becomes_rgb() -> None:
    ink = np.concatenate([IMAGE, np.zeros_like(ALPHA)], axis=2)
    assert np.abs(decode(files.tiff(ink, photometric=5)).astype(int) - (255 - IMAGE.astype(int))).max() <= 1


@pytest.mark.parametrize("kind", [1, 2])
def test_that_a_transparent_tiff_is_not_silently_darkened(kind: int) -> None:
    assert "transparency" in refusal(files.tiff(RGBA, alpha=kind))


@pytest.mark.parametrize(
    ("depth", "kind", "words"),
    [(np.float32, 3, "floating-point"), (np.int32, 2, "signed numbers"), (np.uint32, 1, "32 bits a sample")],
)
def test_that_a_tiff_of_other_than_8_or_16_bit_whole_numbers_is_refused(
    depth: type[np.generic], kind: int, words: str
) -> None:
    assert words in refusal(files.tiff(GRAY.astype(depth), kind=kind))


def test_that_a_tiff_in_lab_colours_is_refused_and_not_drawn_in_others() -> None:
    assert "Lab" in refusal(files.tiff(IMAGE, photometric=8))


MASKS = {
    "555": (16, (0x7C00, 0x3E0, 0x1F)),
    "565": (16, (0xF800, 0x7E0, 0x1F)),
    "4444": (16, (0xF00, 0xF0, 0xF)),
    "8888": (32, (0xFF0000, 0xFF00, 0xFF)),
    "red and blue apart": (32, (0xFF000000, 0xFF0, 0xFF0000)),
    "ten bits": (32, (0xFFE00000, 0x1FFC00, 0x3FF)),
}


@pytest.mark.parametrize("header", [40, 52, 56, 124])
@pytest.mark.parametrize("name", MASKS)
def test_that_a_bitmap_with_colour_masks_has_the_colours_behind_them(name: str, header: int) -> None:
    bits, masks = MASKS[name]
    step = 255 / min(2 ** mask.bit_count() - 1 for mask in masks)
    pixels = decode(files.bmp_masked(IMAGE, bits=bits, masks=masks, header=header)).astype(int)
    assert np.abs(pixels - IMAGE).max() <= max(1, step / 2 + 0.5)


@pytest.mark.parametrize("masks", [(0, 0x7E0, 0x1F), (0xA000, 0x7E0, 0x1F), (0xF80000, 0x7E0, 0x1F)])
def test_that_impossible_colour_masks_are_refused(masks: tuple[int, int, int]) -> None:
    assert "masks" in refusal(files.bmp_masked(IMAGE, bits=16, masks=masks, header=40))


def test_that_pixels_inside_a_palette_are_no_image() -> None:
    data = bytearray(files.bmp_palette(GRAY, PALETTE))
    struct.pack_into("<I", data, 10, 54)
    assert refusal(bytes(data)) == "damaged BMP header"


def test_that_smaller_overviews_of_a_page_do_not_count_as_pages() -> None:
    page = files.tiff(IMAGE, directory_first=True)
    end_of_directory = 8 + 2 + 12 * 12
    linked = page[:end_of_directory] + struct.pack("<I", len(page)) + page[end_of_directory + 4 :]

    def directory(reduced: int, following: int) -> bytes:
        return struct.pack("<HHHIII", 1, 254, 4, 1, reduced, following)

    np.testing.assert_array_equal(decode(linked + directory(1, 0)), IMAGE)
    assert "several pages" in refusal(linked + directory(0, 0))
    assert "several pages" in refusal(linked + directory(1, len(page)))  # it leads to itself


@pytest.mark.parametrize(("kind", "refused"), [(0x020002, True), (0x010001, False), (0, False)])
def test_that_a_jpeg_of_several_equal_pictures_is_refused_and_previews_are_passed_over(
    kind: int, refused: bool
) -> None:
    whole = files.jpeg(files.smooth())
    entries = b"".join(struct.pack("<IIIHH", item, 100, 0, 0, 0) for item in (0x20000000 | kind or 0x030000, kind))
    index = struct.pack("<2sHIHHHIII", b"II", 42, 8, 1, 0xB002, 7, len(entries), 26, 0) + entries
    content = b"MPF\0" + index
    data = whole[:2] + b"\xff\xe2" + struct.pack(">H", len(content) + 2) + content + whole[2:] + whole
    if refused:
        assert "several pictures" in refusal(data)
    else:
        np.testing.assert_array_equal(decode(data), decode(whole))


@pytest.mark.parametrize(
    ("code", "bits", "words"), [(0xC3, 8, "lossless"), (0xC1, 12, "12 bits"), (0xC7, 8, "lossless")]
)
def test_that_kinds_of_jpeg_about_which_decoders_disagree_are_refused_by_name(code: int, bits: int, words: str) -> None:
    data = bytearray(files.jpeg(files.smooth()))
    frame = data.index(b"\xff\xc0")
    data[frame + 1], data[frame + 4] = code, bits
    assert words in refusal(bytes(data))


def test_that_a_five_channel_tiff_is_refused() -> None:
    assert "TIFF" in refusal(files.tiff(np.concatenate([RGBA, ALPHA], axis=2)))


def test_that_several_pages_or_frames_are_refused_and_not_cut_to_the_first() -> None:
    assert "several pages" in refusal(files.tiff(IMAGE, next_directory=8, directory_first=True))
    assert "animated" in refusal(files.png(IMAGE, extra=[(b"acTL", struct.pack(">II", 2, 0))]))


@pytest.mark.parametrize("share", [0.02, 0.25, 0.5, 0.9, 0.99, None])
@pytest.mark.parametrize("name", WHOLE)
def test_that_a_truncated_file_is_refused(name: str, share: float | None) -> None:
    data = WHOLE[name]
    assert decode(data).size
    length = len(data) - 1 if share is None else int(len(data) * share)
    assert "incomplete" in refusal(data[:length]) or "damaged" in refusal(data[:length])


@pytest.mark.parametrize("name", sorted(set(WHOLE) - {"jpeg with a thumbnail"}))
@pytest.mark.parametrize("missing", [1, 5, 60])
def test_that_truncation_is_told_before_any_decoder_is_asked(name: str, missing: int) -> None:
    """Not every OpenCV refuses half a JPEG; a thumbnail's end alone can pass for the end of the file."""
    formats.check(WHOLE[name])
    with pytest.raises(ImageRefused):
        formats.check(WHOLE[name][:-missing])


def test_that_a_file_that_lacks_what_stands_behind_its_pixels_is_incomplete_too() -> None:
    bmp = bytearray(files.bmp(IMAGE) + bytes(2))
    struct.pack_into("<I", bmp, 2, len(bmp))
    tiff = files.tiff(IMAGE, directory_first=True)
    entry = 10 + 12 * 10  # planar configuration, which is not needed, becomes a text behind the strips
    tiff = tiff[:entry] + struct.pack("<HHII", 305, 2, 6, len(tiff)) + tiff[entry + 12 :] + b"maker\0"
    for whole in (bytes(bmp), tiff):
        np.testing.assert_array_equal(decode(whole), IMAGE)
        assert refusal(whole[:-1]) == "file is incomplete"


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.floats(0, 1, exclude_max=True))
def test_that_no_point_of_truncation_gives_an_image(name: str, share: float) -> None:
    data = WHOLE[name]
    refusal(data[: int(len(data) * share)])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_that_a_damaged_file_gives_an_image_or_a_refusal_and_nothing_else(name: str, draw: st.DataObject) -> None:
    data = bytearray(WHOLE[name])
    for _ in range(draw.draw(st.integers(1, 6))):
        data[draw.draw(st.integers(0, min(len(data) - 1, 400)))] = draw.draw(st.integers(0, 255))
    try:
        assert decode(bytes(data)).ndim == 3
    except ImageRefused as refused:
        assert refused.reason


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([b"", b"BM", files.PNG_SIGNATURE, b"\xff\xd8\xff", b"II*\0", b"MM\0*"]), st.binary(max_size=300))
def test_that_noise_behind_a_magic_number_is_refused(magic: bytes, noise: bytes) -> None:
    assert refusal(magic + noise)


def test_that_a_png_whose_pixels_stop_half_way_is_refused_though_every_checksum_is_right() -> None:
    assert refusal(files.png_with_missing_rows(IMAGE)) == "damaged PNG (it cannot be decoded)"


def test_that_a_flipped_bit_in_a_png_is_told_by_its_checksum() -> None:
    data = bytearray(files.png(IMAGE))
    data[len(data) // 2] ^= 1
    assert "checksum" in refusal(bytes(data))


def _huge_jpeg() -> bytes:
    data = bytearray(files.jpeg(files.smooth()))
    frame = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, frame + 5, 30000, 30000)
    return bytes(data)


def _huge_bmp() -> bytes:
    data = bytearray(files.bmp_run_lengths(STEPS, PALETTE))
    struct.pack_into("<ii", data, 18, 30000, 30000)
    return bytes(data)


def _huge_png() -> bytes:
    header = files.png_chunk(b"IHDR", struct.pack(">IIBBBBB", 30000, 30000, 1, 0, 0, 0, 0))
    return files.PNG_SIGNATURE + header + files.png_chunk(b"IDAT", b"x") + files.png_chunk(b"IEND", b"")


def _huge_tiff() -> bytes:
    data = bytearray(files.tiff(IMAGE, deflate=True, directory_first=True))
    for entry in (10, 22):  # ImageWidth and ImageLength are the first two entries
        struct.pack_into("<I", data, entry + 8, 30000)
    return bytes(data)


@pytest.mark.parametrize("bomb", [_huge_bmp, _huge_png, _huge_jpeg, _huge_tiff])
def test_that_a_bomb_is_refused_by_its_header(bomb: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the decoder was asked")

    monkeypatch.setattr("alldetect_gui.imaging.decode.cv2.imdecode", never)
    assert refusal(bomb()) == "too large (30000 x 30000; limit 50 megapixels)"


def test_that_a_long_thin_image_beyond_the_limit_of_a_side_is_refused() -> None:
    assert "too large" in refusal(files.png(np.zeros((1, 20001), np.uint8)))


def test_that_a_jpeg_with_thousands_of_scans_is_refused() -> None:
    data = files.jpeg(files.smooth(), progressive=True)
    assert "scans" in refusal(data[:-2] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" * 5000 + data[-2:])


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (b"\n  <HTML>", "HTML"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\x7fELF\x02", "program"),
        (b"MZ\x90\0", "program"),
        (b"<svg xmlns='x'/>", "SVG"),
        (b"<?xml version='1.0'?><svg/>", "SVG"),
        (b"%!PS-Adobe-3.0 EPSF", "PostScript"),
        (b"%PDF-1.7", "PDF"),
        (b"GIF89a", "GIF"),
        (b"RIFF\0\0\0\0WEBP", "WebP"),
        (b"\0\0\0\x20ftypavif", "AVIF"),
        (b"\0\0\0\x20ftypheic", "HEIF"),
        (b"II+\0\x08\0\0\0", "BigTIFF"),
        (bytes(128) + b"DICM", "DICOM"),
        (b"just a note about a cell", "text"),
        (b"\0", "unknown"),
        (b"x", "text"),
    ],
)
def test_that_foreign_content_is_named(data: bytes, word: str) -> None:
    reason = refusal(data)
    assert reason.startswith("not a BMP, PNG, JPEG or TIFF image (content is ")
    assert word in reason


def test_that_two_letters_bm_are_not_an_image() -> None:
    assert refusal(b"BM") == "file is incomplete"
    assert "BMP" in refusal(b"BMI of the patient: 21, which is a text and no image at all, though it begins like one")


def test_that_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "cell.bmp"
    path.write_bytes(files.png(IMAGE))
    np.testing.assert_array_equal(read_image(path).pixels, IMAGE)


def test_that_the_hash_is_of_the_file_and_not_of_the_pixels(tmp_path: Path) -> None:
    path = tmp_path / "cell.bmp"
    data = files.bmp(IMAGE, header=124)
    path.write_bytes(data)
    assert read_image(path).sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    "name",
    [
        "Zelle_ä_ß.bmp",
        "細胞.bmp",
        "🩸.bmp",
        "a\u202eb.bmp",
        "two\nlines.bmp",
        "CON.bmp",
        "trailing .bmp",
        "n" * 251 + ".bmp",
    ],
)
def test_that_any_name_can_be_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    try:
        path.write_bytes(files.bmp(IMAGE))
    except OSError as error:
        pytest.skip(f"this file system does not take the name: {error}")
    np.testing.assert_array_equal(read_image(path).pixels, IMAGE)


@pytest.mark.skipif(sys.platform != "linux", reason="file names that are not UTF-8 exist on Linux alone")
def test_that_a_name_that_is_not_utf8_can_be_read(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/cell\xff\xfe.bmp"))
    path.write_bytes(files.bmp(IMAGE))
    np.testing.assert_array_equal(read_image(path).pixels, IMAGE)


def unreadable(path: Path) -> str:
    """The reason why the file at `path` is refused before its content matters."""
    with pytest.raises(ImageRefused) as caught:
        read_bytes(path)
    return caught.value.reason


def test_that_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.bmp"
    path.touch()
    assert unreadable(path) == "the file is empty"


def test_that_a_vanished_file_is_refused(tmp_path: Path) -> None:
    assert unreadable(tmp_path / "x.bmp") == "not there any more"


def test_that_a_folder_named_like_an_image_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.bmp"
    path.mkdir()
    assert unreadable(path) == "not a regular file"


def test_that_a_refused_file_is_closed(tmp_path: Path) -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc to count open files")
    (tmp_path / "x.bmp").mkdir()
    (tmp_path / "empty.bmp").touch()
    before = open_files()
    for _ in range(20):
        unreadable(tmp_path / "x.bmp")
        unreadable(tmp_path / "empty.bmp")
    assert open_files() == before


@pytest.mark.timeout(20)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_that_a_pipe_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "x.bmp"
    os.mkfifo(path)
    assert unreadable(path) == "not a regular file"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="makes a socket by name, as anybody may on Linux")
def test_that_a_socket_is_no_regular_file(tmp_path: Path) -> None:
    os.mknod(tmp_path / "x.bmp", stat.S_IFSOCK | 0o600)
    assert unreadable(tmp_path / "x.bmp") == "not a regular file"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no device of that name here")
def test_that_a_device_is_refused() -> None:
    assert unreadable(Path("/dev/zero")) == "not a regular file"


@pytest.mark.parametrize("target", ["/dev/zero", "missing.bmp", "real.bmp", "x.bmp"])
def test_that_a_link_is_refused_wherever_it_leads(tmp_path: Path, target: str) -> None:
    (tmp_path / "real.bmp").write_bytes(files.bmp(IMAGE))
    path = tmp_path / "x.bmp"
    path.symlink_to(target)
    assert "link" in unreadable(path)


def test_that_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "x.bmp"
    with path.open("wb") as file:
        file.truncate(257 * 1024 * 1024)  # sparse: takes no space
    assert unreadable(path) == "too large (269 MB; limit 256 MB)"


def as_ordinary_user(code: str) -> str:
    """The output of `code` in a Python that has no more rights than any user (root reads everything)."""
    drop = "import os\nif os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
    imports = "from alldetect_gui.imaging.decode import read_bytes\nfrom pathlib import Path\n"
    done = subprocess.run([sys.executable, "-c", imports + drop + code], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr[-300:]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX permissions")
def test_that_a_file_without_permission_is_refused_in_words(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    path = tmp_path / "x.bmp"
    path.write_bytes(files.bmp(IMAGE))
    path.chmod(0)
    output = as_ordinary_user(f"try: read_bytes(Path({str(path)!r}))\nexcept Exception as error: print(repr(error))")
    assert output.strip() == "ImageRefused('no permission to read it')"


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**31))
def test_that_encoding_and_decoding_gives_the_same_pixels(height: int, width: int, seed: int) -> None:
    image = files.speckled(height, width, seed)
    np.testing.assert_array_equal(decode(png_bytes(image)), image)


def test_that_a_deflated_tiff_with_damage_inside_is_refused() -> None:
    _, encoded = cv2.imencode(".tiff", files.speckled(64, 64), [cv2.IMWRITE_TIFF_COMPRESSION, 8])
    whole = encoded.tobytes()
    assert decode(whole).shape == (64, 64, 3)
    middle = len(whole) // 2
    with pytest.raises(ImageRefused, match="damaged TIFF"):
        decode(whole[:middle] + bytes(40) + whole[middle + 40 :])


def test_that_sixteen_bit_grey_in_tiles_is_drawn_rightly_or_refused_and_never_scrambled() -> None:
    whole, beyond = (files.speckled(20, width)[:, :, 0].astype(np.uint16) * 257 for width in (32, 31))
    assert decode(files.tiff(whole, tile=16, deflate=True))[:, :, 0].tolist() == (whole // 257).tolist()
    assert "tiles that do not fill its width" in refusal(files.tiff(beyond, tile=16, deflate=True))


def test_that_a_whole_tiff_of_a_layout_that_is_not_read_is_not_called_damaged() -> None:
    assert refusal(files.tiff(IMAGE, tile=16)) == "TIFF of a layout that is not read: save it as RGB, in strips"


def test_that_a_jpeg_strip_of_a_tiff_has_its_end_mark() -> None:
    made = io.BytesIO()
    Image.fromarray(files.speckled(64, 64)).save(made, "TIFF", compression="jpeg")
    whole = made.getvalue()
    assert decode(whole).shape == (64, 64, 3)
    mark = whole.index(b"\xff\xd9")
    missing = 3000  # bytes at the end of the strip that were never written
    assert refusal(whole[: mark + 2 - missing] + bytes(missing) + whole[mark + 2 :]).startswith("damaged TIFF")


def test_that_a_progressive_jpeg_that_lacks_its_last_scans_is_refused_though_an_end_mark_was_put_to_it() -> None:
    whole = files.jpeg(files.smooth(), progressive=True)
    scans = [place for place in range(len(whole)) if whole[place : place + 2] == b"\xff\xda"]
    for scan in scans[1:]:
        tables = whole.rfind(b"\xff\xc4", 0, scan)
        assert refusal(whole[:tables] + b"\xff\xd9") == "damaged JPEG (some of its scans are missing)"


def test_that_a_jpeg_of_a_version_that_there_is_not_has_the_same_pixels() -> None:
    whole = files.jpeg(files.smooth())
    assert whole[6:11] == b"JFIF\0"
    np.testing.assert_array_equal(decode(whole[:11] + b"\2" + whole[12:]), decode(whole))
