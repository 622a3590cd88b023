"""The study's figures, drawn by matplotlib to SVG text: curves, confusion matrices, the leak."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

TRAIN, TEST, UNSEEN = "#3b6fb6", "#c4572a", "#3d8a5a"


def curves(
    histories: Mapping[str, Sequence[Mapping[str, Sequence[float]]]], unseen: Mapping[str, Sequence[float]], title: str
) -> str:
    """Accuracy and loss by epoch, a column a length; `histories` maps its name to the histories of its runs.

    Every run is a thin line, their mean a thick one. `unseen` has the mean over folds of unseen subjects.
    """
    plt = _pyplot()
    figure, axes = plt.subplots(2, len(histories), figsize=(3.6 * len(histories), 5.2), squeeze=False, sharey="row")
    for column, (name, runs) in enumerate(histories.items()):
        count = len(runs[0]["train_loss"])
        epochs = range(1, count + 1)
        for row, what in enumerate(("accuracy", "loss")):
            axis = axes[row][column]
            for part, colour, label in (("train", TRAIN, "training"), ("test", TEST, "test (leaky split)")):
                lines = [run[f"{part}_{what}"] for run in runs]
                for line in lines:
                    axis.plot(epochs, line, color=colour, linewidth=0.4, alpha=0.5)
                mean = [sum(values) / len(values) for values in zip(*lines, strict=True)]
                axis.plot(epochs, mean, color=colour, label=label)
            axis.plot(epochs, unseen[what][:count], color=UNSEEN, linestyle="--", label="unseen subjects")
            axis.set_title(f"{name}: {what}", fontsize=9)
            axis.set_xlabel("epoch", fontsize=8)
            axis.tick_params(labelsize=8)
    axes[0][0].legend(fontsize=8)
    figure.suptitle(title, fontsize=11)
    return _svg(figure)


def matrices(found: Mapping[str, Mapping[str, Any]], title: str) -> str:
    """Confusion matrices side by side, rows true and columns predicted, with shares of each row."""
    plt = _pyplot()
    figure, axes = plt.subplots(1, len(found), figsize=(2.6 * len(found), 3.0), squeeze=False)
    for axis, (name, counts) in zip(axes[0], found.items(), strict=True):
        rows = [[counts["tp"], counts["fn"]], [counts["fp"], counts["tn"]]]
        shares = [[value / max(1, sum(row)) for value in row] for row in rows]
        axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                colour = "white" if shares[i][j] > 0.6 else "black"
                axis.text(j, i, f"{value:,}\n{shares[i][j]:.0%}", ha="center", va="center", color=colour, fontsize=9)
        axis.set_xticks([0, 1], ["ALL", "HEM"], fontsize=8)
        axis.set_yticks([0, 1], ["ALL", "HEM"], fontsize=8)
        axis.set_xlabel("predicted", fontsize=8)
        axis.set_ylabel("true", fontsize=8)
        axis.set_title(name, fontsize=9)
    figure.suptitle(title, fontsize=11)
    return _svg(figure)


def leak(rows: Mapping[str, tuple[float, float, tuple[float, float]]]) -> str:
    """Weighted F1 under the leaky protocol beside unseen subjects with their interval; name -> the three."""
    plt = _pyplot()
    figure, axis = plt.subplots(figsize=(8, 0.42 * len(rows) + 1.3))
    for place, (leaky, unseen, (low, high)) in enumerate(rows.values()):
        axis.plot([unseen, leaky], [place, place], color="#b9c0cc", linewidth=2, zorder=1)
        axis.plot([low, high], [place + 0.16, place + 0.16], color=UNSEEN, linewidth=1)
        axis.scatter([leaky], [place], color=TEST, zorder=2, label="leaky test set" if place == 0 else None)
        axis.scatter([unseen], [place], color=UNSEEN, zorder=2,
                     label="unseen subjects (95 % interval)" if place == 0 else None)  # fmt: skip
    axis.set_yticks(range(len(rows)), list(rows), fontsize=8)
    axis.invert_yaxis()
    axis.set_xlabel("weighted F1", fontsize=9)
    axis.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return _svg(figure)


def _pyplot() -> Any:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "alldetect", "font.family": "sans-serif"})
    from matplotlib import pyplot

    return pyplot


def _svg(figure: Any) -> str:
    """The figure as an SVG element, the same text for the same numbers; coordinates to two digits keep it small."""
    buffer = io.StringIO()
    figure.tight_layout()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    _pyplot().close(figure)
    text = buffer.getvalue()
    return re.sub(r"(\d+\.\d{2})\d+", r"\1", text[text.index("<svg") :])
