"""The values at which a frontier asks: ``soviet_garrison``, ``soviet_garrison=10:40:16``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.errors import UsageError
from jukushi.questions.levers import Quantity, lever_changes, quantity_of

__all__ = ["Axis", "axes_of"]

#: Points of one line where the question has one quantity; along each of two.
_FEWEST, _MOST = 3, 61
_MOST_OF_TWO = 25
_USUAL_OF_TWO = 11


@dataclass(frozen=True)
class Axis:
    """A quantity and the values at which it is asked about.

    Attributes
    ----------
    quantity : Quantity
    values : float64[n]
        Ascending.
    """

    quantity: Quantity
    values: npt.NDArray[np.float64]


def axes_of(case: Case, vary: str | None) -> tuple[Axis, ...]:
    """Read what is to be varied.

    Parameters
    ----------
    case : Case
    vary : str, optional
        One quantity, or two with a comma between; each may be followed by
        ``=low:high`` or ``=low:high:points``. None is the first lever of the case.

    Returns
    -------
    tuple of Axis
        One or two.

    Raises
    ------
    UsageError
        If there is no such quantity, it has no range, the values make no grid or lie outside
        the lever's range, or both quantities move the same parameter.
    """
    if vary is None:
        if not case.levers:
            raise UsageError(
                f"the case {case.id!r} has no lever", hint="name a parameter with --vary"
            )
        vary = next(iter(case.levers))
    texts = [text.strip() for text in vary.split(",") if text.strip()]
    if not 1 <= len(texts) <= 2:
        raise UsageError(
            f"--vary {vary!r} names {len(texts)} quantities", hint="name one, or two with a comma"
        )
    axes = tuple(_axis(case, text, len(texts)) for text in texts)
    moved = [axis.quantity.parameter for axis in axes]
    if len(set(moved)) < len(moved):
        raise UsageError(f"both quantities move {moved[0]!r}", hint="name two that differ")
    return axes


def _axis(case: Case, text: str, together: int) -> Axis:
    name, sign, grid = text.partition("=")
    quantity = quantity_of(case, name.strip())
    most = _MOST if together == 1 else _MOST_OF_TWO
    first, last = quantity.first, quantity.last
    points = quantity.points if together == 1 else min(quantity.points, _USUAL_OF_TWO)
    if sign:
        first, last, points = _given(text, grid, points)
    if first is None or last is None:
        raise UsageError(
            f"the case gives {quantity.id!r} no range",
            hint=f"say between which values: --vary {quantity.id}=LOW:HIGH",
        )
    if not first < last or not _FEWEST <= points <= most:
        raise UsageError(
            f"{text!r} is no grid",
            cause=f"it needs low below high and {_FEWEST} to {most} points",
            hint=f"write {quantity.id}=LOW:HIGH:POINTS",
        )
    for edge in (first, last):
        lever_changes(case, quantity.id, edge)  # refuses what lies outside
    return Axis(quantity, np.linspace(first, last, points))


def _given(text: str, grid: str, points: int) -> tuple[float, float, int]:
    parts = grid.split(":")
    try:
        first, last = float(parts[0]), float(parts[1])
        points = int(parts[2]) if len(parts) > 2 else points
    except (ValueError, IndexError):
        parts = []
        first = last = float("nan")
    if not 2 <= len(parts) <= 3 or not np.isfinite([first, last]).all():
        raise UsageError(f"{text!r} is no grid", hint="write NAME=LOW:HIGH or NAME=LOW:HIGH:POINTS")
    return first, last, points
