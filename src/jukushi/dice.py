"""Randomness as a pure function of who, what and when: no stream, no state.

Every number comes from Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random
numbers: as easy as 1, 2, 3", SC11), keyed by the study's seed and counted by

=====================  =========================================
counter word           meaning
=====================  =========================================
0, 1                   history, low and high 32 bits
2                      ``week << 16 | site`` (campaigns: day or number of the battle)
3                      the block of four draws (0 in the weekly layer; campaigns: the link,
                       the formation)
=====================  =========================================

so the noise of history 7, week 240, at the site "front" is the same number in another
thread, batch, machine or backend, and in **every counterfactual**. One call gives four
words, the four draws of a site. A site is a named place in the model that draws; adding
one, or naming an unused word, moves nobody else's numbers.

Uncertain parameters are drawn in `jukushi.draws`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.draws import DICE_PER_DRAW, LANES
from jukushi.kernel import kernel
from jukushi.numerics import normal_quantile32

__all__ = [
    "DICE",
    "DICE_PER_DRAW",
    "DICE_VERSION",
    "LANES",
    "ONCE",
    "ONCE_DRAWS",
    "WEEKLY_DRAWS",
    "Draw",
    "Site",
    "fill_dice",
    "four_units",
    "philox4x32",
]

#: Version of the dice: it changes when the same seed would give other numbers.
DICE_VERSION = 1

_NO_WEEK = 0xFFFF


class Site(IntEnum):
    """A place in the model that draws. Numbers are for ever: never reuse one."""

    FRONT = 1
    OPERATIONS = 2
    TOKYO_SIGHTINGS = 3
    MOSCOW_SIGHTINGS = 4
    HUNTER_DECISION = 5
    DIPLOMACY = 6
    PLACEBO = 7
    TOKYO_FRONT = 8
    KHASAN = 32
    KHALKHIN_GOL = 33
    LESSONS = 34
    SEASONS = 35
    DISPOSITIONS = 36
    DIPLOMATIC_COURSE = 37
    WAR_AIMS = 38
    ENTRY = 39
    YASUOKA = 40
    BORDER_BATTLES = 41
    CAMPAIGN_BATTLE = 48
    CAMPAIGN_DAY = 49
    CAMPAIGN_FORCE = 50
    CAMPAIGN_BLOOD = 51


@dataclass(frozen=True)
class Draw:
    """One named number: which word of which site, uniform in (0, 1) or standard normal."""

    name: str
    site: Site
    word: int
    normal: bool


def _site(site: Site, *names: str) -> tuple[Draw, ...]:
    """List the draws of a site; a name that ends in ``_u`` is uniform, others are normal."""
    return tuple(
        Draw(name, site, word, normal=not name.endswith("_u")) for word, name in enumerate(names)
    )


#: Draws made every week of a history.
WEEKLY_DRAWS: tuple[Draw, ...] = (
    *_site(Site.FRONT, "momentum", "soviet_losses", "soviet_inflow", "axis_strength"),
    *_site(
        Site.OPERATIONS, "axis_drive_noise", "soviet_drive_noise", "encirclement_u", "collapse_u"
    ),
    *_site(Site.TOKYO_SIGHTINGS, "count_divisions", "count_tanks", "count_aircraft", "sighting"),
    *_site(Site.MOSCOW_SIGHTINGS, "threat", "all_clear_u", "build_up_seen"),
    *_site(Site.HUNTER_DECISION, "resolve_noise", "taste_north_noise", "taste_south_noise"),
    *_site(Site.DIPLOMACY, "opportunity_u"),
    *_site(Site.PLACEBO, "placebo_a", "placebo_b"),
    *_site(Site.TOKYO_FRONT, "front_report"),
)

#: Draws made once in a history.
ONCE_DRAWS: tuple[Draw, ...] = (
    *_site(
        Site.KHASAN, "khasan_result_noise", "khasan_attacker", "khasan_defender", "khasan_command"
    ),
    *_site(
        Site.KHALKHIN_GOL,
        "khalkhin_result_noise",
        "khalkhin_attacker",
        "khalkhin_defender",
        "khalkhin_days_u",
    ),
    *_site(Site.LESSONS, "fog_khasan", "fog_khalkhin", "theatre_blood", "khasan_days_u"),
    *_site(
        Site.YASUOKA,
        "yasuoka_result_noise",
        "yasuoka_attacker",
        "yasuoka_defender",
        "yasuoka_days_u",
    ),
    *_site(Site.BORDER_BATTLES, "fog_yasuoka", "khasan_blood", "khalkhin_blood", "yasuoka_blood"),
    *_site(Site.SEASONS, "winter_1941", "winter_1942", "winter_1943", "winter_1944"),
    *_site(Site.DISPOSITIONS, "consent_u", "rule_form_u"),
    *_site(Site.DIPLOMATIC_COURSE, "indochina_u", "embargo_u", "embargo_lag", "settlement_u"),
    *_site(Site.WAR_AIMS, "southern_axis_u"),
    *_site(Site.ENTRY, "surrender_u"),
)


def _layout(draws: tuple[Draw, ...]) -> tuple[list[Site], np.dtype[Any], npt.NDArray[np.int8]]:
    """Lay draws out as a record of lanes: four fields a site, in order of site and word."""
    sites = sorted({draw.site for draw in draws})
    names = [f"unused_{site.name.lower()}_{word}" for site in sites for word in range(4)]
    kinds = np.zeros(4 * len(sites), np.int8)
    for draw in draws:
        index = 4 * sites.index(draw.site) + draw.word
        names[index] = draw.name
        kinds[index] = 2 if draw.normal else 1
    dtype = np.dtype([(name, np.float32, (LANES,)) for name in names])
    return sites, dtype, kinds


_WEEKLY_SITES, DICE, _WEEKLY_KINDS = _layout(WEEKLY_DRAWS)
_ONCE_SITES, ONCE, _ONCE_KINDS = _layout(ONCE_DRAWS)

WEEKLY_SITE_CODES = np.array(_WEEKLY_SITES, np.uint32)
WEEKLY_KINDS = _WEEKLY_KINDS
ONCE_SITE_CODES = np.array(_ONCE_SITES, np.uint32)
ONCE_KINDS = _ONCE_KINDS
NO_WEEK = np.uint32(_NO_WEEK)


@kernel
def _high(product: np.uint64) -> np.uint32:
    return np.uint32(product >> np.uint64(32))


@kernel
def _low(product: np.uint64) -> np.uint32:
    return np.uint32(product & np.uint64(0xFFFFFFFF))


@kernel
def philox4x32(
    c0: np.uint32, c1: np.uint32, c2: np.uint32, c3: np.uint32, k0: np.uint32, k1: np.uint32
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Philox4x32-10: four counter words and two key words (uint32) to four random words.

    Tested against the known answers published with Random123.
    """
    for _ in range(10):
        left = np.uint64(0xD2511F53) * np.uint64(c0)
        right = np.uint64(0xCD9E8D57) * np.uint64(c2)
        c0 = np.uint32(_high(right) ^ np.uint32(c1) ^ np.uint32(k0))
        c2 = np.uint32(_high(left) ^ np.uint32(c3) ^ np.uint32(k1))
        c1 = _low(right)
        c3 = _low(left)
        k0 = _low(np.uint64(k0) + np.uint64(0x9E3779B9))
        k1 = _low(np.uint64(k1) + np.uint64(0xBB67AE85))
    return c0, c1, c2, c3


@kernel
def _unit(word: np.uint32) -> np.float32:
    """Map a word to the open unit interval, exactly, symmetric about one half (23 bits)."""
    return (np.float32(np.int32(word >> np.uint32(9))) + 0.5) * 1.1920928955078125e-07


@kernel
def four_units(
    seed: int, history: int, count: int, site: int, draw: int
) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    """Four uniform numbers of one history at a site: those of its campaign.

    Parameters
    ----------
    seed, history : uint64
    count : int
        The day of the campaign, or the number of the battle on a link.
    site, draw : int
        The site, and the link or formation that draws.
    """
    place = np.uint32((np.uint32(count) << np.uint32(16)) | np.uint32(site))
    w0, w1, w2, w3 = philox4x32(
        _low(history), _high(history), place, np.uint32(draw), _low(seed),
        np.uint32(seed >> np.uint64(32)),
    )  # fmt: skip
    return _unit(w0), _unit(w1), _unit(w2), _unit(w3)


@kernel
def _site_words(
    words: npt.NDArray[np.uint32], seed: int, first_history: int, week: int, site: int
) -> None:
    """Fill ``words[4, LANES]`` for one site and week of the histories of one block."""
    key0 = np.uint32(seed & np.uint64(0xFFFFFFFF))
    key1 = np.uint32(seed >> np.uint64(32))
    place = np.uint32((np.uint32(week) << np.uint32(16)) | np.uint32(site))
    for lane in range(words.shape[1]):
        history = np.uint64(first_history) + np.uint64(lane)
        w0, w1, w2, w3 = philox4x32(_low(history), _high(history), place, np.uint32(0), key0, key1)
        words[0, lane] = w0
        words[1, lane] = w1
        words[2, lane] = w2
        words[3, lane] = w3


@kernel
def _to_normal(values: npt.NDArray[np.float32], words: npt.NDArray[np.uint32]) -> None:
    for lane in range(LANES):
        values[lane] = normal_quantile32(_unit(words[lane]))


@kernel
def _to_uniform(values: npt.NDArray[np.float32], words: npt.NDArray[np.uint32]) -> None:
    for lane in range(LANES):
        values[lane] = _unit(words[lane])


@kernel
def fill_dice(
    values: npt.NDArray[np.float32],
    words: npt.NDArray[np.uint32],
    sites: npt.NDArray[np.uint32],
    kinds: npt.NDArray[np.int8],
    seed: int,
    first_history: int,
    week: int,
) -> None:
    """Fill the dice of one block and week.

    Parameters
    ----------
    values : float32[4 * n_sites, LANES]
        The flat view of a `DICE` or `ONCE` record, written here.
    words : uint32[4, LANES]
        Scratch space.
    sites, kinds : uint32[n_sites], int8[4 * n_sites]
        Site codes, and 0 unused, 1 uniform, 2 normal for each draw.
    seed, first_history, week : int
        The key, the history in lane 0, and the week (`NO_WEEK` for once-only draws).
    """
    for i in range(sites.shape[0]):
        _site_words(words, seed, first_history, week, sites[i])
        for word in range(4):
            row = 4 * i + word
            if kinds[row] == 2:
                _to_normal(values[row], words[word])
            elif kinds[row] == 1:
                _to_uniform(values[row], words[word])
