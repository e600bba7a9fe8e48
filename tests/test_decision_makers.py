"""Who decides: names, structures, and the laws that each decision-maker must keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from deciders import HISTORIES, OUTCOME, Judge, attacks, decided_by, play, setting
from hypothesis import given, settings
from hypothesis import strategies as st

import jukushi
from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.dice import DICE_PER_DRAW
from jukushi.doctrines.compile import acts_at_conferences_only, compile_tables
from jukushi.engine.run import Engine
from jukushi.engine.settings import Later, World
from jukushi.errors import UsageError
from jukushi.mechanisms.decisions import Action
from jukushi.questions.odds import structure_of
from jukushi.questions.retell import retell
from jukushi.questions.sensitivity import SensitivityQuestion, sensitivity
from jukushi.questions.worlds import Structure, structures_of
from jukushi.study.chronicle import chronicle
from jukushi.views.tell import sentence
from jukushi.views.terminal import plain, why_view
from jukushi.views.words import Words
from jukushi.world.parameters import ParameterSpace
from jukushi.world.state import FIELD_INDEX
from jukushi.world.vocabulary import open_case

FACTIONS = ("general_staff", "war_ministry", "navy", "court", "cabinet")
GAMES = (
    "a_world_at_war", "gathering_storm", "world_in_flames", "war_in_the_pacific", "triplea",
    "freeciv",
)  # fmt: skip
HUNTERS = ("doctrine", "factions", *(f"preset:{name}" for name in GAMES))
#: Every field in which a larger garrison shows itself to the hunter.
GARRISON = ("believed_divisions", "ratio", "collapse_ratio", "believed_tanks", "believed_aircraft",
            "arms_share")  # fmt: skip
NEVER = -1.0e6
ALWAYS = 1.0e6


# Names and structures


def test_a_case_names_its_decision_makers(kantokuen: Case) -> None:
    assert kantokuen.decider_names("hunter") == ("doctrine", "expected_value", *HUNTERS[1:])
    assert kantokuen.decider_names("prey") == (
        "doctrine", "expected_value", "preset:war_in_the_east_2", "hold_the_east", "passive",
    )  # fmt: skip


def test_a_factor_that_names_nobody_applies_to_all(kantokuen: Case) -> None:
    assert kantokuen.factors["china_war"].deciders == list(kantokuen.decider_names("hunter"))
    assert kantokuen.factors["unified_decider"].deciders == ["doctrine", "factions"]


def test_the_usual_structures_are_few_and_all_are_all(kantokuen: Case) -> None:
    usual = structures_of(kantokuen, False)
    assert [structure.name for structure in usual] == [
        name + end
        for name in ("doctrine", "expected_value", "factions")
        for end in ("", ", no collapse")
    ]
    every = structures_of(kantokuen, True)
    names = [structure.name for structure in every]
    assert len(set(names)) == len(names)
    assert set(usual) < set(every)
    assert {s.decision_maker for s in every} == set(kantokuen.decider_names("hunter"))
    assert {s.prey for s in every} == set(kantokuen.decider_names("prey"))


def test_a_why_under_a_rare_decision_maker_lists_it_among_the_others(
    kantokuen: Case, tmp_path: Path
) -> None:
    answer = jukushi.load("kantokuen").why(
        HISTORIES, decision_maker="preset:triplea/passive", factors=["china_war"], out=tmp_path
    )
    assert answer["decision_maker"] == "preset:triplea/passive"
    makers = [row["decision_maker"] for row in answer["structures"]]
    assert makers == [
        "preset:triplea/passive", *["doctrine"] * 2, *["expected_value"] * 2, *["factions"] * 2,
    ]  # fmt: skip
    own = answer["structures"][0]["probability"]
    assert own == answer["probability"]


def test_a_structure_to_which_no_factor_applies_is_said(kantokuen: Case, tmp_path: Path) -> None:
    answer = jukushi.load("kantokuen").why(HISTORIES, factors=["unified_decider"], out=tmp_path)
    for language, said in (
        ("en", "none of these factors applies"),
        ("fr", "aucun de ces facteurs ne s'y applique"),
    ):
        told = " ".join(plain(why_view(answer, kantokuen, Words(language), []), 400).split())
        assert told.count(said) == 2  # under expected value, with and without the trigger


def test_a_case_without_other_tables_has_the_two_it_always_had(copy: Path) -> None:
    (copy / "decision_makers.yaml").unlink()
    (copy / "hypotheses.yaml").unlink()  # some are decided by these tables
    path = copy / "factors.yaml"
    path.write_text(path.read_text().replace(", factions]", "]"))
    case = open_case(copy)
    for every in (False, True):
        makers = [structure.decision_maker for structure in structures_of(case, every)]
        assert makers == ["doctrine"] * 2 + ["expected_value"] * 2


@pytest.mark.parametrize(
    ("name", "hunter_table", "prey_table", "decider"),
    [
        ("doctrine", "doctrine", "doctrine", 0.0),
        ("expected_value", "doctrine", "doctrine", 1.0),
        ("factions", "factions", "doctrine", 0.0),
        ("preset:triplea", "triplea", "doctrine", 0.0),
        ("doctrine/expected_value", "doctrine", "expected_value", 0.0),
        ("preset:freeciv/preset:war_in_the_east_2", "freeciv", "war_in_the_east_2", 0.0),
    ],
)
def test_a_name_stands_for_tables(
    kantokuen: Case, name: str, hunter_table: str, prey_table: str, decider: float
) -> None:
    structure = structure_of(kantokuen, name, None)
    assert structure.makers == name
    world = structure.world("w", structure.changes)
    assert (world.hunter_table, world.prey_table) == (hunter_table, prey_table)
    assert {c.parameter: c.set for c in world.changes}["decider"] == decider


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("doctrin", "doctrine"),
        ("faction", "factions"),
        ("triplea", "preset:triplea"),
        ("preset:free_civ", "preset:freeciv"),
        ("doctrine/expectedvalue", "expected_value"),
        ("doctrine/nobody_at_all_here", ""),
    ],
)
def test_the_nearest_decision_maker_is_offered(kantokuen: Case, wrong: str, near: str) -> None:
    with pytest.raises(UsageError) as caught:
        structure_of(kantokuen, wrong, None)
    assert (f"did you mean {near!r}?" if near else "one of: doctrine") in caught.value.hint
    assert ("of the prey" in str(caught.value)) == ("/" in wrong)


@pytest.mark.parametrize("makers", ["factions", "preset:triplea", "doctrine/passive"])
def test_points_of_the_parameter_space_know_who_decides(kantokuen: Case, makers: str) -> None:
    """One draw run as a point is the same draw run as histories, week by week."""
    engine, world = Engine(kantokuen, 1, threads=1), decided_by(kantokuen, makers)
    draws = np.arange(4, dtype=np.int64)
    points = engine.space.changed(engine.space.draw(1, draws), world.changes, 1, draws)
    by_run = engine.run([world], 0, len(draws) * DICE_PER_DRAW, OUTCOME).events[0]
    by_points = [
        engine.run_points(points[draw : draw + 1], OUTCOME, DICE_PER_DRAW, first, world)[0]
        for draw, first in enumerate(range(0, len(by_run), DICE_PER_DRAW))
    ]
    assert (np.concatenate(by_points) == by_run).all()


def test_sensitivity_and_tip_are_asked_of_whoever_decides(kantokuen: Case) -> None:
    answers = {
        makers: sensitivity(kantokuen, SensitivityQuestion(samples=64, decision_maker=makers))
        for makers in ("doctrine", "factions/passive")
    }
    for makers, answer in answers.items():
        assert answer["decision_maker"] == makers
    ours, theirs = (answer["outcomes"][0]["variables"] for answer in answers.values())
    moved = [{row["id"]: row["moved"] for row in rows} for rows in (ours, theirs)]
    assert moved[0] != moved[1]
    # A number that the factions alone read moves nothing under the doctrine.
    of_factions = [name for name, item in kantokuen.parameters.items() if item.group == "factions"]
    assert not any(moved[0].get(name) for name in of_factions)
    assert any(moved[1].get(name) for name in of_factions)


def test_a_world_that_changes_at_a_date_is_no_world_of_points(kantokuen: Case) -> None:
    engine = Engine(kantokuen, 1, threads=1)
    world = World("w", later=(Later(200, (Change(parameter="decider", set=1.0),)),))
    with pytest.raises(UsageError, match="from its first week to its last"):
        engine.run_points(engine.space.centres(), OUTCOME, DICE_PER_DRAW, 0, world)


def test_a_table_that_is_not_there_is_named(kantokuen: Case) -> None:
    space = ParameterSpace(kantokuen)
    with pytest.raises(UsageError, match="no table 'faction'") as caught:
        compile_tables(kantokuen, space, hunter="faction")
    assert "factions" in caught.value.hint
    with pytest.raises(UsageError, match="prey"):
        compile_tables(kantokuen, space, prey="factions")


# Compiling


def test_the_gates_come_first_whoever_decides(kantokuen: Case) -> None:
    space = ParameterSpace(kantokuen)
    doctrine = compile_tables(kantokuen, space)
    gates = len(kantokuen.doctrines.gates)
    head = doctrine.hunter_program[: int(np.argmax(doctrine.hunter_program[:, 0] == 27)) + 1]
    for table in kantokuen.rule_tables("hunter"):
        for prey in kantokuen.rule_tables("prey"):
            tables = compile_tables(kantokuen, space, table, prey)
            assert (tables.hunter_program[: len(head)] == head).all()
            assert (tables.gate_scales == doctrine.gate_scales).all()
            taken = [*tables.hunter_quantities.values(), *tables.prey_quantities.values()]
            taken += [*tables.hunter_rows[:, 0], *tables.prey_rows[:, 0]]
            assert sorted(taken) == list(range(2 * gates, tables.n_outputs))


def test_who_acts_at_conferences_only(kantokuen: Case) -> None:
    found = {name: acts_at_conferences_only(kantokuen, name)
             for name in kantokuen.rule_tables("hunter")}  # fmt: skip
    assert {name for name, only in found.items() if only} == {
        "doctrine", "factions", "war_in_the_pacific",
    }  # fmt: skip


def test_the_throne_is_asked_on_its_dates(kantokuen: Case) -> None:
    """1941 by the record; 3 and 6 September share a week, and one note."""
    engine = Engine(kantokuen, 1, threads=1)
    weeks = engine.weeks
    days = ["1941-07-02", "1941-09-06", "1941-11-05", "1941-12-01"]
    expected = {int(kantokuen.week_of(np.datetime64(day).item())) for day in days}
    year = np.flatnonzero(weeks["year"] < 0.5)
    assert {int(week) for week in year if weeks["imperial"][week] > 0.5} == expected
    assert (weeks["imperial"] <= weeks["conference"]).all()
    assert (weeks["liaison"] <= weeks["conference"]).all()
    later = np.flatnonzero((weeks["year"] > 0.5) & (weeks["imperial"] > 0.5))
    assert set(np.diff(later)) == {kantokuen.calendar.imperial_every}


# Laws of every table


@pytest.fixture(scope="module")
def judges(kantokuen: Case) -> dict[str, Judge]:
    return {makers: Judge(kantokuen, makers) for makers in HUNTERS}


@pytest.mark.parametrize("makers", HUNTERS)
@given(block=st.integers(0, 39), ahead=st.integers(0, 40), more=st.floats(1.0, 3.0))
@settings(max_examples=10, deadline=None)
def test_a_larger_garrison_never_brings_the_attack(
    judges: dict[str, Judge], makers: str, block: int, ahead: int, more: float
) -> None:
    """In no week in which the smaller garrison did not bring it."""
    judge = judges[makers]
    week = judge.engine.first_running + ahead
    trace = judge.trace(block, week)
    larger = judge.outputs(trace, week, **dict.fromkeys(GARRISON, more))
    for action in (Action.OPEN_NORTH, Action.OPEN_NORTH_COLLAPSE):
        before = judge.wills(judge.outputs(trace, week), action)
        assert not (judge.wills(larger, action) & ~before).any()


@pytest.mark.parametrize("makers", ["doctrine", "factions", "preset:a_world_at_war"])
def test_a_smaller_garrison_does_bring_it(judges: dict[str, Judge], makers: str) -> None:
    """Or the law above would hold for a table that never attacks."""
    judge = judges[makers]
    brought = 0
    first = judge.engine.first_running
    for block in range(0, 40, 4):
        trace = judge.trace(block, first + 25)
        for week in range(first, first + 26):
            outputs = judge.outputs(trace, week, **dict.fromkeys(GARRISON, 0.2))
            brought += int(judge.wills(outputs, Action.OPEN_NORTH).sum())
        if brought:
            break
    assert brought > 0


def test_every_decision_maker_runs_on_the_same_dice(kantokuen: Case) -> None:
    """And what decides does not change what is decided by the others."""
    names = kantokuen.decider_names("hunter")
    together = play(kantokuen, [decided_by(kantokuen, name) for name in names])
    assert together.events.shape == (len(names), HISTORIES)
    for place in (0, 2, 6):
        alone = play(kantokuen, [decided_by(kantokuen, names[place])])
        assert (alone.events[0] == together.events[place]).all()


# Factions


def log_odds(
    value: dict[str, npt.NDArray[np.float64]], week: float, dates: dict[str, float]
) -> tuple[dict[str, npt.NDArray[np.float64]], dict[str, npt.NDArray[np.float64]]]:
    """The equations of docs/mechanisms/factions.md once more, from the state and parameters."""
    count = np.minimum(value["ratio"], value["collapse_ratio"]) * (1 + value["staff_weight"] / 3)
    ripeness = value["resolve"] - np.log(count)
    need = np.clip(1 - value["oil_months"] / value["oil_ample_months"], 0, 1)
    pull = value["embargo_pull"] * value["embargo"] + value["oil_pull"] * need
    north, south = {}, {}
    for name in FACTIONS:
        north[name] = (
            value[f"{name}_north"]
            + value["ripeness_sharpness"] * (ripeness - value[f"{name}_garrison_tilt"])
            + value["victory_sharpness"] * (value["victory_logit"] + value[f"{name}_victory_tilt"])
        )
        south[name] = value[f"{name}_south"] + pull
    for name in ("navy", "court"):
        north[name] = north[name] + value["temper_spread"] * (value["consent_draw"] - 0.5)
    if week < dates["konoe"]:
        north["cabinet"] = north["cabinet"] + value["matsuoka_push"]
    if week >= dates["tojo"]:
        south["cabinet"] = south["cabinet"] + value["tojo_push"]
    in_time = dates["deadline"] + 1 + value["deadline_slack"] - value["opening_week"] >= 0
    in_time &= value["shipping_free"] - value["shipping_north"] >= 0
    takes_what_falls = value["shipping_free"] >= 0.5 * value["shipping_north"]
    in_time |= takes_what_falls & (value["collapse_known"] > 0.5)
    at_hand = (value["south_decided"] < 0.5) & (value["settled"] < 0.5)
    for name in FACTIONS:
        north[name] = north[name] - np.where(in_time, 0, 30)
        south[name] = south[name] - np.where(at_hand, 0, 30)
    return north, south


def test_the_table_of_factions_is_what_its_page_says(kantokuen: Case) -> None:
    """Proposals and objections of 640 histories in 30 weeks, worked out in NumPy."""
    judge = Judge(kantokuen, "factions")
    rows = judge.tables.hunter_quantities
    dates = {name: kantokuen.week_of(np.datetime64(day).item())
             for name, day in (("konoe", "1941-07-16"), ("tojo", "1941-10-13"))}  # fmt: skip
    first = judge.engine.first_running
    seen: set[tuple[str, bool]] = set()
    for block in range(0, 40, 4):
        trace = judge.trace(block, first + 30)
        own = {name: np.float64(trace.parameters[place])
               for name, place in judge.engine.space.index.items()}  # fmt: skip
        for week in range(first, first + 30):
            state = {name: trace.state[week, row].astype(np.float64)
                     for name, row in FIELD_INDEX.items()}  # fmt: skip
            value = {**state, **own}
            outputs = judge.outputs(trace, week)
            deadline = float(judge.engine.weeks["season_deadline"][week])
            north, south = log_odds(value, float(week), {**dates, "deadline": deadline})
            weights = np.array([own[f"{name}_weight"] for name in FACTIONS])
            for course, ours, other in (("north", north, south), ("south", south, north)):
                shares = [1 / (1 + np.exp(-ours[n]) + np.exp(other[n] - ours[n])) for n in FACTIONS]
                support = np.average(shares, axis=0, weights=weights)
                assert np.allclose(outputs[rows[f"support_{course}"]], support, atol=2e-4)
                for name in FACTIONS:
                    margin = ours[name] - np.maximum(other[name], 0) - own[f"{name}_veto"]
                    sure = np.abs(margin) > 1e-3
                    found = outputs[rows[f"{name}_against_{course}"]] > 0.5
                    assert (found == (margin < 0))[sure].all(), name
                    seen |= {(name, bool(no)) for no in found}
    assert seen == {(name, no) for name in FACTIONS for no in (True, False)}


def test_without_vetoes_the_weighted_majority_decides(kantokuen: Case) -> None:
    """Also: a veto that cannot be used is a veto that is not there."""
    open_to_all = setting(**{f"{name}_veto": NEVER for name in FACTIONS})
    judge = Judge(kantokuen, "factions", open_to_all)
    rows = judge.tables.hunter_quantities
    first = judge.engine.first_running
    proposed = 0
    for block in range(0, 40, 8):
        trace = judge.trace(block, first + 30)
        for week in range(first, first + 30):
            outputs = judge.outputs(trace, week)
            for course in ("north", "south"):
                for name in FACTIONS:
                    assert (outputs[rows[f"{name}_against_{course}"]] == 0).all()
            majority = outputs[rows["support_north"]] >= np.float32(
                trace.parameters[judge.engine.space.index["proposal_share"]]
            )
            majority &= outputs[rows["support_north"]] >= outputs[rows["support_south"]]
            assert ((outputs[rows["north_proposed"]] > 0.5) == majority).all()
            proposed += int(majority.sum())
    assert proposed > 0


def test_vetoes_only_close_ways(kantokuen: Case) -> None:
    """More vetoes, fewer attacks; one that is certain closes every history."""
    everybody = {f"{name}_veto": NEVER for name in FACTIONS}
    worlds = [
        decided_by(kantokuen, "factions", setting(**everybody)),
        decided_by(kantokuen, "factions"),
        *(decided_by(kantokuen, "factions", setting(**{f"{n}_veto": ALWAYS})) for n in FACTIONS),
    ]
    found = attacks(play(kantokuen, worlds)).mean(axis=1)
    assert found[0] > found[1] > 0
    assert (found[2:] == 0).all()


def test_a_navy_veto_of_certainty_blocks_the_north_for_good(kantokuen: Case) -> None:
    world = decided_by(kantokuen, "factions", setting(navy_veto=ALWAYS))
    assert not attacks(play(kantokuen, [world], "attack_ever")).any()


def test_a_faction_without_weight_or_veto_is_not_heard(kantokuen: Case) -> None:
    quiet = {"court_weight": 0.0, "court_veto": NEVER}
    worlds = [
        decided_by(kantokuen, "factions", setting(**quiet)),
        decided_by(kantokuen, "factions", setting(**quiet, court_north=50.0, court_south=-50.0)),
    ]
    results = play(kantokuen, worlds)
    assert (results.events[0] == results.events[1]).all()


def test_without_a_call_war_is_decided_before_the_throne_on_its_dates(kantokuen: Case) -> None:
    dates_only = decided_by(kantokuen, "factions", setting(throne_on_call=0.0))
    at_once = decided_by(kantokuen, "factions", setting(throne_on_call=1.0))
    engine = Engine(kantokuen, 1, threads=1)
    decided = FIELD_INDEX["north_decided"], FIELD_INDEX["south_decided"]
    last = engine.first_running + 80
    weeks: dict[str, set[int]] = {}
    for name, world in (("dates", dates_only), ("call", at_once)):
        weeks[name] = set()
        for block in range(0, 40, 4):
            state = engine.trace(64 * block, world, last).state
            for row in decided:
                rises = np.diff(state[:, row], axis=0) > 0.5
                weeks[name] |= {int(week) + 1 for week in np.flatnonzero(rises.any(axis=1))}
    imperial = set(map(int, np.flatnonzero(engine.weeks["imperial"] > 0.5)))
    liaison = set(map(int, np.flatnonzero(engine.weeks["liaison"] > 0.5)))
    assert weeks["dates"]
    assert weeks["dates"] <= imperial
    assert weeks["call"] <= imperial | liaison
    assert not weeks["call"] <= imperial


# Presets


def test_a_garrison_that_must_stand_holds_back_the_attack(kantokuen: Case) -> None:
    """The more a rule asks of the hunter, the fewer histories attack, history by history."""
    asked = (8.0, 13.0, 15.5, 40.0)
    worlds = [
        decided_by(kantokuen, "preset:a_world_at_war", setting(world_at_war_garrison=divisions))
        for divisions in asked
    ]
    found = attacks(play(kantokuen, worlds))
    assert found[0].mean() > found[2].mean() > found[3].mean() == 0
    assert (found[:-1] >= found[1:]).all()


def test_the_pact_binds_in_world_in_flames(kantokuen: Case) -> None:
    ratios = (0.5, 1.0, 1.5, 9.0)
    worlds = [
        decided_by(kantokuen, "preset:world_in_flames", setting(world_in_flames_ratio=ratio))
        for ratio in ratios
    ]
    found = attacks(play(kantokuen, worlds))
    assert (found[:-1] >= found[1:]).all()
    assert found[0].mean() > found[2].mean() > found[3].mean() == 0


def test_a_surplus_never_tempts_in_gathering_storm(kantokuen: Case) -> None:
    worlds = [
        decided_by(kantokuen, "preset:gathering_storm", setting(gathering_storm_required=units))
        for units in (0.0, 8.0, 60.0)
    ]
    found = attacks(play(kantokuen, worlds)).mean(axis=1)
    assert found[0] <= found[1] < found[2]


def test_war_in_the_pacific_never_goes_north_and_keeps_its_garrison(kantokuen: Case) -> None:
    worlds = [
        decided_by(kantokuen, "preset:war_in_the_pacific"),
        decided_by(kantokuen, "preset:war_in_the_pacific", setting(pacific_assault_value=1e6)),
    ]
    assert not attacks(play(kantokuen, worlds, "attack_ever")).any()
    south = attacks(play(kantokuen, worlds, "south_ever")).mean(axis=1)
    assert south[0] > 0.3
    assert south[1] == 0


def test_the_chance_of_triplea_is_that_of_its_source(kantokuen: Case) -> None:
    """p = 0.05 (r - 1) + q (1 + 0.5 (r - 1)); a round of weekly throws comes to p."""
    judge = Judge(kantokuen, "preset:triplea")
    rows = judge.tables.hunter_quantities
    own = dict(judge.engine.space.index)
    first = judge.engine.first_running
    shares: set[float] = set()
    for block in range(0, 40, 4):
        trace = judge.trace(block, first + 60)
        length = trace.parameters[own["triplea_round_weeks"]]
        north = trace.parameters[own["triplea_north_targets"]]
        other = trace.parameters[own["triplea_other_targets"]]
        for ahead in range(0, 60, 7):
            outputs = judge.outputs(trace, first + ahead)
            takeable = outputs[rows["odds"]] >= trace.parameters[own["triplea_odds"]]
            share = np.where(takeable, north, 0) / (np.where(takeable, north, 0) + other + 1)
            gone = ahead / length  # rounds gone: r - 1
            chance = np.minimum(0.05 * gone + share * (1 + 0.5 * gone), 0.999)
            assert np.allclose(outputs[rows["chance_a_round"]], chance, rtol=2e-5)
            weekly = outputs[rows["chance_a_week"]].astype(np.float64)
            assert np.allclose(1 - (1 - weekly) ** length, chance, rtol=3e-4, atol=1e-5)
            shares |= set(np.round(share, 6))
    assert min(shares) == 0 < max(shares)


def test_freeciv_takes_the_better_target(kantokuen: Case) -> None:
    few, many = setting(freeciv_north_towns=0.0), setting(freeciv_south_towns=0.0)
    worlds = [decided_by(kantokuen, "preset:freeciv", changes) for changes in (few, many)]
    north = attacks(play(kantokuen, worlds)).mean(axis=1)
    south = attacks(play(kantokuen, worlds, "south_ever")).mean(axis=1)
    assert north[0] == 0 < north[1]
    assert south[0] > 0.5 > south[1]


# The prey


def test_a_prey_that_holds_sends_less_than_one_that_feeds_the_west(kantokuen: Case) -> None:
    engine = Engine(kantokuen, 1, threads=1)
    weeks = [engine.first_running + 12, engine.first_running + 26]
    sent = {
        prey: engine.observe(
            decided_by(kantokuen, f"doctrine/{prey}"), 0, HISTORIES, ["sent_total"], weeks, weeks[1]
        )[:, 0]
        for prey in ("hold_the_east", "passive", "preset:war_in_the_east_2", "expected_value")
    }
    # Later the front that gets less asks for more: then only the mean must keep the order.
    assert (sent["hold_the_east"][0] < sent["passive"][0]).all()
    assert (sent["preset:war_in_the_east_2"][0] <= sent["passive"][0] + 1e-3).all()
    mean = {prey: divisions[1].mean() for prey, divisions in sent.items()}
    assert mean["hold_the_east"] < mean["preset:war_in_the_east_2"] < mean["passive"]
    # Only expected value ever strips the East faster than trains run by themselves.
    assert (sent["expected_value"][1] > sent["passive"][1] + 1e-3).any()


def test_the_required_garrison_is_kept_by_slower_trains(kantokuen: Case) -> None:
    judge = Judge(kantokuen, "doctrine/preset:war_in_the_east_2")
    place = judge.engine.space.index["war_in_the_east_garrison"]
    hold = judge.engine.space.index["posture_hold"]
    met = set()
    for block in range(0, 40, 4):
        trace = judge.trace(block, judge.engine.first_running + 60)
        state = trace.state[judge.engine.first_running :]
        held = state[:, FIELD_INDEX["old_divisions"]] + state[:, FIELD_INDEX["new_quality"]]
        short = held < trace.parameters[place]
        pace = np.where(short, np.float32(trace.parameters[hold]), np.float32(1.0))
        sure = np.abs(held - trace.parameters[place]) > 1e-3
        assert (state[:, FIELD_INDEX["posture"]] == pace)[sure].all()
        met |= set(short.ravel().tolist())
    assert met == {True, False}


def test_a_dearer_west_draws_more_divisions(kantokuen: Case) -> None:
    engine = Engine(kantokuen, 1, threads=1)
    last = engine.first_running + 26
    sent = [
        engine.observe(
            decided_by(kantokuen, "doctrine/expected_value", setting(prey_west_worth=worth)),
            0, 1_280, ["sent_total"], [last], last,
        )[0, 0].mean()
        for worth in (0.1, 20.0, 4000.0)
    ]  # fmt: skip
    assert sent[0] < sent[1] < sent[2]


def test_a_passive_prey_never_acts_in_the_east(kantokuen: Case) -> None:
    worlds = [decided_by(kantokuen, "doctrine/passive"), decided_by(kantokuen, "doctrine")]
    entered = attacks(play(kantokuen, worlds, "soviet_entry")).mean(axis=1)
    assert entered[0] == 0 < entered[1]


# Telling


def test_a_conference_of_factions_tells_who_said_no(kantokuen: Case) -> None:
    history = retell(kantokuen, 3, 1, {}, "factions")
    told = [event for event in chronicle(history) if event.key == "voices"]
    assert told
    table = kantokuen.rule_tables("hunter")["factions"]
    said = {name for event in told for name in event.values["held"]}
    assert said <= {quantity.id for quantity in table.quantities}
    assert "navy_against_north" in said
    lines = [sentence(event, kantokuen, Words("en")) for event in told]
    assert any("the Navy says no to the north" in line for line in lines)
    french = [sentence(event, kantokuen, Words("fr")) for event in told]
    assert any("la marine dit non au nord" in line for line in french)


def test_the_doctrine_has_no_voices(kantokuen: Case) -> None:
    history = retell(kantokuen, 3, 1, {})
    assert not [event for event in chronicle(history) if event.key == "voices"]


def test_a_structure_is_told_apart_by_both_its_names() -> None:
    assert Structure("factions", True, "passive").name == "factions/passive"
    assert Structure("factions", False).name == "factions, no collapse"
