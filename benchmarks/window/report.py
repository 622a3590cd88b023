"""Results of the scenes as JSON and as a table."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

Played = dict[str, Any]
P999_MS, WORST_MS = 50, 200
_STALLS = ("p999", "felt", "worst", "served_p999", "served", "own")
_WORST = ("worst", "served", "own")


def summary(taken: Mapping[str, Mapping[str, Sequence[Played]]], machine: str) -> dict[str, Any]:
    """Medians over the rounds, by scene and checkout; the worst gap is the worst of all rounds."""
    scenes = {
        scene: {who: _middle(rounds) for who, rounds in by_checkout.items()} for scene, by_checkout in taken.items()
    }
    load = round(os.getloadavg()[1], 1) if hasattr(os, "getloadavg") else None
    return {
        "machine": {"system": machine, "processors": os.cpu_count(), "load_5_min": load},
        "targets": {"p999_ms": P999_MS, "worst_ms": WORST_MS},
        "scenes": scenes,
    }


def _middle(rounds: Sequence[Played]) -> Played:
    stalls = {
        what: {
            name: (max if name in _WORST else median)([played["stalls"][what][name] for played in rounds])
            for name in _STALLS
        }
        for what in rounds[0]["stalls"]
    }
    return {
        "rounds": len(rounds),
        "stalls": stalls,
        "numbers": {name: round(median([p["numbers"][name] for p in rounds]), 4) for name in rounds[0]["numbers"]},
        "memory": {name: max(p["memory"][name] for p in rounds) for name in rounds[0]["memory"]},
    }


def write(out: Path, told: Mapping[str, Any]) -> None:
    """As JSON; scenes that were not played this time keep what is there."""
    kept: dict[str, Any] = {}
    if out.exists():
        kept = json.loads(out.read_text(encoding="utf-8")).get("scenes", {})
    out.parent.mkdir(parents=True, exist_ok=True)
    whole = {**told, "scenes": {**kept, **told["scenes"]}}
    out.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def table(told: Mapping[str, Any]) -> str:
    """For docs/performance.md, in its Markdown."""
    machine = told["machine"]
    lines = [
        f"{machine['system']}, {machine['processors']} processors, load {machine['load_5_min']} while it ran.",
        "",
        "| While | Program | p99.9 of the gaps, ms | felt at p99.9, ms | worst, ms "
        "| p99.9 without waiting for a processor, ms | worst without it, ms | own work in a gap, ms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for by_checkout in told["scenes"].values():
        for who, played in by_checkout.items():
            for what, seen in played["stalls"].items():
                lines.append(f"| {what} | {who} | " + " | ".join(f"{seen[name]:.0f}" for name in _STALLS) + " |")
    lines += ["", "| Scene | Program | Measured |", "|---|---|---|"]
    for scene, by_checkout in told["scenes"].items():
        for who, played in by_checkout.items():
            said = [f"{name} {value:.3g}" for name, value in {**played["numbers"], **played["memory"]}.items()]
            lines.append(f"| {scene} | {who} | {', '.join(said)} |")
    return "\n".join(lines)
