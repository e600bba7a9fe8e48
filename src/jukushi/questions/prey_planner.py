"""The prey's problem as one of optimal stopping: when to strip the east for the war in the west.

Stripping is ordered once and not taken back; until then divisions leave at the usual pace. Unlike
the hunter's, the prey's act changes what follows, so each date of stripping is a world of its
own, run to the horizon on the same dice. What an act brings is counted in losses: the war in the
west lost, the east lost, or an attack beaten off (parameters `prey_loss_west`, `prey_loss_east`,
`prey_cost_east`, all assumptions).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.draws import DICE_PER_DRAW, LANES
from jukushi.engine.run import Engine, World
from jukushi.engine.settings import Order
from jukushi.errors import UsageError
from jukushi.mechanisms.decisions import Action
from jukushi.questions.stopping import Histories

__all__ = ["PREY_BELIEFS", "SPY", "PreyPlanner", "counts_losses"]

#: What the prey's policy looks at.
PREY_BELIEFS = (
    "front_km", "south_km", "soviet_men", "threat_belief", "build_up_belief", "all_clear",
    "garrison_men", "old_divisions",
)  # fmt: skip
#: What a spy in the hunter's conference would know besides.
SPY = ("north_decided", "south_decided")

#: By what losses are counted at the horizon; the chance is that of the day of the decision.
_END = ("collapsed", "at_war", "true_success")
_EVERY = 4
_YEAR = 52


def counts_losses(case: Case) -> bool:
    """Tell whether a case knows the chance of the hunter's plan, by which losses are counted."""
    return case.surface is not None


class PreyPlanner:
    """The prey's stopping problem in one world.

    Parameters
    ----------
    engine : Engine
    changes : tuple of Change
        The world: who decides for the hunter, what is known.
    horizon : int
        Week in which losses are counted.
    hunter_table : str
        By which the hunter decides, if by a table.

    Raises
    ------
    UsageError
        If the case has no surface, or no date lies before the horizon.
    """

    def __init__(
        self,
        engine: Engine,
        changes: tuple[Change, ...],
        horizon: int,
        hunter_table: str = "doctrine",
    ) -> None:
        self.engine = engine
        self.changes = changes
        self.horizon = horizon
        self.hunter_table = hunter_table
        first = engine.first_running + 1  # something of the war has been seen
        self.weeks = tuple(range(first, min(first + _YEAR, horizon), _EVERY))
        self.fields = (*PREY_BELIEFS, *SPY)
        if not counts_losses(engine.case):
            raise UsageError(
                "what the prey loses in the theatre is not known in this case",
                cause="it is counted with the chance of the hunter's plan, from a fitted surface",
                hint=f"jukushi fit {engine.case.id} --surface",
            )
        if not self.weeks:
            raise UsageError(
                "no date to strip the east lies before the horizon",
                hint="name a later day with --until",
            )

    def world(self, strips: int | None) -> World:
        """Return the world in which the east is stripped in a week, or never."""
        orders = () if strips is None else (Order(strips, "prey", Action.STRIP_GARRISON),)
        changes = (*self.changes, Change(parameter="prey_decider", set=2.0))
        name = "never strips" if strips is None else f"strips in week {strips}"
        return World(name, changes, orders=orders, hunter_table=self.hunter_table)

    def histories(self, first_draw: int, draws: int, lanes: int) -> Histories:
        """Run every date of stripping; return the stopping problem.

        Parameters
        ----------
        first_draw, draws : int
            Parameter draws.
        lanes : int
            Histories kept of each, at most 64.
        """
        keep = np.arange(draws * LANES) % LANES < lanes
        draw = np.repeat(np.arange(first_draw, first_draw + draws), lanes)
        never = self.world(None)
        # The prey acts last in a week: what is known at its end is what it acts upon.
        seen = self.engine.observe(
            never, first_draw * DICE_PER_DRAW, draws * LANES, self.fields, self.weeks,
            self.horizon, stride=DICE_PER_DRAW,
        )  # fmt: skip
        features = np.ascontiguousarray(seen[:, :, keep].transpose(0, 2, 1), np.float64)
        payoff = np.stack(
            [self.losses(self.world(week), first_draw, draws)[keep] for week in self.weeks]
        )
        final = self.losses(never, first_draw, draws)[keep]
        feasible = np.ones((*payoff.shape, 1), np.bool_)
        return Histories(features, payoff[:, :, None], feasible, final, draw)

    def losses(self, world: World, first_draw: int, draws: int) -> npt.NDArray[np.float64]:
        """Return what each history of a world costs the prey, as a negative utility.

        Returns
        -------
        float64[draws * 64]
            The first 64 histories of each parameter draw.
        """
        seen = self.engine.observe(
            world, first_draw * DICE_PER_DRAW, draws * LANES, _END, [self.horizon], self.horizon,
            stride=DICE_PER_DRAW,
        )[0].astype(np.float64)  # fmt: skip
        collapsed, attacked, chance = seen
        numbers = np.arange(first_draw, first_draw + draws)
        space, seed = self.engine.space, self.engine.seed
        table = space.changed(space.draw(seed, numbers), world.changes, seed, numbers)
        table = np.repeat(table, LANES, axis=0)
        west, east, beaten = (
            table[:, space.index[name]]
            for name in ("prey_loss_west", "prey_loss_east", "prey_cost_east")
        )
        lost: npt.NDArray[np.float64] = west * collapsed + attacked * (
            chance * east + (1.0 - chance) * beaten
        )
        return -lost
