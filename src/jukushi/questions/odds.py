"""Odds and dates of every outcome of a case."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Outcome
from jukushi.draws import DICE_PER_DRAW
from jukushi.engine.run import Engine, World
from jukushi.errors import UndefinedAnswer, UsageError, nearest
from jukushi.questions.intervals import ClusterMean, CountHistogram, ignorance_interval, wilson
from jukushi.questions.interventions import changes_of
from jukushi.questions.worlds import Structure
from jukushi.study.conduct import Options, conduct, plan_of
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
    "week_date",
]

#: Fewest histories for which both intervals are defined: 20 whole parameter draws.
LEAST_HISTORIES = 20 * DICE_PER_DRAW

_COLUMNS = {
    "north": "north_week",
    "south": "south_week",
    "entry": "entry_week",
    "collapse": "collapse_week",
    "ally_defeat": "ally_defeat_week",
    "surrender": "surrender_week",
}


def check_histories(histories: int) -> None:
    """Refuse a size at which an interval would be undefined; raises UndefinedAnswer."""
    if histories < LEAST_HISTORIES:
        raise UndefinedAnswer(
            f"with {histories:,} histories the interval of ignorance is undefined",
            cause=f"it needs at least 20 parameter draws of {DICE_PER_DRAW} histories",
            hint=f"ask for --histories {LEAST_HISTORIES} or more",
        )


def draw_starts(first_history: int, count: int) -> npt.NDArray[np.int64]:
    """Return the first row of each parameter draw in a part that begins at `first_history`."""
    first = -first_history % DICE_PER_DRAW
    starts = np.arange(first, count, DICE_PER_DRAW, dtype=np.int64)
    return starts if first == 0 else np.concatenate([[0], starts]).astype(np.int64)


class Probability:
    """Probabilities of several events with both intervals, added up part by part."""

    def __init__(self, size: int) -> None:
        self.means = ClusterMean(size)
        self.histograms = [CountHistogram(DICE_PER_DRAW) for _ in range(size)]

    def add(self, hits: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64]) -> None:
        """Add one part, ``hits[n_events, n_histories]``."""
        sizes = np.diff(np.append(starts, hits.shape[1]))
        counts = np.add.reduceat(hits.astype(np.int64), starts, axis=1)
        self.means.add((counts / sizes).T, sizes.astype(np.float64))
        for histogram, row in zip(self.histograms, counts, strict=True):
            histogram.add(row, sizes)

    def answer(self, index: int) -> dict[str, Any]:
        """Return estimate, sampling and ignorance of one event."""
        estimate = float(self.means.mean()[index])
        variance = float(self.means.variance()[index])
        return {
            "estimate": estimate,
            "sampling": list(wilson(estimate, variance, self.means.weight)),
            "ignorance": list(ignorance_interval(self.histograms[index])),
        }


def week_date(case: Case, week: float) -> str:
    """Return the Monday of a week as an ISO date."""
    return (case.header.period.start + timedelta(weeks=int(week))).isoformat()


def quantile_weeks(counts: npt.NDArray[np.int64], levels: Sequence[float]) -> list[int] | None:
    """Return quantiles of a histogram over weeks, or None if it is empty."""
    total = int(counts.sum())
    if total == 0:
        return None
    cumulative = np.cumsum(counts)
    return [int(np.searchsorted(cumulative, level * total)) for level in levels]


def structure_of(case: Case, decision_maker: str | None, collapse: bool | None) -> Structure:
    """Return the structure asked for, the case's own where nothing is said."""
    defaults = case.header.defaults
    maker = decision_maker or defaults.decision_maker
    known = ("doctrine", "expected_value")
    if maker not in known:
        close = nearest(maker, known)
        raise UsageError(
            f"there is no decision-maker {maker!r}",
            hint=f"did you mean {close!r}?" if close else "one of: " + ", ".join(known),
        )
    return Structure(maker, defaults.collapse if collapse is None else collapse)


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
    histories: int = 100_000,
    seed: int = 1,
    threads: int | None = None,
    decision_maker: str | None = None,
    collapse: bool | None = None,
    options: Options | None = None,
    outcome: str | None = None,
    do: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the odds and dates of every outcome of a case, or of one.

    Parameters
    ----------
    case : Case
    histories : int
    seed : int
    threads : int, optional
    decision_maker : str, optional
        ``doctrine`` or ``expected_value``.
    collapse : bool, optional
        Whether the collapse trigger is on.
    options : Options, optional
        Folder, progress, resume.
    outcome : str, optional
        Ask about this one alone; outcomes of a campaign on the map are only run when asked for.
    do : sequence of str
        What is done in every history, such as ``attack@1941-08-29``.

    Returns
    -------
    dict
        As described in ``docs/formats/run.md``.
    """
    check_histories(histories)
    options = options or Options()
    started = time.perf_counter()
    engine = Engine(case, seed, threads)
    structure = structure_of(case, decision_maker, collapse)
    outcomes = _asked_about(case, outcome)
    last = max(outcomes, key=lambda asked: (asked.by, asked.event == "north"))
    done_to = changes_of(case, do, last)
    name = ", ".join([structure.name, *do])
    worlds = [World(name, (*structure.changes, *done_to))]
    probability = Probability(len(outcomes))
    names = [asked.id for asked in outcomes]
    usual = case.header.defaults.outcome
    asked = names.index(usual) if usual in names else 0
    dates = np.zeros((len(outcomes), case.n_weeks), np.int64)
    for _, results in conduct(engine, worlds, last.id, histories, options):
        hits = np.zeros((len(outcomes), len(results.outcome)), bool)
        for row, item in enumerate(outcomes):
            weeks = results.outcome[_COLUMNS.get(item.event, "asked_week")]
            hits[row] = (weeks >= 0) & (weeks <= int(case.week_of(item.by)))
            dates[row] += np.bincount(weeks[hits[row]], minlength=case.n_weeks)
        probability.add(hits, draw_starts(results.first_history, len(results.outcome)))
        done = results.first_history + len(results.outcome)
        options.progress(done, histories, float(probability.means.mean()[asked]))
    rows = []
    for row, item in enumerate(outcomes):
        quantiles = quantile_weeks(dates[row], (0.5, 0.05, 0.95))
        rows.append(
            {
                "id": item.id,
                "probability": probability.answer(row),
                "date": None
                if quantiles is None
                else {
                    "median": week_date(case, quantiles[0]),
                    "low": week_date(case, quantiles[1]),
                    "high": week_date(case, quantiles[2]),
                },
                "happened": item.happened,
                "happened_on": item.happened_on.isoformat() if item.happened_on else None,
            }
        )
    folder = options.folder or default_folder(plan_of(engine, worlds, last.id))
    return {
        "schema": "jukushi.run/1",
        "version": package_version(),
        "case": case.id,
        "case_hash": case.hash,
        "seed": seed,
        "histories": histories,
        "decision_maker": structure.decision_maker,
        "collapse": structure.collapse,
        "do": list(do),
        "outcomes": rows,
        "provenance": provenance(time.perf_counter() - started, engine.threads, str(folder)),
    }
