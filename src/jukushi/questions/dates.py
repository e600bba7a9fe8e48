"""Weeks as dates: the Monday of a week, and quantiles of a histogram over weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case

__all__ = ["date_range", "quantile_weeks", "week_date"]


def week_date(case: Case, week: float) -> str:
    """Return the Monday of a week as an ISO date."""
    return (case.header.period.start + timedelta(weeks=int(week))).isoformat()


def quantile_weeks(counts: npt.NDArray[np.int64], levels: Sequence[float]) -> list[int] | None:
    """Return quantiles of a histogram over weeks, or None if it is empty."""
    total = int(counts.sum())
    if total == 0:
        return None
    cumulative = np.cumsum(counts)
    return [int(np.searchsorted(cumulative, level * total)) for level in levels]


def date_range(case: Case, counts: npt.NDArray[np.int64]) -> dict[str, Any] | None:
    """Return ``median``, ``low`` and ``high`` (5-95 %) of a histogram over weeks as Mondays."""
    weeks = quantile_weeks(counts, (0.5, 0.05, 0.95))
    if weeks is None:
        return None
    names = ("median", "low", "high")
    return {name: week_date(case, week) for name, week in zip(names, weeks, strict=True)}
