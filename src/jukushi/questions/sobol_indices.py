"""First-order and total indices of Sobol, with the dice taken out, and their intervals.

The design is that of Saltelli: a *row* holds the points A and B and, for each variable i, the
point AB_i, which is A with i taken from B. The estimators are those of SALib (Saltelli et al.
2010 for the first order, Jansen 1999 for the total), V the variance over all A and B:

    first_i = mean( B (AB_i - A) ) / V          total_i = mean( (A - AB_i)^2 ) / 2 V

A probability is known only as a frequency in K dice, thrown alike for all points of a row. The
product of two frequencies exceeds the product of the probabilities, on average, by their
covariance over the dice, divided by K. The covariance in the sample, over K - 1, is therefore
taken off each product, and what is left estimates the index of the probability itself. With
exact outputs nothing is taken off, and the estimators are SALib's (tested).

Each row has dice of its own, so rows are independent. For the intervals each row gets a weight
from a Poisson distribution of mean 1, many times over: a bootstrap that needs to see each row
once only, so that memory does not grow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jukushi.questions.intervals import Z90

__all__ = ["RESAMPLES", "IndexTally", "Indices", "RowTerms", "exact_terms", "hit_terms", "joined"]

#: Times that the rows are weighed anew for the intervals.
RESAMPLES = 400

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RowTerms:
    """What rows of the design add to the estimators: n rows, k variables, m outputs (months).

    Attributes
    ----------
    mean, square : float64[n, m]
        Mean of the output at A and B, and of its square, dice taken out.
    chance : float64[n, m]
        Mean of p (1 - p) at A and B, the variance of one history's dice; 0 for exact outputs.
    product, step, total : float64[n, k, m]
        B (AB_i - A), AB_i - A, and (A - AB_i)^2 / 2, dice taken out.
    """

    mean: Array
    square: Array
    chance: Array
    product: Array
    step: Array
    total: Array


@dataclass(frozen=True)
class Indices:
    """Indices of k variables for m outputs, with half widths of 90 % intervals.

    Attributes
    ----------
    mean, mean_half : float64[m]
        Mean of the output over the cube.
    variance, variance_half : float64[m]
        Variance of the output over the cube, dice taken out.
    chance, chance_half : float64[m]
        Share of the variance of one history's outcome that the dice make; NaN if it has none.
    first, first_half, total, total_half : float64[k, m]
        NaN where the output does not vary, or does not in some of the resamples.
    """

    mean: Array
    mean_half: Array
    variance: Array
    variance_half: Array
    chance: Array
    chance_half: Array
    first: Array
    first_half: Array
    total: Array
    total_half: Array


def exact_terms(a: Array, b: Array, mixed: Array) -> RowTerms:
    """Return the terms of rows whose outputs carry no noise, or whose noise is left in.

    Parameters
    ----------
    a, b : float64[n, m]
    mixed : float64[n, k, m]
        Outputs at the points AB_i.
    """
    step = mixed - a[:, None]
    none = np.zeros_like(a)
    square = (a**2 + b**2) / 2.0
    return RowTerms((a + b) / 2.0, square, none, b[:, None] * step, step, step**2 / 2.0)


def hit_terms(hits: npt.NDArray[np.bool_]) -> RowTerms:
    """Return the terms of one row from its histories.

    Parameters
    ----------
    hits : bool[k + 2, m, dice]
        Whether the event came, at A, at each AB_i and at B, on the same dice.
    """
    less = hits.shape[2] - 1.0
    seen = hits.astype(np.float32)  # sums of ones are exact
    share = seen.mean(axis=2, dtype=np.float64)
    with_a, with_b = (_shared(seen, place) for place in (0, -1))
    a, b, mixed = share[0], share[-1], share[1:-1]
    step = mixed - a
    spread = (a + mixed - 2.0 * with_a[1:-1]) - step**2
    joint = (with_b[1:-1] - with_b[0]) - b * step
    noise = (a * (1.0 - a) + b * (1.0 - b)) / less
    rows = (
        (a + b) / 2.0, (a**2 + b**2 - noise) / 2.0, noise * (less + 1.0) / 2.0,
        b * step - joint / less, step, (step**2 - spread / less) / 2.0,
    )  # fmt: skip
    return RowTerms(*(row[None] for row in rows))


def joined(rows: Sequence[RowTerms]) -> RowTerms:
    """Put terms together, in the order of their rows."""
    names = ("mean", "square", "chance", "product", "step", "total")
    return RowTerms(*(np.concatenate([getattr(row, name) for row in rows]) for name in names))


def _shared(seen: npt.NDArray[np.float32], place: int) -> Array:
    """Share of dice with the event both at each point and at one, float64[k + 2, m]."""
    both = np.einsum("smk,mk->sm", seen, seen[place])
    share: Array = both.astype(np.float64) / seen.shape[2]
    return share


class IndexTally:
    """Adds up rows, once as they are and once under each set of random weights.

    Parameters
    ----------
    variables, outputs : int
    seed : int
        Of the weights; those of a row depend on it and on the rows before, not on those after.
    """

    def __init__(self, variables: int, outputs: int, seed: int) -> None:
        self.rows = 0
        self._random = np.random.default_rng([seed, RESAMPLES])
        sets = RESAMPLES + 1
        self._weight = np.zeros(sets)
        self._plain = [np.zeros((sets, outputs)) for _ in range(3)]
        self._by_variable = [np.zeros((sets, variables, outputs)) for _ in range(3)]

    def add(self, terms: RowTerms) -> None:
        """Add rows."""
        n = len(terms.mean)
        self.rows += n
        weights = np.ones((RESAMPLES + 1, n))
        # Drawn row by row: a longer study begins with the weights of the shorter one.
        weights[1:] = self._random.poisson(1.0, (n, RESAMPLES)).T
        self._weight += weights.sum(axis=1)
        for kept, part in zip(self._plain, (terms.mean, terms.square, terms.chance), strict=True):
            kept += weights @ part
        for each, part in zip(
            self._by_variable, (terms.product, terms.step, terms.total), strict=True
        ):
            each += np.tensordot(weights, part, axes=1)

    def keep(self, variables: Sequence[int]) -> None:
        """Go on with some of the variables only."""
        self._by_variable = [part[:, list(variables)] for part in self._by_variable]

    def indices(self) -> Indices:
        """Return the estimates and half widths from the rows added so far."""
        fields: list[Array] = []
        for values in self._estimates():
            fields += [values[0], Z90 * values[1:].std(axis=0, ddof=1)]
        return Indices(*fields)

    def additive(self, variables: int) -> tuple[Array, Array]:
        """Sum of the first-order indices of the first variables, and its half width, float64[m]."""
        first = self._estimates()[3][:, :variables].sum(axis=1)
        return first[0], Z90 * first[1:].std(axis=0, ddof=1)

    def _estimates(self) -> tuple[Array, ...]:
        """Mean, variance, share of chance, first and total, for each set of weights."""
        weight = self._weight
        mean, square, chance = (part / weight[:, None] for part in self._plain)
        product, step, total = (part / weight[:, None, None] for part in self._by_variable)
        variance = square - mean**2
        # An output that does not vary, or seems to vary less than its dice, has no index.
        below = np.where(variance > 0.0, variance, np.nan)
        whole = np.where(variance + chance > 0.0, variance + chance, np.nan)
        first = (product - mean[:, None] * step) / below[:, None]
        return mean, variance, chance / whole, first, total / below[:, None]
