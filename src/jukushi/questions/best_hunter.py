"""The hunter's part of "best": policy, bound, every decision-maker, the worth of knowing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.doctrines.policy import as_record
from jukushi.draws import DICE_PER_DRAW
from jukushi.engine.run import Engine, World
from jukushi.questions.amounts import amount, gained, sampled, share
from jukushi.questions.bound import upper_bound
from jukushi.questions.dual import UpperBound, foresight
from jukushi.questions.estimates import Estimate
from jukushi.questions.odds import Probability, draw_starts, quantile_weeks, week_date
from jukushi.questions.planner import NORTH, SOUTH
from jukushi.questions.policy_value import Evaluation
from jukushi.questions.prey_planner import PreyPlanner, counts_losses
from jukushi.questions.solve import (
    Sizes,
    Solved,
    as_decided,
    solve_hunter,
    structures_with,
    world_of,
)

__all__ = ["BEST", "HUNTER_KNOWS", "REPORTS", "acts_of", "answer_hunter"]

#: What the hunter may come to know, and the changes that make it so.
HUNTER_KNOWS: dict[str, tuple[Change, ...]] = {
    "garrison": (Change(parameter="perfect_intelligence", set=1.0),),
    "front": (Change(parameter="perfect_front", set=1.0),),
    "garrison_and_front": (
        Change(parameter="perfect_intelligence", set=1.0),
        Change(parameter="perfect_front", set=1.0),
    ),
}

#: What the prey's agent may report: nothing, or surely that no attack is coming.
REPORTS: dict[str, tuple[Change, ...]] = {
    "no_report": (Change(parameter="agent_hazard", set=0.0),),
    "sure_report": (Change(parameter="agent_hazard", set=1.0),),
}

#: Name of the fitted policy among the decision-makers.
BEST = "best"

_USUAL_OUTER = 256
#: What the steps cost, in fits: the bound is three of them.
_BOUND_STEPS = 3.0

Progress = Callable[[str, float], None]
Losses = npt.NDArray[np.float64]


def answer_hunter(
    engine: Engine, sizes: Sizes, outer: int | None, collapse: bool, progress: Progress
) -> dict[str, Any]:
    """Answer for the hunter.

    Parameters
    ----------
    engine : Engine
    sizes : Sizes
    outer : int or None
        Outer histories of the upper bound.
    collapse : bool
        Whether the hunter hears of a collapse.
    progress : callable
    """
    question = _Hunter(engine, sizes, collapse, progress)
    outer = outer or _USUAL_OUTER
    full, bound = question.bound(outer)
    solved = question.solved
    found, weeks = solved.evaluation, solved.planner.weeks
    return {
        "outer": outer,
        "unit": "utility; the median gain of the hunter's attack is one",
        "value": _values(solved, full, bound),
        "acts": acts_of(engine.case, found, weeks, {"north": NORTH, "south": SOUTH}),
        "decision_makers": question.decision_makers(),
        "information": question.information(),
        "policy": {
            **as_record(solved.planner.orders(solved.policy)),
            "dates": [week_date(engine.case, week) for week in weeks],
        },
    }


@dataclass
class _Hunter:
    """The problem as the case has it, solved, and what everyone does in it.

    Attributes
    ----------
    engine : Engine
    sizes : Sizes
    collapse : bool
    progress : callable
    """

    engine: Engine
    sizes: Sizes
    collapse: bool
    progress: Progress
    done: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.steps = 3.0 + _BOUND_STEPS + len(HUNTER_KNOWS) + len(REPORTS)
        self.structures = structures_with(self.engine.case, self.collapse)
        self.base = self.structures[0].changes
        self.begin("fit", 0.0)
        self.solved = solve_hunter(self.engine, self.base, self.sizes)
        self.makers = self.decided(self.solved, ())
        self.losses = self.lost(self.solved, ())

    def begin(self, step: str, cost: float) -> None:
        """Say that a step begins, and that the one before it cost something."""
        self.done += cost
        self.progress(step, self.done / self.steps)

    def bound(self, outer: int) -> tuple[Solved, UpperBound]:
        """Return the policy of one who sees all, and the upper bound made from it."""
        self.begin("sees_all", 1.0)
        full = solve_hunter(self.engine, self.base, self.sizes, sees_all=True)
        self.begin("bound", 1.0)

        def tell(count: int) -> None:
            self.progress("bound", (self.done + _BOUND_STEPS * count / outer) / self.steps)

        bound = upper_bound(
            full.planner, full.policy, self.solved.policy, self.sizes.fit_draws, outer, tell
        )
        return full, bound

    def decided(self, solved: Solved, more: Sequence[Change]) -> dict[str, Evaluation]:
        """Return what the fitted policy and every decision-maker bring in a world."""
        found = {BEST: solved.evaluation}
        for one in self.structures:
            found[one.decision_maker] = as_decided(self.engine, one, solved, self.sizes, more)
        return found

    def lost(self, solved: Solved, more: Sequence[Change]) -> dict[str, Losses]:
        """Return what the prey loses, its own table deciding, to each hunter; none if unknown."""
        if not counts_losses(self.engine.case):
            return {}
        planner = PreyPlanner(self.engine, self.base, self.sizes.horizon)
        worlds = {BEST: solved.world()}
        worlds |= {one.decision_maker: world_of(one, more) for one in self.structures}
        return {
            name: planner.losses(world, self.sizes.fit_draws, self.sizes.judge_draws)
            for name, world in worlds.items()
        }

    def decision_makers(self) -> list[dict[str, Any]]:
        """Return a row for the fitted policy and for each decision-maker."""
        self.begin("chances", _BOUND_STEPS)
        worlds = [self.solved.world(), *(world_of(one) for one in self.structures)]
        chances = _chances(self.engine, worlds, self.sizes)
        draw = self.solved.judged.draw
        rows = []
        for (name, found), chance in zip(self.makers.items(), chances, strict=True):
            lost = self.losses.get(name)
            rows.append(
                {
                    "decision_maker": name,
                    "value": amount(found.cash, draw),
                    "regret": None if name == BEST else gained(self.solved.evaluation, found),
                    "north": share(found.action == NORTH, draw),
                    "south": share(found.action == SOUTH, draw),
                    "never": share(found.action < 0, draw),
                    "chance": chance,
                    "prey_value": None if lost is None else amount(lost, draw),
                }
            )
        return rows

    def information(self) -> list[dict[str, Any]]:
        """Return what each piece of knowledge is worth to the hunter, and to the prey."""
        rows = []
        for what, changes in (HUNTER_KNOWS | REPORTS).items():
            self.begin(what, 1.0)
            other = solve_hunter(self.engine, (*self.base, *changes), self.sizes)
            makers, losses = self.decided(other, changes), self.lost(other, changes)
            draw = other.judged.draw
            rows.append(
                {
                    "what": what,
                    "hunter": {
                        name: gained(found, self.makers[name]) for name, found in makers.items()
                    },
                    "prey": {
                        name: amount(lost - self.losses[name], draw)
                        for name, lost in losses.items()
                    },
                }
            )
        return rows


def _values(solved: Solved, full: Solved, bound: UpperBound) -> dict[str, Any]:
    """Return what the policy brings, and how much better anybody could do."""
    found = solved.evaluation
    # The bound is the value plus the gap. Their errors are added: the most that they can make.
    upper = Estimate(found.value.mean + bound.gap.mean, found.value.error + bound.gap.error)
    prophet = foresight(solved.judged)
    return {
        "lower": amount(found.cash, found.draw),
        "sees_all": gained(full.evaluation, found),
        "upper": sampled(upper),
        "gap": sampled(bound.gap),
        "halving": bound.halving,
        "foresight": amount(prophet, found.draw),
        "foresight_gap": amount(prophet - found.cash, found.draw),
    }


def acts_of(
    case: Case, found: Evaluation, weeks: Sequence[int], actions: dict[str, int]
) -> dict[str, Any]:
    """Return what a policy does, and when.

    Parameters
    ----------
    case : Case
    found : Evaluation
    weeks : sequence of int
        The dates.
    actions : mapping of name to number
    """
    told: dict[str, Any] = {"never": share(found.action < 0, found.draw)}
    for name, action in actions.items():
        here = found.action == action
        counts = np.bincount(found.date[here], minlength=len(weeks))
        quantiles = quantile_weeks(counts, (0.5, 0.05, 0.95))
        told[name] = {
            **share(here, found.draw),
            "date": None if quantiles is None else {
                key: week_date(case, weeks[place])
                for key, place in zip(("median", "low", "high"), quantiles, strict=True)
            },
        }  # fmt: skip
    told["by_date"] = [
        {
            "date": week_date(case, week),
            **{
                name: share((found.date == place) & (found.action == action), found.draw)
                for name, action in actions.items()
            },
        }
        for place, week in enumerate(weeks)
    ]
    return told


def _chances(engine: Engine, worlds: list[World], sizes: Sizes) -> list[dict[str, Any]]:
    """Return the chance of the case's usual outcome in some worlds, on the draws of judgement."""
    outcome = engine.case.header.defaults.outcome
    first, count = sizes.fit_draws * DICE_PER_DRAW, sizes.judge_draws * DICE_PER_DRAW
    results = engine.run(worlds, first, count, outcome)
    probability = Probability(len(worlds))
    probability.add(results.events >= 0, draw_starts(first, count))
    return [{"outcome": outcome, **probability.answer(place)} for place in range(len(worlds))]
