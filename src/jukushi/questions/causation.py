"""Probability of necessity and of sufficiency of each factor, with their bounds.

y is that the event did not come; the factor is present in the world as it was and absent by
intervention, the others stay. Twins, the same dice in both worlds, give the estimates; these
depend on how the noise of the two worlds is coupled. The bounds need no coupling: worlds are
interventions, so that nothing confounds them (Tian and Pearl, Probabilities of causation:
bounds and identification, Annals of Mathematics and Artificial Intelligence 28, 2000).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.questions.intervals import ClusterRatio
from jukushi.questions.ranges import FEWEST

__all__ = ["Causation", "necessity_bounds", "sufficiency_bounds"]

#: Fewest parameter draws from which the histories of a share must come, for its interval.
FEWEST_DRAWS = 10


def necessity_bounds(quiet: int, quiet_without: int, histories: int) -> tuple[float, float]:
    """Bounds of the probability of necessity, from counts of histories.

    Parameters
    ----------
    quiet : int
        Histories without the event where the factor is present, p1 = quiet / histories.
    quiet_without : int
        The same where it is absent, p0.
    histories : int

    Returns
    -------
    (float, float)
        max(0, (p1 - p0) / p1) and min(1, (1 - p0) / p1). Counts keep them exact.
    """
    low, high = _both(quiet, quiet_without, histories)
    return low / quiet, high / quiet


def sufficiency_bounds(quiet: int, quiet_without: int, histories: int) -> tuple[float, float]:
    """Bounds of the probability of sufficiency, from the same counts.

    Returns
    -------
    (float, float)
        max(0, (p1 - p0) / (1 - p0)) and min(1, p1 / (1 - p0)).
    """
    low, high = _both(quiet, quiet_without, histories)
    return low / (histories - quiet_without), high / (histories - quiet_without)


def _both(quiet: int, quiet_without: int, histories: int) -> tuple[int, int]:
    """Fewest and most histories that can be quiet with the factor and not without it."""
    return max(0, quiet - quiet_without), min(quiet, histories - quiet_without)


class Causation:
    """Counts of twins that differ by one factor, added up part by part.

    Parameters
    ----------
    n : int
        Number of factors.
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self.histories = 0
        self.quiet = ClusterRatio(n)
        self.events = [ClusterRatio(1) for _ in range(n)]
        #: Draws with a quiet history, then with an event in the world without each factor.
        self.draws = np.zeros(n + 1, np.int64)

    def add(self, lattice: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64]) -> None:
        """Add one part: whether the event came in the world of each subset of absent factors."""
        quiet = ~lattice[0]
        alone = np.stack([lattice[1 << factor] for factor in range(self.n)])
        self.histories += lattice.shape[1]
        flips = np.add.reduceat((alone & quiet).astype(np.float64), starts, axis=1)
        events = np.add.reduceat(alone.astype(np.float64), starts, axis=1)
        wholes = np.add.reduceat(quiet.astype(np.float64), starts)
        self.quiet.add(flips.T, wholes)
        for factor, ratio in enumerate(self.events):
            ratio.add(flips[factor][:, None], events[factor])
        self.draws += (np.concatenate([wholes[None], events]) > 0.0).sum(axis=1)

    def necessity(self, factor: int) -> dict[str, Any]:
        """Among quiet histories, the share in which the event comes without the factor."""
        refusal = self._refusal(self.quiet, int(self.draws[0]), "the event stayed away")
        if refusal:
            return refusal
        bounds = necessity_bounds(*self._counts(factor))
        return _row(self.quiet.answer(factor), bounds)

    def sufficiency(self, factor: int) -> dict[str, Any]:
        """Among histories with the event without the factor, the share that it averts."""
        found = self.events[factor]
        draws = int(self.draws[1 + factor])
        refusal = self._refusal(found, draws, "the event came without the factor")
        if refusal:
            return refusal
        bounds = sufficiency_bounds(*self._counts(factor))
        return _row(found.answer(0), bounds)

    def _counts(self, factor: int) -> tuple[int, int, int]:
        return (
            int(self.quiet.whole),
            self.histories - int(self.events[factor].whole),
            self.histories,
        )

    def _refusal(self, found: ClusterRatio, draws: int, what: str) -> dict[str, Any] | None:
        """Refuse a share among too few histories, with the number that would do."""
        count = int(found.whole)
        if count >= FEWEST and draws >= FEWEST_DRAWS:
            return None
        reason = f"{what} in {count:,} histories of {draws:,} parameter draws: "
        reason += f"fewer than {FEWEST} of {FEWEST_DRAWS} make no share"
        if count:
            wanted = max(FEWEST / count, FEWEST_DRAWS / draws)
            reason += f"; about {math.ceil(self.histories * wanted):,} histories would"
        empty = dict.fromkeys(("estimate", "lower_bound", "upper_bound", "sampling"))
        return {**empty, "reason": reason}


def _row(found: dict[str, Any], bounds: tuple[float, float]) -> dict[str, Any]:
    return {
        "estimate": found["estimate"],
        "lower_bound": bounds[0],
        "upper_bound": bounds[1],
        "sampling": found["sampling"],
        "reason": None,
    }
