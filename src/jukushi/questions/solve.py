"""The hunter's problem fitted and judged, and what other decision-makers do in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.draws import DICE_PER_DRAW, LANES
from jukushi.engine.run import Engine, World
from jukushi.errors import UsageError
from jukushi.questions.planner import NORTH, OWN, SOUTH, Planner
from jukushi.questions.policy_value import Evaluation, evaluate, evaluate_times
from jukushi.questions.stopping import Histories, Policy, fit_policy
from jukushi.questions.worlds import Structure, structures_of

__all__ = [
    "Sizes",
    "Solved",
    "as_decided",
    "horizon_of",
    "solve_hunter",
    "structures_with",
    "world_of",
]

#: Histories kept of each draw for a fit: more of the same draw teach little.
_LANES_FITTED = 8


@dataclass(frozen=True)
class Sizes:
    """On how much a policy is fitted and judged.

    Attributes
    ----------
    fit_draws, judge_draws : int
        Parameter draws 0 to `fit_draws` - 1 are for the fit, the next `judge_draws` for the
        judgement.
    horizon : int
        Last week of the problem.
    """

    fit_draws: int
    judge_draws: int
    horizon: int


@dataclass(frozen=True)
class Solved:
    """A hunter's problem and its policy.

    Attributes
    ----------
    planner : Planner
    policy : Policy
        Fitted on the first draws.
    judged : Histories
        Of the draws after them, 64 of each.
    evaluation : Evaluation
        Of the policy on these.
    """

    planner: Planner
    policy: Policy
    judged: Histories
    evaluation: Evaluation

    def world(self, name: str = "best policy", more: Sequence[Change] = ()) -> World:
        """Return the world in which the hunter follows the policy."""
        changes = (*self.planner.changes, *more, Change(parameter="decider", set=3.0))
        return World(name, changes, policy=self.planner.orders(self.policy))


def solve_hunter(
    engine: Engine, changes: Sequence[Change], sizes: Sizes, sees_all: bool = False
) -> Solved:
    """Fit the hunter's best policy in a world on some draws and judge it on others.

    Parameters
    ----------
    engine : Engine
    changes : sequence of Change
        The world; whoever decides for the hunter in it does not matter.
    sizes : Sizes
    sees_all : bool
        Whether the policy sees what acts are worth as things are; the engine cannot follow it.
    """
    planner = Planner(engine, tuple(changes), sizes.horizon)
    fitted = planner.histories(*planner.observe(0, sizes.fit_draws, _LANES_FITTED))
    judged = planner.histories(*planner.observe(sizes.fit_draws, sizes.judge_draws, LANES))
    if not sees_all:
        fitted, judged = fitted.seeing(OWN), judged.seeing(OWN)
    policy = fit_policy(fitted)
    return Solved(planner, policy, judged, evaluate(policy, judged))


def horizon_of(case: Case, until: date | None = None) -> int:
    """Return the last week of the problem: of a day, or of the second year after the start."""
    period = case.header.period
    second_year = period.runs_from.replace(year=period.runs_from.year + 2, month=12, day=31)
    day = until or min(second_year, period.end)
    if not period.runs_from < day <= period.end:
        raise UsageError(
            f"{day} lies outside the weeks that run",
            cause=f"they run from {period.runs_from} to {period.end}",
            hint=f"--until {min(second_year, period.end)}",
        )
    return min(int(case.week_of(day)), case.n_weeks - 1)


def structures_with(case: Case, collapse: bool) -> list[Structure]:
    """Return the decision-makers that a policy is compared with; the documented one is first."""
    return [one for one in structures_of(case) if one.collapse == collapse]


def world_of(structure: Structure, more: Sequence[Change] = ()) -> World:
    """Return the world in which a decision-maker decides."""
    return structure.world(structure.name, (*structure.changes, *more))


def as_decided(
    engine: Engine,
    structure: Structure,
    solved: Solved,
    sizes: Sizes,
    more: Sequence[Change] = (),
) -> Evaluation:
    """Value what a decision-maker decides first, on the histories of a judgement.

    An act counts at the conference at which it is decided, not when it opens fire; one decided
    between two conferences counts at the later. What follows the first act is no part of the
    problem: if a settlement takes the South back, and an attack follows, the South was the act.

    Parameters
    ----------
    engine : Engine
    structure : Structure
    solved : Solved
        Of the world with the changes of `more`.
    sizes : Sizes
        As `solved` was judged.
    more : sequence of Change
    """
    weeks = solved.planner.weeks
    decided = engine.observe(
        world_of(structure, more), sizes.fit_draws * DICE_PER_DRAW, sizes.judge_draws * LANES,
        ["north_decided", "south_decided"], weeks, weeks[-1], stride=DICE_PER_DRAW,
    ) > 0.5  # fmt: skip
    acted = decided.any(axis=1)
    date = np.where(acted.any(axis=0), acted.argmax(axis=0), len(weeks))
    place = np.minimum(date, len(weeks) - 1)
    north = decided[place, NORTH, np.arange(len(date))]
    # A rule of the case may act where a planner would find it impossible: it is valued as it acts.
    free = replace(solved.judged, feasible=np.ones_like(solved.judged.feasible))
    return evaluate_times(free, date, np.where(north, NORTH, SOUTH))
