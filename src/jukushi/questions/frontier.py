"""Where the answer flips: probabilities along one quantity or over two, and their thresholds.

Every point of the grid is a world on the same dice, under one or several opponents. From the
counts come the curve with both intervals, the values at which it passes given levels, an audit
of its direction, and, where the case has a lever for it, the share that could have left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from jukushi.case.load import Case
from jukushi.draws import DEFAULT_HISTORIES
from jukushi.engine.run import Engine, Results
from jukushi.errors import UsageError
from jukushi.questions.curves import Counts, Curve, flat
from jukushi.questions.departures import Departures, departures_of
from jukushi.questions.grids import Axis, axes_of
from jukushi.questions.lattice import Lattice
from jukushi.questions.odds import outcome_of, structure_of
from jukushi.questions.opponents import (
    Solver,
    opponents_of,
    rules_of,
)
from jukushi.questions.precision import Stopping
from jukushi.questions.probability import LEAST_HISTORIES
from jukushi.questions.solvers import best_answers
from jukushi.study.conduct import Options, conduct, plan_of
from jukushi.study.identity import identity
from jukushi.study.provenance import package_version, provenance
from jukushi.study.store import default_folder

__all__ = ["LEVELS", "Question", "frontier"]

#: Chances whose thresholds are sought.
LEVELS = (0.05, 0.10, 0.25, 0.50)
#: Histories where nothing is said: one quantity, two.
_USUAL = DEFAULT_HISTORIES
_USUAL_OF_TWO = DEFAULT_HISTORIES // 2


@dataclass(frozen=True)
class Question:
    """What a frontier asks.

    Attributes
    ----------
    vary : str, optional
        One quantity or two (`jukushi.questions.grids.axes_of`); None is the case's first lever.
    opponent : str, optional
        Names with commas between, or ``all``; None is the case's own decision-maker.
    outcome : str, optional
    collapse : bool, optional
        Whether the collapse trigger is on.
    levels : sequence of float
        Chances whose thresholds are sought.
    histories, seed, threads
    precision : float, optional
        Run until the widest sampling interval over the grid is at most this to either side.
    """

    vary: str | None = None
    opponent: str | None = None
    outcome: str | None = None
    collapse: bool | None = None
    levels: Sequence[float] = LEVELS
    histories: int | None = None
    seed: int = 1
    threads: int | None = None
    precision: float | None = None


def frontier(
    case: Case,
    question: Question | None = None,
    options: Options | None = None,
    solver: Solver | None = None,
) -> dict[str, Any]:
    """Answer where the answer flips.

    Parameters
    ----------
    case : Case
    question : Question, optional
    options : Options, optional
    solver : callable, optional
        Finds the best answer of the opponent to a world; by default simulation does.

    Returns
    -------
    dict
        As described in ``docs/formats/frontier.md`` and ``frontier.schema.json``.

    Raises
    ------
    UsageError
        If a quantity, opponent, outcome or level makes no sense.
    UndefinedAnswer
        If there are too few histories for the intervals.
    """
    question, options = question or Question(), options or Options()
    started = time.perf_counter()
    study = _Study(case, _checked(question), solver, options)
    study.run(options)
    answer = study.answer()
    folder = options.folder or default_folder(
        plan_of(study.engine, study.lattice.worlds, study.outcome)
    )
    threads = study.engine.threads
    answer["provenance"] = provenance(time.perf_counter() - started, threads, str(folder))
    return answer


def _checked(question: Question) -> Question:
    levels = tuple(sorted({float(level) for level in question.levels}))
    if not levels or not 0.0 < levels[0] <= levels[-1] < 1.0:
        raise UsageError("a level is a chance between 0 and 1", hint="such as 0.05,0.1,0.25,0.5")
    return replace(question, levels=levels)


class _Study:
    """The worlds of one question, run and added up."""

    def __init__(
        self, case: Case, question: Question, solver: Solver | None, options: Options
    ) -> None:
        self.case, self.question = case, question
        self.outcome = outcome_of(case, question.outcome or case.header.defaults.outcome).id
        self.axes = axes_of(case, question.vary)
        self.stopping = self._stopping()
        quantities = [axis.quantity for axis in self.axes]
        self.opponents = opponents_of(case, question.opponent, quantities, question.collapse)
        self.engine = Engine(case, question.seed, question.threads)
        usual = structure_of(case, None, question.collapse)
        self.lattice = Lattice(case, solver or best_answers(self.engine, usual))
        told = self._teller(options)
        self.bases = {item.name: self.lattice.place(item) for item in self.opponents}
        self.curves = [
            Curve(item.name, self.axes, self.lattice.grid(item, self.axes, told))
            for item in self.opponents
        ]
        self.departures = self._departures(told)
        self.counts = Counts(len(self.lattice.worlds))

    def _stopping(self) -> Stopping:
        usual = _USUAL if len(self.axes) == 1 else _USUAL_OF_TWO
        outcome = self.case.outcomes[self.outcome]
        usual = LEAST_HISTORIES if outcome.campaign else usual
        return Stopping(self.question.histories, self.question.precision, usual, outcome)

    def _departures(self, told: Callable[[], None]) -> Departures | None:
        lever = departures_of(self.case, self.axes)
        if lever is None:
            return None
        solved = [item.name for item in self.opponents if item.solved]
        names = ",".join([*rules_of(self.case), *solved])
        makers = opponents_of(self.case, names, (), self.question.collapse)
        return Departures(self.engine, lever, self.lattice, makers, told)

    def _teller(self, options: Options) -> Callable[[], None]:
        """Return what is called after each point: best answers take their time."""
        lever = departures_of(self.case, self.axes)
        points = 1 + int(np.prod([len(axis.values) for axis in self.axes]))
        points += lever.grid.points + 2 if lever is not None else 0
        total = points * sum(item.solved for item in self.opponents)

        def told() -> None:
            done = len(self.lattice.solved)
            if done:
                options.progress(min(done, total), total, float("nan"))

        return told

    def run(self, options: Options) -> None:
        """Run until the limit, or until the widest interval is narrow enough."""
        grid = {int(place) for curve in self.curves for place in curve.places.ravel()}
        enough = self.stopping.rule(self.counts.probability, *sorted(grid))
        limit = self.stopping.limit
        for _, results in conduct(
            self.engine, self.lattice.worlds, self.outcome, limit, options, enough=enough
        ):
            self._add(results)
            early = float(self.counts.probability.means.mean()[0])
            options.progress(self.counts.histories, limit, early)

    def _add(self, results: Results) -> None:
        self.counts.add(results)
        for curve in self.curves:
            curve.add(results)
        if self.departures is not None:
            self.departures.add(results)

    def answer(self) -> dict[str, Any]:
        """Return the answer without its provenance."""
        question, counts = self.question, self.counts
        summaries, steps = [], []
        for curve in self.curves:
            summary, more = curve.audit(counts)
            summaries += summary
            steps += more
        return {
            "schema": "jukushi.frontier/1",
            "version": package_version(),
            **identity(self.case, question.seed),
            "seed": question.seed,
            "histories": counts.histories,
            "precision": self.stopping.answer(),
            "outcome": self.outcome,
            "collapse": structure_of(self.case, None, question.collapse).collapse,
            "levels": list(question.levels),
            "quantities": [_quantity(axis) for axis in self.axes],
            "opponents": [item.name for item in self.opponents],
            "base": [
                {"opponent": name, **flat(counts.chance(place))}
                for name, place in self.bases.items()
            ],
            "points": [row for curve in self.curves for row in curve.points(counts)],
            "thresholds": [
                row
                for curve in self.curves
                for row in curve.thresholds(counts, question.levels, question.seed)
            ],
            "contours": [
                row
                for curve in self.curves
                if len(self.axes) == 2
                for row in curve.contours(counts, question.levels)
            ],
            "audit": summaries,
            "steps": steps,
            "exploitability": self._exploitability(),
            "compared_with": structure_of(self.case, None, question.collapse).decision_maker,
            "could_leave": None
            if self.departures is None
            else self.departures.answer(counts, question.seed),
        }

    def _exploitability(self) -> list[dict[str, Any]]:
        """Return what the best answer gains over the fixed rule, at each point of the grid."""
        names = [axis.quantity.id for axis in self.axes]
        rows = []
        for (opponent, point), answer in self.lattice.solved.items():
            values = dict(point)
            if point and set(values) == set(names):
                y = values[names[1]] if len(names) == 2 else None
                where = {"x": values[names[0]], "y": y}
                rows.append(
                    {"opponent": opponent, **where, "gain": answer.gain, "error": answer.error}
                )
        return rows


def _quantity(axis: Axis) -> dict[str, Any]:
    quantity = axis.quantity
    return {
        "id": quantity.id,
        "kind": quantity.kind,
        "title": quantity.title.model_dump(),
        "unit": quantity.unit,
        "base": quantity.base,
        "more_means": quantity.more_means,
        "values": axis.values.tolist(),
    }
