"""The main job: why the event came or did not come.

Every history is run in all 2**n worlds of n factors present or absent, on the same dice.
From these come the probability with its intervals, the locks, each factor's Shapley share
and but-for effect with paired errors, its probabilities of necessity and of sufficiency,
the interaction of pairs, the smallest sets of factors whose absence brings the event, and
the ranks over readings and structures.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from jukushi.case.load import Case
from jukushi.draws import DEFAULT_HISTORIES
from jukushi.engine.run import Engine
from jukushi.questions import shares
from jukushi.questions.asked import Question, design_of, outcome_asked
from jukushi.questions.beside import beside
from jukushi.questions.dates import date_range
from jukushi.questions.intervals import Z90
from jukushi.questions.locks import lock_months
from jukushi.questions.precision import Stopping
from jukushi.questions.probability import LEAST_HISTORIES
from jukushi.questions.rankings import Rankings
from jukushi.questions.survival import conclusions, seen_under
from jukushi.questions.tally import Tally
from jukushi.questions.worlds import factor_of, reading_of
from jukushi.study.conduct import Options, conduct, plan_of
from jukushi.study.identity import identity
from jukushi.study.provenance import package_version, provenance
from jukushi.study.store import default_folder

__all__ = ["Question", "why"]

_NAMED_SETS = 12


def why(
    case: Case, question: Question | None = None, options: Options | None = None
) -> dict[str, Any]:
    """Answer why the event came or did not come.

    Parameters
    ----------
    case : Case
    question : Question, optional
    options : Options, optional

    Returns
    -------
    dict
        As described in ``docs/formats/why.md`` and ``why.schema.json``.

    Raises
    ------
    UsageError
        If outcome, factor or reading do not exist or do not apply.
    UndefinedAnswer
        If there are too few histories for the intervals.
    """
    question, options = question or Question(), options or Options()
    started = time.perf_counter()
    outcome = outcome_asked(case, question.outcome)
    # A war on the map is dear.
    usual = LEAST_HISTORIES if outcome.campaign else DEFAULT_HISTORIES
    stopping = Stopping(question.histories, question.precision, usual, outcome)
    engine = Engine(case, question.seed, question.threads)
    design = design_of(case, question)
    tally = Tally(case, design, lock_months(case, engine.last_week(outcome.id)))
    enough = stopping.rule(tally.worlds, design.lattice[0])
    for _, results in conduct(
        engine, design.worlds, outcome.id, stopping.limit, options, enough=enough
    ):
        tally.add(results)
        early = float(tally.worlds.means.mean()[design.lattice[0]])
        options.progress(tally.worlds.histories, stopping.limit, early)
    folder = options.folder or default_folder(plan_of(engine, design.worlds, outcome.id))
    return {
        "schema": "jukushi.why/1",
        "version": package_version(),
        **identity(case, question.seed),
        "seed": question.seed,
        "histories": tally.worlds.histories,
        "precision": stopping.answer(),
        "outcome": outcome.id,
        "do": list(question.do),
        "decision_maker": design.structure.makers,
        "collapse": design.structure.collapse,
        **_found(case, question, tally),
        "beside": None
        if outcome.campaign
        else beside(
            case,
            design.worlds[design.lattice[0]],
            outcome.id,
            tally.worlds.histories,
            question.seed,
            question.threads,
        ),
        "provenance": provenance(time.perf_counter() - started, engine.threads, str(folder)),
    }


def _found(case: Case, question: Question, tally: Tally) -> dict[str, Any]:
    """Return what the tally has found."""
    lattice = tally.design.lattice
    rankings = Rankings(tally)
    all_absent = tally.worlds.answer(lattice[-1])
    difference = all_absent["estimate"] - tally.worlds.means.mean()[lattice[0]]
    return {
        "probability": tally.worlds.answer(lattice[0]),
        "all_absent": all_absent,
        "locks": tally.locks.rows(),
        "triggers": tally.locks.triggers(),
        "factors": _factors(case, tally, rankings),
        "residual": float(difference - tally.effects.mean()[: tally.n].sum()),
        "interactions": _interactions(tally),
        "fewest": _fewest(tally),
        "smallest_sets": _sets(tally),
        "nearest_to_ripe": {
            "all_gates": date_range(case, tally.nearest),
            "ratio": date_range(case, tally.ratio),
        },
        "structures": rankings.structures(),
        "reading_shares": rankings.readings() if question.all_readings else None,
        "survives": conclusions(seen_under(rankings)) if question.compare else None,
        "stories": tally.stories.answer(tally.design.factors),
    }


def _factors(case: Case, tally: Tally, rankings: Rankings) -> list[dict[str, Any]]:
    means, errors = tally.effects.mean(), tally.effects.error()
    by_effect, by_share = rankings.range_by_effect(), rankings.range_by_share()
    rows: list[dict[str, Any]] = []
    for place, name in enumerate(tally.design.factors):
        alone = tally.n + place
        share, share_error = float(means[place]), float(errors[place])
        effect, error = float(means[alone]), float(errors[alone])
        rows.append(
            {
                **_meaning(case, name, tally.design.readings[name]),
                "shapley": share,
                "shapley_se": share_error,
                "but_for": effect,
                "but_for_se": error,
                "necessity": tally.causation.necessity(place),
                "sufficiency": tally.causation.sufficiency(place),
                "rank_range": by_effect[name],
                "shapley_rank_range": by_share[name] if by_share else None,
                "sign_warning": effect < -Z90 * error or share < -Z90 * share_error,
                "placebo": factor_of(case, name).placebo,
            }
        )
    rows.sort(key=lambda row: (-abs(row["shapley"]), row["id"]))
    return rows


def _meaning(case: Case, name: str, chosen: str) -> dict[str, Any]:
    """What a factor is, and what its absence means here."""
    factor = factor_of(case, name)
    reading = reading_of(factor, chosen)
    return {
        "id": name,
        "title": factor.title.model_dump(),
        "hypothesis": factor.hypothesis.model_dump(),
        "reading": reading.id,
        "reading_title": reading.title.model_dump(),
        "since": reading.since.isoformat(),
        "rewrite": reading.rewrite,
        "leaves": reading.leaves.model_dump(),
    }


def _interactions(tally: Tally) -> list[dict[str, Any]]:
    means, errors = tally.effects.mean(), tally.effects.error()
    factors = tally.design.factors
    rows = [
        {
            "factors": [factors[i], factors[j]],
            "interaction": float(means[2 * tally.n + number]),
            "interaction_se": float(errors[2 * tally.n + number]),
        }
        for number, (i, j) in enumerate(shares.pairs(tally.n))
    ]
    rows.sort(key=lambda row: (-abs(row["interaction"]), row["factors"]))  # type: ignore[arg-type]
    return rows


def _fewest(tally: Tally) -> dict[str, Any]:
    """Share of quiet histories by how many factors must go at least."""
    ways, n = tally.ways, tally.n
    return {
        "histories": int(ways.whole),
        "by_number": [
            {"factors": number, "share": ways.answer(number)} for number in range(1, n + 1)
        ],
        "never": ways.answer(n + 1),
    }


def _sets(tally: Tally) -> list[dict[str, Any]]:
    """The subsets that most often bring the event while none of their own subsets does."""
    first = tally.n + 2
    counts = tally.ways.part[first:]
    order = np.argsort(-counts, kind="stable")[:_NAMED_SETS]
    return [
        {
            "factors": [name for bit, name in enumerate(tally.design.factors) if subset >> bit & 1],
            "share": tally.ways.answer(first + subset),
            "probability": tally.worlds.answer(tally.design.lattice[subset]),
        }
        for subset in map(int, order)
        if counts[subset] > 0
    ]
