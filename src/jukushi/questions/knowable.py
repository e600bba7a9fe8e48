"""What the odds are with the numbers that were knowable by a day, beside those with all numbers.

Both worlds have the same dice, and every parameter stands at the same quantile of its
distribution in both, so that the difference is that of the numbers. Each group of parameters is
also limited alone, which says where the difference comes from; these effects need not add up.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from jukushi.case.knowable import Changed, known_by, what_changes, what_stays
from jukushi.case.load import Case
from jukushi.case.quantities import central_value
from jukushi.case.schema import Change, Parameter, Range
from jukushi.draws import DEFAULT_HISTORIES
from jukushi.engine.run import Engine, Results, World
from jukushi.questions.differences import PairedDifference
from jukushi.questions.odds import outcome_of, structure_of
from jukushi.questions.probability import (
    LEAST_HISTORIES,
    Probability,
    check_histories,
    draw_starts,
)
from jukushi.questions.worlds import Structure
from jukushi.study.conduct import Options, conduct, plan_of
from jukushi.study.identity import identity
from jukushi.study.provenance import package_version, provenance
from jukushi.study.store import default_folder
from jukushi.world.combat import shipped_combat

__all__ = ["COMBAT_EVIDENCE", "KnowableQuestion", "knowable", "limits"]

#: The combat model is fitted to battles up to 1982 (docs/calibration/battles.md), and the data
#: base that holds them was closed in 1990.
COMBAT_EVIDENCE = date(1990, 1, 1)


@dataclass(frozen=True)
class KnowableQuestion:
    """What is asked.

    Attributes
    ----------
    day : date
        Numbers whose evidence is later are limited.
    outcome, decision_maker, collapse
        None means the case's default.
    histories : int, optional
    seed, threads
    """

    day: date
    outcome: str | None = None
    decision_maker: str | None = None
    collapse: bool | None = None
    histories: int | None = None
    seed: int = 1
    threads: int | None = None


def knowable(
    case: Case, question: KnowableQuestion, options: Options | None = None
) -> dict[str, Any]:
    """Answer what the odds are with what was knowable by a day.

    Parameters
    ----------
    case : Case
        A limit that it already has is taken off.
    question : KnowableQuestion
    options : Options, optional
        Folder, progress, resume.

    Returns
    -------
    dict
        As described in ``docs/formats/knowable.md`` and ``knowable.schema.json``.

    Raises
    ------
    UsageError
        If the outcome or decision-maker does not exist, or a posterior could not be known then.
    UndefinedAnswer
        If there are too few histories for the intervals.
    """
    started = time.perf_counter()
    options = options or Options()
    known_by(case, question.day)  # refuses what cannot be limited, before anything is run
    case = known_by(case, None)
    outcome = outcome_of(case, question.outcome or case.header.defaults.outcome)
    histories = question.histories or (LEAST_HISTORIES if outcome.campaign else DEFAULT_HISTORIES)
    check_histories(histories)
    rows = what_changes(case, question.day)
    moved = [row for row in rows if row.done != "kept"]
    groups = list(dict.fromkeys(row.before.group for row in moved))
    structure = structure_of(case, question.decision_maker, question.collapse)
    engine = Engine(case, question.seed, question.threads)
    worlds = _worlds(case, structure, moved, groups)
    tally = _Tally(len(worlds))
    for _, results in conduct(engine, worlds, outcome.id, histories, options):
        tally.add(results)
        options.progress(tally.done, histories, float(tally.chances.means.mean()[0]))
    folder = options.folder or default_folder(plan_of(engine, worlds, outcome.id))
    return {
        "schema": "jukushi.knowable/1",
        "version": package_version(),
        **identity(case, question.seed),
        "seed": question.seed,
        "histories": histories,
        "outcome": outcome.id,
        "decision_maker": structure.makers,
        "collapse": structure.collapse,
        "known_by": question.day.isoformat(),
        **tally.answer(),
        "groups": _groups(groups, moved, tally),
        **_listed(case, question.day, rows),
        "provenance": provenance(time.perf_counter() - started, engine.threads, str(folder)),
    }


def _worlds(
    case: Case, structure: Structure, moved: list[Changed], groups: list[str]
) -> list[World]:
    """Return the world with all numbers, the limited one, and those with one group limited."""
    limited: list[tuple[str, list[Changed]]] = [("limited", moved)] if moved else []
    if len(groups) > 1:
        limited += [(f"limited: {g}", [r for r in moved if r.before.group == g]) for g in groups]
    return [
        structure.world("all numbers", structure.changes),
        *(
            structure.world(label, (*structure.changes, *limits(case, rows)))
            for label, rows in limited
        ),
    ]


def limits(case: Case, rows: Sequence[Changed]) -> list[Change]:
    """Return the changes that give parameters what was knowable, at the quantiles they have.

    Parameters
    ----------
    case : Case
        With the numbers as stated.
    rows : sequence of Changed
    """
    return [
        Change(
            parameter=row.before.id,
            set=row.after.value if row.after.value != row.before.value else None,
            range=_absolute(row.after, _centre(case, row.after)),
        )
        for row in rows
    ]


def _centre(case: Case, item: Parameter) -> float:
    sections = {"pacts": case.pacts, "plans": case.plans}
    return central_value(item, case.tables, sections, case.week_of)


def _absolute(item: Parameter, centre: float) -> Range:
    """Return a range that is not relative to the centre: a change knows no others."""
    spread = item.range
    if not item.relative:
        return spread
    if spread.uniform is not None:
        return Range(uniform=(centre * spread.uniform[0], centre * spread.uniform[1]))
    return Range(normal=centre * spread.normal) if spread.normal is not None else spread


class _Tally:
    """Adds up the chance of the outcome in each world, and its difference from the first."""

    def __init__(self, worlds: int) -> None:
        self.chances = Probability(worlds)
        self.differences = [PairedDifference() for _ in range(worlds)]

    @property
    def done(self) -> int:
        """Histories so far."""
        return int(self.chances.histories)

    def add(self, results: Results) -> None:
        """Add one part."""
        hits = results.events >= 0
        starts = draw_starts(results.first_history, hits.shape[1])
        self.chances.add(hits, starts)
        for world, difference in enumerate(self.differences):
            difference.add(hits[0], hits[world], starts)

    def answer(self) -> dict[str, Any]:
        """Return both chances and the difference."""
        last = min(1, len(self.differences) - 1)
        return {
            "nothing_changed": last == 0,
            "all_numbers": self.chances.answer(0),
            "limited": self.chances.answer(last),
            "difference": self.differences[last].answer(nothing=last == 0),
        }


def _groups(groups: list[str], moved: list[Changed], tally: _Tally) -> list[dict[str, Any]]:
    """Return each group with what limiting it alone changes, the largest change first."""
    rows: list[dict[str, Any]] = []
    for place, group in enumerate(groups):
        # A single group is the same as all of them.
        world = 1 if len(groups) == 1 else 2 + place
        own = [row for row in moved if row.before.group == group]
        rows.append(
            {
                "group": group,
                "replaced": sum(row.done == "replaced" for row in own),
                "widened": sum(row.done == "widened" for row in own),
                "chance": tally.chances.answer(world),
                "difference": tally.differences[world].answer(),
            }
        )
    rows.sort(key=lambda row: (-abs(row["difference"]["estimate"]), row["group"]))
    return rows


def _listed(case: Case, day: date, rows: list[Changed]) -> dict[str, Any]:
    """Return every parameter with later evidence, and what cannot be limited."""
    counts = {done: sum(row.done == done for row in rows) for done in _DONE}
    stays: list[dict[str, Any]] = [
        {"kind": row.kind, "id": row.id, "count": row.count, "until": row.evidence_date.isoformat()}
        for row in what_stays(case, day)
    ]
    if day < COMBAT_EVIDENCE:
        stays.append(
            {
                "kind": "combat",
                "id": "combat",
                "count": int(np.size(shipped_combat().values)),
                "until": COMBAT_EVIDENCE.isoformat(),
            }
        )
    return {
        "numbers": {
            "all": len(case.parameters), "later": len(rows), **counts, "reasons": _reasons(rows),
        },
        "parameters": [_row(case, row) for row in rows],
        "stays": stays,
    }  # fmt: skip


_DONE = ("replaced", "widened", "kept")


def _reasons(rows: list[Changed]) -> dict[str, int]:
    """Count the limited numbers by the part of the record that informed them."""
    moved = [row.before.informed_by or "unsaid" for row in rows if row.done != "kept"]
    return {name: moved.count(name) for name in ("fit", "score", "neither", "unsaid")}


def _row(case: Case, row: Changed) -> dict[str, Any]:
    replaced = row.done == "replaced"
    return {
        "id": row.before.id,
        "title": row.before.title.model_dump(),
        "group": row.before.group,
        "unit": row.before.unit,
        "informed_by": row.before.informed_by,
        "evidence_date": row.before.evidence_date.isoformat(),
        "done": row.done,
        "before": _number(case, row.before),
        "after": _number(case, row.after),
        "source": row.after.source if replaced else None,
        "known_since": row.after.evidence_date.isoformat() if replaced else None,
    }


def _number(case: Case, item: Parameter) -> dict[str, Any]:
    """Return value and range of a parameter; of a day the ISO date."""
    value = item.value
    stated = value.isoformat() if isinstance(value, date) else _centre(case, item)
    spread = getattr(item.range, item.range.kind)
    return {
        "value": stated,
        "range": item.range.kind,
        "spread": None if spread is True else list(spread) if isinstance(spread, tuple) else spread,
    }
