"""Saying whether the precision asked for was reached."""

from __future__ import annotations

import math
from typing import Any

from jukushi.views.words import Words

__all__ = ["precision_said"]


def precision_said(precision: dict[str, Any], words: Words) -> str:
    """Say what was asked and what came of it (``{asked, reached}`` of an answer)."""
    asked, reached = precision["asked"], precision["reached"]
    key = "precision.reached" if reached <= asked else "precision.missed"
    return words(key, asked=_points(asked, words), reached=_points(reached, words))


def _points(fraction: float, words: Words) -> str:
    """Write a half width in percentage points, to two figures."""
    points = 100.0 * fraction
    digits = 1 - math.floor(math.log10(points)) if points > 0.0 else 0
    return words.number(points, max(digits, 0))
