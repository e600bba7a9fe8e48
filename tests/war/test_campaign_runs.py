"""Whole campaigns of the real case: what no history may break, and what must not matter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from workshop import CAMPAIGNS, REPOSITORY, films, jobs_of, parameters, theatre

from jukushi.engine.campaigns import Jobs, film_campaign, run_campaigns
from jukushi.war.campaign import winter_of
from jukushi.war.plan import Theatre
from jukushi.war.records import Order, Status

every_campaign = pytest.mark.parametrize("name", CAMPAIGNS)
FILMED = 3


def force(name: str, film: npt.NDArray[Any]) -> Any:
    """The formations in use, by day and number."""
    return film["formations"][:, : int(theatre(name).start["n_formations"][0])]


def floats_of(record: npt.NDArray[Any]) -> list[tuple[str, npt.NDArray[Any]]]:
    """Every floating number of records, by name, nested ones too."""
    found = []
    for key in record.dtype.names or ():
        values = record[key]
        if values.dtype.names:
            found += [(f"{key}.{name}", inner) for name, inner in floats_of(values)]
        elif values.dtype.kind == "f":
            found.append((key, values))
    return found


# --- on film ------------------------------------------------------------------------------


@every_campaign
def test_men_are_conserved_every_day(name: str) -> None:
    for film in films(name, FILMED):
        f = force(name, film)
        men = [f[key].astype(np.float64) for key in ("men", "lost", "captured", "men_first")]
        error = np.abs(men[0] + men[1] + men[2] - men[3])
        # Each day's loss is rounded to single precision: 6e-8 of the men a day.
        assert (error <= 6e-8 * 2 * (len(film) + 1) * men[3] + 0.01).all()


@every_campaign
def test_sides_are_the_sums_of_their_formations(name: str) -> None:
    for film in films(name, FILMED):
        f = force(name, film)
        for side in range(2):
            own = f["side"] == side
            for total, part in (("lost", "lost"), ("captured", "captured"), ("men_left", "men")):
                summed = np.where(own, f[part], 0).sum(axis=1, dtype=np.float64)
                found = film["sides"][total][:, side]
                assert found == pytest.approx(summed, rel=1e-5, abs=1.0)


@every_campaign
def test_nothing_is_negative_or_no_number(name: str) -> None:
    signed = {"travel_days", "retreating", "taken_day", "broken_day", "words", "stack"}
    signed |= {"error_w", "error_a", "error_d", "error_v", "noise_a", "noise_d", "stock"}
    signed |= {"last_fought"}  # -100 before the first battle
    for film in films(name, FILMED):
        for key, values in floats_of(film):
            assert np.isfinite(values[: len(film)]).all(), key
            if key.rsplit(".", 1)[-1] not in signed:
                assert (values >= -1e-6).all(), key
        assert (film["places"]["stock"] >= -0.01).all()


@every_campaign
def test_shares_stay_shares(name: str) -> None:
    for film in films(name, FILMED):
        for values in (
            force(name, film)["met"],
            film["sides"]["lost_share"],
            film["sides"]["cut_share"],
            film["sides"]["adrift"],
            film["sides"]["held"],
            film["links"]["damage"],
        ):
            assert (values >= 0).all()
            assert (values <= 1 + 1e-5).all()


@every_campaign
def test_nobody_eats_more_than_his_stock(name: str) -> None:
    there, jobs = theatre(name), jobs_of(name, FILMED)
    start = there.start[0]
    for number, film in enumerate(films(name, FILMED)):
        p = jobs.parameters[number]
        f = force(name, film)
        stock = f["stock_tons"].astype(np.float64)
        used = stock[:-1] - stock[1:]
        for day in range(1, len(film)):
            if day % 7 == 0:
                continue  # new supplies come
            month = int(start["month"][int(jobs.openings["day"][number]) + day])
            winter = 1 + float(p["theatre_winter_use"]) * winter_of(month)
            most = f["men"][day - 1] * float(p["theatre_attack_kg"]) / 1000 * winter
            still = f["status"][day] != Status.GONE
            assert (used[day - 1] >= -1e-2).all()
            assert (used[day - 1][still] <= most[still] * (1 + 1e-5) + 0.01).all()


@every_campaign
def test_depots_change_by_weeks_and_by_capture(name: str) -> None:
    for film in films(name, FILMED):
        stock, holder = film["places"]["stock"], film["places"]["holder"]
        for day in range(1, len(film)):
            if day % 7 == 0:
                continue
            changed = (stock[day] != stock[day - 1]).any(axis=1)
            assert (holder[day][changed] != holder[day - 1][changed]).all()
            assert (stock[day][changed].min(axis=1) == 0).all()
            # The captor keeps half of what he finds beside what is his.
            for place in np.flatnonzero(changed):
                captor = holder[day, place]
                own, found = stock[day - 1, place, captor], stock[day - 1, place, 1 - captor]
                assert stock[day, place, captor] == pytest.approx(own + 0.5 * found, rel=1e-6)


@every_campaign
def test_places_change_hands_by_capture_only(name: str) -> None:
    changes = 0
    for film in films(name, FILMED):
        holder, taken = film["places"]["holder"], film["places"]["taken_day"]
        f = force(name, film)
        for day in range(1, len(film)):
            changed = np.flatnonzero(holder[day] != holder[day - 1])
            again = np.flatnonzero(taken[day] != taken[day - 1])
            assert set(changed) <= set(again)
            assert (taken[day][changed] == day).all()
            for place in changed:
                side = holder[day, place]
                assert side in (0, 1)
                # Who took it stands in it; if it was its army's last day, it laid down its arms.
                own = (f["side"][day] == side) & (f["place"][day] == place)
                assert own.any()
                changes += 1
        assert (holder[:, : int(theatre(name).field["n_places"][0])] >= -1).all()
    assert changes > 5


@every_campaign
def test_who_stands_stands_on_own_ground(name: str) -> None:
    for film in films(name, FILMED):
        f = force(name, film)
        standing = f["status"] == Status.PRESENT
        day, number = np.nonzero(standing)
        holder = film["places"]["holder"][day, f["place"][day, number]]
        assert (holder == f["side"][day, number]).all()


@every_campaign
def test_losses_and_breakdowns_are_for_ever(name: str) -> None:
    for film in films(name, FILMED):
        f = force(name, film)
        for key in ("lost", "captured"):
            assert (np.diff(f[key], axis=0) >= 0).all()
        for key in ("men", "tanks", "guns"):
            assert (np.diff(f[key], axis=0) <= 0).all()
        gone = f["status"] == Status.GONE
        assert (np.diff(gone.astype(int), axis=0) >= 0).all()
        assert (f["men"][gone] == 0).all()
        for side in range(2):
            broken = film["sides"]["broken_day"][:, side]
            days = np.flatnonzero(broken >= 0)
            if len(days):
                assert (broken[days[0] :] == days[0]).all()
                assert (film["sides"]["men_left"][days[0] :, side] <= 1).all()


@every_campaign
def test_the_result_is_the_film(name: str) -> None:
    """A history that is filmed is the history that is counted, up to the day it is over."""
    jobs = jobs_of(name, FILMED)
    results = run_campaigns(theatre(name), jobs, 1, 1)
    objectives = theatre(name).plan["objectives"][0]
    for result, film in zip(results, films(name, FILMED), strict=True):
        last = int(result["days"])
        sides = film["sides"][last]
        for key in ("lost", "captured", "men_first", "tanks_lost", "broken_day"):
            assert (result[key] == sides[key]).all(), key
        assert (result["aircraft_lost"] == sides["aircraft_first"] - sides["aircraft"]).all()
        assert (result["supply"] <= 1 + 1e-5).all()
        for place, day in zip(objectives, result["taken"], strict=True):
            if place >= 0:
                held = np.flatnonzero(film["places"]["holder"][: last + 1, place] == 0)
                assert day == (held[0] if len(held) else -1)


@every_campaign
def test_the_supply_of_a_result_stops_at_the_breakdown(name: str) -> None:
    """The mean share of needs met, to the day of the breakdown, day of breakdown included."""
    jobs = jobs_of(name, FILMED)
    for n, film in enumerate(films(name, FILMED)):
        result = film_campaign(theatre(name), jobs, 1, n)[0]
        met, broken = film["sides"]["met"].astype(np.float64), film["sides"]["broken_day"]
        for side in range(2):
            day = int(broken[-1, side])
            fought = met[:, side] if day < 0 else met[: day + 1, side]
            if day >= 0:
                # The film shows the day of the breakdown after it, when no men are left.
                fought = met[:day, side]
                low, high = fought.sum() / (day + 1), (fought.sum() + 1) / (day + 1)
                assert low - 1e-4 <= result["supply"][0, side] <= high + 1e-4
            else:
                assert result["supply"][0, side] == pytest.approx(fought.mean(), abs=1e-4)


@every_campaign
def test_all_formations_get_orders_on_day_0(name: str) -> None:
    """Whose axis is open and whose table says so attacks on the first day, whatever its number."""
    attacking = np.concatenate([
        np.flatnonzero((force(name, film)["order"][0] == Order.ATTACK)
                       & (force(name, film)["contact"][0] >= 0))
        for film in films(name, FILMED)
    ])  # fmt: skip
    assert {int(n) % 3 for n in attacking} == {0, 1, 2}


@every_campaign
def test_who_arrives_as_a_week_begins_is_supplied_that_week(name: str) -> None:
    jobs = jobs_of(name, 1, days=7)
    jobs.parameters["theatre_stock_days"] = 0.0
    there = theatre(name)
    start = there.start.copy()
    f = start["formations"][0][: int(start["n_formations"][0])]
    first = f[(f["side"] == 0) & (f["arrives"] <= 0)]
    assert len(first) > 3
    f["arrives"][(f["side"] == 0) & (f["arrives"] <= 0)] = [7.0, 8.0] * (len(first) // 2) + [
        7.0
    ] * (len(first) % 2)
    film = film_campaign(replace(there, start=start), jobs, 1)[1]
    own = force(name, film)[7]
    entered = (f["arrives"] == 7.0) & (own["status"] != Status.WAITING)
    assert entered.any()
    assert (own["stock_tons"][entered] > 0).any()
    waiting = own["status"] == Status.WAITING
    assert (own["stock_tons"][waiting & (f["side"] == 0)] == 0).all()


# --- what must not matter -----------------------------------------------------------------


@every_campaign
def test_threads_do_not_matter(name: str) -> None:
    jobs = jobs_of(name, 40)
    one = run_campaigns(theatre(name), jobs, 1, 1)
    for threads in (1, 2, 3):
        again = run_campaigns(theatre(name), jobs, 1, threads)
        assert again.tobytes() == one.tobytes(), threads


def picked(jobs: Jobs, which: npt.NDArray[np.int64]) -> Jobs:
    return Jobs(
        jobs.openings[which], jobs.histories[which], jobs.rows[which], jobs.parameters,
        jobs.days[which],
    )  # fmt: skip


@every_campaign
def test_order_and_company_do_not_matter(name: str) -> None:
    jobs = jobs_of(name, 40)
    together = run_campaigns(theatre(name), jobs, 1, 2)
    order = np.random.default_rng(2).permutation(40)
    mixed = run_campaigns(theatre(name), picked(jobs, order), 1, 2)
    assert mixed.tobytes() == together[order].tobytes()
    for n in (0, 7, 39):
        alone = run_campaigns(theatre(name), picked(jobs, np.array([n])), 1, 1)
        assert alone.tobytes() == together[n : n + 1].tobytes()


def test_the_campaign_before_does_not_matter() -> None:
    """One thread runs both campaigns through one memory: nothing is left of the first."""
    from jukushi.engine.campaigns import _run_range
    from jukushi.war.records import RESULT, WAR

    memory, unfilmed = np.zeros(1, WAR), np.zeros(0, WAR)
    for name in (*CAMPAIGNS, *CAMPAIGNS):
        there, jobs = theatre(name), jobs_of(name, 6)
        results = np.zeros(6, RESULT)
        _run_range(
            memory, there.field, there.plan, there.start, jobs.parameters, jobs.rows,
            jobs.openings, results, jobs.days, jobs.histories, np.uint64(1), 0, 6, unfilmed,
        )  # fmt: skip
        assert results.tobytes() == run_campaigns(there, jobs, 1, 1).tobytes()


@every_campaign
def test_seeds_and_histories_matter(name: str) -> None:
    jobs = jobs_of(name, 12)
    one, other = (run_campaigns(theatre(name), jobs, seed, 1) for seed in (1, 2))
    assert (one["lost"] != other["lost"]).any()
    shifted = replace(jobs, histories=jobs.histories + np.uint64(1000))
    assert (run_campaigns(theatre(name), shifted, 1, 1)["lost"] != one["lost"]).any()


@every_campaign
def test_a_late_change_leaves_earlier_days_as_they_were(name: str) -> None:
    """Surprise that lasts two weeks instead of four days is felt from then on, not before."""
    jobs = jobs_of(name, 4, days=20)
    jobs.openings["surprise"] = 2.0
    later = False
    for which in range(4):
        parts = []
        for lasts in (4.0, 14.0):
            changed = replace(jobs, parameters=jobs.parameters.copy())
            changed.parameters["theatre_surprise_days"] = lasts
            parts.append(film_campaign(theatre(name), changed, 1, which)[1])
        same = [one.tobytes() == other.tobytes() for one, other in zip(*parts, strict=True)]
        assert all(same[:4])
        later |= not all(same)
    assert later


@every_campaign
def test_a_longer_war_begins_like_a_shorter_one(name: str) -> None:
    short, long = jobs_of(name, 1, days=12), jobs_of(name, 1, days=30)
    one = film_campaign(theatre(name), short, 1)[1]
    other = film_campaign(theatre(name), long, 1)[1]
    assert other[:13].tobytes() == one.tobytes()


# --- strange wars -------------------------------------------------------------------------


def _start_of(there: Theatre, side: int | None) -> Theatre:
    """Leave only the formations of one side, or none."""
    start = there.start.copy()
    kept = [f for f in start["formations"][0][: int(start["n_formations"][0])] if f["side"] == side]
    start["formations"][0][: len(kept)] = kept
    start["n_formations"] = len(kept)
    return replace(there, start=start)


def _opened(jobs: Jobs, **values: Any) -> Jobs:
    openings = jobs.openings.copy()
    for key, value in values.items():
        openings[key] = value
    return replace(jobs, openings=openings)


def _without(key: str) -> Callable[[Theatre, Jobs], tuple[Theatre, Jobs]]:
    """Leave out one thing of the ground or of the opening."""

    def change(there: Theatre, jobs: Jobs) -> tuple[Theatre, Jobs]:
        field, start = there.field.copy(), there.start.copy()
        for record in (field, start):
            if key in (record.dtype.names or ()):
                record[key] = 0
        return replace(there, field=field, start=start), jobs

    return change


def _no_depots(there: Theatre, jobs: Jobs) -> tuple[Theatre, Jobs]:
    start = there.start.copy()
    start["stock"] = start["inflow"] = 0
    return replace(there, start=start), jobs


STRANGE: dict[str, Callable[[Theatre, Jobs], tuple[Theatre, Jobs]]] = {
    "no aircraft": lambda t, j: (t, _opened(j, aircraft=0.0)),
    "aircraft of one side": lambda t, j: (t, _opened(j, aircraft=np.array([1.0, 0.0]))),
    "only attackers": lambda t, j: (_start_of(t, 0), j),
    "only defenders": lambda t, j: (_start_of(t, 1), j),
    "nobody": lambda t, j: (_start_of(t, None), j),
    "no men": lambda t, j: (t, _opened(j, men=0.0)),
    "no men and no arms": lambda t, j: (t, _opened(j, men=0.0, tanks=0.0, guns=0.0)),
    "hardly a man": lambda t, j: (t, _opened(j, men=1e-9, tanks=1e-9, guns=1e-9)),
    "ten times the men": lambda t, j: (t, _opened(j, men=10.0)),
    "no trains": _without("train_pairs"),
    "no ports": _without("port"),
    "no works": _without("works"),
    "no depots": _no_depots,
    "no supplies for the attacker": lambda t, j: (t, _opened(j, supply=0.0)),
    "giants": lambda t, j: (t, _opened(j, quality=5.0, surprise=3.0, air_quality=5.0)),
    "dwarfs": lambda t, j: (t, _opened(j, quality=-5.0, surprise=-3.0, air_quality=-5.0)),
    "bloody": lambda t, j: (t, _opened(j, blood=5.0)),
    "bloodless": lambda t, j: (t, _opened(j, blood=-20.0)),
}


@every_campaign
@pytest.mark.parametrize("what", STRANGE)
def test_strange_wars_are_wars(name: str, what: str) -> None:
    there, jobs = STRANGE[what](theatre(name), jobs_of(name, 8, days=50))
    for key, values in floats_of(run_campaigns(there, jobs, 1, 1)):
        assert np.isfinite(values).all(), key
    _, film = film_campaign(there, jobs, 1)
    for key, values in floats_of(film):
        if key not in ("words", "stack"):
            assert np.isfinite(values).all(), key
    for key in ("men", "tanks", "guns", "stock_tons", "lost", "captured"):
        assert (film["formations"][key] >= 0).all(), key
    f = film["formations"]
    total = f["men"].astype(np.float64) + f["lost"] + f["captured"]
    assert (np.abs(total - f["men_first"]) <= 1e-5 * f["men_first"] + 0.01).all()


@every_campaign
def test_without_defenders_the_attacker_marches(name: str) -> None:
    there, jobs = STRANGE["only attackers"](theatre(name), jobs_of(name, 8))
    results = run_campaigns(there, jobs, 1, 1)
    beside = run_campaigns(theatre(name), jobs, 1, 1)
    assert (results["captured"] == 0).all()
    assert ((results["taken"] >= 0).sum() >= (beside["taken"] >= 0).sum()).all()


@every_campaign
def test_without_attackers_nothing_is_taken(name: str) -> None:
    there, jobs = STRANGE["only defenders"](theatre(name), jobs_of(name, 8))
    results = run_campaigns(there, jobs, 1, 1)
    assert (results["taken"] < 0).all()
    assert (results["success"] == 0).all()


# --- plain Python -------------------------------------------------------------------------


@pytest.mark.slow
@every_campaign
def test_plain_python_fights_the_same_war(name: str) -> None:
    """Twenty days without compilation: the same places fall, the same men are lost.

    The records are in single precision, and numpy keeps an expression in the precision of its
    numbers, so that so far both agree in every digit. Another numpy or processor may round
    otherwise; a rule on its threshold may then fall otherwise in a rare history. Two places in
    a thousand and a third of a per cent of the men are allowed.
    """
    histories, days = 6, 20
    paths = [REPOSITORY / "src", Path(__file__).parent]
    environment = {
        **os.environ,
        "NUMBA_DISABLE_JIT": "1",
        "PYTHONPATH": os.pathsep.join(str(path) for path in paths),
    }
    command = [sys.executable, "plain.py", name, str(histories), str(days)]
    done = subprocess.run(
        command, cwd=Path(__file__).parent, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    jobs = jobs_of(name, histories, days)
    different = places = 0
    for n, plain in enumerate(json.loads(done.stdout)):
        result, film = film_campaign(theatre(name), jobs, 1, n)
        holders = film["places"]["holder"][-1][: len(theatre(name).places)]
        different += int((holders != np.array(plain["holders"])).sum())
        places += len(holders)
        for key in ("lost", "captured"):
            found, expected = result[key][0], np.array(plain[key])
            limit = 0.003 * np.array(plain["men_first"]) + 1
            assert (np.abs(found - expected) <= limit).all()
    print(f"{different} of {places} places differ")
    assert different <= 0.002 * places


def test_central_parameters_are_a_whole_record() -> None:
    assert np.isfinite(parameters().view(np.float32)).all()
