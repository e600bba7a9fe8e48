"""In which part of the parameter space the war comes: boxes, judged on draws they have not seen."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.draws import DICE_PER_DRAW
from jukushi.engine.run import Engine, World
from jukushi.errors import UndefinedAnswer, UsageError
from jukushi.questions.boxes import PEELINGS, Box, find_box, inside
from jukushi.questions.draw_chances import chance_of
from jukushi.questions.intervals import wilson
from jukushi.questions.odds import check_histories, outcome_of, structure_of, week_date
from jukushi.questions.unit_cube import COMBAT, UnitCube
from jukushi.study.conduct import Options, conduct, plan_of
from jukushi.study.identity import identity
from jukushi.study.provenance import package_version, provenance
from jukushi.study.store import default_folder

__all__ = ["USUAL_HISTORIES", "DiscoverQuestion", "discover"]

#: Usual size: 4,096 parameter draws.
USUAL_HISTORIES = 4_096 * DICE_PER_DRAW
#: Share of draws that are cases if no threshold is given.
_LIKELIEST = 0.10
#: Fewest cases, and fewest others, in each half of the draws.
_FEWEST = 20
_MOST_BOXES = 8

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class DiscoverQuestion:
    """What is asked.

    Attributes
    ----------
    outcome : str, optional
        The case's usual one if None.
    above : float, optional
        A draw is a case if the outcome is likelier than this; None for the likeliest tenth.
    boxes : int
        Most boxes told.
    histories, seed, threads, decision_maker, collapse
        Of the study, 128 histories to a parameter draw.
    """

    outcome: str | None = None
    above: float | None = None
    boxes: int = 2
    histories: int = USUAL_HISTORIES
    seed: int = 1
    threads: int | None = None
    decision_maker: str | None = None
    collapse: bool | None = None


@dataclass(frozen=True)
class _Draws:
    """One half of the parameter draws: quantiles, events of 128 histories, cases."""

    points: Array
    counts: npt.NDArray[np.int64]
    cases: Mask

    def less(self, gone: Mask) -> _Draws:
        kept = ~gone
        return _Draws(self.points[kept], self.counts[kept], self.cases[kept])


def discover(
    case: Case, question: DiscoverQuestion | None = None, options: Options | None = None
) -> dict[str, Any]:
    """Find boxes of the parameter space in which the outcome is likely.

    Parameters
    ----------
    case : Case
    question : DiscoverQuestion, optional
    options : Options, optional

    Returns
    -------
    dict
        As described in ``docs/formats/discover.md``.

    Raises
    ------
    UsageError
        If the outcome does not exist or is fought on the map, or a number makes no sense.
    UndefinedAnswer
        If too few draws are cases, or too few are not.
    """
    question, options = question or DiscoverQuestion(), options or Options()
    outcome = outcome_of(case, question.outcome or case.header.defaults.outcome)
    _check(question, outcome.id, outcome.campaign is not None)
    started = time.perf_counter()
    structure = structure_of(case, question.decision_maker, question.collapse)
    engine = Engine(case, question.seed, question.threads)
    worlds = [structure.world(structure.name, structure.changes)]
    counts = _counts(engine, worlds, outcome.id, question.histories, options)
    cube = UnitCube(case, engine.space, question.seed, structure.changes)
    names = [variable.name for variable in cube.variables if variable.name != COMBAT]
    numbers = np.arange(len(counts), dtype=np.int64)
    points = engine.space.uniforms(question.seed, names, numbers).T
    above = _threshold(counts[::2] if question.above is None else counts, question.above)
    cases = counts / DICE_PER_DRAW > above
    learn, judge = (_Draws(points[part::2], counts[part::2], cases[part::2]) for part in (0, 1))
    for half in (learn, judge):
        _check_cases(half.cases, above, question.histories)
    early = float(counts.mean()) / DICE_PER_DRAW
    search = _Search(cube, question.boxes, options, early)
    boxes, refused = search.boxes(learn, judge)
    folder = options.folder or default_folder(plan_of(engine, worlds, outcome.id))
    return {
        "schema": "jukushi.discover/1",
        "version": package_version(),
        **identity(case, question.seed),
        "seed": question.seed,
        "histories": question.histories,
        "outcome": outcome.id,
        "decision_maker": structure.makers,
        "collapse": structure.collapse,
        "above": above,
        "above_given": question.above is not None,
        "probability": chance_of(counts),
        "draws": {
            "all": len(counts),
            "learnt_from": len(learn.cases),
            "judged_on": len(judge.cases),
            "cases_learnt_from": int(learn.cases.sum()),
            "cases_judged_on": int(judge.cases.sum()),
        },
        "searched": len(names),
        "boxes": boxes,
        "refused": refused,
        "provenance": provenance(time.perf_counter() - started, engine.threads, str(folder)),
    }


def _check(question: DiscoverQuestion, outcome: str, on_map: bool) -> None:
    check_histories(question.histories)
    if on_map:
        raise UsageError(
            f"the outcome {outcome!r} is fought on the map: it takes too long here",
            hint="ask about an outcome before the war on the map, such as the attack itself",
        )
    if question.above is not None and not 0.0 <= question.above < 1.0:
        raise UsageError(
            f"--above {question.above:g} is no threshold of a probability",
            hint="write a number from 0 up to, but not including, 1, such as 0.1",
        )
    if not 1 <= question.boxes <= _MOST_BOXES:
        raise UsageError(f"between 1 and {_MOST_BOXES} boxes can be asked for")


def _counts(
    engine: Engine, worlds: list[World], outcome: str, histories: int, options: Options
) -> npt.NDArray[np.int64]:
    """Return how many of the histories of each whole parameter draw see the event."""
    whole = histories // DICE_PER_DRAW * DICE_PER_DRAW
    parts: list[npt.NDArray[np.int64]] = []
    done, events = 0, 0
    for _, results in conduct(engine, worlds, outcome, whole, options):
        hits = (results.events[0] >= 0).reshape(-1, DICE_PER_DRAW)
        parts.append(hits.sum(axis=1))
        done, events = done + hits.size, events + int(parts[-1].sum())
        options.progress(done, whole, events / done)
    return np.concatenate(parts)


def _threshold(counts: npt.NDArray[np.int64], given: float | None) -> float:
    if given is not None:
        return given
    return float(np.quantile(counts / DICE_PER_DRAW, 1.0 - _LIKELIEST))


def _check_cases(cases: Mask, above: float, histories: int) -> None:
    """Refuse a half with too few cases or others; say how many histories would give them."""
    found, others = int(cases.sum()), int((~cases).sum())
    if min(found, others) >= _FEWEST:
        return
    what = "above" if found < others else "at or below"
    fewer = min(found, others)
    hint = "ask with another --above"
    if fewer:
        needed = math.ceil(histories * 1.5 * _FEWEST / fewer / DICE_PER_DRAW) * DICE_PER_DRAW
        hint = f"ask for --histories {needed} or more, or with another --above"
    raise UndefinedAnswer(
        f"only {fewer} parameter draws of a half lie {what} {above:.3g}",
        cause=f"a box is learnt on one half and judged on the other, with {_FEWEST} in each",
        hint=hint,
    )


class _Search:
    """Looks for boxes one after the other, and says how far it is."""

    def __init__(self, cube: UnitCube, most: int, options: Options, early: float) -> None:
        self.cube, self.most = cube, most
        self._options, self._early, self._steps = options, early, 0

    def _step(self) -> None:
        self._steps += 1
        self._options.progress(self._steps, self.most * PEELINGS, self._early)

    def boxes(
        self, learn: _Draws, judge: _Draws
    ) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """Return the boxes until one is no better than chance on unseen draws, and that one."""
        found: list[dict[str, Any]] = []
        whole = (int(learn.cases.sum()), int(judge.cases.sum()))
        while (
            len(found) < self.most and min(half.cases.sum() for half in (learn, judge)) >= _FEWEST
        ):
            box = find_box(learn.points, learn.cases, self._step)
            if box is None:
                break
            told = _told(box, learn, judge, whole, self.cube)
            if not told["better_than_chance"]:
                return found, told
            found.append(told)
            learn = learn.less(inside(box, learn.points))
            judge = judge.less(inside(box, judge.points))
        return found, None


def _told(
    box: Box, learn: _Draws, judge: _Draws, whole: tuple[int, int], cube: UnitCube
) -> dict[str, Any]:
    """Return what is told of a box; coverage is of all cases, also of those in boxes before."""
    halves: dict[str, dict[str, Any]] = {}
    for name, half, cases in (("learnt", learn, whole[0]), ("judged", judge, whole[1])):
        held = inside(box, half.points)
        hits, size = int((held & half.cases).sum()), int(held.sum())
        halves[name] = {
            "draws": size,
            "cases": hits,
            "density": _share(hits, size),
            "coverage": _share(hits, cases),
            "mass": _share(size, len(held)),
            "base_rate": float(half.cases.mean()),
        }
    low = halves["judged"]["density"]["sampling"][0]
    held = inside(box, judge.points)
    return {
        "limits": [_limit(limit, cube) for limit in box.limits],
        **halves,
        "better_than_chance": bool(low > halves["judged"]["base_rate"]),
        "probability": {
            "inside": chance_of(judge.counts[held]),
            "outside": chance_of(judge.counts[~held]),
        },
    }


def _share(part: int, whole: int) -> dict[str, Any]:
    """Return a share of draws with its 90 % interval (draws are independent)."""
    if whole == 0:
        return {"estimate": math.nan, "sampling": [math.nan, math.nan]}
    return {"estimate": part / whole, "sampling": list(wilson(part / whole, 0.0, whole))}


def _limit(limit: Any, cube: UnitCube) -> dict[str, Any]:
    """Return one limit in quantiles of the prior and in the parameter's unit."""
    variable = cube.variables[limit.column]
    row: dict[str, Any] = {
        "id": variable.name,
        "title": variable.title,
        "unit": variable.unit,
        "qp": limit.qp,
    }
    for end, quantile, open_end in (("low", limit.low, 0.0), ("high", limit.high, 1.0)):
        if quantile == open_end:
            row[end] = None
            continue
        value = float(cube.value(limit.column, np.array([quantile]))[0])
        date = week_date(cube.case, value) if variable.unit == "week" else None
        row[end] = {"quantile": quantile, "value": value, "date": date}
    return row
