"""A report as a list of blocks, and its two forms: Markdown (without figures) and one self-contained HTML file."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A section's title; `level` 1 is the report's own."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Text:
    """A paragraph; `**bold**` is the only mark-up."""

    text: str


@dataclass(frozen=True)
class Points:
    """A list."""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """Cells as text; the first row is the header."""

    caption: str
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Figure:
    """A drawing as SVG, in HTML alone; Markdown keeps the caption."""

    caption: str
    svg: str


Block = Heading | Text | Points | Table | Figure


def to_markdown(blocks: Sequence[Block], figures_in: str) -> str:
    """The report as Markdown; figures are named and lie in the file `figures_in` beside it."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Heading):
            lines += [f"{'#' * block.level} {block.text}", ""]
        elif isinstance(block, Text):
            lines += [block.text, ""]
        elif isinstance(block, Points):
            lines += [*(f"- {item}" for item in block.items), ""]
        elif isinstance(block, Table):
            header, *rows = block.rows
            lines += [f"**{block.caption}**", "", _row(header), _row(["---"] * len(header))]
            lines += [*(_row(row) for row in rows), ""]
        else:
            lines += [f"Figure in [{figures_in}]({figures_in}): {block.caption}", ""]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def to_html(blocks: Sequence[Block], title: str) -> str:
    """The report as one HTML file that loads nothing."""
    body = "\n".join(_html(block) for block in blocks)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{_STYLE}</style></head>
<body><main>
{body}
</main></body></html>
"""


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{_inline(block.text)}</h{block.level}>"
    if isinstance(block, Text):
        return f"<p>{_inline(block.text)}</p>"
    if isinstance(block, Points):
        return "<ul>" + "".join(f"<li>{_inline(item)}</li>" for item in block.items) + "</ul>"
    if isinstance(block, Figure):
        return f"<figure>{block.svg}<figcaption>{_inline(block.caption)}</figcaption></figure>"
    header, *rows = block.rows
    top = "".join(f"<th>{_inline(cell)}</th>" for cell in header)
    rest = "".join("<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="table"><table><caption>{_inline(block.caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{rest}</tbody></table></div>"
    )


def _inline(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html.escape(text))


_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1d2433;background:#fff;margin:0}
main{max-width:68rem;margin:2rem auto;padding:0 1rem}
.table{overflow-x:auto;margin:1.2rem 0}
table{border-collapse:collapse;font-size:.86rem}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{border-bottom:1px solid #d5dae3;padding:.25rem .6rem;text-align:left;vertical-align:top}
th{background:#f2f4f8}
figure{margin:1.5rem 0}
figure svg{max-width:100%;height:auto}
figcaption{font-size:.86rem;color:#475069}
"""
