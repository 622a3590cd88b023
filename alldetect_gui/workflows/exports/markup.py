"""HTML from texts that may hold anything: everything is escaped here, and nowhere else is HTML put together by hand."""

import base64
import re
from collections.abc import Iterable, Sequence
from html import escape

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def text(value: str) -> str:
    """`value` as literal text. What cannot be seen or would turn the line round is shown as an escape."""
    visible = _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode(), value)
    return escape(visible, quote=True)


def image(data: bytes, kind: str, width: int, height: int, alternative: str = "") -> str:
    """An embedded picture; nothing is ever loaded from outside."""
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return f'<img src="{source}" width="{width}" height="{height}" alt="{text(alternative)}"/>'


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts; every cell is escaped."""
    return markup_table(headings, ([text(cell) for cell in row] for row in rows))


def markup_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are markup already, made by this module."""
    head = "".join(f"<th>{text(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    top = f"<thead><tr>{head}</tr></thead>" if head else ""
    return f'<p></p><table border="1" cellspacing="0" cellpadding="3">{top}<tbody>{body}</tbody></table>'


def paragraph(value: str, kind: str = "") -> str:
    """One paragraph of text; `kind` is a class of the style sheet."""
    return f'<p class="{kind}">{text(value)}</p>' if kind else f"<p>{text(value)}</p>"


def heading(value: str, level: int = 2) -> str:
    """A heading of text."""
    return f"<h{level}>{text(value)}</h{level}>"
