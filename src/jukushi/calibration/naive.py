"""Naive forecasts of the series of a record, made of what was on record by the day of the split.

* `no_change_point`: the last value on record.
* `no_change`: the same with the error of the record, about the last value and about the new one.
* `random_walk`: the same with steps whose variance a week is that of the steps on record.
* `trend`: a random walk with the mean step on record; the spread of that mean is added.

Where a series was not on record by the split, its last value is where the case starts: what the
middle history shows after the first week. Where it came on record later than that, the start is
taken as a value on record too. The last two forecasts need at least two values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from jukushi.calibration.record_scores import Normal
from jukushi.case.load import Case
from jukushi.case.quantities import resolve_record
from jukushi.case.record import Observation, Series
from jukushi.case.targets import Target, record_of

__all__ = ["NAIVE", "Past", "naive_forecasts", "past_of", "value_of"]

#: Names of the forecasts, in the order of pages.
NAIVE = ("no_change", "no_change_point", "random_walk", "trend")


@dataclass(frozen=True)
class Past:
    """What was on record of a series by the split.

    Attributes
    ----------
    days : tuple of date
    values : tuple of float
        On the scale of the record, logged where the series is.
    error : float
        Of the last value; zero where the case starts there.
    source : str
        ``record`` or ``start``.
    """

    days: tuple[date, ...]
    values: tuple[float, ...]
    error: float
    source: str

    @property
    def weeks(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Weeks from each value to the next."""
        days = np.array([day.toordinal() for day in self.days], np.float64)
        return np.asarray(np.diff(days) / 7.0)


def past_of(case: Case, series: Series, start: float) -> Past:
    """Return what was on record by the split; the start of the case where it says more.

    Parameters
    ----------
    case : Case
    series : Series
    start : float
        What the middle history shows after the first week.
    """
    record = record_of(case)
    rows = sorted(
        (item for item in record.observations
         if item.series == series.id and item.date <= record.split.until),
        key=lambda item: item.date,
    )  # fmt: skip
    days = [item.date for item in rows]
    values = [value_of(case, series, item) for item in rows]
    begin = case.header.period.runs_from
    if not rows or days[0] > begin:
        days, values = [begin, *days], [start, *values]
    error = rows[-1].error or series.error if rows else 0.0
    return Past(tuple(days), tuple(values), error, "record" if rows else "start")


def value_of(case: Case, series: Series, item: Observation) -> float:
    """Return what an observation says, on the scale of its series."""
    cell = item.cell
    value = resolve_record(cell, case.tables[cell.table]) if cell else float(item.value or 0.0)
    return math.log(value) if series.transform == "log" else value


def naive_forecasts(past: Past, target: Target) -> dict[str, Normal | None]:
    """Return each naive forecast of a target, None where too little was on record.

    With m steps of x_j in t_j weeks, T weeks in all, and h weeks ahead:

    * random walk: variance h s^2 with s^2 = mean of x_j^2 / t_j;
    * trend: mean step a = sum x_j / T a week, s^2 = sum (x_j - a t_j)^2 / t_j / (m - 1), variance
      h s^2 (1 + h / T). With one step only the errors of its two ends spread it: 2 e^2 h^2 / T^2.
    """
    last, ends = past.values[-1], past.error**2 + target.error**2
    ahead = (target.observation.date - past.days[-1]).days / 7.0
    found: dict[str, Normal | None] = {
        "no_change": Normal(last, math.sqrt(ends)),
        "no_change_point": Normal(last, 0.0),
        "random_walk": None,
        "trend": None,
    }
    steps, weeks = np.diff(np.array(past.values)), past.weeks
    if len(steps) == 0:
        return found
    walk = float(np.mean(steps**2 / weeks))
    found["random_walk"] = Normal(last, math.sqrt(ends + ahead * walk))
    total = float(weeks.sum())
    slope = float(steps.sum()) / total
    if len(steps) > 1:
        about = float((((steps - slope * weeks) ** 2) / weeks).sum()) / (len(steps) - 1)
        spread = ahead * about * (1.0 + ahead / total)
    else:
        spread = 2.0 * past.error**2 * (ahead / total) ** 2
    found["trend"] = Normal(last + slope * ahead, math.sqrt(ends + spread))
    return found
