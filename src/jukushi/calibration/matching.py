"""History matching: which draws of the numbers the record rules out.

The implausibility of a draw by an observation is the distance of the record from the mean of its
histories, in standard deviations of all that separates the two: dice, error of the record,
discrepancy of the model. A draw is ruled out if its second largest implausibility exceeds three
(Pukelsheim's rule; Vernon, Goldstein and Bower 2010; recalled): one observation may be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jukushi.calibration.bank import Bank
from jukushi.case.targets import Target

__all__ = ["LIMIT", "implausibility", "not_ruled_out"]

LIMIT = 3.0


def implausibility(bank: Bank, targets: Sequence[Target]) -> npt.NDArray[np.float64]:
    """Return how implausible each draw is by each observation, float64[n_targets, n_draws]."""
    seen = bank.seen.astype(np.float64)
    record = np.array([target.value for target in targets])[:, None]
    spread = np.array([target.spread for target in targets])[:, None]
    return np.asarray(np.abs(seen.mean(axis=2) - record) / np.hypot(seen.std(axis=2), spread))


def not_ruled_out(implausible: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Tell which draws are left, bool[n_draws]."""
    rank = min(2, len(implausible))
    return np.asarray(np.sort(implausible, axis=0)[-rank] <= LIMIT)
