"""Scores of the record added up: by series, by kind, in all, beside those of naive forecasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.calibration.naive import NAIVE
from jukushi.calibration.naive_events import NAIVE_EVENTS
from jukushi.calibration.record_scores import cluster_figures

__all__ = ["coverage_of", "event_totals", "groups_of", "pit_of", "value_totals"]

Rows = Sequence[dict[str, Any]]
_BINS = 10
#: Fewest series for series to be the clusters of a mean over all; below, years of series are.
_LEAST_SERIES = 4


def groups_of(rows: Rows) -> dict[str, list[dict[str, Any]]]:
    """Return all rows, those of series that no schedule follows, and the others."""
    free = [row for row in rows if not row["observation"]["scripted"]]
    scripted = [row for row in rows if row["observation"]["scripted"]]
    return {"all": list(rows), "not_scripted": free, "scripted": scripted}


def clusters_of(rows: Rows) -> tuple[str, list[str]]:
    """Return what rows depend on one another by, and the cluster of each row.

    Series or events where there are four of them; calendar years of them where there are fewer.
    """
    names = [_owner(row) for row in rows]
    if len(set(names)) >= _LEAST_SERIES:
        return "series", names
    return "years", [f"{_owner(row)} {_day(row)[:4]}" for row in rows]


def _owner(row: dict[str, Any]) -> str:
    seen = row["observation"]
    return str(seen["series"] if row["type"] == "value" else seen["event"])


def _day(row: dict[str, Any]) -> str:
    seen = row["observation"]
    return str(seen["date"] if row["type"] == "value" else seen["month"])


def value_totals(rows: Rows) -> dict[str, Any]:
    """Return the mean scores of numbers and the differences from naive forecasts."""
    return _totals(rows, ("crps_in_errors", "log"), NAIVE)


def event_totals(rows: Rows) -> dict[str, Any]:
    """Return the mean scores of months and the differences from naive forecasts."""
    return _totals(rows, ("brier", "log"), NAIVE_EVENTS)


def _totals(rows: Rows, scores: tuple[str, str], naive: Sequence[str]) -> dict[str, Any]:
    by, clusters = clusters_of(rows)
    own = [_column(rows, lambda row, key=key: row["model"][key]) for key in scores]  # type: ignore[misc]
    figures = cluster_figures(own, clusters)
    return {
        "observations": len(rows),
        "clusters": by,
        **dict(zip(scores, figures, strict=True)),
        "naive": {name: _beside(rows, scores, name) for name in naive},
    }


def _column(rows: Rows, read: Callable[[dict[str, Any]], float]) -> npt.NDArray[np.float64]:
    return np.array([read(row) for row in rows], np.float64)


def _beside(rows: Rows, scores: tuple[str, str], name: str) -> dict[str, Any] | None:
    """Return the scores of one naive forecast, and the model's less them, where it is made."""
    made = [row for row in rows if row["naive"][name] is not None]
    if not made:
        return None
    by, clusters = clusters_of(made)
    found: dict[str, Any] = {"observations": len(made), "clusters": by}
    for key in scores:
        other = [row["naive"][name][key] for row in made]
        if any(value is None for value in other):
            found |= {key: None, f"{key}_difference": None}
            continue
        theirs = np.array(other, np.float64)
        ours = _column(made, lambda row, key=key: row["model"][key])  # type: ignore[misc]
        figures = cluster_figures([theirs, ours - theirs], clusters)
        found |= {key: figures[0]["estimate"], f"{key}_difference": figures[1]}
    found["better"] = _better(found[f"{scores[0]}_difference"])
    return found


def _better(difference: dict[str, Any]) -> str:
    """Tell who has the smaller score: with an interval, only if it leaves out zero."""
    low, high = difference["low"], difference["high"]
    if low is None:
        return "model_unsure" if difference["estimate"] < 0.0 else "naive_unsure"
    if high < 0.0:
        return "model"
    if low > 0.0:
        return "naive"
    return "model_unsure" if difference["estimate"] < 0.0 else "naive_unsure"


def coverage_of(rows: Rows) -> dict[str, Any]:
    """Return how many observations lie inside the 50 and 90 % ranges, and how wide these are.

    Widths are medians in errors of the series. Both with the discrepancy of the model and without,
    and for each naive forecast on the observations for which it is made.
    """

    def of(chosen: Rows, read: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        _, clusters = clusters_of(chosen)
        inside = [
            _column(chosen, lambda row, key=key: float(read(row)[key]))  # type: ignore[misc]
            for key in ("inside_50", "inside_90")
        ]
        fifty, ninety = cluster_figures(inside, clusters)
        return {
            "observations": len(chosen),
            "inside_50": fifty,
            "inside_90": ninety,
            "width_50": float(np.median([read(row)["width_50"] for row in chosen])),
            "width_90": float(np.median([read(row)["width_90"] for row in chosen])),
        }

    found: dict[str, Any] = {
        "model": of(rows, lambda row: row["model"]),
        "without_discrepancy": of(rows, lambda row: row["model"]["without_discrepancy"]),
    }
    for name in NAIVE:
        made = [row for row in rows if row["naive"][name] is not None]
        found[name] = of(made, lambda row, name=name: row["naive"][name]) if made else None  # type: ignore[misc]
    return found


def pit_of(rows: Rows) -> list[int]:
    """Count the ranks of observations in ten equal bins: flat where the forecast is calibrated."""
    ranks = [row["model"]["rank"] for row in rows]
    counts, _ = np.histogram(ranks, bins=_BINS, range=(0.0, 1.0))
    return [int(count) for count in counts]
