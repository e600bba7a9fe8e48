"""The best policy of a power within its information, and what better information is worth.

A policy is fitted on some parameter draws by least-squares Monte Carlo and evaluated on others:
what it brings there is a lower bound of the best. Every decision-maker is evaluated on the same
histories; what it brings less is its regret. For the hunter a dual upper bound is given. The
worth of knowing something is the gain of a policy fitted and evaluated with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.doctrines.policy import HUNTER_BELIEFS
from jukushi.draws import DICE_PER_DRAW, LANES
from jukushi.engine.run import Engine, World
from jukushi.errors import UsageError, nearest
from jukushi.questions.bound import upper_bound
from jukushi.questions.dual import foresight_bound
from jukushi.questions.estimates import Estimate, estimate
from jukushi.questions.odds import Probability, draw_starts, week_date
from jukushi.questions.planner import NORTH, SOUTH, Planner
from jukushi.questions.policy_value import Evaluation, evaluate, evaluate_times, gain
from jukushi.questions.prey_planner import PREY_BELIEFS, SPY, PreyPlanner
from jukushi.questions.stopping import Histories, Policy, fit_policy
from jukushi.questions.worlds import STRUCTURES, Structure
from jukushi.study.provenance import package_version, provenance

__all__ = ["OWN", "Asked", "Solved", "best", "solve_hunter"]

#: Columns of the planner's features that the hunter sees by itself.
OWN = list(range(len(HUNTER_BELIEFS)))

_KNOWING: dict[str, tuple[Change, ...]] = {
    "garrison": (Change(parameter="perfect_intelligence", set=1.0),),
    "front": (Change(parameter="perfect_front", set=1.0),),
    "garrison_and_front": (
        Change(parameter="perfect_intelligence", set=1.0),
        Change(parameter="perfect_front", set=1.0),
    ),
}
_REPORT: dict[str, tuple[Change, ...]] = {
    "no_report": (Change(parameter="agent_hazard", set=0.0),),
    "sure_report": (Change(parameter="agent_hazard", set=1.0),),
}
_LANES_FITTED = 16
_LANES_JUDGED = LANES


@dataclass(frozen=True)
class Asked:
    """What a "best" asks.

    Attributes
    ----------
    power : str, optional
        The hunter by default.
    until : date, optional
        Horizon: the end of the second year after the world begins to run.
    fit_draws, judge_draws, outer : int
        Parameter draws on which policies are fitted and judged; outer histories of the bound.
    collapse : bool, optional
        Whether the hunter hears of a collapse.
    seed, threads : int
    """

    power: str | None = None
    until: date | None = None
    fit_draws: int = 512
    judge_draws: int = 256
    outer: int = 128
    collapse: bool | None = None
    seed: int = 1
    threads: int | None = None


@dataclass(frozen=True)
class Solved:
    """A hunter's problem and its policy.

    Attributes
    ----------
    planner : Planner
    policy : Policy
        Fitted on the first draws.
    judged : Histories
        Other histories.
    evaluation : Evaluation
        Of the policy on these.
    """

    planner: Planner
    policy: Policy
    judged: Histories
    evaluation: Evaluation

    def world(self, name: str = "best policy") -> World:
        """Return the world in which the hunter follows the policy."""
        changes = (*self.planner.changes, Change(parameter="decider", set=3.0))
        return World(name, changes, policy=self.planner.orders(self.policy))


def solve_hunter(
    engine: Engine,
    changes: tuple[Change, ...],
    horizon: int,
    fit_draws: int = 512,
    judge_draws: int = 256,
) -> Solved:
    """Fit the hunter's best policy in a world on some draws and judge it on others.

    Parameters
    ----------
    engine : Engine
    changes : tuple of Change
    horizon : int
        Last week of the problem.
    fit_draws, judge_draws : int
        Draws 0 to `fit_draws` - 1 are for the fit, the next `judge_draws` for the judgement.
    """
    planner = Planner(engine, changes, horizon)
    fitted = planner.histories(*planner.observe(0, fit_draws, _LANES_FITTED)).seeing(OWN)
    policy = fit_policy(fitted)
    judged = planner.histories(*planner.observe(fit_draws, judge_draws, _LANES_JUDGED)).seeing(OWN)
    return Solved(planner, policy, judged, evaluate(policy, judged))


def best(
    case: Case,
    asked: Asked | None = None,
    progress: Callable[[str, float], None] = lambda _name, _share: None,
) -> dict[str, Any]:
    """Answer what the best policy of a power is, and what knowing more is worth.

    Parameters
    ----------
    case : Case
    asked : Asked, optional
    progress : callable
        Called with the name of a step and the share of all steps that is done.

    Returns
    -------
    dict
        As described in ``docs/formats/best.md`` and ``best.schema.json``.

    Raises
    ------
    UsageError
        If the power does not exist or has no such problem, or the horizon is outside the case.
    """
    asked = asked or Asked()
    started = time.perf_counter()
    power = _power(case, asked.power)
    horizon = _horizon(case, asked.until)
    if min(asked.fit_draws, asked.judge_draws) < 20 or asked.outer < 2:
        raise UsageError(
            "a policy needs at least 20 parameter draws to be fitted and 20 to be judged",
            cause=f"asked: {asked.fit_draws}, {asked.judge_draws}, outer histories {asked.outer}",
        )
    engine = Engine(case, asked.seed, asked.threads)
    collapse = case.header.defaults.collapse if asked.collapse is None else asked.collapse
    solve = _hunter if case.power_of("hunter").id == power else _prey
    answer = {
        "schema": "jukushi.best/1",
        "version": package_version(),
        "case": case.id,
        "case_hash": case.hash,
        "seed": asked.seed,
        "power": power,
        "until": week_date(case, horizon),
        "collapse": collapse,
        "fit_draws": asked.fit_draws,
        "judge_draws": asked.judge_draws,
        **solve(engine, replace(asked, collapse=collapse), horizon, progress),
    }
    answer["provenance"] = provenance(time.perf_counter() - started, engine.threads, "")
    return answer


def _power(case: Case, name: str | None) -> str:
    able = [case.power_of(role).id for role in ("hunter", "prey")]
    if name is None:
        return able[0]
    if name not in able:
        close = nearest(name, able)
        raise UsageError(
            f"no best policy is sought for {name!r}",
            cause=f"these decide: {', '.join(able)}",
            hint=f"did you mean {close!r}?" if close else f"--power {able[0]}",
        )
    return name


def _horizon(case: Case, until: date | None) -> int:
    period = case.header.period
    day = until or min(period.runs_from.replace(year=period.runs_from.year + 2, month=12, day=31),
                       period.end)  # fmt: skip
    if not period.runs_from < day <= period.end:
        raise UsageError(
            f"{day} lies outside the weeks that run",
            cause=f"they run from {period.runs_from} to {period.end}",
        )
    return min(int(case.week_of(day)), case.n_weeks - 1)


def _amount(value: Estimate) -> dict[str, Any]:
    return {"estimate": value.mean, "sampling": list(value.interval)}


def _hunter(
    engine: Engine, asked: Asked, horizon: int, progress: Callable[[str, float], None]
) -> dict[str, Any]:
    """Solve the hunter's problem."""
    steps = 4.0 + len(_KNOWING) + len(_REPORT)
    structures = [one for one in STRUCTURES if one.collapse == asked.collapse]
    base = structures[0].changes
    sizes = (asked.fit_draws, asked.judge_draws)
    progress("fit", 0.0)
    solved = solve_hunter(engine, base, horizon, *sizes)
    progress("bound", 1.0 / steps)
    upper = upper_bound(
        solved.planner, solved.policy, OWN, asked.fit_draws, min(asked.outer, asked.judge_draws),
        lambda done: progress("bound", (1.0 + 2.0 * done / asked.outer) / steps),
    )  # fmt: skip
    rows, makers = [], {}
    for one in structures:
        makers[one.decision_maker] = _as_decided(engine, one, solved, asked)
        rows.append(_decider_row(one.decision_maker, makers[one.decision_maker], solved))
    progress("chances", 3.0 / steps)
    worth = []
    for number, (what, changes) in enumerate((_KNOWING | _REPORT).items()):
        progress(what, (4.0 + number) / steps)
        other = solve_hunter(engine, (*base, *changes), horizon, *sizes)
        worth.append(_worth_row(engine, what, changes, solved, other, structures, makers, asked))
    chances = _chances(engine, [solved.world(), *(_world(one) for one in structures)], asked)
    for row, chance in zip(rows, chances[1:], strict=True):
        row["chance"] = chance
    return {
        "unit": "utility; the median gain of the hunter's attack is one",
        "value": {
            "lower": _amount(solved.evaluation.value),
            "upper": _amount(upper.value),
            "upper_halving": upper.halving,
            "foresight": _amount(foresight_bound(solved.judged)),
        },
        "acts": _acts(engine.case, solved),
        "chance": chances[0],
        "decision_makers": rows,
        "information": worth,
        "policy": {
            "weeks": [week_date(engine.case, week) for week in solved.planner.weeks],
            "fields": list(HUNTER_BELIEFS),
            **solved.policy.to_dict(),
        },
    }


def _world(structure: Structure) -> World:
    return World(
        structure.name, structure.changes,
        hunter_table=getattr(structure, "hunter_table", "doctrine"),
        prey_table=getattr(structure, "prey_table", "doctrine"),
    )  # fmt: skip


def _as_decided(
    engine: Engine,
    structure: Structure,
    solved: Solved,
    asked: Asked,
    more: tuple[Change, ...] = (),
) -> Evaluation:
    """Evaluate what a decision-maker decides first, on the histories of the judgement."""
    planner, world = solved.planner, _world(structure)
    world = replace(world, changes=(*world.changes, *more))
    acts = engine.observe(
        world, asked.fit_draws * DICE_PER_DRAW, asked.judge_draws * LANES,
        ["north_decided", "south_decided"], planner.weeks, planner.weeks[-1],
        stride=DICE_PER_DRAW,
    ) > 0.5  # fmt: skip
    acted = acts.any(axis=1)
    when = np.where(acted.any(axis=0), acted.argmax(axis=0), len(planner.weeks))
    place = np.minimum(when, len(planner.weeks) - 1)
    north = acts[place, NORTH, np.arange(len(when))]
    # A rule of the case may act where a planner would find it impossible: it is valued as it acts.
    free = replace(solved.judged, feasible=np.ones_like(solved.judged.feasible))
    return evaluate_times(free, when, np.where(north, NORTH, SOUTH))


def _decider_row(name: str, evaluation: Evaluation, solved: Solved) -> dict[str, Any]:
    return {
        "decision_maker": name,
        "value": _amount(evaluation.value),
        "regret": _amount(gain(solved.evaluation, evaluation)),
        **_shares(evaluation),
    }


def _shares(evaluation: Evaluation) -> dict[str, Any]:
    """Shares of histories that act in the end, with their sampling intervals."""
    shares = {"never": evaluation.never}
    for name, action in (("north", NORTH), ("south", SOUTH)):
        hits = (evaluation.action == action).astype(np.float64)
        shares[name] = estimate(hits, evaluation.draw)
    return {name: _clipped(share) for name, share in shares.items()}


def _clipped(share: Estimate) -> dict[str, Any]:
    low, high = share.interval
    return {"estimate": share.mean, "sampling": [max(low, 0.0), min(high, 1.0)]}


def _acts(case: Case, solved: Solved) -> dict[str, Any]:
    """What the best policy does, and when."""
    found = solved.evaluation
    by_date = [
        {
            "date": week_date(case, week),
            "north": _clipped(found.stops[place][NORTH]),
            "south": _clipped(found.stops[place][SOUTH]),
        }
        for place, week in enumerate(solved.planner.weeks)
    ]
    return {**_shares(found), "by_date": by_date}


def _worth_row(
    engine: Engine,
    what: str,
    changes: tuple[Change, ...],
    solved: Solved,
    other: Solved,
    structures: Sequence[Structure],
    makers: dict[str, Evaluation],
    asked: Asked,
) -> dict[str, Any]:
    """What knowing something is worth to the hunter, and what it does to the prey."""
    by_rule = {
        one.decision_maker: _amount(
            gain(_as_decided(engine, one, other, asked, changes), makers[one.decision_maker])
        )
        for one in structures
    }
    return {
        "what": what,
        "hunter_best": _amount(gain(other.evaluation, solved.evaluation)),
        "hunter_as_decided": by_rule,
        "prey": _amount(_prey_gain(engine, changes, structures[0], asked, solved.planner.horizon)),
    }


def _prey_gain(
    engine: Engine, changes: tuple[Change, ...], structure: Structure, asked: Asked, horizon: int
) -> Estimate:
    """What the prey gains, its own table deciding, when the hunter's doctrine plays that world."""
    prey = PreyPlanner(engine, structure.changes, horizon)
    base = _world(structure)
    with_it = replace(base, changes=(*base.changes, *changes))
    sizes = (asked.fit_draws, asked.judge_draws)
    draw = np.repeat(np.arange(sizes[0], sum(sizes)), LANES)
    return estimate(prey.losses(with_it, *sizes) - prey.losses(base, *sizes), draw)


def _chances(engine: Engine, worlds: list[World], asked: Asked) -> list[dict[str, Any]]:
    """Chance of the case's usual outcome in some worlds, on the histories of the judgement."""
    outcome = engine.case.header.defaults.outcome
    first, count = asked.fit_draws * DICE_PER_DRAW, asked.judge_draws * DICE_PER_DRAW
    results = engine.run(worlds, first, count, outcome)
    probability = Probability(len(worlds))
    probability.add(results.events >= 0, draw_starts(first, count))
    return [{"outcome": outcome, **probability.answer(place)} for place in range(len(worlds))]


def _prey(
    engine: Engine, asked: Asked, horizon: int, progress: Callable[[str, float], None]
) -> dict[str, Any]:
    """Solve the prey's problem: when to strip the east."""
    structure = next(one for one in STRUCTURES if one.collapse == asked.collapse)
    own = list(range(len(PREY_BELIEFS)))
    everything = list(range(len(PREY_BELIEFS) + len(SPY)))
    found = {}
    for number, (what, changes) in enumerate({"base": (), **_REPORT}.items()):
        progress(what, number / 3.0)
        planner = PreyPlanner(engine, (*structure.changes, *changes), horizon)
        fitted = planner.histories(0, asked.fit_draws, _LANES_FITTED)
        judged = planner.histories(asked.fit_draws, asked.judge_draws, _LANES_JUDGED)
        policy = fit_policy(fitted.seeing(own))
        found[what] = (planner, fitted, judged, policy, evaluate(policy, judged.seeing(own)))
    planner, fitted, judged, policy, own_value = found["base"]
    spy = evaluate(fit_policy(fitted.seeing(everything)), judged.seeing(everything))
    by_table = planner.losses(_world(structure), asked.fit_draws, asked.judge_draws)
    rows = [("no_report", found["no_report"][4]), ("sure_report", found["sure_report"][4])]
    information = [
        {"what": what, "prey_best": _amount(gain(other, own_value))} for what, other in rows
    ]
    information.append({"what": "hunters_decision", "prey_best": _amount(gain(spy, own_value))})
    return {
        "unit": "utility; the loss of the Far East is one",
        "value": {
            "lower": _amount(own_value.value),
            "foresight": _amount(foresight_bound(judged.seeing(own))),
        },
        "acts": {
            "never": _clipped(own_value.never),
            "by_date": [
                {"date": week_date(engine.case, week), "strips": _clipped(own_value.stops[at][0])}
                for at, week in enumerate(planner.weeks)
            ],
        },
        "decision_makers": [
            {
                "decision_maker": "doctrine",
                "value": _amount(estimate(by_table, judged.draw)),
                "regret": _amount(estimate(own_value.cash - by_table, judged.draw)),
            }
        ],
        "information": information,
        "policy": {
            "weeks": [week_date(engine.case, week) for week in planner.weeks],
            "fields": list(PREY_BELIEFS),
            **policy.to_dict(),
        },
    }
