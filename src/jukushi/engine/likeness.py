"""How like the record a history is, and histories that are like it so far.

The record is one history seen with error. A history is weighed by the density of what was
observed about what it gives, spreads of error and discrepancy joined; events that are on record
must have come, and those that had not come must not have. From a bank of histories, drawn in
proportion to these weights, come *pasts*: a population that agrees with the record up to a day
as far as the model can, whose parameters and dice are those of its members and whose future is
open. This is importance resampling, one step of a particle filter (Gordon, Salmond and
Smith 1993; recalled).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from jukushi.case.knowledge import like_record
from jukushi.case.load import Case
from jukushi.case.targets import Target, fields_of, record_of, state_week, targets_of
from jukushi.draws import DICE_PER_DRAW, LANES
from jukushi.engine.settings import World
from jukushi.errors import UndefinedAnswer, UsageError

if TYPE_CHECKING:
    from jukushi.engine.run import Engine

__all__ = [
    "LEAST_EFFECTIVE",
    "Pasts",
    "effective",
    "history_weights",
    "log_density",
    "pasts_of",
    "seen_by",
    "switches",
]

#: Fewest effective histories for which a population is handed on.
LEAST_EFFECTIVE = 100.0
#: Effective histories with which the search for a larger bank ends.
_ENOUGH = 1000.0
#: Histories of the first and of the largest bank, and of what is weighed at once.
_FIRST_BANK, _LARGEST_BANK, _AT_ONCE = 1 << 16, 1 << 23, 1 << 18
#: Pasts that are drawn from the bank.
_PASTS = 4096
#: Days within which an event on record may come later in a history.
_LATE = timedelta(days=14)


@dataclass(frozen=True)
class Pasts:
    """Histories that are like the record up to a day.

    Attributes
    ----------
    until : date
    week : int
        First week whose dice are free again.
    histories : int64[n]
        Numbers of the histories, drawn with replacement, in random order.
    bank : int
        Histories that were weighed.
    effective : float
        Effective sample size, (sum of weights)^2 / sum of squared weights.
    observations, events : int
        What they were weighed by.
    """

    until: date
    week: int
    histories: npt.NDArray[np.int64]
    bank: int
    effective: float
    observations: int
    events: int


def log_density(
    targets: Sequence[Target],
    seen: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Return the log density of the record about each history, but for a constant.

    Parameters
    ----------
    targets : sequence of Target
    seen : float64[n_targets, n]
        What each history gives.

    Returns
    -------
    float64[n]
    """
    total = np.zeros(seen.shape[1])
    for target, row in zip(targets, seen, strict=True):
        total -= 0.5 * ((target.value - row) / target.spread) ** 2
    return total


def seen_by(
    engine: Engine, targets: Sequence[Target], first: int, count: int, stride: int = LANES
) -> npt.NDArray[np.float64]:
    """Run histories of the world as it was and return what the series show.

    Parameters
    ----------
    first, count : int
        Range of histories; with a stride of `DICE_PER_DRAW` the first block of each draw.

    Returns
    -------
    float64[n_targets, n]
    """
    fields, weeks = fields_of(targets), sorted({target.week for target in targets})
    states = engine.observe(World("record"), first, count, fields, weeks, weeks[-1], stride=stride)
    factors = _factors(engine, targets, first, count, stride)
    return np.stack(
        [
            target.seen(
                states[weeks.index(target.week), fields.index(target.series.field)],
                factors.get(target.series.times or "", 1.0),
            )
            for target in targets
        ]
    )


def _factors(
    engine: Engine, targets: Sequence[Target], first: int, count: int, stride: int
) -> dict[str, npt.NDArray[np.float64]]:
    """Return the parameters that series are multiplied by, history by history."""
    names = {target.series.times for target in targets} - {None}
    if not names:
        return {}
    blocks = np.arange(-(-count // LANES)) * stride + first
    rows = np.repeat(blocks, LANES)[:count] // DICE_PER_DRAW
    numbers, places = np.unique(rows, return_inverse=True)
    values = engine.space.draw(engine.seed, numbers)
    return {name: values[places, engine.space.index[name]] for name in sorted(map(str, names))}


def switches(
    engine: Engine, until: date, first: int, count: int
) -> tuple[npt.NDArray[np.bool_], int]:
    """Tell which histories have had the events on record, and no others of its list, by a day.

    An event of the last two weeks before the day is not asked about: in a history it may come
    a little later.

    Returns
    -------
    (bool[n], int)
        The second is how many events were asked about.
    """
    case = engine.case
    asked = []
    for event in record_of(case).events:
        if event.happened_on is None or event.happened_on > until:
            asked.append((event.field, False))
        elif event.happened_on <= until - _LATE:
            asked.append((event.field, True))
    week = state_week(case, until)
    names = [name for name, _ in asked]
    states = engine.observe(World("record"), first, count, names, [week], week)[0]
    agree = np.ones(count, bool)
    for row, (_, on) in zip(states, asked, strict=True):
        agree &= (row > 0.5) == on
    return agree, len(asked)


def history_weights(
    engine: Engine, targets: Sequence[Target], until: date, first: int, count: int
) -> npt.NDArray[np.float64]:
    """Return the log weight of each history, minus infinity where an event disagrees."""
    agree, _ = switches(engine, until, first, count)
    weight = log_density(targets, seen_by(engine, targets, first, count))
    return np.where(agree, weight, -np.inf)


def effective(log_weights: npt.NDArray[np.float64]) -> float:
    """Return the effective sample size of log weights, zero if all are minus infinity."""
    top = float(log_weights.max(initial=-np.inf))
    if not np.isfinite(top):
        return 0.0
    weights = np.exp(log_weights - top)
    return float(weights.sum() ** 2 / (weights**2).sum())


_KEPT: dict[tuple[str, int], Pasts] = {}


def pasts_of(case: Case, seed: int, threads: int | None = None) -> Pasts | None:
    """Return the pasts that a case asks for, None if it asks for none.

    They depend on case and seed alone, and are kept for the next engine of both.

    Raises
    ------
    UsageError
        If the day is not one on which the world runs, or nothing is on record by then.
    UndefinedAnswer
        If too few histories of the largest bank are like the record.
    """
    until = case.knowledge.like_record_until
    if until is None:
        return None
    key = (case.hash, seed)
    if key not in _KEPT:
        _KEPT[key] = _search(like_record(case, None), until, seed, threads)
    return _KEPT[key]


def _search(case: Case, until: date, seed: int, threads: int | None) -> Pasts:
    from jukushi.engine.run import Engine

    period = case.header.period
    if not period.runs_from < until < period.end:
        raise UsageError(
            f"histories cannot be held to the record until {until}",
            cause=f"the world runs from {period.runs_from} to {period.end}",
        )
    targets = targets_of(case, lambda _, item: item.date <= until)
    if not targets:
        raise UsageError(f"nothing is on record by {until}")
    engine = Engine(case, seed, threads)
    size, weights = 0, np.zeros(0)
    wanted = _FIRST_BANK
    while wanted <= _LARGEST_BANK:
        more = [
            history_weights(engine, targets, until, first, min(_AT_ONCE, wanted - first))
            for first in range(size, wanted, _AT_ONCE)
        ]
        weights, size = np.concatenate([weights, *more]), wanted
        if effective(weights) >= _ENOUGH:
            break
        wanted *= 2
    found = effective(weights)
    if found < LEAST_EFFECTIVE:
        needed = "" if found < 1 else f"; about {LEAST_EFFECTIVE / found * size:,.0f} would do"
        raise UndefinedAnswer(
            f"too few histories are like the record until {until}: {found:.0f} effective ones "
            f"of {size:,}",
            cause=f"an answer needs at least {LEAST_EFFECTIVE:.0f}{needed}",
            hint="ask for an earlier day",
        )
    _, events = switches(engine, until, 0, LANES)
    return Pasts(
        until, state_week(case, until) + 1, _resample(weights, seed), size, found,
        len(targets), events,
    )  # fmt: skip


def _resample(log_weights: npt.NDArray[np.float64], seed: int) -> npt.NDArray[np.int64]:
    """Draw histories in proportion to their weights (systematic resampling), in random order."""
    dice = np.random.Generator(np.random.Philox(key=seed))
    weights = np.exp(log_weights - log_weights.max())
    edges = np.cumsum(weights) / weights.sum()
    at = (np.arange(_PASTS) + dice.random()) / _PASTS
    chosen = np.minimum(np.searchsorted(edges, at), len(weights) - 1)
    return np.asarray(dice.permutation(chosen), np.int64)
