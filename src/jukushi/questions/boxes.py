"""PRIM: boxes of the parameter space that hold most of the cases of interest, and few others.

The patient rule induction method (Friedman and Fisher 1999) peels thin slices off the space; the
implementation is ema_workbench's. It is given quantiles of the priors, so that a slice is one of
prior probability. A box is found on one half of the draws and judged on the other.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc

__all__ = ["MOST_LIMITS", "PEELINGS", "Box", "find_box", "inside", "screen"]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: Parameters that a box may restrict: more than a reader can keep in mind explain nothing.
MOST_LIMITS = 4
#: Parameters handed to PRIM, those whose distributions differ most between cases and others.
_SCREENED = 12
#: Of those, how many are tried in every combination of `MOST_LIMITS`.
_COMBINED = 5
#: Sets of parameters that are peeled for one box.
PEELINGS = 1 + comb(_COMBINED, MOST_LIMITS)
#: Smallest share of the draws in a box.
_LEAST_MASS = 0.02
#: What ema_workbench compares cases (1) and others (0) with, and the mean of the last box.
_CASE = 1e-6
#: A limit is kept if chance alone would do as well with at most this probability (qp value).
_SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Limit:
    """One restricted parameter: from which to which quantile of its prior.

    Attributes
    ----------
    column : int
    low, high : float
        0 and 1 where it is not restricted.
    qp : float
        Quasi-p-value of PRIM: the chance that as many cases would be left by restricting at random.
    """

    column: int
    low: float
    high: float
    qp: float


@dataclass(frozen=True)
class Box:
    """A box, with its limits in order of their quasi-p-values."""

    limits: tuple[Limit, ...]


def screen(points: Array, cases: Mask, most: int = _SCREENED) -> list[int]:
    """Return the columns that differ most between cases and others (Kolmogorov-Smirnov distance).

    Parameters
    ----------
    points : float64[n, k]
    cases : bool[n]
    most : int
    """
    order = np.argsort(points, axis=0, kind="stable")
    sorted_cases = cases[order]
    share = np.cumsum(sorted_cases, axis=0) / max(int(cases.sum()), 1)
    others = np.cumsum(~sorted_cases, axis=0) / max(int((~cases).sum()), 1)
    distance = np.abs(share - others).max(axis=0)
    return [int(column) for column in np.argsort(-distance, kind="stable")[:most]]


def inside(box: Box, points: Array) -> Mask:
    """Tell which points lie in a box, bool[n]."""
    kept = np.ones(len(points), bool)
    for limit in box.limits:
        column = points[:, limit.column]
        kept &= (column >= limit.low) & (column <= limit.high)
    return kept


def find_box(points: Array, cases: Mask, step: Callable[[], None] = lambda: None) -> Box | None:
    """Return the best box of at most `MOST_LIMITS` parameters, None if no limit is significant.

    PRIM first peels all screened parameters, then each combination of four among those that
    mattered most. Every box on the way is freed of its weakest limits until the rest are
    significant and few. Of these, the box with the largest harmonic mean of coverage and density
    is taken.

    Parameters
    ----------
    points : float64[n, k]
        Quantiles of the priors.
    cases : bool[n]
    step : callable
        Called after each of the `PEELINGS`, or fewer.
    """
    first = _trajectory(points, cases, screen(points, cases))
    step()
    strongest: dict[int, float] = {}
    for box in first:
        for limit in box.limits:
            strongest[limit.column] = min(limit.qp, strongest.get(limit.column, 1.0))
    leading = sorted(strongest, key=lambda column: (strongest[column], column))[:_COMBINED]
    found = {_freed(box, points, cases) for box in first}
    for chosen in combinations(leading, min(MOST_LIMITS, len(leading))):
        found |= {_freed(box, points, cases) for box in _trajectory(points, cases, chosen)}
        step()
    good = sorted((box for box in found if box.limits), key=_order)
    if not good:
        return None
    return max(good, key=lambda box: _harmonic(inside(box, points), cases))


def _order(box: Box) -> tuple[tuple[int, float, float], ...]:
    """An order of boxes that does not depend on how they were come by."""
    return tuple((limit.column, limit.low, limit.high) for limit in box.limits)


def _harmonic(held: Mask, cases: Mask) -> float:
    """Harmonic mean of coverage and density: 2 hits / (cases + points of the box)."""
    return 2.0 * float((held & cases).sum()) / float(cases.sum() + held.sum())


def _freed(box: Box, points: Array, cases: Mask) -> Box:
    """Drop the weakest limit until all are significant and at most `MOST_LIMITS` are left."""
    limits = [limit for limit in box.limits if limit.low > 0.0 or limit.high < 1.0]
    while limits:
        values = _quasi(limits, points, cases)
        weakest = int(np.argmax(values))
        if values[weakest] < _SIGNIFICANT and len(limits) <= MOST_LIMITS:
            told = [replace(limit, qp=qp) for limit, qp in zip(limits, values, strict=True)]
            return Box(tuple(sorted(told, key=lambda limit: (limit.qp, limit.column))))
        limits.pop(weakest)
    return Box(())


def _quasi(limits: Sequence[Limit], points: Array, cases: Mask) -> list[float]:
    """Quasi-p-value of each limit (Bryant and Lempert 2010), by a one-sided binomial test.

    How likely is it to find as many cases among as many points, if they were taken at random from
    the box without this limit?
    """
    masks = [inside(Box((limit,)), points) for limit in limits]
    whole = np.logical_and.reduce(masks)
    size, hits = int(whole.sum()), int((whole & cases).sum())
    found = []
    for left_out in range(len(limits)):
        others = [mask for place, mask in enumerate(masks) if place != left_out]
        wider = np.logical_and.reduce(others) if others else np.ones(len(points), bool)
        share = float((wider & cases).sum()) / max(int(wider.sum()), 1)
        found.append(float(bdtrc(hits - 1, size, share)) if hits else 1.0)
    return found


def _trajectory(points: Array, cases: Mask, columns: Sequence[int]) -> list[Box]:
    """Peel one set of columns; return each box on the way."""
    if not columns:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandas as pd
        from ema_workbench.analysis import prim

        table = pd.DataFrame(points[:, list(columns)], columns=[str(c) for c in columns])
        search = prim.Prim(
            table, cases.astype(int), threshold=_CASE, peel_alpha=0.05, mass_min=_LEAST_MASS
        )
        found = search.find_box()
    if found is None:
        return []
    ends = (search.box_init.min(), search.box_init.max())
    return [
        _box(limits, quasi, ends) for limits, quasi in zip(found.box_lims, found.qp, strict=True)
    ]


def _box(limits: Any, quasi: dict[str, list[float]], ends: tuple[Any, Any]) -> Box:
    """Read one box of ema_workbench; an end that is the table's own is no limit."""
    found = []
    for name, values in quasi.items():
        low, high = (float(value) for value in limits[name])
        low = 0.0 if low <= ends[0][name] else low
        high = 1.0 if high >= ends[1][name] else high
        found.append(Limit(int(name), low, high, max(values)))
    return Box(tuple(found))
