"""Picking the histories to be told: the typical one, the nearest miss, pairs of twins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.engine.run import Results

__all__ = ["Stories"]


class Stories:
    """Picks the histories to be told: the typical one, the nearest miss, a pair of twins.

    The typical one is sought in the first part alone: it only has to be typical.
    """

    def __init__(self, n_factors: int) -> None:
        self.nearest_miss = -1
        self.distance = np.inf
        self.twin_of = [-1] * n_factors
        self.typical: int | None = None

    def add(self, results: Results, lattice: npt.NDArray[np.bool_]) -> None:
        first, outcome = results.first_history, results.outcome
        quiet = ~lattice[0]
        candidates = np.where(
            quiet & (outcome["nearest_week"] >= 0), outcome["nearest_distance"], np.inf
        )
        best = int(np.argmin(candidates))
        if candidates[best] < self.distance:
            self.distance = float(candidates[best])
            self.nearest_miss = first + best
        for factor in range(len(self.twin_of)):
            if self.twin_of[factor] < 0:
                flips = np.flatnonzero(quiet & lattice[1 << factor])
                if len(flips):
                    self.twin_of[factor] = first + int(flips[0])
        if first == 0:
            self.typical = _typical(outcome, quiet)

    def answer(self, factors: Sequence[str]) -> dict[str, Any]:
        twins = [
            {"factor": name, "history": number}
            for name, number in zip(factors, self.twin_of, strict=True)
            if number >= 0
        ]
        return {
            "typical": self.typical,
            "nearest_miss": self.nearest_miss if self.nearest_miss >= 0 else None,
            "twins": twins,
        }


def _typical(outcome: npt.NDArray[Any], quiet: npt.NDArray[np.bool_]) -> int | None:
    """Number of the quiet history that is most like the others.

    Battles, the southern war and collapse go with the majority; among those left the one
    closest to the medians of dates, least ratio and divisions sent (in spreads) is taken.
    """
    rows = np.flatnonzero(quiet)
    if not len(rows):
        return None
    for column in ("khalkhin_gol", "south_week", "collapse_week"):
        values = outcome[column][rows]
        kind = values if column == "khalkhin_gol" else values >= 0
        kinds, counts = np.unique(kind, return_counts=True)
        rows = rows[kind == kinds[np.argmax(counts)]]
    table = np.stack(
        [
            outcome[column][rows].astype(np.float64)
            for column in ("south_choice_week", "nearest_week", "ratio_least", "sent_1941")
        ]
    )
    spread = table.std(axis=1, keepdims=True)
    away = np.abs(table - np.median(table, axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)
    return int(rows[int(np.argmin(away.sum(axis=0)))])
