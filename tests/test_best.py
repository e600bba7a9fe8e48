"""The best policy: what must hold whatever its figures, and what the engine makes of it."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import jukushi
from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.doctrines.policy import HUNTER_BELIEFS
from jukushi.draws import DICE_PER_DRAW, LANES
from jukushi.engine.run import Engine, World
from jukushi.errors import JukushiError, UndefinedAnswer, UsageError
from jukushi.questions.amounts import ignorance_of_mean, share
from jukushi.questions.best import Asked, best
from jukushi.questions.best_hunter import HUNTER_KNOWS
from jukushi.questions.bound import upper_bound
from jukushi.questions.dual import foresight
from jukushi.questions.planner import NORTH, OWN, SOUTH, Planner
from jukushi.questions.policies import load_policy
from jukushi.questions.policy_value import follow, gain
from jukushi.questions.prey_planner import PREY_BELIEFS, SPY, PreyPlanner
from jukushi.questions.solve import Sizes, Solved, as_decided, solve_hunter, structures_with
from jukushi.questions.stopping import GO_ON, Policy
from jukushi.views.best import best_view
from jukushi.views.terminal import plain
from jukushi.views.words import Words
from jukushi.world.vocabulary import open_case

FORMATS = Path(__file__).resolve().parents[1] / "docs" / "formats"
HUNTER = structures_with(open_case("kantokuen"), True)[0]
UNTIL = date(1942, 12, 31)

#: Of deciders near the edge a few in a thousand may fall to the other side in single precision.
NEAR_TIES = 0.002


@cache
def engine() -> Engine:
    return Engine(open_case("kantokuen"), seed=7)


@cache
def sizes() -> Sizes:
    return Sizes(256, 64, int(engine().case.week_of(UNTIL)))


@cache
def solved(*changes: Change) -> Solved:
    return solve_hunter(engine(), (*HUNTER.changes, *changes), sizes())


def done_in(world: World, planner: Planner) -> tuple[Any, Any]:
    """What the engine decides first in a world: place of the date, and action."""
    decided = engine().observe(
        world, sizes().fit_draws * DICE_PER_DRAW, sizes().judge_draws * LANES,
        ["north_decided", "south_decided"], planner.weeks, planner.weeks[-1],
        stride=DICE_PER_DRAW,
    ) > 0.5  # fmt: skip
    acted = decided.any(axis=1)
    when = np.where(acted.any(axis=0), acted.argmax(axis=0), len(planner.weeks))
    place = np.minimum(when, len(planner.weeks) - 1)
    north = decided[place, NORTH, np.arange(len(when))]
    action = np.where(when == len(planner.weeks), GO_ON, np.where(north, NORTH, SOUTH))
    return when, action


# The engine follows a policy


def test_the_engine_follows_a_fitted_policy() -> None:
    """First decisions of the kernel are those of the policy on the histories of one who waits."""
    found = solved()
    when, action = done_in(found.world(), found.planner)
    same = (when == found.evaluation.date) & (action == found.evaluation.action)
    assert (~same).mean() < NEAR_TIES
    assert (action == SOUTH).any()
    assert (action == GO_ON).any()


def by_hand(dates: int, allowed: tuple[int, ...], limit: float) -> Policy:
    """Act if fewer divisions are believed than a limit, in the same way at every date."""
    width = len(HUNTER_BELIEFS)
    believed = HUNTER_BELIEFS.index("believed_divisions")
    mean = np.zeros((dates, width))
    mean[:, believed] = limit
    coefficients = np.zeros((dates, 3, 1 + width + width * (width + 1) // 2))
    for action in allowed:
        coefficients[:, action, 1 + believed] = -1.0 + 0.1 * action
    known = np.zeros((dates, 2), bool)
    known[:, list(allowed)] = True
    return Policy(mean, np.ones((dates, width)), coefficients, known)


@pytest.mark.parametrize("allowed", [(NORTH,), (SOUTH,), (NORTH, SOUTH)])
def test_the_engine_follows_a_policy_made_by_hand(allowed: tuple[int, ...]) -> None:
    found = solved()
    policy = by_hand(len(found.planner.weeks), allowed, 21.0)
    world = Solved(found.planner, policy, found.judged, found.evaluation).world("by hand")
    when, action = done_in(world, found.planner)
    date_wanted, action_wanted, _ = follow(policy, found.judged)
    same = (when == date_wanted) & (action == action_wanted)
    assert (~same).mean() < NEAR_TIES
    assert (action != GO_ON).mean() > 0.05
    # An action that is not known is never taken.
    assert set(np.unique(action)) <= {GO_ON, *allowed}


def test_an_attack_by_a_policy_needs_what_every_attack_needs() -> None:
    changes = (Change(parameter="shipping_north", set=1000.0),)
    found = solved(*changes)
    policy = by_hand(len(found.planner.weeks), (NORTH,), 1000.0)
    world = Solved(found.planner, policy, found.judged, found.evaluation).world("eager")
    assert (done_in(world, found.planner)[1] == GO_ON).all()
    assert not (found.evaluation.action == NORTH).any()
    assert not found.policy.known[:, NORTH].any()


# What it brings


def test_waiting_moves_nobody() -> None:
    """What is seen while waiting is what a decider saw before its first act."""
    found = solved()
    fields = ["believed_divisions", "oil_months", "victory_logit", "true_success"]
    weeks, first = found.planner.weeks, sizes().fit_draws * DICE_PER_DRAW
    args = (first, 512, [*fields, "north_decided", "south_decided"], weeks, weeks[-1])
    waits = engine().observe(found.planner.world, *args)
    acts = engine().observe(World(HUNTER.name, HUNTER.changes), *args)
    before = np.cumsum((acts[:, 4:] > 0.5).any(axis=1), axis=0) == 0
    for row in range(len(fields)):
        assert (waits[:, row][before] == acts[:, row][before]).all()
    assert before.any(axis=1).all()


def test_best_is_no_worse_than_any_decision_maker() -> None:
    found = solved()
    for structure in structures_with(open_case("kantokuen"), True):
        decided = as_decided(engine(), structure, found, sizes())
        regret = gain(found.evaluation, decided)
        assert regret.mean > -3.0 * regret.error
        assert np.array_equal(decided.draw, found.evaluation.draw)


def test_the_regret_of_a_policy_against_itself_is_nothing() -> None:
    """A policy judged as a decision-maker, through the engine, brings what it was judged to."""
    found = solved()
    when, action = done_in(found.world(), found.planner)
    stopped = np.flatnonzero(action != GO_ON)
    cash = found.judged.final.copy()
    cash[stopped] = found.judged.payoff[when[stopped], stopped, action[stopped]]
    assert cash.mean() == pytest.approx(found.evaluation.value.mean, abs=1e-3)


def test_knowing_more_never_costs_the_best_policy() -> None:
    for changes in HUNTER_KNOWS.values():
        worth = gain(solved(*changes).evaluation, solved().evaluation)
        assert worth.mean > -3.0 * worth.error


def test_fit_and_judgement_share_no_draw() -> None:
    assert solved().judged.draw.min() == sizes().fit_draws
    assert len(np.unique(solved().judged.draw)) == sizes().judge_draws


def test_the_upper_bound_is_above_the_lower() -> None:
    short = Sizes(96, 32, int(engine().case.week_of(date(1941, 12, 31))))
    found = solve_hunter(engine(), HUNTER.changes, short)
    full = solve_hunter(engine(), HUNTER.changes, short, sees_all=True)
    bound = upper_bound(full.planner, full.policy, found.policy, short.fit_draws, 24)
    assert bound.gap.mean >= 0.0
    assert bound.halving > -3.0 * bound.value.error
    assert (foresight(found.judged) >= found.evaluation.cash).all()
    # One who sees all is bound by it, too: told to its own policy the gap cannot be negative.
    assert bound.gap.mean > gain(full.evaluation, found.evaluation).mean - 3 * bound.gap.error
    assert full.judged.features.shape[2] > len(OWN)


# The prey


def test_the_preys_histories_are_those_of_its_acts() -> None:
    planner = PreyPlanner(engine(), HUNTER.changes, sizes().horizon)
    histories = planner.histories(300, 4, 16)
    assert histories.features.shape == (
        len(planner.weeks), 64, len(PREY_BELIEFS) + len(SPY),
    )  # fmt: skip
    assert (histories.payoff <= 0.0).all()
    assert (histories.final <= 0.0).all()
    # Until the first date nothing differs; a later one leaves more weeks as they were.
    never = engine().trace(300 * DICE_PER_DRAW, planner.world(None), sizes().horizon)
    week = planner.weeks[3]
    late = engine().trace(300 * DICE_PER_DRAW, planner.world(week), sizes().horizon)
    assert (never.state[:week] == late.state[:week]).all()
    assert (never.state != late.state).any()


# The intervals


def test_ignorance_of_a_mean_takes_the_dice_out() -> None:
    """Means of draws, spread by the dice of 64 histories, come back to the spread of the truth."""
    rng = np.random.default_rng(3)
    draw = np.repeat(np.arange(2_000), 64)
    truth = rng.normal(1.0, 0.1, 2_000)[draw]
    found = ignorance_of_mean(truth + rng.normal(0.0, 2.0, len(draw)), draw)
    assert found == pytest.approx((1.0 - 0.1645, 1.0 + 0.1645), abs=0.02)
    pure = ignorance_of_mean(rng.normal(0.0, 2.0, len(draw)), draw)
    assert pure[1] - pure[0] < 0.25
    assert all(np.isnan(ignorance_of_mean(truth[:64], draw[:64])))


def test_ignorance_of_a_constant_is_the_constant() -> None:
    draw = np.repeat(np.arange(30), 4)
    assert ignorance_of_mean(np.full(120, 0.7), draw) == pytest.approx((0.7, 0.7))


def test_a_share_has_both_intervals() -> None:
    rng = np.random.default_rng(4)
    draw = np.repeat(np.arange(200), 64)
    chance = np.repeat([0.1, 0.5], 100)[draw]
    found = share(rng.random(len(draw)) < chance, draw)
    assert found["estimate"] == pytest.approx(0.3, abs=0.01)
    assert found["sampling"][0] < 0.3 < found["sampling"][1]
    assert found["sampling"][1] - found["sampling"][0] > 0.04  # draws are alike: no 0.013
    assert found["ignorance"][0] == pytest.approx(0.05, abs=0.06)
    assert found["ignorance"][1] == pytest.approx(0.6, abs=0.1)


# Answers


def small(power: str | None = None, threads: int | None = None) -> Asked:
    outer = None if power == "ussr" else 20
    return Asked(power, date(1941, 12, 31), 40, 20, outer, threads=threads)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    file = tmp_path_factory.mktemp("best") / "policy.json"
    case = jukushi.load("kantokuen")
    asked = {"until": date(1941, 12, 31), "fit_draws": 40, "judge_draws": 20}
    return {
        "japan": case.best(outer=20, save=file, **asked) | {"file": file},  # type: ignore[arg-type]
        "ussr": case.best("ussr", **asked),  # type: ignore[arg-type]
    }


def without(answer: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key not in keys}


@pytest.mark.slow
@pytest.mark.parametrize("power", ["japan", "ussr"])
def test_threads_change_no_byte(
    answers: dict[str, dict[str, Any]], kantokuen: Case, power: str
) -> None:
    steps: list[tuple[str, float]] = []
    one = best(kantokuen, small(power, 1), lambda name, done: steps.append((name, done)))
    two = best(kantokuen, small(power, 2))
    told = [
        json.dumps(without(answer, "provenance", "file")) for answer in (one, two, answers[power])
    ]
    assert told[0] == told[1] == told[2]
    shares = [done for _, done in steps]
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] < shares[-1] < 1.0


@pytest.mark.parametrize("power", ["japan", "ussr"])
def test_answers_by_their_schema(answers: dict[str, dict[str, Any]], power: str) -> None:
    schema = json.loads((FORMATS / "best.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    answer = without(answers[power], "file")
    validator.validate(answer)
    for key in answer:
        assert not validator.is_valid(without(answer, key)), key
    assert not validator.is_valid({**answer, "surprise": 1})
    page = (FORMATS / "best.md").read_text(encoding="utf-8")
    for key in schema["properties"]:
        assert f"`{key}`" in page, key


def test_what_a_policy_does_adds_up(answers: dict[str, dict[str, Any]]) -> None:
    for power, names in (("japan", ("north", "south")), ("ussr", ("strips",))):
        acts = answers[power]["acts"]
        whole = acts["never"]["estimate"] + sum(acts[name]["estimate"] for name in names)
        assert whole == pytest.approx(1.0)
        for name in names:
            dated = sum(row[name]["estimate"] for row in acts["by_date"])
            assert dated == pytest.approx(acts[name]["estimate"])


def test_every_table_of_the_prey_is_compared(
    answers: dict[str, dict[str, Any]], kantokuen: Case
) -> None:
    rows = answers["ussr"]["decision_makers"]
    names = [row["decision_maker"] for row in rows]
    assert names == ["best", *kantokuen.decider_names("prey")]
    values = dict(zip(names, (row["value"]["estimate"] for row in rows), strict=True))
    # Each is run by its own table: to hold the east is not to strip it, nor to weigh both.
    assert len({values[name] for name in ("doctrine", "expected_value", "hold_the_east")}) == 3


def test_regrets_are_differences_of_values(answers: dict[str, dict[str, Any]]) -> None:
    for answer in answers.values():
        own, *others = answer["decision_makers"]
        assert own["decision_maker"] == "best"
        assert own["regret"] is None
        assert own["value"] == answer["value"]["lower"]
        for row in others:
            wanted = own["value"]["estimate"] - row["value"]["estimate"]
            assert row["regret"]["estimate"] == pytest.approx(wanted)


def test_the_saved_policy_is_the_one_of_the_answer(
    answers: dict[str, dict[str, Any]], kantokuen: Case
) -> None:
    policy = load_policy(answers["japan"]["file"], kantokuen)
    assert list(policy.weeks) == answers["japan"]["policy"]["weeks"]
    assert policy.coefficients.tolist() == answers["japan"]["policy"]["coefficients"]


@pytest.mark.parametrize("power", ["japan", "ussr"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_view_fits_and_says_all(
    answers: dict[str, dict[str, Any]], kantokuen: Case, power: str, language: str
) -> None:
    words = Words(language)
    told = plain(best_view(answers[power], kantokuen, words), 80)
    assert all(len(line) <= 80 for line in told.splitlines())
    first = told.splitlines()[0]
    assert first.startswith(
        kantokuen.power_of("hunter" if power == "japan" else "prey").title.to(language)
    )
    for name in ("doctrine", *(["expected_value"] if power == "japan" else [])):
        assert name in told
    flat = " ".join(told.split())
    for key in ("best.cells", "best.worth_note", "why.rests_warning"):
        assert " ".join(words(key).split()) in flat
    assert "nan" not in told


def test_a_policy_that_never_acts_is_told(
    answers: dict[str, dict[str, Any]], kantokuen: Case
) -> None:
    answer = json.loads(json.dumps(without(answers["japan"], "file")))
    for name, wanted in (("north", "only_south"), ("south", "nothing")):
        answer["acts"][name]["date"] = None
        told = plain(best_view(answer, kantokuen, Words("en")), 500)
        ending = "never north" if wanted == "only_south" else "never acts"
        assert ending in told.splitlines()[0]


# Questions that cannot be answered


@pytest.mark.parametrize(
    ("asked", "error", "hint"),
    [
        (Asked(power="jappan"), UsageError, "'japan'"),
        (Asked(power="germany"), UsageError, "japan"),
        (Asked(until=date(1949, 1, 1)), UsageError, "1943-12-31"),
        (Asked(until=date(1941, 1, 1)), UsageError, "1943-12-31"),
        (Asked(until=date(1941, 6, 25)), UsageError, "later day"),
        (Asked(power="ussr", until=date(1941, 6, 25)), UsageError, "later day"),
        (Asked(fit_draws=19), UndefinedAnswer, "20"),
        (Asked(fit_draws=0), UndefinedAnswer, "20"),
        (Asked(judge_draws=19), UndefinedAnswer, "20"),
        (Asked(outer=3), UndefinedAnswer, "20"),
        (Asked(power="ussr", outer=30), UsageError, "--outer"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    kantokuen: Case, asked: Asked, error: type[JukushiError], hint: str
) -> None:
    with pytest.raises(error) as caught:
        best(kantokuen, asked)
    assert hint in caught.value.hint


def test_a_case_without_a_surface_counts_no_losses_of_the_prey(copy: Path) -> None:
    (copy / "surface.yaml").unlink()
    blind = open_case(copy)
    with pytest.raises(UsageError, match="not known"):
        best(blind, small("ussr"))
    answer = best(blind, small())
    assert all(row["prey_value"] is None for row in answer["decision_makers"])
    assert all(row["prey"] == {} for row in answer["information"])
    assert "−" in plain(best_view(answer, blind, Words("en")), 80)
