"""Months of a question: by the end of which the event has come or has not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Outcome
from jukushi.errors import UsageError, nearest

__all__ = ["Month", "come_by", "month_of", "months_of"]


class Month(NamedTuple):
    """The end of a month.

    Attributes
    ----------
    until : date
        Its last day, or the outcome's own date if that comes before.
    week : int
        Last week that begins by then.
    """

    until: date
    week: int


def months_of(case: Case, outcome: Outcome) -> dict[str, Month]:
    """Return the months (``1941-07``) from the first running week to the outcome's date."""
    begins = case.header.period.runs_from.replace(day=1)
    found: dict[str, Month] = {}
    while begins <= outcome.by:
        following = (begins + timedelta(days=32)).replace(day=1)
        last = min(following - timedelta(days=1), outcome.by)
        found[f"{begins:%Y-%m}"] = Month(last, int(case.week_of(last)))
        begins = following
    return found


def month_of(months: Mapping[str, Month], asked: str | None) -> str:
    """Return the month asked for, the last one if none is; raises UsageError."""
    names = list(months)
    if asked is None:
        return names[-1]
    if asked not in months:
        close = nearest(asked, names)
        raise UsageError(
            f"the question has no month {asked!r}",
            cause=f"it runs from {names[0]} to {names[-1]}",
            hint=f"did you mean {close}?" if close else f"write --month {names[-1]}",
        )
    return asked


def come_by(weeks: npt.NDArray[np.int16], months: Mapping[str, Month]) -> npt.NDArray[np.bool_]:
    """Tell whether the event came by the end of each month.

    Parameters
    ----------
    weeks : int16[..., dice]
        Week of the event, -1 if none.
    months : mapping of name to Month

    Returns
    -------
    bool[..., n_months, dice]
    """
    last = np.array([month.week for month in months.values()], np.int16)[:, None]
    seen = weeks[..., None, :]
    hits: npt.NDArray[np.bool_] = (seen >= 0) & (seen <= last)
    return hits
