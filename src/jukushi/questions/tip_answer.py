"""What a search found, as rows of an answer; every one of them is handed to the check.

A row holds the chance that the check will have filled in when it has been run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.questions.tip_check import Check
from jukushi.questions.tip_crossing import Crossing, Goal
from jukushi.questions.tip_draws import shifted_value
from jukushi.questions.tip_factors import carried, moved
from jukushi.questions.tip_few import Few
from jukushi.questions.tip_nearest import Nearest
from jukushi.questions.tip_search import (
    PriorRow,
    ReadingRow,
    Search,
    SetRows,
    changes_without,
)

__all__ = [
    "contradicted",
    "few_answer",
    "nearest_answer",
    "prior_rows",
    "reading_rows",
    "sets_answer",
]

Floats = npt.NDArray[np.float64]


def prior_rows(search: Search, found: Sequence[PriorRow], check: Check) -> list[dict[str, Any]]:
    """Write the rows of single priors, in the order of the case."""
    rows = []
    for row in found:
        at = row.sense * row.crossing.best + 0.0  # no negative zero
        shift = np.zeros(search.n)
        shift[row.place] = at
        rows.append(
            {
                **_parameter(search, row.place, at),
                "reached": row.crossing.at is not None,
                "shift_interval": _signed(row.crossing, row.sense),
                "probability": check.shift(shift, row.crossing.at is not None),
            }
        )
    return rows


def _signed(crossing: Crossing, sense: float) -> list[float | None]:
    return [None if end is None else sense * end + 0.0 for end in crossing.interval]


def _parameter(search: Search, place: int, shift: float) -> dict[str, Any]:
    """Say which parameter is shifted, and what that does to its median, in units."""
    space = search.sample.space
    name = search.sample.names[place]
    item = space.case.parameters[name]
    return {
        "id": name,
        "title": item.title.model_dump(),
        "unit": item.unit,
        "status": item.status,
        "shift": shift,
        "from": shifted_value(space, name, 0.0),
        "to": shifted_value(space, name, shift),
    }


def reading_rows(search: Search, found: Sequence[ReadingRow], check: Check) -> list[dict[str, Any]]:
    """Write the rows of single readings, in the order of the case."""
    space = search.sample.space
    rows = []
    for row in found:
        factor, reading, at = space.case.factors[row.factor], row.reading, row.crossing.best
        reached = row.crossing.at is not None
        rows.append(
            {
                "factor": row.factor,
                "title": factor.title.model_dump(),
                "reading": reading.id,
                "reading_title": reading.title.model_dump(),
                "rewrite": reading.rewrite,
                "placebo": factor.placebo,
                "all_or_nothing": row.switch,
                "reached": reached,
                "strength": at,
                "strength_interval": None if row.switch else list(row.crossing.interval),
                "changes": moved(space, reading.changes, at),
                "probability": check.change(carried(space, reading.changes, at), reached),
            }
        )
    return rows


def sets_answer(case: Case, found: SetRows, check: Check) -> dict[str, Any]:
    """Write the smallest sets of factors, or the best one if none reaches the target."""

    def row(subset: int, reached: bool) -> dict[str, Any]:
        names = [name for bit, name in enumerate(found.factors) if subset >> bit & 1]
        changes = changes_without(case, found.factors, subset)
        return {
            "factors": names,
            "reached": reached,
            "probability": check.change(changes, reached),
        }

    return {
        "asked": list(found.factors),
        "reached": found.reached,
        "size": found.subsets[0].bit_count() if found.reached else None,
        "sets": [row(subset, found.reached) for subset in found.subsets],
        "one_fewer": None if found.smaller is None else row(found.smaller, False),
    }


def nearest_answer(search: Search, found: Nearest, check: Check) -> dict[str, Any]:
    """Write the shift of all priors together, its largest components first."""
    reached = found.crossing.at is not None
    square = max(found.norm**2, np.finfo(float).tiny)
    components = [
        {
            **_parameter(search, int(search.live[row]), float(found.shift[row])),
            "shift_se": float(found.error[row]),
            "share": float(found.shift[row] ** 2 / square),
        }
        for row in _by_size(found.shift)
    ]
    return {
        "reached": reached,
        "norm": found.norm,
        "norm_interval": list(found.crossing.interval),
        "gradients": found.steps,
        "settled": found.settled,
        "components": components,
        "probability": check.shift(search.whole(found.shift), reached),
    }


def few_answer(search: Search, found: Few, limit: float, check: Check) -> dict[str, Any]:
    """Write the few priors that suffice, each shifted by at most `limit`."""
    return {
        "reached": found.reached,
        "most_sd": limit,
        "components": [
            _parameter(search, int(search.live[row]), float(found.shift[row]))
            for row in _by_size(found.shift)
        ],
        "probability": check.shift(search.whole(found.shift), found.reached),
    }


def _by_size(shift: Floats) -> list[int]:
    """Return the places of components that are not zero, largest first."""
    order = np.argsort(-np.abs(shift), kind="stable")
    return [int(place) for place in order if shift[place] != 0.0]


def contradicted(goal: Goal, row: dict[str, Any]) -> bool:
    """Whether fresh histories speak against what the search found.

    They do if it reached the target and their sampling interval lies short of it, or if it did
    not and theirs lies beyond.
    """
    gaps = goal.gap(row["probability"]["sampling"])
    return bool((gaps < 0.0).all() if row["reached"] else (gaps > 0.0).all())
