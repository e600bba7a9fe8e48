"""What is told of the indices of one outcome."""

from __future__ import annotations

from typing import Any

from jukushi.questions.index_rows import index_of, rows_for_variance
from jukushi.questions.index_study import IndexStudy
from jukushi.questions.sobol_indices import Indices

__all__ = ["outcome_answer", "reached"]

#: Total indices that a precision is about: the largest ones.
_LEADING = 10

Refusal = tuple[int | None, bool]


def outcome_answer(study: IndexStudy, outcome: str, month: str) -> dict[str, Any]:
    """Return everything that is told of one outcome.

    Parameters
    ----------
    study : IndexStudy
    outcome : str
    month : str
        The month by which variables and groups are ordered.
    """
    indices = study.tally.indices()
    asked = list(study.months).index(month)
    refusals = _refusals(study, indices)
    variables, cube, salib = [], study.rows.cube, study.by_salib()
    for place, variable in enumerate(cube.variables):
        column = study.active.index(place) if place in study.active else None
        variables.append(
            {
                "id": variable.name,
                "group": variable.group,
                "title": variable.title,
                "unit": variable.unit,
                "rows": study.done if column is not None else study.screened,
                "moved": int(study.moved[place]),
                "salib": _plain(salib, column),
                "by_month": _by_month(study, indices, refusals, column),
            }
        )
    groups = [
        {
            "id": name,
            "variables": len(places),
            "moved": sum(bool(study.moved[place]) for place in places),
            "by_month": _by_month(study, indices, refusals, study.column_of(name)),
        }
        for name, places in cube.groups().items()
    ]
    for rows in (variables, groups):
        rows.sort(key=lambda row: (-_size(row, asked), row["id"]))
    return {
        "outcome": outcome,
        "month": month,
        "points": study.points,
        "histories": study.points * study.rows.dice,
        "screened": study.screened,
        "months": _months(study, refusals),
        "variables": variables,
        "groups": groups,
    }


def _plain(salib: dict[str, Any] | None, column: int | None) -> dict[str, float] | None:
    """SALib's own figures of one variable in the month asked about."""
    if salib is None or column is None:
        return None
    names = {"first": "S1", "first_half": "S1_conf", "total": "ST", "total_half": "ST_conf"}
    return {name: float(salib[key][column]) for name, key in names.items()}


def _size(row: dict[str, Any], month: int) -> float:
    """Order of a row: refused ones first, since they may be the largest; then by the total."""
    told: float | None = row["by_month"][month]["total"]["estimate"]
    return 10.0 + float(row["moved"]) if told is None else told


def _refusals(study: IndexStudy, indices: Indices) -> list[Refusal]:
    events = study.split.indices().mean
    return [
        rows_for_variance(indices, month, study.done, bool(events[month] in (0.0, 1.0)))
        for month in range(len(study.months))
    ]


def _by_month(
    study: IndexStudy, indices: Indices, refusals: list[Refusal], column: int | None
) -> list[dict[str, Any]]:
    rows = []
    for month, name in enumerate(study.months):
        told: dict[str, Any] = {"month": name}
        for key, values, halves in (
            ("first", indices.first, indices.first_half),
            ("total", indices.total, indices.total_half),
        ):
            estimate, half = 0.0, 0.0
            if column is not None:
                estimate, half = float(values[column, month]), float(halves[column, month])
            told[key] = index_of(estimate, half, study.done, refusals[month])
        rows.append(told)
    return rows


def _months(study: IndexStudy, refusals: list[Refusal]) -> list[dict[str, Any]]:
    """Probability of each month, and of what its uncertainty is made."""
    split = study.split.indices()
    additive, additive_half = study.tally.additive(len(study.active))
    rows = []
    for month, name in enumerate(study.months):
        needed = rows_for_variance(split, month, study.done, bool(split.mean[month] in (0.0, 1.0)))
        chance = float(split.chance[month]), float(split.chance_half[month])
        alone = float(additive[month]), float(additive_half[month])
        rows.append(
            {
                "month": name,
                "until": study.months[name].until.isoformat(),
                "probability": study.probability(month),
                "ignorance_share": index_of(1.0 - chance[0], chance[1], study.done, needed),
                "additive_share": index_of(*alone, study.done, refusals[month]),
            }
        )
    return rows


def reached(study: IndexStudy, month: str) -> float:
    """Return the widest half width among the largest total indices of a month (NaN: undefined)."""
    indices = study.tally.indices()
    asked = list(study.months).index(month)
    column = slice(0, len(study.active))
    total, half = indices.total[column, asked], indices.total_half[column, asked]
    leading = (-total).argsort()[:_LEADING]
    return float(half[leading].max()) if len(leading) else float("nan")
