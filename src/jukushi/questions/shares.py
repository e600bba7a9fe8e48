"""Dividing a difference among factors: Shapley shares, but-for effects, pairs, smallest sets.

All work on the probabilities of the 2**n worlds, subset by its bits, one column for each
parameter draw. They are sums of differences between two worlds, taken before anything is
added up, so that a factor that changes nothing gets exactly zero.
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

__all__ = ["but_for", "interactions", "minimal_sets", "pairs", "shapley"]

Table = npt.NDArray[np.float64]


def _sizes(n: int) -> npt.NDArray[np.int64]:
    """Return int64[2**n]: how many factors are absent in each subset."""
    return np.array([subset.bit_count() for subset in range(1 << n)], np.int64)


def _without(n: int, factors: int) -> npt.NDArray[np.int64]:
    """Return the subsets that hold none of the factors whose bits are set."""
    subsets = np.arange(1 << n)
    without: npt.NDArray[np.int64] = subsets[(subsets & factors) == 0]
    return without


def _number(worlds: Table) -> int:
    n = int(np.log2(len(worlds)))
    if len(worlds) != 1 << n:
        raise ValueError("the number of worlds must be a power of two")
    return n


def shapley(worlds: Table) -> Table:
    """Exact Shapley shares.

    Parameters
    ----------
    worlds : float64[2**n, ...]
        Probability in the world of each subset of absent factors.

    Returns
    -------
    float64[n, ...]
        Share of i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)).
    """
    n = _number(worlds)
    sizes = _sizes(n)
    shares = np.zeros((n, *worlds.shape[1:]))
    for factor in range(n):
        subsets = _without(n, 1 << factor)
        weights = np.array([1.0 / (n * comb(n - 1, int(size))) for size in sizes[subsets]])
        gains = worlds[subsets | 1 << factor] - worlds[subsets]
        shares[factor] = np.tensordot(weights, gains, axes=1)
    return shares


def but_for(worlds: Table) -> Table:
    """Effect of removing each factor alone, float64[n, ...]."""
    n = _number(worlds)
    return np.stack([worlds[1 << factor] - worlds[0] for factor in range(n)])


def pairs(n: int) -> list[tuple[int, int]]:
    """Return all pairs of factors in order."""
    return list(combinations(range(n), 2))


def interactions(worlds: Table) -> Table:
    """Shapley interaction index of each pair, float64[n_pairs, ...].

    Grabisch and Roubens, An axiomatic approach to the concept of interaction, 1999: the
    average of v(S+i+j) - v(S+i) - v(S+j) + v(S) with weights |S|! (n-|S|-2)! / (n-1)!.
    """
    n = _number(worlds)
    sizes = _sizes(n)
    rows = []
    for i, j in pairs(n):
        subsets = _without(n, 1 << i | 1 << j)
        weights = np.array([1.0 / ((n - 1) * comb(n - 2, int(size))) for size in sizes[subsets]])
        both = worlds[subsets | 1 << i | 1 << j] - worlds[subsets | 1 << i]
        rows.append(
            np.tensordot(weights, both - (worlds[subsets | 1 << j] - worlds[subsets]), axes=1)
        )
    return np.stack(rows) if rows else np.zeros((0, *worlds.shape[1:]))


def minimal_sets(
    hits: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Find, history by history, what has to go for the event to come.

    Parameters
    ----------
    hits : bool[2**n, n_histories]
        Whether the event came in each subset's world.

    Returns
    -------
    fewest : int64[n_histories]
        Least number of factors whose absence brings the event; n + 1 if none does.
    minimal : bool[2**n, n_histories]
        Whether each subset brings it while none of its own subsets does.
    """
    n = int(np.log2(len(hits)))
    size = _sizes(n)
    fewest = np.full(hits.shape[1], n + 1, np.int64)
    reached = hits.copy()
    minimal = np.zeros(hits.shape, bool)
    for subset in sorted(range(1 << n), key=lambda s: int(size[s])):
        below = np.zeros(hits.shape[1], bool)
        for factor in range(n):
            if subset >> factor & 1:
                below |= reached[subset ^ 1 << factor]
        new = hits[subset] & ~below
        minimal[subset] = new
        fewest[new] = np.minimum(fewest[new], size[subset])
        reached[subset] |= below
    return fewest, minimal
