"""Probabilities with both intervals, added up part by part, and the least study they need."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.draws import DICE_PER_DRAW
from jukushi.errors import UndefinedAnswer
from jukushi.questions.intervals import ClusterMean, CountHistogram, ignorance_interval, wilson

__all__ = ["LEAST_HISTORIES", "Probability", "check_histories", "draw_starts"]

#: Fewest histories for which both intervals are defined: 20 whole parameter draws.
LEAST_HISTORIES = 20 * DICE_PER_DRAW


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

    @property
    def histories(self) -> int:
        """Histories added so far."""
        return int(self.means.weight)

    def answer(self, index: int) -> dict[str, Any]:
        """Return estimate, sampling and ignorance of one event."""
        return {
            "estimate": float(self.means.mean()[index]),
            "sampling": list(self.sampling(index)),
            "ignorance": list(ignorance_interval(self.histograms[index])),
        }

    def sampling(self, index: int) -> tuple[float, float]:
        """Return the 90 % sampling interval of one event."""
        estimate = float(self.means.mean()[index])
        return wilson(estimate, float(self.means.variance()[index]), self.means.weight)

    def half_width(self, index: int) -> float:
        """Return half the width of that interval."""
        low, high = self.sampling(index)
        return (high - low) / 2.0
