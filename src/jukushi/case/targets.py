"""The record of a case as numbers that a history can be held against.

Every observation becomes a target: a field of the state after a week, what was observed, and how
far it may lie from what a history gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from jukushi.case.quantities import resolve_record
from jukushi.case.record import DatedEvent, Observation, RecordFile, Series
from jukushi.errors import UsageError

if TYPE_CHECKING:
    from jukushi.case.load import Case

__all__ = ["Target", "event_week", "fields_of", "record_of", "state_week", "targets_of"]


@dataclass(frozen=True)
class Target:
    """One observation.

    Attributes
    ----------
    series : Series
    observation : Observation
    week : int
        Week after which the state is read: the one that ends nearest to the day, and no earlier
        than the first that runs.
    value : float
        In the unit of the series, or the natural logarithm of it where the series is logged.
    error, discrepancy : float
        Standard deviations on the same scale: of the record, and of the model at its best.
    """

    series: Series
    observation: Observation
    week: int
    value: float
    error: float
    discrepancy: float

    @property
    def spread(self) -> float:
        """Standard deviation of the record about a perfect history of the model."""
        return float(np.hypot(self.error, self.discrepancy))

    def seen(
        self, states: npt.NDArray[np.float32], factor: float | npt.NDArray[np.float64] = 1.0
    ) -> npt.NDArray[np.float64]:
        """Turn values of the field into what the series shows.

        Parameters
        ----------
        states : float32[n]
        factor : float or float64[n]
            The parameter `times` of the series, if it has one.
        """
        values = states.astype(np.float64)
        if self.series.transform == "log":
            return np.asarray(np.log(np.maximum(values * factor, 1e-3)))
        if self.series.transform == "exp":
            values = np.exp(values)
        return np.asarray(values * factor)


def record_of(case: Case) -> RecordFile:
    """Return the record; raises UsageError if the case has none."""
    if case.record is None:
        raise UsageError(
            f"the case {case.id!r} has no dated record",
            cause="there is no record.yaml in its folder",
            hint="docs/formats/case.md says what it holds",
        )
    return case.record


def targets_of(
    case: Case, wanted: Callable[[Series, Observation], bool] = lambda _s, _o: True
) -> tuple[Target, ...]:
    """Return the observations that are used for anything, in order of day.

    Parameters
    ----------
    case : Case
    wanted : callable
        Takes series and observation; what is `neither` is never asked about.
    """
    record = record_of(case)
    series = {item.id: item for item in record.series}
    found = [
        _target(case, series[item.series], item)
        for item in record.observations
        if item.use != "neither" and wanted(series[item.series], item)
    ]
    return tuple(sorted(found, key=lambda item: (item.observation.date, item.series.id)))


def _target(case: Case, series: Series, item: Observation) -> Target:
    if item.cell is not None:
        value = resolve_record(item.cell, case.tables[item.cell.table])
    else:
        value = item.value or 0.0
    if series.transform == "log":
        value = float(np.log(value))
    return Target(
        series, item, state_week(case, item.date), value, item.error or series.error,
        series.discrepancy,
    )  # fmt: skip


def state_week(case: Case, day: date) -> int:
    """Return the running week whose end lies nearest to a day."""
    return min(max(round(case.week_of(day)) - 1, case.first_running_week), case.n_weeks - 1)


def event_week(case: Case, event: DatedEvent) -> int | None:
    """Return the week in which an event happened, None if it did not."""
    return None if event.happened_on is None else int(case.week_of(event.happened_on))


def fields_of(targets: Sequence[Target]) -> list[str]:
    """Return the fields that some targets read, each once, in order."""
    return list(dict.fromkeys(target.series.field for target in targets))
