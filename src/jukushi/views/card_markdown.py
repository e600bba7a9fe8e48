"""Pieces of Markdown for a card: tables, links that hold or are left out, figures."""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from jukushi.views.words import Words

__all__ = ["Writer", "anchor"]

_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


def anchor(title: str) -> str:
    """Return the anchor of a heading, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


class Writer:
    """What every part of a card needs: the answer, the words of a language, links.

    Links lead from the folder ``docs`` of a checkout. A card that is not made there names the
    pages without links.
    """

    def __init__(self, answer: dict[str, Any], words: Words) -> None:
        self.answer = answer
        self.words = words
        self.linked = answer["made_from"]["kind"] == "checkout"

    def __call__(self, key: str, **values: object) -> str:
        """Return a text of the card."""
        return self.words(f"card.{key}", **values)

    def link(self, text: str, target: str) -> str:
        """Return a link to a page, or its name alone."""
        return f"[{text}]({target})" if self.linked else text

    def relinked(self, text: str, folder: str) -> str:
        """Return a text of a page in `folder` with its links leading from ``docs``."""

        def other(match: re.Match[str]) -> str:
            target = match[2]
            if not target.startswith(("http://", "https://", "#")):
                target = posixpath.normpath(posixpath.join(folder, target))
            return self.link(match[1], target)

        return _LINK.sub(other, text)

    def table(
        self, heading: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()
    ) -> Iterator[str]:
        """Yield the lines of a table and an empty one; columns named in `right` are numbers."""
        yield _row(heading)
        yield "|" + "|".join("---:" if at in right else "---" for at in range(len(heading))) + "|"
        for row in rows:
            yield _row(row)
        yield ""

    def count(self, value: float) -> str:
        """Write a count."""
        return self.words.number(value)

    def figure(self, value: Any) -> str:
        """Write a measured number with three or four significant digits."""
        if not isinstance(value, int | float) or isinstance(value, bool) or math.isnan(value):
            return str(value)
        size = abs(value)
        if size >= 1000 or value == round(value):
            return self.words.number(value).replace("-", "−")
        if 0 < size < 0.0001:
            return f"{value:.1e}".replace("-", "−")
        digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
        if 0 < size < 0.01:
            digits = 2 - math.floor(math.log10(size))
        text = self.words.number(value, digits)
        point = "," if self.words.french else "."
        text = text.rstrip("0").rstrip(point) if point in text else text
        return text.replace("-", "−")

    def span(self, row: dict[str, float] | None) -> str:
        """Write a 5-95 % range, nothing where there is none."""
        if row is None:
            return ""
        return self("span", low=self.figure(row["low"]), high=self.figure(row["high"]))

    def names(self, names: Iterable[str]) -> str:
        """Write identifiers in a row."""
        return ", ".join(f"`{name}`" for name in names) or self("none")


def _row(cells: Sequence[str]) -> str:
    clean = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells)
    return "| " + " | ".join(clean) + " |"
