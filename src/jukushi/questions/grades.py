"""How much of history an intervention rewrites: small, medium or large, with its reasons.

Each item is graded by its distance from the prior: the number of standard deviations by which
it moves the parameter's median, on the scale on which the parameter's own distribution is
normal; of another distribution the 5, 50 or 95 % quantile counts, whichever moves most. What
has no prior (a switch, a rule, a date) is graded by kind. A reading of a factor is graded no
lower than its author graded it. The whole is as large as its largest item, and one step larger
if there are three items or more; it is never small if something begins before the world runs
by itself, or if numbers that come from the same record are left as they were. The thresholds
are conventions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, ndtri

from jukushi.case.load import Case
from jukushi.case.quantities import distribution
from jukushi.case.schema import Change, Parameter
from jukushi.engine.settings import Shock
from jukushi.questions.interventions.parts import Part
from jukushi.questions.interventions.worlds import Intervention
from jukushi.world.parameters import ParameterSpace

__all__ = ["FAR", "SIZES", "distance", "grade", "left_behind"]

SIZES = ("small", "medium", "large")
#: Standard deviations up to which an item is small, and up to which it is medium.
_NEAR, _MIDDLE = 1.0, 2.0
#: Days by which an event is moved, likewise: two weeks, eight weeks.
_DAYS = (14, 56)
#: Shift of a gate's margin in the gate's own scale, likewise.
_SCALES = (0.5, 1.0)
#: From this number of items on the whole is one step larger.
_MANY = 3
#: A value outside the range of a prior counts as this many standard deviations.
FAR = 8.0

_LEVELS = np.array([0.05, 0.5, 0.95])

#: Gives mean and standard deviation of a stock over histories, before a shock.
Spreads = Callable[[Shock], tuple[float, float]]


@dataclass(frozen=True)
class _Graded:
    """One item: its size, its distance if it has a prior, and why."""

    size: int
    distance: float | None
    why: str


def grade(asked: Intervention, spreads: Spreads, nothing: bool) -> dict[str, Any]:
    """Grade an intervention.

    Parameters
    ----------
    asked : Intervention
    spreads : callable
        Looks up a stock in histories.
    nothing : bool
        Whether the two worlds are one: then nothing is rewritten.

    Returns
    -------
    dict
        ``grade``, ``grade_reasons``, and ``items`` with the grade of each.
    """
    space, case = asked.plan.space, asked.plan.case
    graded = [_part(space, part, spreads) for part in asked.parts]
    changed = {name for part in asked.parts for name in part.parameters}
    items = [
        {
            "text": part.text,
            "kind": part.kind,
            "grade": SIZES[found.size],
            "distance": found.distance,
            "why": found.why,
            "begins": _begins(asked, part),
            "rewrite": part.rewrite or None,
            "leaves": part.leaves.model_dump() if part.leaves else None,
            "left_behind": []
            if found.distance == 0.0
            else left_behind(case, part.parameters, changed),
        }
        for part, found in zip(asked.parts, graded, strict=True)
    ]
    size, reasons = (0, [{"key": "nothing"}]) if nothing else _whole(case, items)
    return {"grade": SIZES[size], "grade_reasons": reasons, "items": items}


def _whole(case: Case, items: list[dict[str, Any]]) -> tuple[int, list[dict[str, Any]]]:
    """Return the size of the whole and the reasons, as keys with values."""
    sizes = [SIZES.index(item["grade"]) for item in items]
    size = max(sizes)
    largest = items[sizes.index(size)]
    reasons: list[dict[str, Any]] = [
        {"key": "largest", "item": largest["text"], "grade": SIZES[size]}
    ]
    if len(items) >= _MANY and size < len(SIZES) - 1:
        size += 1
        reasons.append({"key": "many", "items": len(items)})
    first = case.header.period.runs_from.isoformat()
    early = min((item["begins"] for item in items), default=first)
    if early < first:
        size = max(size, 1)
        reasons.append({"key": "early", "begins": early})
    left = sorted({name for item in items for name in item["left_behind"]})
    if left:
        size = max(size, 1)
        reasons.append({"key": "left_behind", "parameters": left})
    return size, reasons


def _begins(asked: Intervention, part: Part) -> str:
    """Return the first day on which a part may do anything, as an ISO date."""
    if asked.plan.since is not None:
        return max(asked.plan.since, part.begins or asked.plan.since).isoformat()
    case = asked.plan.case
    days = [part.begins] if part.begins else []
    if part.kind in ("parameter", "lever") and not days:
        days += [case.calendar.battles[battle].date for battle in _battles_of(case, part)]
    return min(days, default=case.header.period.runs_from).isoformat()


def _battles_of(case: Case, part: Part) -> list[Any]:
    """Battles of the scripted weeks that a part's parameters belong to."""
    stems = {"khasan": "khasan", "khalkhin": "khalkhin_gol", "yasuoka": "khalkhin_gol"}
    return [
        battle
        for name in part.parameters
        for stem, battle in stems.items()
        if name.startswith(f"{stem}_") and battle in case.calendar.battles
    ]


def _part(space: ParameterSpace, part: Part, spreads: Spreads) -> _Graded:
    if part.kind in ("factor", "lever", "parameter") and part.move is None:
        return _of_parameters(space, part)
    if part.move is not None:
        before, after = part.move.before, part.move.after
        if before is None or after is None:
            return _Graded(1, None, "added" if before is None else "left_out")
        return _Graded(_step(abs((after - before).days), _DAYS), None, "moved")
    if part.kind == "stock":
        return _of_stock(part, spreads)
    if part.rule is not None and part.rule.gate and part.rule.shift:
        gates = {gate.id: gate for gate in space.case.doctrines.gates}
        shift = abs(part.rule.shift) / gates[part.rule.gate].scale
        return _Graded(_step(shift, _SCALES), None, "shifted")
    if part.kind == "decision_maker":
        return _Graded(1, None, "structural")
    return _Graded(2, None, "replaced" if part.rule is not None else "scripted")


def _of_parameters(space: ParameterSpace, part: Part) -> _Graded:
    """Grade by the largest distance; a reading no lower than its author did."""
    found = [distance(space, change) for change in part.changes]
    known = [value for value in found if value is not None]
    largest = max(known, default=None)
    size = 0 if largest is None else _step(largest, (_NEAR, _MIDDLE))
    why = "distance"
    if largest is None and part.changes:
        size, why = 1, "structural"
    if part.rewrite:
        own = SIZES.index(part.rewrite)
        why = "rewrite" if largest is None or own >= size else "distance"
        size = own if largest is None else max(own, size)
    return _Graded(size, largest, why)


def _of_stock(part: Part, spreads: Spreads) -> _Graded:
    if not part.shocks:
        return _Graded(0, 0.0, "distance")
    shock = part.shocks[0]
    mean, sd = spreads(shock)
    moved = abs(shock.amount if shock.how == "add" else (shock.amount - 1.0) * mean)
    away = min(moved / sd, FAR) if sd > 0.0 else (FAR if moved else 0.0)
    return _Graded(_step(away, (_NEAR, _MIDDLE)), away, "spread")


def _step(value: float, limits: tuple[float, float]) -> int:
    return sum(value > limit for limit in limits)


def distance(space: ParameterSpace, change: Change) -> float | None:
    """Return how far a change moves its parameter, in standard deviations of the prior.

    Returns
    -------
    float or None
        At most `FAR`; None for a parameter without a prior.
    """
    item = space.case.parameters[change.parameter]
    if item.range.fixed or change.follows is not None:
        return None
    centre = space.centre[change.parameter]
    before = distribution(item, centre, _LEVELS)
    quantiles = slice(1, 2)
    if change.range is not None:
        quantiles = slice(0, 3)
        middle = centre if change.set is None else space.number(change.set)
        other = item.model_copy(update={"range": change.range, "relative": False})
        after = distribution(other, middle, _LEVELS)
        if change.range.fixed:
            return float(abs(_normal_score(item, centre, after)[1]))
    elif change.set is not None:
        return float(abs(_normal_score(item, centre, np.full(3, space.number(change.set)))[1]))
    elif change.times is not None:
        after = before * change.times
    else:
        after = before + (change.add or 0.0)
    moved = np.abs(_normal_score(item, centre, after) - _normal_score(item, centre, before))
    return float(min(moved[quantiles].max(), FAR))


def _normal_score(
    item: Parameter, centre: float, values: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the standard normal scores of values under a prior, within -FAR and FAR."""
    spread, scale = item.range, centre if item.relative else 1.0
    with np.errstate(all="ignore"):
        if spread.normal is not None:
            scores = (values - centre) / (spread.normal * scale)
        elif spread.lognormal is not None:
            scores = np.log(np.maximum(values, 0.0) / centre) / spread.lognormal
        elif spread.uniform is not None:
            low, high = (scale * end for end in spread.uniform)
            scores = ndtri(np.clip((values - low) / (high - low), 0.0, 1.0))
        else:
            assert spread.beta is not None
            scores = ndtri(betainc(*spread.beta, np.clip(values, 0.0, 1.0)))
    return np.clip(np.nan_to_num(scores, nan=FAR, posinf=FAR, neginf=-FAR), -FAR, FAR)


def left_behind(case: Case, parameters: tuple[str, ...], changed: set[str]) -> list[str]:
    """Return parameters that come from the same record as those changed, and are left."""
    roots = {_root(case.parameters[name]) for name in parameters} - {None}
    return sorted(
        item.id
        for item in case.parameters.values()
        if item.id not in changed and _root(item) in roots
    )


def _root(item: Parameter) -> tuple[Any, ...] | None:
    """What a number comes from: a line of the record, or a stage of a plan; None if its own."""
    if item.record is not None:
        record = item.record
        return record.table, record.date, record.formation, record.series
    if item.derived is not None and item.derived.rail is None:
        return item.derived.pact, item.derived.plan, item.derived.stage
    return None
