"""The dice room: published answers, fair numbers, and no number that anybody else can move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from jukushi import dice
from jukushi import draws as parameter_draws
from jukushi.dice import DICE, LANES, ONCE, ONCE_DRAWS, WEEKLY_DRAWS, Draw, Site

ALL = 0xFFFFFFFF
#: Random123's known answers for philox4x32-10: counter, key, result.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ALL,) * 4, (ALL,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_compiled_philox_gives_the_published_answers(
    counter: tuple[int, ...], key: tuple[int, ...], answer: tuple[int, ...]
) -> None:
    words = [np.uint32(word) for word in (*counter, *key)]
    assert tuple(int(word) for word in dice.philox4x32(*words)) == answer


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_numpy_philox_gives_the_published_answers(
    counter: tuple[int, ...], key: tuple[int, ...], answer: tuple[int, ...]
) -> None:
    counts = np.array([counter[0] | counter[1] << 32], np.uint64)
    words = parameter_draws._philox_arrays(counts, counter[2], counter[3], key[0] | key[1] << 32)
    assert tuple(int(word[0]) for word in words) == answer


def test_both_versions_agree_on_random_counters() -> None:
    source = np.random.default_rng(1)
    for _ in range(50):
        c0, c1, c2, c3, k0, k1 = (int(x) for x in source.integers(0, 2**32, 6))
        counts = np.array([c0 | c1 << 32], np.uint64)
        slow = parameter_draws._philox_arrays(counts, c2, c3, k0 | k1 << 32)
        fast = dice.philox4x32(*(np.uint32(x) for x in (c0, c1, c2, c3, k0, k1)))
        assert [int(x[0]) for x in slow] == [int(x) for x in fast]


def fill(
    draws: tuple[Draw, ...], seed: int = 7, first: int = 0, week: int = 240
) -> npt.NDArray[Any]:
    """Fill one record for a block, with the layout that these draws give."""
    sites, dtype, kinds = dice._layout(draws)
    record = np.zeros(1, dtype)
    values = record.view(np.float32).reshape(-1, LANES)
    words = np.zeros((4, LANES), np.uint32)
    codes = np.array(sites, np.uint32)
    dice.fill_dice(values, words, codes, kinds, np.uint64(seed), np.uint64(first), np.uint32(week))
    return record[0]


def many(name: str, blocks: int = 800, **given: int) -> npt.NDArray[np.float64]:
    """A long row of one draw, history by history."""
    first = given.pop("first", 0)
    rows = [fill(WEEKLY_DRAWS, first=first + LANES * b, **given)[name] for b in range(blocks)]
    return np.concatenate(rows).astype(np.float64)


def test_uniforms_lie_inside_and_are_symmetric() -> None:
    ends = [float(dice._unit(np.uint32(word))) for word in (0, 511, 512, ALL - 511, ALL)]
    assert ends[0] == ends[1] == 2.0**-24
    assert ends[2] == 3 * 2.0**-24
    assert ends[3] == ends[4] == 1 - 2.0**-24
    for word in (0, 1, 12345, 2**31, 2**31 - 1, 0xDEADBEEF):
        there = float(dice._unit(np.uint32(word)))
        back = float(dice._unit(np.uint32(ALL - word)))
        assert 0 < there < 1
        assert there + back == 1


def test_normals_pass_kolmogorov_smirnov_and_have_the_right_moments() -> None:
    z = many("momentum")
    assert stats.kstest(z, "norm").pvalue > 1e-3
    error = 1 / np.sqrt(len(z))
    assert abs(z.mean()) < 4 * error
    assert abs(z.var() - 1) < 4 * error * np.sqrt(2)
    assert abs(stats.skew(z)) < 4 * error * np.sqrt(6)
    assert abs(stats.kurtosis(z)) < 4 * error * np.sqrt(24)


def test_uniforms_pass_kolmogorov_smirnov() -> None:
    u = many("encirclement_u")
    assert stats.kstest(u, "uniform").pvalue > 1e-3
    assert 0 < u.min() < u.max() < 1


def test_a_name_ending_in_u_is_uniform_and_others_are_normal() -> None:
    for draws in (WEEKLY_DRAWS, ONCE_DRAWS):
        record = fill(draws)
        for draw in draws:
            assert draw.normal != draw.name.endswith("_u")
            low = record[draw.name].min()
            assert (low < 0) == draw.normal, draw.name


def test_weeks_sites_histories_and_words_are_independent() -> None:
    rows = {
        "base": many("momentum"),
        "next week": many("momentum", week=241),
        "next history": np.roll(many("momentum"), 1),
        "next word": many("soviet_losses"),
        "other site": many("threat"),
        "other seed": many("momentum", seed=8),
    }
    matrix = np.corrcoef(list(rows.values()))
    off = matrix[~np.eye(len(matrix), dtype=bool)]
    assert np.abs(off).max() < 4.5 / np.sqrt(len(rows["base"]))


def test_a_number_depends_on_its_history_only_and_not_on_the_block() -> None:
    straight = np.concatenate([fill(WEEKLY_DRAWS, first=f)["momentum"] for f in (0, 64)])
    shifted = fill(WEEKLY_DRAWS, first=37)["momentum"]
    assert (straight[37 : 37 + LANES] == shifted).all()


def test_histories_above_32_bits_are_their_own() -> None:
    here = fill(WEEKLY_DRAWS, first=2**32 - 32)["momentum"]
    after = fill(WEEKLY_DRAWS, first=2**32)["momentum"]
    start = fill(WEEKLY_DRAWS, first=0)["momentum"]
    assert (here[32:] == after[:32]).all()
    assert (after != start).any()


@pytest.mark.parametrize(("a", "b"), [(7, 7 + 2**32), (7, 7 + 2**63), (0, 2**32), (1, 2)])
def test_every_bit_of_the_seed_matters(a: int, b: int) -> None:
    assert (fill(WEEKLY_DRAWS, seed=a)["momentum"] != fill(WEEKLY_DRAWS, seed=b)["momentum"]).any()
    draws = np.arange(8)
    here, there = (
        parameter_draws.parameter_uniforms(seed, ["oil_start"], draws)[0] for seed in (a, b)
    )
    assert (here != there).all()


def test_the_same_call_gives_the_same_bytes() -> None:
    assert fill(ONCE_DRAWS).tobytes() == fill(ONCE_DRAWS).tobytes()


def name_unused_word(draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
    return (*draws, Draw("new_word", Site.PLACEBO, 3, normal=True))


def change_order(draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
    return draws[::-1]


@pytest.mark.parametrize("change", [name_unused_word, change_order])
def test_a_changed_list_of_draws_moves_nobody(
    change: Callable[[tuple[Draw, ...]], tuple[Draw, ...]],
) -> None:
    before, after = fill(WEEKLY_DRAWS), fill(change(WEEKLY_DRAWS))
    for draw in WEEKLY_DRAWS:
        assert (before[draw.name] == after[draw.name]).all(), draw.name


def test_a_new_site_moves_nobody() -> None:
    before = fill(WEEKLY_DRAWS)
    spare = Draw("lesson_word", Site.LESSONS, 0, normal=True)
    first = Draw("front_only", Site.FRONT, 0, normal=True)
    after = fill((*WEEKLY_DRAWS, spare))
    for draw in WEEKLY_DRAWS:
        assert (before[draw.name] == after[draw.name]).all(), draw.name
    # ... and taking all other sites away does not either.
    alone = fill((first,))
    assert (alone["front_only"] == before["momentum"]).all()


def test_no_site_or_word_is_used_twice() -> None:
    for draws in (WEEKLY_DRAWS, ONCE_DRAWS):
        places = [(draw.site, draw.word) for draw in draws]
        assert len(set(places)) == len(places)
        assert all(0 <= word < 4 for _, word in places)
        names = [draw.name for draw in draws]
        assert len(set(names)) == len(names)
    assert not {d.site for d in WEEKLY_DRAWS} & {d.site for d in ONCE_DRAWS}


def test_site_numbers_are_for_ever() -> None:
    """A changed number would silently change every study: then `DICE_VERSION` must change."""
    assert dice.DICE_VERSION == 1
    assert {site.name: int(site) for site in Site} == {
        "FRONT": 1, "OPERATIONS": 2, "TOKYO_SIGHTINGS": 3, "MOSCOW_SIGHTINGS": 4,
        "HUNTER_DECISION": 5, "DIPLOMACY": 6, "PLACEBO": 7, "TOKYO_FRONT": 8, "KHASAN": 32,
        "KHALKHIN_GOL": 33, "LESSONS": 34, "SEASONS": 35, "DISPOSITIONS": 36,
        "DIPLOMATIC_COURSE": 37, "WAR_AIMS": 38, "ENTRY": 39, "YASUOKA": 40,
        "BORDER_BATTLES": 41, "CAMPAIGN_BATTLE": 48, "CAMPAIGN_DAY": 49, "CAMPAIGN_FORCE": 50,
        "CAMPAIGN_BLOOD": 51,
    }  # fmt: skip


def test_draws_keep_their_words() -> None:
    """A draw that moved within its site would change every study as well."""
    once = {site: [d.name for d in ONCE_DRAWS if d.site == site] for site in Site}
    assert once[Site.KHASAN] == [
        "khasan_result_noise", "khasan_attacker", "khasan_defender", "khasan_command",
    ]  # fmt: skip
    assert once[Site.KHALKHIN_GOL] == [
        "khalkhin_result_noise", "khalkhin_attacker", "khalkhin_defender", "khalkhin_days_u",
    ]  # fmt: skip
    assert once[Site.LESSONS] == ["fog_khasan", "fog_khalkhin", "theatre_blood", "khasan_days_u"]
    assert once[Site.BORDER_BATTLES] == [
        "fog_yasuoka",
        "khasan_blood",
        "khalkhin_blood",
        "yasuoka_blood",
    ]


# Campaigns: four numbers at a time


def test_numbers_of_a_campaign_are_those_of_the_array_version() -> None:
    seed, history, day, formation = (1 << 40) + 7, (1 << 33) + 5, 12, 19
    place = (day << 16) | int(Site.CAMPAIGN_FORCE)
    words = parameter_draws._philox_arrays(np.array([history], np.uint64), place, formation, seed)
    found = dice.four_units(
        np.uint64(seed), np.uint64(history), day, int(Site.CAMPAIGN_FORCE), formation
    )
    for word, unit in zip(words, found, strict=True):
        assert float(unit) == (float(int(word[0]) >> 9) + 0.5) / 2**23


def test_no_site_of_a_campaign_is_one_of_the_weeks() -> None:
    campaign = {site for site in Site if site.name.startswith("CAMPAIGN_")}
    assert len(campaign) == 4
    assert not campaign & {draw.site for draw in (*WEEKLY_DRAWS, *ONCE_DRAWS)}


@pytest.mark.parametrize("moved", ["seed", "history", "count", "site", "draw"])
def test_numbers_of_a_campaign_are_uniform_and_depend_on_every_word(moved: str) -> None:
    base = {"seed": 7, "history": 300, "count": 4, "site": 48, "draw": 2}
    numbers = []
    for step in range(2000):
        at = {**base, moved: base[moved] + step}
        seed, history = np.uint64(at["seed"]), np.uint64(at["history"])
        numbers.append(dice.four_units(seed, history, at["count"], at["site"], at["draw"]))
    units = np.array(numbers, np.float64)
    assert len(np.unique(units)) > 0.99 * units.size
    for column in units.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-4
    assert np.abs(np.corrcoef(units.T) - np.eye(4)).max() < 0.1


def test_the_numbers_themselves_are_pinned() -> None:
    """Raw words of history 5, week 240, site 1 under seed 7, from the array version."""
    place = (240 << 16) | int(Site.FRONT)
    words = parameter_draws._philox_arrays(np.array([5], np.uint64), place, 0, 7)
    record = fill(WEEKLY_DRAWS)
    for word, name in zip(words, ("momentum", "soviet_losses"), strict=False):
        u = (float(int(word[0]) >> 9) + 0.5) / 2**23
        assert record[name][5] == pytest.approx(stats.norm.ppf(u), abs=1e-6)


def test_records_hold_every_draw_once() -> None:
    for dtype, draws in ((DICE, WEEKLY_DRAWS), (ONCE, ONCE_DRAWS)):
        assert dtype.names is not None
        assert {draw.name for draw in draws} <= set(dtype.names)
        assert dtype.itemsize == 4 * LANES * len(dtype.names)


def test_unused_words_stay_empty() -> None:
    record = fill(WEEKLY_DRAWS)
    unused = [name for name in DICE.names or () if name.startswith("unused_")]
    assert unused
    assert all((record[name] == 0).all() for name in unused)


# Parameter draws


def test_a_parameter_draw_depends_on_its_name_and_number_only() -> None:
    together = parameter_draws.parameter_uniforms(3, ["oil_use", "oil_start"], np.arange(100))[1]
    alone = parameter_draws.parameter_uniforms(3, ["oil_start"], np.array([41]))[0]
    assert together[41] == alone[0]
    assert (together != parameter_draws.parameter_uniforms(3, ["oil_use"], np.arange(100))[0]).all()


def test_parameter_draws_are_fair_and_independent() -> None:
    rows = [
        parameter_draws.parameter_uniforms(3, [name], np.arange(20_000))[0]
        for name in ("a", "b", "c")
    ]
    for row in rows:
        assert stats.kstest(row, "uniform").pvalue > 1e-3
        assert 0 < row.min() < row.max() < 1
    off = np.corrcoef(rows)[np.triu_indices(3, 1)]
    assert np.abs(off).max() < 4.5 / np.sqrt(20_000)


def test_parameter_names_of_the_case_share_no_word() -> None:
    """Two names with one hash would be drawn as one number."""
    from jukushi.world.parameters import NEEDED

    draws = np.arange(1)
    values = [
        float(parameter_draws.parameter_uniforms(1, [name], draws)[0, 0]) for name, _ in NEEDED
    ]
    assert len(set(values)) == len(values)
