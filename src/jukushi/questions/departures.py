"""How much could leave: the largest share gone by a day at which attack stays unlikely.

Beside it stands what could have been carried by that day: the railway, from its capacity and its
range, and what the model's own prey has sent by then.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.levers import Capacity, Lever
from jukushi.case.load import Case
from jukushi.draws import DICE_PER_DRAW
from jukushi.engine.run import Engine, Results
from jukushi.questions.curves import Counts, Curve, flat
from jukushi.questions.grids import Axis, axes_of
from jukushi.questions.lattice import Lattice
from jukushi.questions.opponents import Opponent
from jukushi.questions.ranges import spread

__all__ = ["Departures", "departures_of"]

#: Chances of attack at which the share is reported.
LEVELS = (0.05, 0.10, 0.25)
#: Histories of which the prey's own transfers are read.
_WATCHED = 16_384


def departures_of(case: Case, axes: Sequence[Axis]) -> Lever | None:
    """Return the lever of what could leave that belongs to a quantity asked about, if any."""
    for axis in axes:
        lever = case.levers.get(axis.quantity.id)
        if lever is not None and lever.capacity is not None:
            return lever
        if lever is not None and lever.departures is not None:
            return case.levers[lever.departures]
    return None


class Departures:
    """The share that could leave, under each decision-maker.

    Parameters
    ----------
    engine : Engine
    lever : Lever
        It has a capacity.
    lattice : Lattice
        To which the worlds are added.
    opponents : sequence of Opponent
    told : callable
        Called after each point.
    """

    def __init__(
        self,
        engine: Engine,
        lever: Lever,
        lattice: Lattice,
        opponents: Sequence[Opponent],
        told: Callable[[], None],
    ) -> None:
        if lever.capacity is None:
            raise ValueError("a lever of departures needs a capacity")
        self.engine = engine
        self.lever = lever
        self.capacity: Capacity = lever.capacity
        self.opponents = opponents
        self.axes = axes_of(engine.case, lever.id)
        until = engine.space.centre[self.capacity.until]
        #: Last week in which anything leaves by the day, and how many weeks that makes.
        self.last = int(until)
        self.weeks = max(math.ceil(until - engine.first_running), 1)
        self.curves = [
            Curve(opponent.name, self.axes, lattice.grid(opponent, self.axes, told))
            for opponent in opponents
        ]
        centre = engine.space.centre
        carried = self.weeks * centre[self.capacity.per_week] / centre[self.capacity.of]
        self.by_rail = min(max(carried, lever.range[0]), lever.range[1])
        point = ((lever.id, self.by_rail),)
        self.at_rail = {item.name: lattice.place(item, point) for item in opponents}

    def add(self, results: Results) -> None:
        """Add one part."""
        for curve in self.curves:
            curve.add(results)

    def answer(self, counts: Counts, seed: int) -> dict[str, Any]:
        """Return the block of an answer."""
        case = self.engine.case
        thresholds, points = [], []
        for curve in self.curves:
            rows = curve.thresholds(counts, LEVELS, seed)
            thresholds += [{key: row[key] for key in row if key != "y"} for row in rows]
            points += [
                {("share" if key == "x" else key): row[key] for key in row if key != "y"}
                for row in curve.points(counts)
            ]
        return {
            "lever": self.lever.id,
            "by": _day(case, self.engine.space.centre[self.capacity.until]),
            "weeks": self.weeks,
            "thresholds": thresholds,
            "points": points,
            "railway": self._railway(counts.histories),
            "sent": self._sent(counts.histories),
            "at_railway": [
                {"opponent": name, "share": self.by_rail, **flat(counts.chance(place))}
                for name, place in self.at_rail.items()
            ],
        }

    def _draws(self, histories: int) -> npt.NDArray[np.float64]:
        draws = np.arange(-(-histories // DICE_PER_DRAW), dtype=np.int64)
        return self.engine.space.draw(self.engine.seed, draws)

    def _railway(self, histories: int) -> dict[str, float]:
        """Return what the railway could carry, over the parameter draws of the study."""
        values, index = self._draws(histories), self.engine.space.index
        stock = values[:, index[self.capacity.of]]
        carried = self.weeks * values[:, index[self.capacity.per_week]] / stock
        return spread(carried)

    def _sent(self, histories: int) -> dict[str, float]:
        """Return what the model's own prey has sent by the day, over histories."""
        count = min(histories, _WATCHED)
        structure = self.opponents[0].structure
        world = structure.world(structure.name, structure.changes)
        sent = self.engine.observe(world, 0, count, [self.capacity.sent], [self.last], self.last)
        stock = self._draws(count)[:, self.engine.space.index[self.capacity.of]]
        return spread(sent[0, 0].astype(np.float64) / np.repeat(stock, DICE_PER_DRAW)[:count])


def _day(case: Case, week: float) -> str:
    return (case.header.period.start + timedelta(days=round(7.0 * week))).isoformat()
