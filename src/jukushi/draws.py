"""Parameter draws: the same generator as the dice, in plain NumPy, and the shape of a study.

Uncertain parameters are drawn per *parameter draw*, keyed by a hash of the parameter's own
name, so that adding a parameter moves no other. History h belongs to the parameter draw
h // `DICE_PER_DRAW`, whatever the size of the study: a history is fixed by its seed and its
number alone.

Nothing here needs the compiler: commands that do not simulate import no numba.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["DEFAULT_HISTORIES", "DICE_PER_DRAW", "LANES", "parameter_uniforms"]

#: Histories that share a block; one block belongs to one parameter draw.
LANES = 64
#: Histories that share one parameter draw (K of the nested design), two blocks.
DICE_PER_DRAW = 128
#: Default size of a "why": 128 parameter draws.
DEFAULT_HISTORIES = 128 * DICE_PER_DRAW

_NO_WEEK = 0xFFFF
_PARAMETER_SITE = 0xFFFF


def parameter_uniforms(
    seed: int, names: Sequence[str], draws: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return one uniform number in (0, 1) for each parameter and parameter draw.

    Parameters
    ----------
    seed : int
        Seed of the study.
    names : sequence of str
        Identifiers of the parameters; the hash of each is its fourth counter word.
    draws : int64[n]
        Numbers of the parameter draws (history number // `DICE_PER_DRAW`).

    Returns
    -------
    float64[n_names, n]
        Uniform numbers with 52 random bits.
    """
    words = np.array([_word(name) for name in names], np.uint64)
    counts = np.tile(draws.astype(np.uint64), (len(names), 1))
    place = (_NO_WEEK << 16) | _PARAMETER_SITE
    a, b, _, _ = _philox_arrays(counts, place, words[:, None], seed)
    bits = (a.astype(np.uint64) << np.uint64(20)) | (b.astype(np.uint64) >> np.uint64(12))
    return (bits.astype(np.float64) + 0.5) * 2.0**-52


def _word(name: str) -> int:
    return int.from_bytes(hashlib.blake2s(name.encode(), digest_size=4).digest(), "little")


def _philox_arrays(
    counts: npt.NDArray[np.uint64], place: int, word: int | npt.NDArray[np.uint64], seed: int
) -> tuple[npt.NDArray[np.uint64], ...]:
    """Philox4x32-10 over an array of counters, in NumPy (uint64 holding 32-bit words)."""
    mask = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    c0, c1 = counts & mask, counts >> shift
    c2 = np.full_like(counts, place)
    c3 = np.broadcast_to(np.asarray(word, np.uint64), counts.shape)
    k0, k1 = seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF
    for _ in range(10):
        left = np.uint64(0xD2511F53) * c0
        right = np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (
            (right >> shift) ^ c1 ^ np.uint64(k0),
            right & mask,
            (left >> shift) ^ c3 ^ np.uint64(k1),
            left & mask,
        )
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3
