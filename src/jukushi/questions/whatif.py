"""What if: two worlds on the same dice, and the difference that an intervention makes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Outcome
from jukushi.draws import DEFAULT_HISTORIES, DICE_PER_DRAW
from jukushi.engine.run import Engine, Results
from jukushi.questions.differences import PairedDifference
from jukushi.questions.displacement import Displacement, latest_of
from jukushi.questions.grades import grade
from jukushi.questions.interventions.probes import is_nothing, probe, stock_spread
from jukushi.questions.interventions.worlds import Asked, Intervention, intervene
from jukushi.questions.odds import (
    LEAST_HISTORIES,
    Probability,
    draw_starts,
    outcome_of,
)
from jukushi.questions.precision import Stopping
from jukushi.questions.twins import TwinSearch, tell_twins
from jukushi.study.conduct import Options, conduct, plan_of
from jukushi.study.identity import identity
from jukushi.study.provenance import package_version, provenance
from jukushi.study.store import default_folder

__all__ = ["Whatif", "whatif"]

_KINDS = ("neither", "both", "only_baseline", "only_changed")


@dataclass(frozen=True)
class Whatif:
    """What a "what if" asks.

    Attributes
    ----------
    asked : Asked
        The intervention.
    outcome : str, optional
        None is the case's default.
    histories : int, optional
        None is 16,384, or 2,560 for an outcome on the map.
    seed, threads
    precision : float, optional
        Stop when half the sampling interval of both odds and of their difference is at most
        this; `histories` is then the most that are run.
    """

    asked: Asked = field(default_factory=Asked)
    outcome: str | None = None
    histories: int | None = None
    seed: int = 1
    threads: int | None = None
    precision: float | None = None


def whatif(case: Case, question: Whatif, options: Options | None = None) -> dict[str, Any]:
    """Answer what an intervention would change.

    Both worlds are run on the same parameter draws and the same dice, history by history; with
    `redraw` both meet the same other fate.

    Parameters
    ----------
    case : Case
    question : Whatif
    options : Options, optional
        Folder, progress, resume. The folder holds one study for each world.

    Returns
    -------
    dict
        As described in ``docs/formats/whatif.md`` and ``whatif.schema.json``.

    Raises
    ------
    UsageError
        If a text is not understood, names nothing, or the intervention contradicts itself.
    UndefinedAnswer
        If there are too few histories for the intervals.
    """
    started = time.perf_counter()
    options = options or Options()
    outcome = outcome_of(case, question.outcome or case.header.defaults.outcome)
    usual = LEAST_HISTORIES if outcome.campaign else DEFAULT_HISTORIES
    stopping = Stopping(question.histories, question.precision, usual, outcome)
    draws = -(-stopping.limit // DICE_PER_DRAW)
    asked = intervene(case, question.asked, outcome, question.seed, draws)
    engine = Engine(case, question.seed, question.threads)
    probe(engine, asked)
    tally = _Tally(case, outcome, is_nothing(engine, asked))
    folder = _conduct(engine, asked, tally, stopping, options)
    graded = grade(asked, lambda shock: stock_spread(engine, asked, shock), tally.nothing)
    twins = tell_twins(engine, asked, tally.twins, int(case.week_of(outcome.by)))
    return {
        **_head(case, question, asked, outcome, tally.chances.histories),
        "precision": stopping.answer(),
        **tally.answer(),
        **graded,
        "twins": twins,
        "provenance": provenance(time.perf_counter() - started, engine.threads, folder),
    }


def _head(
    case: Case, question: Whatif, asked: Intervention, outcome: Outcome, histories: int
) -> dict[str, Any]:
    return {
        "schema": "jukushi.whatif/1",
        "version": package_version(),
        **identity(case, question.seed),
        "seed": question.seed,
        "histories": histories,
        "outcome": outcome.id,
        "decision_maker": asked.plan.structure.makers,
        "collapse": asked.plan.structure.collapse,
        "do": list(question.asked.do),
        "from": asked.plan.since.isoformat() if asked.plan.since else None,
        "redraw": question.asked.redraw,
    }


def _conduct(
    engine: Engine, asked: Intervention, tally: _Tally, stopping: Stopping, options: Options
) -> str:
    """Run both worlds part by part, each as a study of its own; return where they are kept.

    A study keeps the dates of the world that is watched alone: so each world is watched.
    """
    latest = tally.latest.id
    worlds = {"baseline": asked.baseline, "changed": asked.changed}
    runs, limit = [], stopping.limit
    width = (lambda: 0.0) if tally.nothing else tally.difference.half_width
    enough = stopping.rule(tally.chances, 0, 1, other=width)
    folder = str(options.folder or "")
    for name, world in worlds.items():
        own = replace(options, folder=options.folder / name if options.folder else None)
        runs.append(conduct(engine, [world], latest, limit, own, asked.fate, enough))
        folder = folder or str(default_folder(plan_of(engine, [world], latest, asked.fate)))
    for (_, baseline), (_, changed) in zip(*runs, strict=True):
        tally.add(baseline, changed)
        done = baseline.first_history + len(baseline.outcome)
        options.progress(done, limit, float(tally.chances.means.mean()[1]))
    return folder


class _Tally:
    """Adds up what the answer needs, one part at a time; memory does not grow with histories."""

    def __init__(self, case: Case, outcome: Outcome, nothing: bool) -> None:
        self.nothing = nothing
        self.last = int(case.week_of(outcome.by))
        self.latest = latest_of(case, outcome)
        self.chances = Probability(2)
        self.difference = PairedDifference()
        self.displacement = Displacement(case, outcome, self.latest)
        self.twins = TwinSearch()

    def add(self, baseline: Results, changed: Results) -> None:
        """Add one part of both worlds."""
        weeks: npt.NDArray[np.int64] = np.stack(
            [results.outcome["asked_week"] for results in (baseline, changed)]
        ).astype(np.int64)
        starts = draw_starts(baseline.first_history, weeks.shape[1])
        hits = (weeks >= 0) & (weeks <= self.last)
        self.chances.add(hits, starts)
        self.difference.add(hits[0], hits[1], starts)
        self.displacement.add(weeks, hits, starts)
        self.twins.add(baseline.first_history, np.where(hits, weeks, -1))

    def answer(self) -> dict[str, Any]:
        """Return chances, difference, pairs and dates."""
        pairs = {
            kind: int(count) for kind, count in zip(_KINDS, self.difference.pairs, strict=True)
        }
        return {
            "nothing_changed": self.nothing,
            "baseline": self.chances.answer(0),
            "changed": self.chances.answer(1),
            "difference": self.difference.answer(self.nothing),
            "pairs": {
                **pairs,
                "only_changed_share": self.difference.share(0),
                "only_baseline_share": self.difference.share(1),
            },
            "displacement": self.displacement.answer(self.nothing),
        }
