"""What the model foretells of the record: histories at each observation, hazards of each event.

Every history runs from the first week of the case, knows nothing of what came, and is read on the
days of the record. Where the attack that the case asks about opens, a history ends: what the model
would say of the garrison after it is not used, and how many histories are left is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.record import DatedEvent
from jukushi.case.targets import (
    Target,
    event_week,
    fields_of,
    record_of,
    state_week,
    targets_of,
)
from jukushi.draws import DICE_PER_DRAW, LANES
from jukushi.engine.run import Engine
from jukushi.engine.settings import World
from jukushi.questions.intervals import ClusterRatio

__all__ = [
    "EventMonth",
    "Months",
    "Predictive",
    "at_risk",
    "events_of",
    "months_of",
    "predictive_of",
]

#: Draws that are observed at once.
_AT_ONCE = 64
#: Field that is on once the attack has opened.
_ATTACK = "at_war"


@dataclass(frozen=True)
class Months:
    """The months in which an event is awaited, from the day after the split.

    Attributes
    ----------
    event : DatedEvent
    ends : tuple of date
        Last day of each month, the event's last day at most.
    came : int or None
        Place of the month in which it came; the last of the list then.
    """

    event: DatedEvent
    ends: tuple[date, ...]
    came: int | None


@dataclass(frozen=True)
class EventMonth:
    """What the histories foretell of one month of one event.

    Attributes
    ----------
    at_risk, hits : int
        Histories in which it had not come before the month, and in which it came in it.
    sampling : (float, float)
        90 % interval of the hazard, parameter draws as clusters.
    """

    at_risk: int
    hits: int
    sampling: tuple[float, float]

    @property
    def probability(self) -> float:
        """Hazard, (hits + 1/2) / (at risk + 1): never quite 0 or 1 from finitely many histories."""
        return (self.hits + 0.5) / (self.at_risk + 1.0)


@dataclass(frozen=True)
class Predictive:
    """Histories of one case at what is scored.

    Attributes
    ----------
    case : Case
    targets : tuple of Target
    seen : float64[n_targets, n]
    ended : bool[n_targets, n]
        Histories whose attack had opened by then.
    starts : dict of str to float
        What each series shows in the middle history after the first week.
    months : tuple of Months
    hazards : tuple of tuple of EventMonth
    columns : tuple of int16[n]
        Of each event, the month in which it comes in each history; see `at_risk`.
    threads : int
    """

    case: Case
    targets: tuple[Target, ...]
    seen: npt.NDArray[np.float64]
    ended: npt.NDArray[np.bool_]
    starts: dict[str, float]
    months: tuple[Months, ...]
    hazards: tuple[tuple[EventMonth, ...], ...]
    columns: tuple[npt.NDArray[np.int16], ...]
    threads: int

    def members(self, number: int) -> npt.NDArray[np.float64]:
        """Return what the histories that still run show of a target."""
        kept: npt.NDArray[np.float64] = self.seen[number][~self.ended[number]]
        return kept


def events_of(case: Case) -> list[DatedEvent]:
    """Return the events that are foretold: the scored ones, and the attack that is asked about."""
    return [
        event
        for event in record_of(case).events
        if event.use == "score" or (event.field == _ATTACK and event.use == "neither")
    ]


def months_of(case: Case, event: DatedEvent) -> Months:
    """Return the months in which an event is awaited."""
    day = record_of(case).split.until + timedelta(days=1)
    due = event_week(case, event)
    ends: list[date] = []
    while day <= event.by:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        ends.append(min(following - timedelta(days=1), event.by))
        if due is not None and due <= state_week(case, ends[-1]):
            return Months(event, tuple(ends), len(ends) - 1)
        day = following
    return Months(event, tuple(ends), None)


def predictive_of(
    case: Case,
    draws: int,
    seed: int,
    threads: int | None = None,
    world: World | None = None,
    tell: Callable[[float], None] = lambda _share: None,
) -> Predictive:
    """Run histories and read them where the record is scored.

    Parameters
    ----------
    case : Case
        With whatever is taken to be known of its numbers.
    draws : int
        Parameter draws; 64 histories of each are run.
    seed : int
    threads : int, optional
    world : World, optional
        An intervention; the world as it was, if none is given.
    tell : callable, optional
        Told the share that is done.

    Raises
    ------
    UsageError
        If the case has no record.
    """
    engine = Engine(case, seed, threads)
    world = world or World("record")
    targets = targets_of(case, lambda _, item: item.use == "score")
    months = tuple(months_of(case, event) for event in events_of(case))
    parts = []
    for first in range(0, draws, _AT_ONCE):
        number = min(_AT_ONCE, draws - first)
        parts.append(_part(engine, world, targets, months, first, number))
        tell((first + number) / draws)
    seen, ended, firsts = (np.concatenate([part[k] for part in parts], axis=-1) for k in range(3))
    columns = [np.concatenate([part[3][k] for part in parts]) for k in range(len(months))]
    names = _series_once(targets)
    return Predictive(
        case, targets, seen, ended,
        {name: float(np.median(row)) for name, row in zip(names, firsts, strict=True)}, months,
        tuple(_hazards(item, column) for item, column in zip(months, columns, strict=True)),
        tuple(columns), engine.threads,
    )  # fmt: skip


def _series_once(targets: Sequence[Target]) -> dict[str, Target]:
    found: dict[str, Target] = {}
    for target in targets:
        found.setdefault(target.series.id, target)
    return found


def _part(
    engine: Engine,
    world: World,
    targets: Sequence[Target],
    months: Sequence[Months],
    first_draw: int,
    draws: int,
) -> tuple[Any, ...]:
    """Observe some draws: the targets, what has ended, the starts, the months of each event."""
    case, first, count = engine.case, first_draw * DICE_PER_DRAW, draws * LANES
    begin = case.first_running_week
    starts = [replace(target, week=begin) for target in _series_once(targets).values()]
    read = [*targets, *starts]
    fields = list(
        dict.fromkeys([_ATTACK, *(item.event.field for item in months), *fields_of(read)])
    )
    split = state_week(case, record_of(case).split.until)
    month_weeks = [state_week(case, end) for item in months for end in item.ends]
    weeks = sorted({split, *month_weeks, *(target.week for target in read)})
    states = engine.observe(world, first, count, fields, weeks, weeks[-1], stride=DICE_PER_DRAW)
    factors = _factors(engine, read, first_draw, draws)
    shown = np.stack(
        [
            target.seen(
                states[weeks.index(target.week), fields.index(target.series.field)],
                factors.get(target.series.times or "", 1.0),
            )
            for target in read
        ]
    )
    on = states > 0.5
    ended = np.stack([on[weeks.index(target.week), 0] for target in targets])
    columns = [
        _column(
            on[[weeks.index(w) for w in (split, *(state_week(case, end) for end in item.ends))]],
            fields.index(item.event.field),
        )
        for item in months
    ]
    return shown[: len(targets)], ended, shown[len(targets) :], columns


def _factors(
    engine: Engine, targets: Sequence[Target], first_draw: int, draws: int
) -> dict[str, npt.NDArray[np.float64]]:
    """Return the parameters that series are multiplied by, history by history."""
    names = {target.series.times for target in targets} - {None}
    if not names:
        return {}
    drawn = engine.space.draw(engine.seed, np.arange(first_draw, first_draw + draws))
    return {
        name: np.repeat(drawn[:, engine.space.index[name]], LANES)
        for name in sorted(map(str, names))
    }


def _column(on: npt.NDArray[np.bool_], place: int) -> npt.NDArray[np.int16]:
    """Month in which an event comes, as 2 m; in which a history ends without it, as 2 m + 1.

    -1 where neither does, -2 where it was over before the first month.

    Parameters
    ----------
    on : bool[1 + n_months, n_fields, n]
        Switches at the split and at the end of each month; the first field is the attack.
    """
    event, attack = on[:, place], on[:, 0]
    month = np.full(on.shape[2], -1, np.int16)
    for number in range(on.shape[0] - 1, 0, -1):
        month[event[number]] = 2 * (number - 1)
        if place != 0:
            month[attack[number]] = 2 * (number - 1) + 1
    month[event[0] | (attack[0] & (place != 0))] = -2
    return month


def at_risk(
    column: npt.NDArray[np.int16], month: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return who was at risk in a month, and in whom the event came in it."""
    hit = column == 2 * month
    return (column == -1) | hit | (column > 2 * month + 1), hit


def _hazards(months: Months, column: npt.NDArray[np.int16]) -> tuple[EventMonth, ...]:
    """Count who was at risk in each month, and in whom the event came."""
    rows = []
    for number in range(len(months.ends)):
        risk, hit = at_risk(column, number)
        ratio = ClusterRatio(1)
        by_draw = hit.reshape(-1, LANES).sum(axis=1, dtype=np.float64)
        ratio.add(by_draw[:, None], risk.reshape(-1, LANES).sum(axis=1, dtype=np.float64))
        low, high = ratio.answer(0)["sampling"]
        rows.append(EventMonth(int(risk.sum()), int(hit.sum()), (low, high)))
    return tuple(rows)
