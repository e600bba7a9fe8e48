"""What the claims of an audit come to over histories: shares, quantities, effects.

*Share among some*: histories without the condition drop out, so that draws differ in size. The
sampling interval is that of a ratio of clusters. For ignorance the shares of whole draws are
pulled to their mean until the noise of their dice is out (`jukushi.questions.differences`);
draws of which fewer than eight histories count are left out of it.

*Median*: its sampling interval is found by inverting the interval of the share of histories
below it (R. S. Woodruff, Confidence intervals for medians, JASA 47, 1952), with draws as
clusters.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.questions.differences import pulled_quantiles
from jukushi.questions.intervals import ClusterRatio

__all__ = ["Quantity", "ShareAmong", "undefined"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_FEWEST_DRAWS = 20
#: Fewest counting histories of a draw whose share is taken for its own.
_FEWEST_IN_DRAW = 8


class ShareAmong:
    """The share of histories in which something holds, among those that count."""

    def __init__(self) -> None:
        self.ratio = ClusterRatio(1)
        self.shares: list[Array] = []
        self.noise: list[Array] = []
        self.counted = 0

    def add(self, holds: Flags, counts: Flags, starts: npt.NDArray[np.int64]) -> None:
        """Add one part: whether it holds and whether it counts, in each history."""
        part = np.add.reduceat((holds & counts).astype(np.float64), starts)
        whole = np.add.reduceat(counts.astype(np.float64), starts)
        self.counted += int(whole.sum())
        self.ratio.add(part[:, None], whole)
        large = whole >= _FEWEST_IN_DRAW
        share = part[large] / whole[large]
        self.shares.append(share)
        self.noise.append(share * (1.0 - share) / (whole[large] - 1.0))

    def answer(self) -> dict[str, Any]:
        """Return estimate, sampling and ignorance; NaN where they are undefined."""
        return {**self.ratio.answer(0), "ignorance": list(self._ignorance())}

    def _ignorance(self) -> tuple[float, float]:
        shares = np.concatenate(self.shares) if self.shares else np.zeros(0)
        if len(shares) < _FEWEST_DRAWS:
            return math.nan, math.nan
        if shares.min() == shares.max() and shares[0] in (0.0, 1.0):
            edge = 3.0 / self.counted
            return (0.0, edge) if shares[0] == 0.0 else (1.0 - edge, 1.0)
        low, high = pulled_quantiles(shares, float(np.concatenate(self.noise).mean()))
        return max(low, 0.0), min(high, 1.0)


def undefined(answer: dict[str, Any]) -> bool:
    """Tell whether an estimate or an end of its intervals is undefined."""
    numbers = [answer["estimate"], *answer["sampling"], *answer["ignorance"]]
    return any(math.isnan(number) for number in numbers)


class Quantity:
    """A quantity over the histories that count."""

    def __init__(self) -> None:
        self.parts: list[tuple[npt.NDArray[np.float32], Flags, npt.NDArray[np.int64]]] = []

    def add(self, values: Array, counts: Flags, starts: npt.NDArray[np.int64]) -> None:
        """Add one part; histories in which it is not a finite number do not count."""
        counts = counts & np.isfinite(values)
        self.parts.append((values.astype(np.float32), counts, starts))

    @property
    def counted(self) -> Array:
        """The values that count, in order of history."""
        return np.concatenate([values[counts] for values, counts, _ in self.parts]).astype(float)

    def range(self) -> tuple[float, float]:
        """Return the values at 5 and 95 % of histories."""
        low, high = np.quantile(self.counted, [0.05, 0.95], method="inverted_cdf")
        return float(low), float(high)

    def share(self, low: float, high: float) -> ShareAmong:
        """Return the share of histories whose value lies from `low` to `high`."""
        found = ShareAmong()
        for values, counts, starts in self.parts:
            wide = values.astype(np.float64)
            found.add((wide >= low) & (wide <= high), counts, starts)
        return found

    def median(self) -> dict[str, Any]:
        """Return the median with its 90 % sampling interval."""
        values = self.counted
        middle = float(np.quantile(values, 0.5, method="inverted_cdf"))
        low, high = self.share(-math.inf, middle).answer()["sampling"]
        below = float(np.mean(values <= middle))
        levels = np.clip([0.5 + low - below, 0.5 + high - below], 0.0, 1.0)
        ends = np.quantile(values, levels, method="inverted_cdf")
        sampling = [min(float(ends[0]), middle), max(float(ends[1]), middle)]
        return {"estimate": middle, "sampling": sampling}
