"""Which parameters a part of the record can speak about, found without looking at its values.

For each observation and each uncertain parameter the first-order index is read off the bank
(variance of the mean in slices of the parameter over the variance of all). It is weighed by how
much the observation could teach at all: prior variance over prior variance and spread of the
record together. The sum over observations ranks the parameters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jukushi.calibration.bank import Bank
from jukushi.case.targets import Target

__all__ = ["MOST", "chosen", "first_order", "teachable"]

#: Most parameters that are fitted.
MOST = 15
#: Least weighed index of a parameter that is fitted.
_LEAST = 0.01
_SLICES = 32


def first_order(
    quantiles: npt.NDArray[np.float64], values: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the first-order indices of outputs by inputs, from given data.

    Slices of equal size of each input (Plischke, Borgonovo and Smith 2013; recalled); what slices
    of noise would show, (slices - 1)/(n - 1) of the variance left, is subtracted.

    Parameters
    ----------
    quantiles : float64[n, n_inputs]
    values : float64[n, n_outputs]

    Returns
    -------
    float64[n_inputs, n_outputs]
    """
    n = len(quantiles)
    centred = values - values.mean(axis=0)
    variance = np.maximum(centred.var(axis=0), 1e-300)
    edges = np.linspace(0, n, _SLICES + 1).astype(np.int64)
    sizes = np.diff(edges)[:, None]
    found = np.empty((quantiles.shape[1], values.shape[1]))
    for place, column in enumerate(quantiles.T):
        means = np.add.reduceat(centred[np.argsort(column)], edges[:-1]) / sizes
        share = (sizes * means**2).sum(axis=0) / n / variance
        noise = (_SLICES - 1) / (n - 1) * (1.0 - share)
        found[place] = np.maximum(share - noise, 0.0)
    return found


def teachable(bank: Bank, targets: Sequence[Target]) -> npt.NDArray[np.float64]:
    """Return for each observation the share of what it shows that is not its own spread."""
    prior = bank.seen.astype(np.float64).reshape(len(targets), -1).var(axis=1)
    spread = np.array([target.spread for target in targets])
    return np.asarray(prior / (prior + spread**2))


def chosen(
    bank: Bank, targets: Sequence[Target], most: int = MOST
) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
    """Return the parameters to fit, most telling first, and the weighed index of each.

    Returns
    -------
    (tuple of str, float64[n])
    """
    means = bank.seen.mean(axis=2, dtype=np.float64).T
    indices = first_order(bank.quantiles, means) @ teachable(bank, targets)
    order = np.argsort(-indices, kind="stable")[:most]
    order = order[indices[order] >= _LEAST]
    return tuple(bank.names[place] for place in order), indices[order]
