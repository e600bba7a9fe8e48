"""Names that do not cover each other: boxes, free spots, and the width of a text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Box", "Paper", "text_width", "wrapped"]

#: Width of a mean letter over the size of the font; generous, for fonts differ.
_LETTER, _BOLD = 0.64, 0.71


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Estimate the width of a text in pixels."""
    narrow = sum(text.count(letter) for letter in "iljtfr.,;:'!|()[] ")
    return (len(text) - 0.4 * narrow) * size * (_BOLD if bold else _LETTER)


def wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Break a text into lines of at most `width` pixels."""
    lines: list[str] = []
    # French sets a space before some signs; a line must not begin with one.
    bound = re.sub(r"[ \u00a0](?=[:;!?%»])", "\u00a0", text)
    for word in re.split(r"[ \n\t]+", bound.strip()):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@dataclass(frozen=True)
class Box:
    """A rectangle of the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @staticmethod
    def around(x: float, y: float, half: float) -> Box:
        """A square around a point."""
        return Box(x - half, y - half, x + half, y + half)

    def shared(self, other: Box) -> float:
        """Area that two boxes share."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(wide, 0.0) * max(high, 0.0)

    @property
    def area(self) -> float:
        """Area of the box."""
        return (self.right - self.left) * (self.bottom - self.top)


@dataclass
class Paper:
    """What is taken on the paper inside `edge`, and where there is still room."""

    edge: Box
    taken: list[Box] = field(default_factory=list)

    def take(self, box: Box) -> None:
        """Note that a box is taken."""
        self.taken.append(box)

    def cost(self, box: Box) -> float:
        """Area lost if something is put here: covered, or outside the edge."""
        outside = box.area - box.shared(self.edge)
        return 4.0 * outside + sum(box.shared(other) for other in self.taken)

    def spot(
        self, x: float, y: float, gap: float, first: float, half: float
    ) -> tuple[float, float]:
        """Find room for a square near a point, first in the direction `first` (radians)."""
        best, least = (x, y), math.inf
        for ring in range(5):
            away = gap + ring * max(half * 0.8, 5.0)
            for step in range(16):
                turn = first + (-1) ** step * math.ceil(step / 2) * math.pi / 8
                at = (x + away * math.cos(turn), y - away * math.sin(turn))
                cost = self.cost(Box.around(*at, half)) + 0.6 * ring + 0.02 * step
                if cost < least:
                    best, least = at, cost
            if least < 0.6 * (ring + 1):
                break
        return best

    def free(self, x: float, y: float, wide: float, high: float) -> tuple[float, float] | None:
        """Find the middle of a free rectangle not far from a point; None if there is none."""
        for down in (0.0, -25.0, 25.0, -50.0, 50.0):
            for right in (0.0, -30.0, 30.0, -60.0, 60.0):
                cx, cy = x + right, y + down
                box = Box(cx - wide / 2, cy - high / 2, cx + wide / 2, cy + high / 2)
                if self.cost(box) < 1.0:
                    self.take(box)
                    return cx, cy
        return None

    def label(
        self, x: float, y: float, gap: float, wide: float, high: float, forced: bool
    ) -> tuple[float, float] | None:
        """Find room for a text beside a point; its left end and the middle of its height.

        None if there is no free spot, unless the label is `forced`: then the least bad one.
        """
        best, least = None, math.inf
        for box in _beside(x, y, gap, wide, high):
            cost = self.cost(box)
            if cost < least - 0.01:
                best, least = box, cost
        if best is None or (least > 0.04 * best.area and not forced):
            return None
        self.take(best)
        return best.left, (best.top + best.bottom) / 2


def _beside(x: float, y: float, gap: float, wide: float, high: float) -> Iterator[Box]:
    for more in (0.0, 6.0, 13.0, 22.0):
        off = gap + more
        level = y - high / 2
        slant = 0.7 * off
        for left, top in (
            (x + off, level),
            (x - off - wide, level),
            (x - wide / 2, y - off - high),
            (x - wide / 2, y + off),
            (x + slant, y - slant - high),
            (x + slant, y + slant),
            (x - slant - wide, y - slant - high),
            (x - slant - wide, y + slant),
        ):
            yield Box(left, top, left + wide, top + high)
