"""Parameter draws: the same generator as the dice, in plain NumPy, and the shape of a study.

Uncertain parameters are drawn per *parameter draw*, keyed by a hash of the parameter's own
name, so that adding a parameter moves no other. History h belongs to the parameter draw
h // `DICE_PER_DRAW`, whatever the size of the study: a history is fixed by its seed and its
number alone.

Nothing here needs the compiler: commands that do not simulate import no numba.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["DICE_PER_DRAW", "LANES", "parameter_uniforms"]

#: Histories that share a block; one block belongs to one parameter draw.
LANES = 64
#: Histories that share one parameter draw (K of the nested design), two blocks.
DICE_PER_DRAW = 128

_NO_WEEK = 0xFFFF
_PARAMETER_SITE = 0xFFFF


def parameter_uniforms(seed: int, name: str, draws: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Return one uniform number in (0, 1) per parameter draw for the parameter `name`.

    Parameters
    ----------
    seed : int
        Seed of the study.
    name : str
        Identifier of the parameter; its hash is the fourth counter word.
    draws : int64[n]
        Numbers of the parameter draws (history number // `DICE_PER_DRAW`).

    Returns
    -------
    float64[n]
        Uniform numbers with 52 random bits.
    """
    word = int.from_bytes(hashlib.blake2s(name.encode(), digest_size=4).digest(), "little")
    place = (_NO_WEEK << 16) | _PARAMETER_SITE
    a, b, _, _ = _philox_arrays(draws.astype(np.uint64), place, word, seed)
    bits = (a.astype(np.uint64) << np.uint64(20)) | (b.astype(np.uint64) >> np.uint64(12))
    return (bits.astype(np.float64) + 0.5) * 2.0**-52


def _philox_arrays(
    counts: npt.NDArray[np.uint64], place: int, word: int, seed: int
) -> tuple[npt.NDArray[np.uint64], ...]:
    """Philox4x32-10 over an array of counters, in NumPy (uint64 holding 32-bit words)."""
    mask = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    c0, c1 = counts & mask, counts >> shift
    c2 = np.full_like(counts, place)
    c3 = np.full_like(counts, word)
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
