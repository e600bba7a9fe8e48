"""Causes in one history: without which factors it would have gone otherwise.

One history is run in the worlds of all sets of absent factors, on its own dice. What comes of
it is a table of truth, on which actual causation and responsibility are defined (Halpern, A
modification of the Halpern-Pearl definition of causality, IJCAI 2015; Chockler and Halpern,
Responsibility and blame, Journal of Artificial Intelligence Research 22, 2004).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.draws import LANES
from jukushi.engine.run import Engine
from jukushi.questions import shares
from jukushi.questions.asked import chosen_factors, outcome_asked
from jukushi.questions.courses import Courses
from jukushi.questions.interventions import changes_of
from jukushi.questions.odds import structure_of, week_date
from jukushi.questions.retell import check_number
from jukushi.questions.worlds import Design, factor_of, reading_of
from jukushi.study.identity import identity
from jukushi.study.provenance import package_version, provenance

__all__ = ["OneHistory", "Verdict", "causes"]

_NAMED_SETS = 12


@dataclass(frozen=True)
class Verdict:
    """What a table of truth says.

    Attributes
    ----------
    n : int
        Number of factors.
    sets : tuple of int
        Minimal sets of factors, by their bits, whose absence turns the outcome; small ones first.
    monotone : bool
        Whether every set that holds one of them turns it too.
    """

    n: int
    sets: tuple[int, ...]
    monotone: bool

    @classmethod
    def of(cls, hits: npt.NDArray[np.bool_]) -> Verdict:
        """Read a table.

        Parameters
        ----------
        hits : bool[2**n]
            Whether the event came in the world of each set of absent factors; the first is the
            world as it was.
        """
        turns = (hits != hits[0])[:, None]
        _, minimal = shares.minimal_sets(turns)
        n = int(np.log2(len(hits)))
        found = sorted(map(int, np.flatnonzero(minimal)), key=lambda s: (s.bit_count(), s))
        above = [any(s & t == t for t in found) for s in range(len(hits))]
        return cls(n, tuple(found), bool((turns[:, 0] == above).all()))

    @property
    def fewest(self) -> int | None:
        """Least number of factors whose absence turns the outcome; None if nothing does."""
        return self.sets[0].bit_count() if self.sets else None

    @property
    def over_determined(self) -> bool:
        """Whether some set turns the outcome, but no single factor."""
        return self.fewest is not None and self.fewest > 1

    def contingency(self, factor: int) -> int | None:
        """Least number k of other factors that must go before the outcome turns on this one.

        None if it never does. The degree of responsibility is 1 / (1 + k).
        """
        sizes = [s.bit_count() for s in self.sets if s >> factor & 1]
        return min(sizes) - 1 if sizes else None

    def responsibility(self, factor: int) -> float:
        """Degree of responsibility of a factor, 0 if it is part of no cause."""
        k = self.contingency(factor)
        return 0.0 if k is None else 1.0 / (1 + k)


@dataclass(frozen=True)
class OneHistory:
    """What is asked of one history.

    Attributes
    ----------
    history, seed : int
    outcome, decision_maker, collapse
        None means the case's default.
    factors : sequence of str, optional
    readings : mapping of factor to reading
        Readings other than the default one.
    do : sequence of str
        What is done in every world, such as ``attack@1941-08-29``.
    threads : int, optional
    """

    history: int
    seed: int = 1
    outcome: str | None = None
    decision_maker: str | None = None
    collapse: bool | None = None
    factors: Sequence[str] | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    do: Sequence[str] = ()
    threads: int | None = None


def causes(case: Case, asked: OneHistory) -> dict[str, Any]:
    """Say without which factors one history would have gone otherwise.

    Parameters
    ----------
    case : Case
    asked : OneHistory

    Returns
    -------
    dict
        As described in ``docs/formats/replay-why.md`` and ``replay-why.schema.json``.

    Raises
    ------
    UsageError
        If the number, outcome, a factor or a reading does not exist or does not apply.
    """
    check_number(asked.history)
    started = time.perf_counter()
    outcome = outcome_asked(case, asked.outcome)
    structure = structure_of(case, asked.decision_maker, asked.collapse)
    readings = chosen_factors(case, structure, asked.factors, asked.readings)
    done = changes_of(case, asked.do, outcome)
    design = Design(case, structure, list(readings), readings, done)
    engine = Engine(case, asked.seed, asked.threads)
    weeks = _weeks(engine, design, asked.history, outcome.id)
    verdict = Verdict.of(weeks >= 0)
    courses = Courses(engine, design, asked.history, engine.last_week(outcome.id))
    return {
        "schema": "jukushi.replay_why/1",
        "version": package_version(),
        **identity(case, asked.seed),
        "seed": asked.seed,
        "history": asked.history,
        "outcome": outcome.id,
        "do": list(asked.do),
        "decision_maker": structure.makers,
        "collapse": structure.collapse,
        "came": bool(weeks[0] >= 0),
        "date": _date(case, weeks[0]),
        "fewest": verdict.fewest,
        "over_determined": verdict.over_determined,
        "monotone": verdict.monotone,
        "factors": _factors(design, verdict, courses),
        "sets": _sets(design, verdict, weeks, courses),
        "sets_found": len(verdict.sets),
        "provenance": provenance(time.perf_counter() - started, engine.threads, ""),
    }


def _weeks(engine: Engine, design: Design, history: int, outcome: str) -> npt.NDArray[np.int16]:
    """Return the week of the event in each world of one history, -1 where it did not come."""
    lane = history % LANES
    results = engine.run(design.worlds, history - lane, lane + 1, outcome)
    return results.events[design.lattice, lane]


def _date(case: Case, week: int) -> str | None:
    return week_date(case, week) if week >= 0 else None


def _factors(design: Design, verdict: Verdict, courses: Courses) -> list[dict[str, Any]]:
    """One row for each factor, the most responsible first."""
    reserves = _reserves(verdict, courses)
    rows: list[dict[str, Any]] = []
    for place, name in enumerate(design.factors):
        factor = factor_of(design.case, name)
        reading = reading_of(factor, design.readings[name])
        rows.append(
            {
                "id": name,
                "title": factor.title.model_dump(),
                "reading": reading.id,
                "reading_title": reading.title.model_dump(),
                "contingency": verdict.contingency(place),
                "responsibility": verdict.responsibility(place),
                "pre_empted": place in reserves,
            }
        )
    rows.sort(key=lambda row: (-row["responsibility"], row["id"]))
    return rows


def _reserves(verdict: Verdict, courses: Courses) -> set[int]:
    """Factors that stood in reserve: part of a set, idle alone, while another one acted."""
    reserves: set[int] = set()
    for found in verdict.sets:
        members = [factor for factor in range(verdict.n) if found >> factor & 1]
        idle = {factor for factor in members if courses.idle(1 << factor)}
        if idle and len(idle) < len(members):
            reserves |= idle
    return reserves


def _sets(
    design: Design, verdict: Verdict, weeks: npt.NDArray[np.int16], courses: Courses
) -> list[dict[str, Any]]:
    """The smallest sets, with what comes of the history without them."""
    rows = []
    for found in verdict.sets[:_NAMED_SETS]:
        parted = courses.parts_in(found)
        rows.append(
            {
                "factors": [
                    name for place, name in enumerate(design.factors) if found >> place & 1
                ],
                "date": _date(design.case, weeks[found]),
                "parts_on": None if parted is None else week_date(design.case, parted),
            }
        )
    return rows
