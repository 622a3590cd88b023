"""The figures as a table for docs/performance.md and for the terminal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- written by make bench: begin -->", "<!-- written by make bench: end -->"
_OTHERS = {
    "loop": "`keras.Model.predict`, one image at a time",
    "function": "`tf.function`, one image at a time",
    "batches": "`keras.Model.predict`, batches of 32",
}
_OURS = {"plain_pass": "one plain pass", "default_model": "default model"}

Row = tuple[str, str, str]


def table(found: dict[str, Any]) -> str:
    """What was measured, on what, as Markdown."""
    machine, versions = found["machine"], found["versions"]
    int8 = ", ".join(machine["int8"]) or "no instruction of their own"
    software = ", ".join(f"{name} {number}" for name, number in versions.items())
    head = [
        f"Machine: {machine['processor']}, {machine['cores']} cores, numbers of 8 bits by {int8}, "
        f"{machine['memory_gb']:g} GB, {machine['system']}.",
        f"Software: {software}.",
        f"Images: {found['images']}. Date: {found['date']}. {_busy(found)}",
        "",
        "| Figure | Median (least to most) | Target |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *(f"| {name} | {value} | {target} |" for name, value, target in _rows(found))])


def _busy(found: dict[str, Any]) -> str:
    others = found["others_share"]
    return "" if others is None else f"Other processes took {others:.0%} of the processor meanwhile."


def _rows(found: dict[str, Any]) -> Iterator[Row]:
    yield from _throughput(found["throughput"])
    for name, value in found["including_start"].items():
        if name in _OURS:
            what = f"{_OURS[name]}, with both starts, {found['including_start']['images']} images"
            yield f"{what}, against {_OTHERS['loop']}", _times(value), ""
    for name, alone in found["network"].items():
        yield from _network(_OURS[name], alone)
    yield from _batches(found["batches"])
    yield from _start(found["start"])


def _throughput(found: dict[str, Any]) -> Iterator[Row]:
    targets = {("loop", "plain_pass"): 8, ("loop", "default_model"): 15}
    for other, what in _OTHERS.items():
        for name, ours in _OURS.items():
            ratio, least = found["ratios"][other][name], targets.get((other, name))
            aim = "" if least is None else _aim(f"{least}", ratio["median"] >= least)
            yield f"{ours} against {what}", _times(ratio), aim
    for name, ours in _OURS.items():
        if found["processor_ratios"]["loop"][name]:
            what = f"{ours} against {_OTHERS['loop']}, in processor time"
            yield what, _times(found["processor_ratios"]["loop"][name]), ""
    for name, what in {**_OURS, **_OTHERS}.items():
        yield f"{what}: ms an image", _milliseconds(found["seconds_an_image"][name]), ""


def _network(ours: str, found: dict[str, Any]) -> Iterator[Row]:
    done, whole = found["gmac_an_image"], found["gmac_an_image_with_background"]
    yield f"{ours}: multiply-adds an image, of those with its background", f"{done:.2f} of {whole:.2f} G", ""
    for limit in found["limits"]:
        what = (
            f"{limit['peak_gmac_a_second']['median']:.0f} G multiply-adds a second by a loop of {limit['instruction']}"
        )
        share = limit["share_of_peak_network"]
        aim = _aim("80 %", share["median"] >= 0.8)
        yield f"{ours}: the network's share of the processor's limit ({what})", _share(share), aim
        yield f"{ours}: the whole path's share of it", _share(limit["share_of_peak_whole_path"]), ""
    more = found["path_over_network"]
    yield f"{ours}: what the whole path adds to the network", _more(more), _aim("5 %", more["median"] <= 1.05)
    what = f"{ours}: the same, to one interpreter over all threads"
    yield what, _more(found["path_over_one_interpreter"]), ""
    what = f"{ours}: two images side by side against one interpreter over all threads"
    yield what, _times(found["two_lanes_against_one_interpreter"]), ""
    yield f"{ours}: all cores against one thread", _times(found["all_cores_against_one_thread"]), ""


def _batches(found: list[dict[str, Any]]) -> Iterator[Row]:
    for row in found:
        batch = f"{row['images']:,} image{'s' if row['images'] > 1 else ''}"
        if row["seconds_an_image"] is not None:
            yield f"{batch}: ms an image", f"{1000 * row['seconds_an_image']:.1f}", "flat"
        peak = f"{row['peak_mb']:.0f} MB; with its reader {row['peak_with_reader_mb']:.0f} MB"
        yield f"{batch}: peak memory of `alldetect classify`", peak, _aim("300 MB", row["peak_with_reader_mb"] <= 300)


def _start(found: dict[str, Any]) -> Iterator[Row]:
    version, first = found["version_over_python"], found["first_result"]
    aim = _aim("150", version["median"] <= 0.15)
    yield "`alldetect --version` beyond `python -c pass`: ms", _milliseconds(version), aim
    aim = _aim("1,000", first["median"] <= 1)
    yield "`alldetect classify` over one image, start to end: ms", _milliseconds(first), aim


def _aim(text: str, reached: bool) -> str:
    return text if reached else f"{text}: **not reached**"


def _times(found: dict[str, Any]) -> str:
    return f"{found['median']:.2f} times ({found['least']:.2f} to {found['most']:.2f})"


def _share(found: dict[str, Any]) -> str:
    return f"{found['median']:.0%} ({found['least']:.0%} to {found['most']:.0%})"


def _more(found: dict[str, Any]) -> str:
    return f"{found['median'] - 1:+.1%} ({found['least'] - 1:+.1%} to {found['most'] - 1:+.1%})"


def _milliseconds(found: dict[str, Any]) -> str:
    return f"{1000 * found['median']:,.1f} ({1000 * found['least']:,.1f} to {1000 * found['most']:,.1f})"


def put_between_marks(document: Path, text: str) -> None:
    """Replace what lies between BEGIN and END in `document`; the rest is written by hand."""
    before, begin, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{document} has no marks for the table")
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
