"""The dice: Philox4x32-10 over arrays of histories, to uniform and normal numbers.

Written from "Dice" in docs/design/engine.md and the description in `jukushi.dice`. A word gives
its upper 23 bits; the normal quantile is scipy's, not the polynomial of the engine.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from jukushi.dice import ONCE_DRAWS, WEEKLY_DRAWS, Draw

LOW = np.uint64(0xFFFFFFFF)
BITS = np.uint64(32)
NO_WEEK = 0xFFFF

Words = npt.NDArray[np.uint64]


def philox(counter: list[Words], seed: int) -> list[Words]:
    """Ten rounds over four arrays of 32-bit counter words."""
    a, b, c, d = counter
    k, m = seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF
    for _ in range(10):
        p, q = a * np.uint64(0xD2511F53), c * np.uint64(0xCD9E8D57)
        a, b = (q >> BITS) ^ b ^ np.uint64(k), q & LOW
        c, d = (p >> BITS) ^ d ^ np.uint64(m), p & LOW
        k, m = (k + 0x9E3779B9) & 0xFFFFFFFF, (m + 0xBB67AE85) & 0xFFFFFFFF
    return [a, b, c, d]


def uniforms(seed: int, histories: npt.NDArray[np.int64], week: int, site: int) -> npt.NDArray:
    """Four uniform numbers of each history at one site, float64[4, n]."""
    number = histories.astype(np.uint64)
    place = np.full_like(number, (week << 16) | site)
    words = philox([number & LOW, number >> BITS, place, np.zeros_like(number)], seed)
    return np.array([((word >> np.uint64(9)).astype(float) + 0.5) / 2.0**23 for word in words])


def thrown(
    draws: tuple[Draw, ...], seed: int, histories: npt.NDArray[np.int64], week: int
) -> SimpleNamespace:
    """All named draws of one week (or of once, with `NO_WEEK`)."""
    sites = {
        site: uniforms(seed, histories, week, int(site)) for site in {draw.site for draw in draws}
    }
    named = {draw.name: sites[draw.site][draw.word] for draw in draws}
    for draw in draws:
        if draw.normal:
            named[draw.name] = ndtri(named[draw.name])
    return SimpleNamespace(**named)


def weekly(seed: int, histories: npt.NDArray[np.int64], week: int) -> SimpleNamespace:
    """The draws of one week."""
    return thrown(WEEKLY_DRAWS, seed, histories, week)


def once(seed: int, histories: npt.NDArray[np.int64]) -> SimpleNamespace:
    """The draws made once in a history."""
    return thrown(ONCE_DRAWS, seed, histories, NO_WEEK)
