"""Reading pages of Markdown: sections, displayed formulas, items of lists, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["displayed", "items", "sections", "table_rows"]

_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)


def sections(text: str) -> dict[str, str]:
    """Return the text under each heading of the second level."""
    found: dict[str, str] = {}
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        found[title.strip()] = body.strip("\n")
    return found


def displayed(body: str) -> list[str]:
    """Return the fenced blocks without a language: formulas as the pages show them."""
    return [match[2].rstrip("\n") for match in _FENCE.finditer(body) if not match[1]]


def items(body: str) -> list[str]:
    """Return the items of the lists of a section, each on one line; nested ones stay in theirs."""
    return [_joined(lines) for lines in _items(_FENCE.sub("", body))]


def _items(body: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in body.splitlines():
        if line.startswith("* "):
            if lines:
                yield lines
            lines = [line[2:]]
        elif lines and line.startswith(" "):
            lines.append(line)
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def _joined(lines: list[str]) -> str:
    """Return the lines of an item as one; items inside it follow after semicolons."""
    text = ""
    for line in (line.strip() for line in lines):
        inner = line.startswith("* ")
        stop = ";" if inner and text and text[-1] not in ":;" else ""
        text += stop + " " + line.removeprefix("* ")
    return " ".join(text.split())


def table_rows(body: str) -> list[list[str]]:
    """Return the first table of a section, heading first, without the line of dashes."""
    rows: list[list[str]] = []
    for line in body.splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif rows:
            break
    return [row for number, row in enumerate(rows) if number != 1]
