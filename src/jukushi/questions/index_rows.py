"""Which index is told as a number, and which is refused with the size that would define it."""

from __future__ import annotations

import math
from typing import Any

from jukushi.questions.sobol_indices import Indices

__all__ = ["WIDEST", "index_of", "rows_for_variance"]

#: Widest half width of a 90 % interval with which an index is still told.
WIDEST = 0.25
#: With no event at all, or nothing else: this many times the rows gives about 20 events where the
#: probability is as high as it can be (the rule of three: 3 in n).
_WITHOUT_EVENT = 7


def rows_for_variance(
    indices: Indices, month: int, rows: int, settled: bool
) -> tuple[int | None, bool]:
    """Return how many rows would tell the variance from zero, and whether that is a least number.

    The variance counts as told from zero when its half width is at most half of it.

    Parameters
    ----------
    indices : Indices
    month, rows : int
    settled : bool
        Whether the event came in no history, or in all.

    Returns
    -------
    (int or None, bool)
        None if the rows there are do.
    """
    variance = float(indices.variance[month])
    half = float(indices.variance_half[month])
    if settled:
        return _power_of_two(_WITHOUT_EVENT * rows), True
    if variance > 0.0 and half <= 0.5 * variance:
        return None, False
    highest = variance if variance > 0.0 else variance + half
    ratio = 2.0 * half / highest if highest > 0.0 else 2.0
    return _power_of_two(rows * max(ratio, 1.0) ** 2 * (1.0 + 1e-9)), variance <= 0.0


def index_of(
    estimate: float, half: float, rows: int, variance: tuple[int | None, bool]
) -> dict[str, Any]:
    """Return an index as it is told.

    Parameters
    ----------
    estimate, half : float
    rows : int
        Rows behind it: the half width shrinks with their root.
    variance : (int or None, bool)
        Of `rows_for_variance`.

    Returns
    -------
    dict
        ``estimate`` and ``interval``; both None if it is refused, and then with ``reason`` and
        ``samples_needed``, a number of rows, or the least one if ``at_least``.
    """
    needed, at_least = variance
    if needed is not None:
        return _refused("variance", needed, at_least)
    if not (math.isfinite(estimate) and math.isfinite(half)):
        return _refused("variance", _power_of_two(2 * rows), True)
    if half > WIDEST:
        return _refused("wide", _power_of_two(rows * (half / WIDEST) ** 2), False)
    return {"estimate": estimate, "interval": [estimate - half, estimate + half]}


def _refused(reason: str, needed: int, at_least: bool) -> dict[str, Any]:
    return {
        "estimate": None,
        "interval": None,
        "reason": reason,
        "samples_needed": needed,
        "at_least": at_least,
    }


def _power_of_two(rows: float) -> int:
    """Return the least power of two that is not below `rows`: the sizes of a sequence of Sobol."""
    return 1 << math.ceil(math.log2(rows))
