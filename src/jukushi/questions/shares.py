"""Dividing a difference among factors: Shapley shares, but-for effects, pairs, smallest sets.

All of these are linear in the probabilities of the 2**n worlds, so they are written as one
matrix that is applied to the means of each parameter draw; their errors then come from the
spread between draws, on the same dice (paired).
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

__all__ = ["but_for_matrix", "minimal_sets", "pair_matrix", "pairs", "shapley_matrix"]


def _members(n: int) -> npt.NDArray[np.bool_]:
    """Return bool[2**n, n]: which factors are absent in each subset."""
    return (np.arange(1 << n)[:, None] >> np.arange(n)[None, :] & 1).astype(bool)


def shapley_matrix(n: int) -> npt.NDArray[np.float64]:
    """Return float64[n, 2**n]: exact Shapley shares of n factors from the worlds' probabilities.

    Share of i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)).
    """
    matrix = np.zeros((n, 1 << n))
    size = _members(n).sum(axis=1)
    for factor in range(n):
        for subset in range(1 << n):
            if subset >> factor & 1:
                continue
            weight = 1.0 / (n * comb(n - 1, int(size[subset])))
            matrix[factor, subset | 1 << factor] += weight
            matrix[factor, subset] -= weight
    return matrix


def but_for_matrix(n: int) -> npt.NDArray[np.float64]:
    """Return float64[n, 2**n]: effect of removing each factor alone."""
    matrix = np.zeros((n, 1 << n))
    for factor in range(n):
        matrix[factor, 1 << factor] = 1.0
        matrix[factor, 0] = -1.0
    return matrix


def pairs(n: int) -> list[tuple[int, int]]:
    """Return all pairs of factors in order."""
    return list(combinations(range(n), 2))


def pair_matrix(n: int) -> npt.NDArray[np.float64]:
    """Return float64[n_pairs, 2**n]: Shapley interaction index of each pair.

    Grabisch and Roubens, An axiomatic approach to the concept of interaction, 1999: the
    average of v(S+i+j) - v(S+i) - v(S+j) + v(S) with weights |S|! (n-|S|-2)! / (n-1)!.
    """
    matrix = np.zeros((n * (n - 1) // 2, 1 << n))
    size = _members(n).sum(axis=1)
    for row, (i, j) in enumerate(pairs(n)):
        for subset in range(1 << n):
            if subset >> i & 1 or subset >> j & 1:
                continue
            weight = 1.0 / ((n - 1) * comb(n - 2, int(size[subset])))
            matrix[row, subset | 1 << i | 1 << j] += weight
            matrix[row, subset | 1 << i] -= weight
            matrix[row, subset | 1 << j] -= weight
            matrix[row, subset] += weight
    return matrix


def minimal_sets(
    hits: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Find, history by history, what has to go for the event to come.

    Parameters
    ----------
    hits : bool[2**n, n_histories]
        Whether the event came in each subset's world.

    Returns
    -------
    fewest : int64[n_histories]
        Least number of factors whose absence brings the event; n + 1 if none does.
    minimal : int64[2**n]
        In how many histories each subset brings it while none of its own subsets does.
    """
    n = int(np.log2(len(hits)))
    size = _members(n).sum(axis=1)
    fewest = np.full(hits.shape[1], n + 1, np.int64)
    reached = hits.copy()
    minimal = np.zeros(len(hits), np.int64)
    for subset in sorted(range(1 << n), key=lambda s: int(size[s])):
        below = np.zeros(hits.shape[1], bool)
        for factor in range(n):
            if subset >> factor & 1:
                below |= reached[subset ^ 1 << factor]
        new = hits[subset] & ~below
        minimal[subset] = int(new.sum())
        fewest[new] = np.minimum(fewest[new], size[subset])
        reached[subset] |= below
    return fewest, minimal
