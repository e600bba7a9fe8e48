"""Scores: how good a forecast of battles was, with an interval from whole families.

Theory: docs/calibration/battles.md

The winner is scored on decisive battles only, as the probability of the attacker given that
somebody won. Losses are natural logs of the share lost, the advance is ln(km a day + 0.1); R2
is about the sample's own mean, MdAE is the median absolute error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.calibration.battles import Battles

__all__ = [
    "RESULTS",
    "Forecast",
    "figure",
    "paired_difference",
    "resamples",
    "score_table",
]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

#: Results that are numbers, beside the winner.
RESULTS = ("loss_attacker", "loss_defender", "advance")
#: Probabilities are kept this far from 0 and 1 in the log loss.
_EDGE = 1e-6
#: Fewest resamples in which a figure must be defined for an interval to be given.
_ENOUGH = 20


@dataclass(frozen=True)
class Forecast:
    """What a model foretells of battles; None where it foretells nothing.

    Attributes
    ----------
    winner : float64[n]
        Probability that the attacker wins, given that somebody does.
    loss_attacker, loss_defender, advance : float64[n] or None
    """

    winner: Floats
    loss_attacker: Floats | None = None
    loss_defender: Floats | None = None
    advance: Floats | None = None

    def pick(self, index: npt.ArrayLike) -> Forecast:
        """Return the forecast of the battles at these positions."""
        at = np.asarray(index)
        rest = [getattr(self, name) for name in RESULTS]
        return Forecast(self.winner[at], *(None if r is None else r[at] for r in rest))


def resamples(battles: Battles, count: int = 1000, seed: int = 1939) -> list[Integers]:
    """Return positions of the battles of resampled families, the battles themselves first."""
    rng = np.random.default_rng(seed)
    families = sorted(set(battles.families))
    members: dict[str, list[int]] = {family: [] for family in families}
    for position, family in enumerate(battles.families):
        members[family].append(position)
    found = [np.arange(len(battles))]
    for _ in range(count):
        drawn = rng.integers(0, len(families), len(families))
        found.append(np.concatenate([np.array(members[families[k]]) for k in drawn]))
    return found


def score_table(
    battles: Battles, forecast: Forecast, samples: list[Integers]
) -> dict[str, dict[str, Any] | None]:
    """Return the scores of a forecast, each with a 90 % interval."""
    table: dict[str, dict[str, Any] | None] = {"winner": _winner(battles, forecast, samples)}
    for name in RESULTS:
        predicted = getattr(forecast, name)
        observed = getattr(battles, name)
        table[name] = None if predicted is None else _numbers(observed, predicted, samples)
    return table


def _winner(battles: Battles, forecast: Forecast, samples: list[Integers]) -> dict[str, Any]:
    won, p = battles.winner, forecast.winner
    decisive = np.abs(won) == 1.0
    reason = "no decisive battle"
    found: dict[str, Any] = {
        name: figure(lambda at, f=f: _mean_of(f(won[at], p[at])), samples, reason)  # type: ignore[misc]
        for name, f in _WINNER_SCORES.items()
    }
    return found | {"n": int(decisive.sum())}


def brier(won: Floats, p: Floats) -> Floats:
    """Return the squared error of each probability, NaN where nobody won."""
    return np.where(np.abs(won) == 1.0, (p - (won > 0.0)) ** 2, math.nan)


def log_loss(won: Floats, p: Floats) -> Floats:
    """Return the negative log probability of what happened, NaN where nobody won."""
    kept = np.clip(p, _EDGE, 1.0 - _EDGE)
    loss = -np.log(np.where(won > 0.0, kept, 1.0 - kept))
    return np.where(np.abs(won) == 1.0, loss, math.nan)


def _right(won: Floats, p: Floats) -> Floats:
    right = ((p > 0.5) == (won > 0.0)).astype(np.float64)
    return np.where(np.abs(won) == 1.0, right, math.nan)


_WINNER_SCORES: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "brier": brier,
    "log_loss": log_loss,
    "accuracy": _right,
}


def _mean_of(values: Floats) -> float:
    kept = values[np.isfinite(values)]
    return float(kept.mean()) if len(kept) else math.nan


def _numbers(observed: Floats, predicted: Floats, samples: list[Integers]) -> dict[str, Any]:
    few = "fewer than two battles with this result, or all alike"
    none = "no battle with this result"
    return {
        "r2": figure(lambda at: _r2(observed[at], predicted[at]), samples, few),
        "mdae": figure(lambda at: _mdae(observed[at], predicted[at]), samples, none),
    }


def _r2(observed: Floats, predicted: Floats) -> float:
    known = np.isfinite(observed)
    if known.sum() < 2:
        return math.nan
    seen = observed[known]
    total = float(((seen - seen.mean()) ** 2).sum())
    if total <= 0.0:
        return math.nan
    return 1.0 - float(((seen - predicted[known]) ** 2).sum()) / total


def _mdae(observed: Floats, predicted: Floats) -> float:
    error = np.abs(observed - predicted)
    kept = error[np.isfinite(error)]
    return float(np.median(kept)) if len(kept) else math.nan


def figure(
    statistic: Callable[[Integers], float], samples: list[Integers], reason: str
) -> dict[str, Any]:
    """Return estimate and 90 % interval of a statistic; null with a reason where undefined."""
    estimate = statistic(samples[0])
    if math.isnan(estimate):
        return {"estimate": None, "low": None, "high": None, "reason": reason}
    drawn = np.array([statistic(at) for at in samples[1:]])
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < _ENOUGH:
        return {"estimate": estimate, "low": None, "high": None, "reason": "too few battles"}
    low, high = np.quantile(drawn, [0.05, 0.95])
    return {"estimate": estimate, "low": float(low), "high": float(high)}


def paired_difference(
    battles: Battles, one: Forecast, other: Forecast, samples: list[Integers]
) -> dict[str, Any]:
    """Return Brier and log loss of `one` less those of `other` (negative: `one` is better)."""
    won = battles.winner
    found = {}
    for name, score in (("brier", brier), ("log_loss", log_loss)):
        difference = score(won, one.winner) - score(won, other.winner)
        found[name] = figure(
            lambda at, d=difference: _mean_of(d[at]),  # type: ignore[misc]
            samples,
            "no decisive battle",
        )
    return found
