"""How values of a quantity are written in a frontier, and how a chance becomes a band."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from jukushi.views.words import Words

__all__ = ["Scale", "band", "level_said", "top_of"]

_WIDTH = 22
_DIAMOND = "◆"
_PURE = ("share", "probability")


class Scale:
    """One quantity of a frontier.

    Parameters
    ----------
    quantity : dict
        As in ``quantities`` of the answer.
    words : Words
    """

    def __init__(self, quantity: dict[str, Any], words: Words) -> None:
        self.id = quantity["id"]
        self.unit = quantity["unit"]
        self.base: float | None = quantity["base"]
        self.title = words.of(quantity["title"])
        self.values: Sequence[float] = quantity["values"]
        self.words = words
        self._shown_as_share = self.unit in _PURE
        self._digits = _digits(self.values, 100.0 if self._shown_as_share else 1.0)

    def write(self, value: float) -> str:
        """Write a value of the grid."""
        if self._shown_as_share:
            return self.words.percent(value, self._digits)
        return self.words.number(value, self._digits)

    def between(self, value: float) -> str:
        """Write a value between those of the grid, to about a tenth of its step."""
        if self._shown_as_share:
            return self.words.percent(value, 0 if value >= 0.095 else 1)
        step = (self.values[-1] - self.values[0]) / (len(self.values) - 1)
        return self.words.number(value, max(0, math.ceil(-math.log10(step / 10.0))))

    def mark(self, value: float) -> str:
        """Write a value of the grid, with a diamond at the value as it was."""
        step = (self.values[-1] - self.values[0]) / (len(self.values) - 1)
        near = self.base is not None and abs(value - self.base) <= 1e-9 + 0.001 * step
        return f"{self.write(value)} {_DIAMOND}" if near else self.write(value)

    def placed(self, row: dict[str, Any], name: str) -> str:
        """Write a threshold, or on which side of the grid it lies."""
        outside = row[f"{name}_outside"]
        if outside is None:
            return self.between(row[name])
        end = self.values[0] if outside == "below" else self.values[-1]
        return self.words(f"frontier.{outside}", value=self.write(end))


def _digits(values: Sequence[float], times: float) -> int:
    """Return the digits after the point that tell the values of a grid apart."""
    for digits in range(4):
        if all(abs(value * times - round(value * times, digits)) < 1e-6 for value in values):
            return digits
    return 3


def top_of(rows: Sequence[dict[str, Any]]) -> float:
    """Return where the bands end: the largest bound of ignorance or sampling, rounded up."""
    highest = max(max(row["ignorance_high"], row["sampling_high"]) for row in rows)
    step = 10.0 ** math.floor(math.log10(max(highest, 1e-6))) / 2.0
    return float(min(1.0, step * math.ceil(highest / step)))


def band(row: dict[str, Any], top: float) -> str:
    """Draw ignorance, sampling and estimate of one chance in marks, without colour."""
    marks = [" "] * (_WIDTH + 1)

    def place(value: float) -> int:
        return min(max(round(_WIDTH * value / top), 0), _WIDTH)

    for name, mark in (("ignorance", "─"), ("sampling", "━")):
        low, high = place(row[f"{name}_low"]), place(row[f"{name}_high"])
        marks[low : high + 1] = [mark] * (high + 1 - low)
    marks[place(row["estimate"])] = "●"
    return "".join(marks)


def level_said(level: float, words: Words) -> str:
    """Write a level such as ``at most 5%``."""
    whole = abs(100.0 * level - round(100.0 * level)) < 1e-9
    return words("frontier.level", percent=words.percent(level, 0 if whole else None))
