"""The small model: a formula of a few terms that stands for the big one, or the plain no.

Davis and Bigelow (RAND MR-1570, recalled) ask for a model small enough to be understood, fitted
to the big one and shown with its error. It is fitted on two thirds of the parameter draws and
judged on the last third.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Outcome
from jukushi.draws import DICE_PER_DRAW
from jukushi.engine.run import Engine, World
from jukushi.errors import UndefinedAnswer, UsageError, nearest
from jukushi.questions import small_model
from jukushi.questions.draw_chances import chance_of
from jukushi.questions.odds import check_histories, outcome_of, structure_of
from jukushi.questions.small_model import Fit, Rows, Score
from jukushi.questions.terms import Term, factor_terms, parameter_terms
from jukushi.questions.worlds import Structure, applies, factor_of, reading_of
from jukushi.study.conduct import Options, conduct, plan_of
from jukushi.study.identity import identity
from jukushi.study.provenance import package_version, provenance
from jukushi.study.store import default_folder

__all__ = ["GOOD", "USUAL_HISTORIES", "WORLDS", "ExplainQuestion", "explain"]

#: Usual size: 1,024 parameter draws, each in every world.
USUAL_HISTORIES = 1_024 * DICE_PER_DRAW
#: A formula is good if it explains at least this share of the variance of the true odds.
GOOD = 0.80
#: ``draws``: the world as it was, over parameter draws; ``singles``: also without each factor.
WORLDS = ("singles", "draws")
_MOST_TERMS = 8
#: Fewest histories with the event, and without it, in each of the two parts.
_FEWEST = 20

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ExplainQuestion:
    """What is asked.

    Attributes
    ----------
    outcome : str, optional
    worlds : str
        Over which worlds the formula must hold, one of `WORLDS`.
    terms : int
        Most terms.
    histories : int
        In each world, 128 to a parameter draw.
    seed, threads, decision_maker, collapse
    """

    outcome: str | None = None
    worlds: str = "singles"
    terms: int = 6
    histories: int = USUAL_HISTORIES
    seed: int = 1
    threads: int | None = None
    decision_maker: str | None = None
    collapse: bool | None = None


def explain(
    case: Case, question: ExplainQuestion | None = None, options: Options | None = None
) -> dict[str, Any]:
    """Fit the small model and say how good it is.

    Parameters
    ----------
    case : Case
    question : ExplainQuestion, optional
    options : Options, optional

    Returns
    -------
    dict
        As described in ``docs/formats/explain.md``.

    Raises
    ------
    UsageError
        If something asked for does not exist, or the outcome is fought on the map.
    UndefinedAnswer
        If too few histories see the event, or too few do not.
    """
    question, options = question or ExplainQuestion(), options or Options()
    outcome = outcome_of(case, question.outcome or case.header.defaults.outcome)
    _check(question, outcome)
    started = time.perf_counter()
    structure = structure_of(case, question.decision_maker, question.collapse)
    engine = Engine(case, question.seed, question.threads)
    factors = _factors(case, structure) if question.worlds == "singles" else []
    worlds = _worlds(case, structure, factors)
    events = _events(engine, worlds, outcome.id, question.histories, options)
    terms = _terms(engine, worlds, factors, outcome, events.shape[1])
    rows = _rows(terms, events)
    learnt, judged = (rows.take((rows.draws % 3 == 2) == last) for last in (False, True))
    for part in (learnt, judged):
        _check_events(part, question.histories)
    found = small_model.fit(learnt, small_model.choose(learnt, question.terms))
    score = small_model.score(found, learnt, judged, question.seed)
    folder = options.folder or default_folder(plan_of(engine, worlds, outcome.id))
    return {
        "schema": "jukushi.explain/1",
        "version": package_version(),
        **identity(case, question.seed),
        "seed": question.seed,
        "histories": question.histories,
        "outcome": outcome.id,
        "decision_maker": structure.makers,
        "collapse": structure.collapse,
        "worlds": question.worlds,
        "draws": {
            "learnt_from": len(np.unique(learnt.draws)),
            "judged_on": len(np.unique(judged.draws)),
        },
        "candidates": len(terms),
        "weeks": _weeks(engine, outcome),
        "formula": _formula(found, terms, learnt),
        "error": _error(score),
        "by_world": _by_world(found, terms, worlds, factors, events),
        "rule": GOOD,
        "good": bool(found.columns and score.explained >= GOOD),
        "provenance": provenance(time.perf_counter() - started, engine.threads, str(folder)),
    }  # fmt: skip


def _check(question: ExplainQuestion, outcome: Outcome) -> None:
    check_histories(question.histories)
    if question.worlds not in WORLDS:
        close = nearest(question.worlds, WORLDS)
        raise UsageError(
            f"there are no worlds {question.worlds!r}",
            hint=f"did you mean {close!r}?" if close else "one of: " + ", ".join(WORLDS),
        )
    if not 1 <= question.terms <= _MOST_TERMS:
        raise UsageError(
            f"a small model has between 1 and {_MOST_TERMS} terms, not {question.terms}"
        )
    if outcome.campaign is not None:
        raise UsageError(
            f"the outcome {outcome.id!r} is fought on the map: it takes too long here",
            hint="ask about an outcome before the war on the map, such as the attack itself",
        )


def _factors(case: Case, structure: Structure) -> list[str]:
    """The case's usual factors that apply to the decision-maker."""
    return [
        name
        for name in case.header.defaults.factors
        if applies(case, case.factors[name], structure)
    ]


def _worlds(case: Case, structure: Structure, factors: Sequence[str]) -> list[World]:
    """The world as it was, then that without each factor."""
    worlds = [structure.world(structure.name, structure.changes)]
    for name in factors:
        reading = reading_of(factor_of(case, name), None)
        label = f"{structure.name} - {name}:{reading.id}"
        worlds.append(structure.world(label, (*structure.changes, *reading.changes)))
    return worlds


def _events(
    engine: Engine, worlds: list[World], outcome: str, histories: int, options: Options
) -> Array:
    """Return how many histories of each draw see the event, float64[n_worlds, n_draws]."""
    whole = histories // DICE_PER_DRAW * DICE_PER_DRAW
    parts, done, early = [], 0, 0.0
    for _, results in conduct(engine, worlds, outcome, whole, options):
        hits = (results.events >= 0).reshape(len(worlds), -1, DICE_PER_DRAW)
        parts.append(hits.sum(axis=2).astype(np.float64))
        early += float(hits[0].sum())
        done += hits[0].size
        options.progress(done, whole, early / done)
    return np.concatenate(parts, axis=1)


def _weeks(engine: Engine, outcome: Outcome) -> int:
    """Weeks that the question runs, at most those of the first year."""
    last = min(engine.last_week(outcome.id), int(engine.near_until))
    return last + 1 - engine.first_running


def _terms(
    engine: Engine,
    worlds: Sequence[World],
    factors: Sequence[str],
    outcome: Outcome,
    draws: int,
) -> list[Term]:
    numbers = np.arange(draws, dtype=np.int64)
    base = engine.space.draw(engine.seed, numbers)
    values = np.stack(
        [engine.space.changed(base, world.changes, engine.seed, numbers) for world in worlds]
    )
    found = parameter_terms(engine.case, engine.space, values, float(_weeks(engine, outcome)))
    return [*found, *factor_terms(factors, (len(worlds), draws))]


def _rows(terms: Sequence[Term], events: Array) -> Rows:
    draws = np.tile(np.arange(events.shape[1], dtype=np.int64), len(events))
    columns = np.stack([term.values.ravel() for term in terms], axis=1)
    return Rows(columns, events.ravel(), DICE_PER_DRAW, draws)


def _check_events(rows: Rows, histories: int) -> None:
    came = float(rows.events.sum())
    fewer = min(came, rows.dice * len(rows.events) - came)
    if fewer < _FEWEST:
        hint = "ask about another outcome"
        if fewer:
            needed = -(-int(histories * 1.5 * _FEWEST / fewer) // DICE_PER_DRAW) * DICE_PER_DRAW
            hint = f"ask for --histories {needed} or more"
        raise UndefinedAnswer(
            f"the event comes, or stays away, in only {fewer:.0f} histories of a part",
            cause=f"a formula needs {_FEWEST} of each to be fitted and judged",
            hint=hint,
        )


def _formula(found: Fit, terms: Sequence[Term], rows: Rows) -> dict[str, Any]:
    """The constant and the terms, with what one standard deviation does to the odds."""
    chosen = []
    for place, column in enumerate(found.columns, start=1):
        term, b, half = terms[column], found.coefficients[place], found.half[place]
        spread = float(rows.terms[:, column].std())
        chosen.append(
            {
                "id": term.id,
                "kind": term.kind,
                "formula": term.formula,
                "coefficient": float(b),
                "interval": [float(b - half), float(b + half)],
                "mean": float(rows.terms[:, column].mean()),
                "sd": spread,
                "odds_times": float(np.exp(b if term.kind == "factor" else b * spread)),
            }
        )
    b, half = float(found.coefficients[0]), float(found.half[0])
    return {"constant": b, "constant_interval": [b - half, b + half], "terms": chosen}


def _error(score: Score) -> dict[str, Any]:
    explained = {"estimate": score.explained, "interval": list(score.explained_interval)}
    return {
        "rmse": score.error,
        "rmse_seen": score.seen_error,
        "rmse_of_dice": score.dice_error,
        "rmse_of_constant": score.constant_error,
        "explained": explained,
        "deviance_explained": score.deviance_explained,
        "bias": score.bias,
    }


def _by_world(
    found: Fit,
    terms: Sequence[Term],
    worlds: Sequence[World],
    factors: Sequence[str],
    events: Array,
) -> list[dict[str, Any]]:
    """Odds of both models in each world, over the draws that were not learnt from."""
    judged = np.arange(events.shape[1]) % 3 == 2
    rows = []
    for place in range(len(worlds)):
        columns = np.stack([term.values[place, judged] for term in terms], axis=1)
        here = Rows(columns, events[place, judged], DICE_PER_DRAW, np.flatnonzero(judged))
        odds, share = small_model.predict(found, here), here.events / DICE_PER_DRAW
        dice = share * (1.0 - share) / (DICE_PER_DRAW - 1.0)
        apart = float(((odds - share) ** 2 - dice).mean())
        rows.append(
            {
                "without": factors[place - 1] if place else None,
                "big": chance_of(here.events.astype(np.int64)),
                "small": float(odds.mean()),
                "rmse": math.sqrt(max(apart, 0.0)),
            }
        )
    return rows
