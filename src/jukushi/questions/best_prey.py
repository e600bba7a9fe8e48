"""The prey's part of "best": when to strip the east, and what knowledge is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.doctrines import DOCTRINE
from jukushi.case.schema import Change
from jukushi.draws import LANES
from jukushi.engine.run import Engine
from jukushi.questions.amounts import amount, gained
from jukushi.questions.best_hunter import BEST, HUNTER_KNOWS, REPORTS, acts_of
from jukushi.questions.dual import foresight
from jukushi.questions.odds import week_date
from jukushi.questions.policy_value import Evaluation, evaluate
from jukushi.questions.prey_planner import PREY_BELIEFS, SPY, PreyPlanner
from jukushi.questions.solve import Sizes, structures_with, world_of
from jukushi.questions.stopping import Histories, Policy, fit_policy
from jukushi.questions.worlds import Structure

__all__ = ["STRIP", "answer_prey"]

#: The action of the stopping problem.
STRIP = 0

#: Name of the prey's own table among its decision-makers.
_OWN_TABLE = DOCTRINE

#: Histories kept of each draw for a fit.
_LANES_FITTED = 8

_OWN = list(range(len(PREY_BELIEFS)))
_WITH_SPY = list(range(len(PREY_BELIEFS) + len(SPY)))

Losses = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Solved:
    """The prey's problem in a world: histories of fit and judgement, policy, what it brings."""

    planner: PreyPlanner
    fitted: Histories
    judged: Histories
    policy: Policy
    evaluation: Evaluation
    by_table: Losses


def answer_prey(
    engine: Engine, sizes: Sizes, collapse: bool, progress: Callable[[str, float], None]
) -> dict[str, Any]:
    """Answer for the prey, against a hunter that follows the documented doctrine.

    Parameters
    ----------
    engine : Engine
    sizes : Sizes
    collapse : bool
        Whether the hunter hears of a collapse.
    progress : callable
    """
    structure = structures_with(engine.case, collapse)[0]
    worlds = HUNTER_KNOWS | REPORTS
    progress("fit", 0.0)
    solved = _solve(engine, structure, (), sizes)
    information = []
    for number, (what, changes) in enumerate(worlds.items(), 1):
        progress(what, number / (len(worlds) + 1.0))
        information.append(_worth(what, _solve(engine, structure, changes, sizes), solved))
    spy = evaluate(fit_policy(solved.fitted.seeing(_WITH_SPY)), solved.judged.seeing(_WITH_SPY))
    information.append({"what": "hunters_decision", "prey": {BEST: gained(spy, solved.evaluation)}})
    found = solved.evaluation
    tables = engine.case.decider_names("prey")
    prophet = foresight(solved.judged)
    return {
        "unit": "utility; the loss of the Far East is one",
        "value": {
            "lower": amount(found.cash, found.draw),
            "foresight": amount(prophet, found.draw),
            "foresight_gap": amount(prophet - found.cash, found.draw),
        },
        "acts": acts_of(engine.case, found, solved.planner.weeks, {"strips": STRIP}),
        "decision_makers": [
            {
                "decision_maker": BEST,
                "value": amount(found.cash, found.draw),
                "regret": None,
            },
            *(_table_row(name, engine, structure, solved, sizes) for name in tables),
        ],
        "information": information,
        "policy": _record(solved),
    }


def _table_row(
    name: str, engine: Engine, structure: Structure, solved: _Solved, sizes: Sizes
) -> dict[str, Any]:
    """Return what a table of the prey brings on the histories of the judgement, and its regret."""
    lost = solved.by_table
    if name != _OWN_TABLE:
        world = world_of(replace(structure, prey=name))
        lost = solved.planner.losses(world, sizes.fit_draws, sizes.judge_draws)
    found = solved.evaluation
    return {
        "decision_maker": name,
        "value": amount(lost, found.draw),
        "regret": amount(found.cash - lost, found.draw),
    }


def _solve(engine: Engine, structure: Structure, more: Sequence[Change], sizes: Sizes) -> _Solved:
    planner = PreyPlanner(engine, (*structure.changes, *more), sizes.horizon)
    fitted = planner.histories(0, sizes.fit_draws, _LANES_FITTED)
    judged = planner.histories(sizes.fit_draws, sizes.judge_draws, LANES)
    policy = fit_policy(fitted.seeing(_OWN))
    by_table = planner.losses(world_of(structure, more), sizes.fit_draws, sizes.judge_draws)
    return _Solved(planner, fitted, judged, policy, evaluate(policy, judged.seeing(_OWN)), by_table)


def _worth(what: str, other: _Solved, solved: _Solved) -> dict[str, Any]:
    """Return what a world brings the prey more than the one as it is, by who decides for it."""
    more = other.by_table - solved.by_table
    return {
        "what": what,
        "prey": {
            BEST: gained(other.evaluation, solved.evaluation),
            _OWN_TABLE: amount(more, solved.judged.draw),
        },
    }


def _record(solved: _Solved) -> dict[str, Any]:
    """Return the policy in the form of `jukushi.doctrines.policy.as_record`."""
    policy, weeks = solved.policy, solved.planner.weeks
    return {
        "weeks": list(weeks),
        "fields": list(PREY_BELIEFS),
        "mean": policy.mean.tolist(),
        "spread": policy.sd.tolist(),
        "coefficients": policy.coefficients.tolist(),
        "dates": [week_date(solved.planner.engine.case, week) for week in weeks],
    }
