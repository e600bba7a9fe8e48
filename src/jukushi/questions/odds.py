"""Odds and dates of every outcome of a case."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from jukushi.case.load import Case
from jukushi.case.schema import Outcome
from jukushi.engine.run import Engine, Results
from jukushi.errors import UsageError, nearest
from jukushi.questions.dates import date_range, quantile_weeks, week_date
from jukushi.questions.decision_makers import structure_of
from jukushi.questions.interventions import changes_of
from jukushi.questions.precision import Stopping
from jukushi.questions.probability import (
    LEAST_HISTORIES,
    Probability,
    check_histories,
    draw_starts,
)
from jukushi.study.conduct import Options, conduct, plan_of
from jukushi.study.identity import identity
from jukushi.study.provenance import package_version, provenance
from jukushi.study.store import default_folder

__all__ = [
    "LEAST_HISTORIES",
    "Probability",
    "check_histories",
    "draw_starts",
    "odds",
    "outcome_of",
    "quantile_weeks",
    "structure_of",
    "week_date",
]

#: Default size of a study of odds.
_USUAL = 100_000

_COLUMNS = {
    "north": "north_week",
    "south": "south_week",
    "entry": "entry_week",
    "collapse": "collapse_week",
    "ally_defeat": "ally_defeat_week",
    "surrender": "surrender_week",
}


def outcome_of(case: Case, name: str) -> Outcome:
    """Return an outcome of the case; raises UsageError with the nearest name."""
    if name in case.outcomes:
        return case.outcomes[name]
    close = nearest(name, case.outcomes)
    raise UsageError(
        f"the case {case.id!r} has no outcome {name!r}",
        hint=f"did you mean {close!r}?" if close else "outcomes: " + ", ".join(case.outcomes),
    )


def _asked_about(case: Case, name: str | None) -> list[Outcome]:
    """Outcomes of an answer: the one named, or all that need no campaign."""
    if name is not None:
        return [outcome_of(case, name)]
    return [outcome for outcome in case.outcomes.values() if outcome.campaign is None]


def odds(
    case: Case,
    histories: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    decision_maker: str | None = None,
    collapse: bool | None = None,
    options: Options | None = None,
    outcome: str | None = None,
    do: Sequence[str] = (),
    precision: float | None = None,
) -> dict[str, Any]:
    """Return the odds and dates of every outcome of a case, or of one.

    Parameters
    ----------
    case : Case
    histories : int, optional
        100,000 where nothing is said; with a precision, the most that are run.
    seed : int
    threads : int, optional
    decision_maker : str, optional
        Of the hunter, such as ``factions``; after a slash that of the prey.
    collapse : bool, optional
        Whether the collapse trigger is on.
    options : Options, optional
        Folder, progress, resume.
    outcome : str, optional
        Ask about this one alone; outcomes of a campaign on the map are only run when asked for.
    do : sequence of str
        What is done in every history, such as ``attack@1941-08-29``.
    precision : float, optional
        Stop when half the sampling interval of the outcome (the case's usual one, if none is
        named) is at most this.

    Returns
    -------
    dict
        As described in ``docs/formats/run.md``.
    """
    options = options or Options()
    started = time.perf_counter()
    outcomes = _asked_about(case, outcome)
    stopping = Stopping(histories, precision, _USUAL, *outcomes)
    engine = Engine(case, seed, threads)
    structure = structure_of(case, decision_maker, collapse)
    last = max(outcomes, key=lambda asked: (asked.by, asked.event == "north"))
    done_to = changes_of(case, do, last)
    name = ", ".join([structure.name, *do])
    worlds = [structure.world(name, (*structure.changes, *done_to))]
    counts = _Counts(case, outcomes)
    enough = stopping.rule(counts.probability, counts.asked)
    for _, results in conduct(engine, worlds, last.id, stopping.limit, options, enough=enough):
        counts.add(results)
        options.progress(counts.probability.histories, stopping.limit, counts.early())
    folder = options.folder or default_folder(plan_of(engine, worlds, last.id))
    return {
        "schema": "jukushi.run/1",
        "version": package_version(),
        **identity(case, seed),
        "seed": seed,
        "histories": counts.probability.histories,
        "precision": stopping.answer(),
        "decision_maker": structure.makers,
        "collapse": structure.collapse,
        "do": list(do),
        "outcomes": counts.rows(),
        "provenance": provenance(time.perf_counter() - started, engine.threads, str(folder)),
    }


class _Counts:
    """Counts of several outcomes and their dates, added up part by part."""

    def __init__(self, case: Case, outcomes: Sequence[Outcome]) -> None:
        self.case = case
        self.outcomes = outcomes
        self.probability = Probability(len(outcomes))
        self.dates = np.zeros((len(outcomes), case.n_weeks), np.int64)
        names = [item.id for item in outcomes]
        usual = case.header.defaults.outcome
        #: The outcome that the early answer and a precision are about.
        self.asked = names.index(usual) if usual in names else 0

    def add(self, results: Results) -> None:
        """Add one part."""
        hits = np.zeros((len(self.outcomes), len(results.outcome)), bool)
        for row, item in enumerate(self.outcomes):
            weeks = results.outcome[_COLUMNS.get(item.event, "asked_week")]
            hits[row] = (weeks >= 0) & (weeks <= int(self.case.week_of(item.by)))
            self.dates[row] += np.bincount(weeks[hits[row]], minlength=self.case.n_weeks)
        self.probability.add(hits, draw_starts(results.first_history, len(results.outcome)))

    def early(self) -> float:
        """Return the estimate so far."""
        return float(self.probability.means.mean()[self.asked])

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each outcome."""
        return [
            {
                "id": item.id,
                "probability": self.probability.answer(row),
                "date": date_range(self.case, self.dates[row]),
                "happened": item.happened,
                "happened_on": item.happened_on.isoformat() if item.happened_on else None,
            }
            for row, item in enumerate(self.outcomes)
        ]
