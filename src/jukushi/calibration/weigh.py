"""Weighing rival hypotheses: what each does in the model, and what the later record says of it.

Three things are told of each hypothesis. Its *share*, where it is a factor: how the difference
between the case as written and one without any of these factors is divided (Shapley), and what
its absence alone changes. Its *worlds*: the probability without what it names, and with more of
it, on the same dice. And the *record*: how well each world foretells what came after the split,
as a difference of log scores, and the weight of each world in the mixture that foretells best.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.calibration.hindcast_record import LEAST_DRAWS, knowledges
from jukushi.calibration.log_scores import LogScores, jackknife, log_scores
from jukushi.calibration.predictive import predictive_of
from jukushi.calibration.rival_worlds import VERSIONS, Rival, lattice_of, rivals_of
from jukushi.calibration.stacking import alike, difference, left_out, stack
from jukushi.case.load import Case
from jukushi.case.schema import Outcome
from jukushi.case.targets import record_of
from jukushi.draws import DICE_PER_DRAW
from jukushi.engine.run import Engine
from jukushi.engine.settings import World
from jukushi.errors import UndefinedAnswer
from jukushi.questions.differences import PairedDifference
from jukushi.questions.intervals import ClusterMean
from jukushi.questions.odds import outcome_of
from jukushi.questions.probability import Probability, check_histories, draw_starts
from jukushi.questions.shares import but_for, shapley
from jukushi.study.provenance import package_version, provenance

__all__ = ["USUAL_DRAWS", "USUAL_HISTORIES", "weigh"]

USUAL_HISTORIES, USUAL_DRAWS = 64 * DICE_PER_DRAW, 128
#: Histories of all worlds of the lattice that are held at once.
_PART = 16 * DICE_PER_DRAW
#: Standard errors that a difference must exceed for the record to tell two models apart.
_APART = 2.0

Tell = Callable[[str, float], None]
Floats = npt.NDArray[np.float64]


def weigh(
    case: Case,
    outcome: str | None = None,
    histories: int = USUAL_HISTORIES,
    draws: int = USUAL_DRAWS,
    seed: int = 1,
    threads: int | None = None,
    tell: Tell = lambda _step, _share: None,
) -> dict[str, Any]:
    """Weigh the hypotheses of a case.

    Parameters
    ----------
    case : Case
    outcome : str, optional
        Whose probability; the case's own, if none is named.
    histories : int
        Of each world, for shares and probabilities.
    draws : int
        Parameter draws for the record, 64 histories of each.
    seed : int
    threads : int, optional
    tell : callable, optional
        Told the name of the step and the share that is done.

    Returns
    -------
    dict
        Of schema ``jukushi.weigh/1``.

    Raises
    ------
    UsageError
        If the case has no hypotheses, no record, or no such outcome.
    UndefinedAnswer
        If there are too few histories or draws.
    """
    started = time.perf_counter()
    asked = outcome_of(case, outcome or case.header.defaults.outcome)
    check_histories(histories)
    if draws < LEAST_DRAWS:
        raise UndefinedAnswer(
            f"{draws} parameter draws say too little of the record",
            hint=f"at least {LEAST_DRAWS}",
        )
    record_of(case)
    rivals, engine = rivals_of(case), Engine(case, seed, threads)
    chances = _chances(engine, rivals, asked, histories)
    tell("shares", 0.1)
    shares = _shares(engine, asked, histories, tell)
    known = knowledges(case)[0]
    scored = _Scored(known, rivals, draws, seed, threads, tell)
    return {
        "schema": "jukushi.weigh/1",
        "version": package_version(),
        "case": case.id,
        "case_hash": case.hash,
        "seed": seed,
        "histories": histories,
        "draws": draws,
        "outcome": asked.id,
        "numbers": {"shares": case.knowledge.numbers, "record": known.knowledge.numbers},
        "hypotheses": _hypotheses(case, rivals, chances, shares, scored),
        "as_written": [
            {"id": item.id, **chances[item.id], "record": scored.row(item)}
            for item in rivals
            if item.hypothesis is None
        ],
        "record": scored.answer(),
        "provenance": provenance(time.perf_counter() - started, engine.threads, ""),
    }


def _chances(
    engine: Engine, rivals: Sequence[Rival], outcome: Outcome, histories: int
) -> dict[str, dict[str, Any]]:
    """Return the probability in each world, and the difference from its world as written."""
    worlds = [item.world for item in rivals]
    places = {item.id: number for number, item in enumerate(rivals)}
    chance = Probability(len(rivals))
    pairs = [PairedDifference() for _ in rivals]
    for first in range(0, histories, _PART):
        count = min(_PART, histories - first)
        hits = engine.run(worlds, first, count, outcome.id).events >= 0
        starts = draw_starts(first, count)
        chance.add(hits, starts)
        for number, item in enumerate(rivals):
            pairs[number].add(hits[places[item.base]], hits[number], starts)
    return {
        item.id: {
            "probability": chance.answer(number),
            "difference": pairs[number].answer(item.id == item.base),
        }
        for number, item in enumerate(rivals)
    }


def _shares(
    engine: Engine, outcome: Outcome, histories: int, tell: Tell
) -> dict[str, dict[str, Any]]:
    """Return Shapley share and effect alone of each factor that is a hypothesis."""
    factors, worlds = lattice_of(engine.case)
    if not factors:
        return {}
    sums = ClusterMean(2 * len(factors))
    for first in range(0, histories, _PART):
        count = min(_PART, histories - first)
        table, sizes = _by_draw(engine, worlds, outcome, first, count)
        sums.add(np.concatenate([shapley(table), but_for(table)]).T, sizes)
        tell("shares", 0.1 + 0.3 * (first + count) / histories)
    means, errors = sums.mean(), sums.error()
    return {
        name: {
            "shapley": float(means[k]),
            "shapley_se": float(errors[k]),
            "but_for": float(means[k + len(factors)]),
            "but_for_se": float(errors[k + len(factors)]),
        }
        for k, name in enumerate(factors)
    }


def _by_draw(
    engine: Engine, worlds: Sequence[World], outcome: Outcome, first: int, count: int
) -> tuple[Floats, Floats]:
    """Return the share of each draw in which the event comes, ``[n_worlds, n_draws]``."""
    hits = engine.run(worlds, first, count, outcome.id).events >= 0
    starts = draw_starts(first, count)
    sizes = np.diff(np.append(starts, count)).astype(np.float64)
    return np.add.reduceat(hits.astype(np.float64), starts, axis=1) / sizes, sizes


class _Scored:
    """How well each world foretells the later record."""

    def __init__(
        self,
        case: Case,
        rivals: Sequence[Rival],
        draws: int,
        seed: int,
        threads: int | None,
        tell: Tell,
    ) -> None:
        self.rivals = list(rivals)
        self.rows: list[LogScores] = []
        for number, item in enumerate(rivals):
            foretold = predictive_of(case, draws, seed, threads, item.world)
            self.rows.append(log_scores(foretold))
            tell("record", 0.4 + 0.5 * (number + 1) / len(rivals))
        self.log = np.stack([row.log for row in self.rows])
        self.clusters = self.rows[0].clusters
        self.place = {item.id: number for number, item in enumerate(rivals)}
        self.first = alike(self.log)
        self.kept = sorted(set(self.first.tolist()))
        tell("stacking", 0.92)
        self.stack = stack(self.log[self.kept], self.clusters)

    def apart(self, one: str, other: str, free: bool = False) -> dict[str, Any]:
        """Return the difference of two worlds' log scores, and whether it is one.

        Parameters
        ----------
        one, other : str
            Ids of the worlds.
        free : bool
            Leave out the series and events that schedules follow.
        """
        a, b = self.rows[self.place[one]], self.rows[self.place[other]]
        kept = ~a.scripted if free else np.ones(len(a.log), bool)
        names = [name for name, stays in zip(self.clusters, kept, strict=True) if stays]
        total, error = difference(a.log[kept], b.log[kept], names)
        chance = jackknife((a.without - b.without)[:, kept].sum(axis=1))
        error = math.hypot(error, chance)
        return {
            "difference": total,
            "difference_se": error,
            "monte_carlo_se": chance,
            "verdict": _verdict(total, error),
        }

    def row(self, item: Rival) -> dict[str, Any]:
        """Return what the record says of one world."""
        own = self.place[item.id]
        at = self.kept.index(int(self.first[own]))
        same = self.rivals[int(self.first[own])].id
        return {
            "log": float(self.log[own].sum()),
            **self.apart(item.id, item.base),
            "not_scripted": self.apart(item.id, item.base, free=True),
            "same_as": None if self.first[own] == own else same,
            "weight": {
                "estimate": float(self.stack.weights[at]),
                "low": float(self.stack.low[at]),
                "high": float(self.stack.high[at]),
            },
        }

    def answer(self) -> dict[str, Any]:
        """Return how good the mixture is on series left out, and which models are apart."""
        kept = self.log[self.kept]
        mixed = left_out(kept, self.clusters)
        total, error = difference(mixed, self.log[0], self.clusters)
        pairs = [self._pair(one, other) for one, other in combinations(self._without(), 2)]
        return {
            "observations": int(self.log.shape[1]),
            "clusters": len(set(self.clusters)),
            "models": len(self.rivals),
            "different_models": len(self.kept),
            "mixture": {
                "difference": total,
                "difference_se": error,
                "verdict": _verdict(total, error),
            },
            "pairs": pairs,
            "pairs_apart": sum(pair["apart"] for pair in pairs),
        }

    def _without(self) -> list[Rival]:
        return [item for item in self.rivals if item.version == "absent"]

    def _pair(self, one: Rival, other: Rival) -> dict[str, Any]:
        said = self.apart(one.id, other.id)
        told = said["verdict"] in ("better", "worse")
        return {"hypotheses": [one.hypothesis, other.hypothesis], **said, "apart": told}


def _verdict(total: float, error: float) -> str:
    """Tell whether a model foretells the record better or worse than another, or neither."""
    if total == 0.0 and not error > 0.0:
        return "same"
    if abs(total) <= _APART * error:
        return "not_apart"
    return "better" if total > 0.0 else "worse"


def _hypotheses(
    case: Case,
    rivals: Sequence[Rival],
    chances: dict[str, dict[str, Any]],
    shares: dict[str, dict[str, Any]],
    scored: _Scored,
) -> list[dict[str, Any]]:
    by_place = {(item.hypothesis, item.version): item for item in rivals}
    found = []
    for name, hypothesis in case.hypotheses.items():
        row: dict[str, Any] = {
            "id": name,
            "title": hypothesis.title.model_dump(),
            "held_by": hypothesis.held_by,
            "denied_by": hypothesis.denied_by,
            "source": hypothesis.source,
            "factor": hypothesis.factor,
            "decision_maker": hypothesis.decision_maker or case.header.defaults.decision_maker,
            "share": shares.get(hypothesis.factor or ""),
            "as_written": hypothesis.as_written.model_dump() if hypothesis.as_written else None,
        }
        for key in VERSIONS:
            item = by_place.get((name, key))
            row[key] = None if item is None else _version(item, chances, scored)
        told = [row[key]["record"]["verdict"] for key in VERSIONS if row[key]]
        row["record_tells"] = any(verdict in ("better", "worse") for verdict in told)
        found.append(row)
    return found


def _version(item: Rival, chances: dict[str, dict[str, Any]], scored: _Scored) -> dict[str, Any]:
    title, leaves = item.title, item.leaves
    return {
        "title": title.model_dump() if title else None,
        "leaves": leaves.model_dump() if leaves else None,
        **chances[item.id],
        "record": scored.row(item),
    }
