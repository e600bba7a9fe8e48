"""The hunter's problem of optimal stopping: what it sees at each conference, what acts bring.

Histories are run with a hunter that waits (`decider` 4). Until it acts its waiting moves nobody,
so these histories hold what it would see at every date and what an act at that date would
bring. The payoff is that of the expected-value decision-maker (docs/mechanisms/expected_value.md)
with the truth in place of beliefs: the true chance of the campaign, and whether the ally wins
in the end. Before the act the want of oil costs what waiting costs there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jukushi.case.schema import Change
from jukushi.doctrines.policy import HUNTER_BELIEFS
from jukushi.doctrines.policy import Policy as Orders
from jukushi.draws import DICE_PER_DRAW, LANES
from jukushi.engine.run import Engine, World
from jukushi.errors import UsageError
from jukushi.questions.stopping import Histories, Policy

Array = npt.NDArray[np.float64]
Draws = npt.NDArray[np.int64]

__all__ = ["NORTH", "OWN", "SOUTH", "Planner", "Seen"]

#: Actions of the stopping problem.
NORTH, SOUTH = 0, 1

#: What acts are worth as things are: nobody sees it.
_WORTH = ("worth_north", "worth_ally", "worth_south")
#: Features that the hunter sees by itself.
OWN = tuple(range(len(HUNTER_BELIEFS)))

_ACTS = ("may_north", "may_south")
_REST = ("collapsed",)
#: A value that is never the largest: for an act of which nothing could be learnt.
_NEVER = -1.0e6
#: Parameter draws that are observed together.
_DRAWS_AT_ONCE = 64
#: Months of oil at which the want of it begins, as in `jukushi.doctrines.valuation.oil_need`.
_ENOUGH_OIL = 30.0


@dataclass(frozen=True)
class Seen:
    """Observed fields at the dates of decision.

    Attributes
    ----------
    values : float32[n_dates + 1, n_fields, n]
        The last row is the state at the horizon.
    fields : tuple of str
    """

    values: npt.NDArray[np.float32]
    fields: tuple[str, ...]

    def of(self, name: str) -> Array:
        """Return one field, float64[n_dates + 1, n]."""
        return self.values[:, self.fields.index(name)].astype(np.float64)


class Planner:
    """The hunter's stopping problem in one world.

    Parameters
    ----------
    engine : Engine
    changes : tuple of Change
        The world; whoever decides in it is replaced by one who waits.
    horizon : int
        Last week of the problem: who has not acted by then never does.

    Raises
    ------
    UsageError
        If no conference meets before the horizon.
    """

    def __init__(self, engine: Engine, changes: tuple[Change, ...], horizon: int) -> None:
        self.engine = engine
        self.changes = changes
        self.horizon = horizon
        met = np.flatnonzero(engine.weeks["conference"] > 0.5)
        self.weeks = tuple(int(week) for week in met if engine.first_running <= week < horizon)
        self.world = World("waits", (*changes, Change(parameter="decider", set=4.0)))
        self.fields = (*HUNTER_BELIEFS, *_WORTH, *_ACTS, *_REST)
        if not self.weeks:
            raise UsageError(
                "no conference meets before the horizon: there is nothing to decide",
                hint="name a later day with --until",
            )

    def observe(self, first_draw: int, draws: int, lanes: int) -> tuple[Seen, Draws]:
        """Run histories in which the hunter waits, the first `lanes` (at most 64) of each draw.

        Histories of one draw are alike, so that a fit learns more from few histories of many
        draws than from many of few.

        Returns
        -------
        (Seen, int64[draws * lanes])
            What was seen, and the parameter draw of each history.
        """
        kept = np.zeros((len(self.weeks) + 1, len(self.fields), draws * lanes), np.float32)
        for start in range(0, draws, _DRAWS_AT_ONCE):
            count = min(_DRAWS_AT_ONCE, draws - start)
            first = (first_draw + start) * DICE_PER_DRAW
            found = self.engine.observe(
                self.world, first, count * LANES, self.fields, [*self.weeks, self.horizon],
                self.horizon, stride=DICE_PER_DRAW,
            )  # fmt: skip
            part = found.reshape(*found.shape[:2], count, LANES)[..., :lanes]
            place = slice(start * lanes, (start + count) * lanes)
            kept[:, :, place] = part.reshape(*found.shape[:2], -1)
        return Seen(kept, self.fields), np.repeat(np.arange(first_draw, first_draw + draws), lanes)

    def histories(
        self,
        seen: Seen,
        draw: Draws,
        ally_wins: Array | None = None,
    ) -> Histories:
        """Turn observations into a stopping problem.

        Parameters
        ----------
        seen : Seen
        draw : int64[n]
            Parameter draw of each history.
        ally_wins : float64[n_dates, n], optional
            Chance at each date that the ally wins; by default what became of it.

        Returns
        -------
        Histories
            Its features are `HUNTER_BELIEFS`, which are the columns `OWN`, and then what acts
            are worth as things are.
        """
        oil_value, yearly_discount = self._parameters(draw, "oil_value", "yearly_discount")
        flow, discount = self._waiting(seen, oil_value, yearly_discount)
        wins = seen.of("collapsed")[-1] if ally_wins is None else ally_wins
        north = seen.of("worth_north")[:-1] + seen.of("worth_ally")[:-1] * wins
        south = seen.of("worth_south")[:-1]
        payoff = flow[:-1, :, None] + discount[:-1, :, None] * np.stack([north, south], axis=2)
        need = np.clip((_ENOUGH_OIL - seen.of("oil_months")[-1]) / _ENOUGH_OIL, 0.0, 1.0)
        final = flow[-1] - discount[-1] * oil_value * need
        width = len(HUNTER_BELIEFS) + len(_WORTH)
        features = np.ascontiguousarray(seen.values[:-1, :width].transpose(0, 2, 1), np.float64)
        feasible = np.stack([seen.of(name)[:-1] > 0.5 for name in _ACTS], axis=2)
        return Histories(features, payoff, feasible, final, draw)

    def _waiting(self, seen: Seen, oil_value: Array, yearly_discount: Array) -> tuple[Array, Array]:
        """Return what waiting has cost by each date, and the discount, float64[n_dates + 1, n]."""
        weeks = np.array([*self.weeks, self.horizon], np.float64)
        years = (weeks - weeks[0]) / 52.0
        discount = yearly_discount[None, :] ** years[:, None]
        need = np.clip((_ENOUGH_OIL - seen.of("oil_months")) / _ENOUGH_OIL, 0.0, 1.0)
        cost = -oil_value * need * discount
        steps = cost[:-1] * np.diff(years)[:, None]
        flow = np.concatenate([np.zeros((1, steps.shape[1])), np.cumsum(steps, axis=0)])
        return flow, discount

    def _parameters(self, draw: Draws, *names: str) -> list[Array]:
        """Return parameters of this world in each history."""
        draws, place = np.unique(draw, return_inverse=True)
        space, seed = self.engine.space, self.engine.seed
        base = space.changed(space.draw(seed, draws), self.changes, seed, draws)
        return [base[:, space.index[name]][place] for name in names]

    def orders(self, policy: Policy, fields: Sequence[str] = HUNTER_BELIEFS) -> Orders:
        """Return a policy as the engine follows it."""
        coefficients = policy.coefficients.copy()
        acts, dates = np.nonzero(~policy.known.T)
        coefficients[dates, acts] = 0.0
        coefficients[dates, acts, 0] = _NEVER
        return Orders(self.weeks, tuple(fields), policy.mean, policy.sd, coefficients)
