"""AllDetect against Keras, files on disk to a CSV, by turns in one run."""

import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.arithmetic import multiplications
from benchmarks.batches import classify_command
from benchmarks.peak import Peak, loop_for, processor_flags, tile_loop_for
from benchmarks.process_tree import watch
from benchmarks.server import Answer, Server
from benchmarks.spread import spread

PLAIN, DEFAULT = "thesis-gaussian", "default"
MODELS = {"plain_pass": PLAIN, "default_model": DEFAULT}
OTHERS = ("loop", "function", "batches")


def throughput(ours: Server, keras: Server, cells: Path, place: Path, rounds: int, most_seconds: float) -> Answer:
    """A and B alternate: each of Keras' three ways stands between two turns of ours.

    At least three rounds, and no new one after `most_seconds`. In seconds an image, and as ratios within a round.
    """
    wall: dict[str, list[float]] = {name: [] for name in (*MODELS, *OTHERS)}
    processor: dict[str, list[float]] = {name: [] for name in wall}
    began = time.monotonic()
    for number in range(rounds):
        if number >= min(3, rounds) and time.monotonic() - began > most_seconds:
            break
        turns: dict[str, list[Answer]] = {name: [] for name in MODELS}
        for other in OTHERS:
            for name, model in MODELS.items():
                turns[name].append(ours.ask("classify", folder=cells, out=place / name, model=model))
            _note(other, [keras.ask(other, folder=cells, out=place / f"{other}.csv")], wall, processor)
        for name, answers in turns.items():
            _note(name, answers, wall, processor)
    return {
        "images_a_turn": len(list(cells.iterdir())),
        "seconds_an_image": {name: spread(values, 5) for name, values in wall.items()},
        "processor_seconds_an_image": {name: spread(values, 5) for name, values in processor.items()},
        "ratios": {other: _ratios(wall, other) for other in OTHERS},
        "processor_ratios": {other: _ratios(processor, other) for other in OTHERS},
    }


def _note(name: str, answers: list[Answer], wall: dict[str, list[float]], processor: dict[str, list[float]]) -> None:
    wall[name].append(median(answer["seconds"] / answer["images"] for answer in answers))
    processor[name].append(sum(a["processor"] for a in answers) / sum(a["images"] for a in answers))


def including_start(keras: Server, loop: float, cells: Path, place: Path, rounds: int) -> dict[str, Any]:
    """The same with each side's start: process, imports, model. Keras' start was seen once, its loop in the rounds."""
    images = len(list(cells.iterdir()))
    slow = keras.start + images * loop
    found: dict[str, Any] = {"images": images, "keras_start_seconds": round(keras.start, 2)}
    for name, model in MODELS.items():
        seen = [watch(*classify_command(cells, place / "run", model)).seconds for _ in range(rounds)]
        found[name] = spread([slow / seconds for seconds in seen], 2)
    return found


def _ratios(values: dict[str, list[float]], other: str) -> dict[str, Any]:
    """How many times as fast as `other` each of ours is, round by round."""
    pairs = {name: list(zip(values[name], values[other], strict=True)) for name in MODELS}
    return {
        name: spread([b / a for a, b in rounds], 2) if all(a for a, _ in rounds) else None
        for name, rounds in pairs.items()
    }


def network_alone(ours: Server, cells: Path, place: Path, rounds: int, cores: int) -> dict[str, Answer]:
    """By model: what the whole path adds to the network, the share of the processor's limit, and more threads."""
    flags = processor_flags()
    peaks = [Peak(cores, loop) for loop in (loop_for(flags), tile_loop_for(flags))]
    found = {}
    for name, model in MODELS.items():
        limits: list[list[float]] = [[] for _ in peaks]
        turns: dict[str, list[Answer]] = {key: [] for key in ("path", "network", "one interpreter", "one thread")}
        for _ in range(rounds):
            turns["network"].append(ours.ask("network", folder=cells, model=model))
            turns["path"].append(ours.ask("classify", folder=cells, out=place / name, model=model))
            for peak, limit in zip(peaks, limits, strict=True):
                if (rate := peak.measure()) is not None:
                    limit.append(rate)
            turns["one interpreter"].append(ours.ask("network", folder=cells, model=model, lanes=1))
            turns["one thread"].append(ours.ask("classify", folder=cells, out=place / name, model=model, threads=1))
        seconds = {key: [turn["seconds"] / turn["images"] for turn in answers] for key, answers in turns.items()}
        network = turns["network"][0]
        products = multiplications(model, network["sides"], network["images"])
        whole = multiplications(model, [(side, side) for side, _ in network["sides"]], network["images"])
        found[name] = {
            "gmac_an_image": round(products / 1e9, 3),
            "gmac_an_image_with_background": round(whole / 1e9, 3),
            "limits": [
                {
                    "instruction": peak.loop.instruction,
                    "peak_gmac_a_second": spread([rate / 1e9 for rate in limit], 1),
                    "share_of_peak_network": _shares(products, seconds["network"], limit),
                    "share_of_peak_whole_path": _shares(products, seconds["path"], limit),
                }
                for peak, limit in zip(peaks, limits, strict=True)
                if peak.loop and limit
            ],
            "path_over_network": _by_turns(seconds["path"], seconds["network"]),
            "path_over_one_interpreter": _by_turns(seconds["path"], seconds["one interpreter"]),
            "two_lanes_against_one_interpreter": _by_turns(seconds["one interpreter"], seconds["network"]),
            "all_cores_against_one_thread": _by_turns(seconds["one thread"], seconds["path"]),
        }
    return found


def _shares(products: float, seconds: list[float], limit: list[float]) -> dict[str, Any]:
    return spread([products / took / rate for took, rate in zip(seconds, limit, strict=True)])


def _by_turns(first: list[float], second: list[float]) -> dict[str, Any]:
    return spread([a / b for a, b in zip(first, second, strict=True)])
