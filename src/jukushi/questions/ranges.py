"""Ranges of quantities over histories: the median and the values at 5 and 95 %."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["FEWEST", "LEVELS", "quantiles", "spread", "when_it_came"]

#: Fewest histories in which something came, for its date to be given.
FEWEST = 20
LEVELS = {"median": 0.5, "low": 0.05, "high": 0.95}


def spread(values: npt.ArrayLike) -> dict[str, float]:
    """Return `median`, `low` (5 %) and `high` (95 %) of a quantity."""
    found = np.quantile(np.asarray(values, np.float64), list(LEVELS.values()))
    return {name: float(value) for name, value in zip(LEVELS, found, strict=True)}


def quantiles(values: npt.NDArray[np.float64]) -> dict[str, float | None]:
    """Return the same of values of which some are infinite: None where it never came."""
    found = np.quantile(values, list(LEVELS.values()), method="inverted_cdf")
    return {
        name: float(value) if np.isfinite(value) else None
        for name, value in zip(LEVELS, found, strict=True)
    }


def when_it_came(days: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Return the days until an event among the histories in which it came (-1: it did not).

    Returns
    -------
    dict
        ``days`` with median, low and high, or None; ``reason`` says why it is None.
    """
    came = days[days >= 0.0]
    if len(came) < FEWEST:
        reason = f"it came in {len(came)} histories: fewer than {FEWEST} make no range"
        return {"days": None, "reason": reason}
    found = np.quantile(came, list(LEVELS.values()), method="inverted_cdf")
    values = {name: int(day) for name, day in zip(LEVELS, found, strict=True)}
    return {"days": values, "reason": None}
