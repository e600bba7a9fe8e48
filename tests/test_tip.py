"""The smallest changes on the flagship: shifted priors, carried readings, the whole answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import jukushi
from jukushi.case.load import Case
from jukushi.case.schema import Change, Range
from jukushi.engine.run import Engine, World
from jukushi.errors import UndefinedAnswer, UsageError
from jukushi.faces.cli import run_command
from jukushi.faces.progress import without_nan
from jukushi.questions.odds import structure_of
from jukushi.questions.tip import Tipping, tip
from jukushi.questions.tip_check import Check
from jukushi.questions.tip_crossing import Goal
from jukushi.questions.tip_draws import Sample, deviations, shifted_value
from jukushi.questions.tip_factors import all_or_nothing, carried, moved, strengths
from jukushi.questions.tip_search import Search
from jukushi.study.conduct import Options
from jukushi.views.terminal import plain
from jukushi.views.tip import tip_view
from jukushi.views.words import Words
from jukushi.world.parameters import ParameterSpace

OUTCOME = "attack_by_end_1941"
SMALL = 2_560
FORMATS = Path(__file__).resolve().parents[1] / "docs" / "formats"


def sample(case: Case, draws: range, dice: int = 64, threads: int = 2) -> Sample:
    engine = Engine(case, 1, threads)
    return Sample(engine, structure_of(case, None, None), OUTCOME, draws, dice)


def one(found: Sample, name: str, shift: float) -> np.ndarray:
    """A shift of one prior, as a row."""
    row = np.zeros((1, len(found.names)))
    row[0, found.names.index(name)] = shift
    return row


@pytest.fixture(scope="module")
def space(kantokuen: Case) -> ParameterSpace:
    return ParameterSpace(kantokuen)


@pytest.fixture(scope="module")
def some(kantokuen: Case) -> Sample:
    return sample(kantokuen, range(40))


# Shifted priors


@pytest.mark.parametrize("threads", [1, 2])
def test_no_shift_is_the_world_as_it_was(kantokuen: Case, threads: int) -> None:
    found = sample(kantokuen, range(3, 7), 128, threads)
    counts = found.shifted(np.zeros((1, len(found.names))))
    world = World("base", structure_of(kantokuen, None, None).changes)
    events = Engine(kantokuen, 1).run([world], 3 * 128, 4 * 128, OUTCOME).events[0]
    assert (counts[0] == (events >= 0).reshape(4, 128).sum(axis=1)).all()
    assert (counts == found.changed([()])).all()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        # A shift of a lognormal prior multiplies, one of a normal prior adds.
        ("axis_supply_rate", {"times": float(np.exp(2.0 * 0.09))}),
        ("attack_force", {"add": 2.0 * 1.5}),
    ],
)
def test_a_shift_is_the_change_that_it_amounts_to(
    some: Sample, name: str, change: dict[str, float]
) -> None:
    shifted = some.shifted(one(some, name, 2.0))
    changed = some.changed([[Change(parameter=name, **change)]])
    assert (shifted == changed).all()
    assert shifted.sum() > some.shifted(one(some, name, 0.0)).sum()


def test_the_slope_of_a_shift_is_the_covariance_with_the_prior(kantokuen: Case) -> None:
    """For P(d) = E f(z + d) with normal z, dP/dd = E f(z) z: no shift is needed to know it."""
    from scipy.special import ndtri

    from jukushi.draws import parameter_uniforms

    draws, name, step = range(1024), "required_ratio", 0.25
    found = sample(kantokuen, draws)
    rates = found.rates(np.concatenate([one(found, name, d) for d in (-step, 0.0, step)]))
    slope = (rates[2] - rates[0]) / (2.0 * step)
    normals = ndtri(parameter_uniforms(1, [name], np.array(draws)))[0]
    product = (rates[1] - rates[1].mean()) * normals
    error = np.hypot(slope.std(), product.std()) / np.sqrt(len(draws))
    assert abs(slope.mean() - product.mean()) < 4.0 * error
    assert abs(slope.mean()) > 4.0 * slope.std() / np.sqrt(len(draws))


def test_a_shifted_prior_keeps_its_support(space: ParameterSpace) -> None:
    for name, item in space.case.parameters.items():
        if item.range.uniform and not item.relative:
            low, high = item.range.uniform
            assert (
                low <= shifted_value(space, name, -6.0) <= shifted_value(space, name, 6.0) <= high
            )


def test_deviations_undo_a_shift(space: ParameterSpace) -> None:
    for name, item in space.case.parameters.items():
        if item.range.fixed:
            assert deviations(space, name, 1.0) is None
            continue
        for shift in (-1.3, 0.0, 0.7):
            value = shifted_value(space, name, shift)
            if item.range.normal and value == 0.0:
                continue  # cut at zero: several shifts give the same value
            assert deviations(space, name, value) == pytest.approx(shift, abs=1e-6)


def test_draws_of_a_check_do_not_depend_on_when_they_are_run(kantokuen: Case) -> None:
    """Ten draws and then ten more are twenty; a world is run alone as among others."""
    shift = one(sample(kantokuen, range(1)), "required_ratio", -2.0)[0]
    steps = Check(lambda draws: sample(kantokuen, draws, 128), 10)
    whole = Check(lambda draws: sample(kantokuen, draws, 128), 20)
    first, second = steps.shift(shift, True), whole.shift(shift)
    whole.change([Change(parameter="attack_force", times=2.0)])
    steps.run()
    whole.run()
    assert first["histories"] == 1280
    assert np.isnan(first["ignorance"]).all()  # ten draws define no ignorance
    steps.sharpen(1e-9, 20)
    assert first == second


# Carried readings


@pytest.fixture(scope="module")
def base(space: ParameterSpace) -> np.ndarray:
    return space.draw(1, np.arange(50))


@pytest.mark.parametrize("strength", [0.25, 0.5, 1.5, 2.0])
def test_a_carried_reading_goes_straight_or_by_powers(
    space: ParameterSpace, base: np.ndarray, strength: float
) -> None:
    changes = [
        Change(parameter="attack_force", set=30.0),
        Change(parameter="transfer_rate", times=2.0),
        Change(parameter="deadline_slack", add=4.0),
    ]
    found = space.changed(base, carried(space, changes, strength))
    force, rate, slack = (
        (base[:, space.index[item.parameter]], found[:, space.index[item.parameter]])
        for item in changes
    )
    np.testing.assert_allclose(force[1], (1.0 - strength) * force[0] + strength * 30.0)
    np.testing.assert_allclose(rate[1], rate[0] * 2.0**strength)
    np.testing.assert_allclose(slack[1], slack[0] + 4.0 * strength)


def test_every_reading_at_strength_one_is_the_reading(
    space: ParameterSpace, base: np.ndarray
) -> None:
    for factor in space.case.factors.values():
        for reading in factor.readings:
            assert carried(space, reading.changes, 1.0) == tuple(reading.changes)
            assert carried(space, reading.changes, 0.0) == ()


def test_switches_are_all_or_nothing(kantokuen: Case, space: ParameterSpace, base: Any) -> None:
    def reading(factor: str, name: str) -> list[Change]:
        found = kantokuen.factors[factor].readings
        return next(item.changes for item in found if item.id == name)

    switch = reading("khalkhin_gol", "never_fought")
    mixed = reading("oil_embargo", "no_south")
    assert all_or_nothing(kantokuen, switch)
    assert all_or_nothing(kantokuen, mixed)
    assert all_or_nothing(kantokuen, [Change(parameter="attack_force", range=Range(normal=3.0))])
    assert not all_or_nothing(kantokuen, reading("china_war", "truce"))
    assert strengths(space, base, switch) == [0.0, 1.0]
    # A number brought to zero cannot be carried further, a share not beyond one.
    assert max(strengths(space, base, reading("oil_embargo", "not_imposed"))) == 1.0
    assert max(strengths(space, base, reading("china_war", "settled_1939"))) == 1.0
    assert max(strengths(space, base, reading("china_war", "truce"))) == 2.0
    assert max(strengths(space, base, reading("german_stall", "supplied"))) == 2.0


def test_what_a_reading_does_is_said_in_units_and_deviations(space: ParameterSpace) -> None:
    factor = space.case.factors["soviet_garrison"]
    rows = {row["parameter"]: row for row in moved(space, factor.readings[0].changes, 0.5)}
    floor = rows["floor_low"]
    assert floor["from"] == pytest.approx(14.0)
    assert floor["to"] == pytest.approx(14.0 * np.sqrt(0.5))
    assert floor["deviations"] == pytest.approx((floor["to"] - 14.0) / 2.0)
    assert moved(space, factor.readings[0].changes, 0.0) == []


# The search on the flagship


@pytest.mark.slow
def test_a_higher_target_never_needs_a_smaller_change(kantokuen: Case) -> None:
    found = sample(kantokuen, range(10))
    start = float(found.rates(np.zeros((1, len(found.names)))).mean())
    low, high = (Search(found, Goal(start + more, True), 3.0) for more in (0.01, 0.03))
    reached = 0
    for first, second in zip(low.priors(), high.priors(), strict=True):
        assert first.place == second.place
        if second.crossing.at is not None:
            reached += 1
            assert first.crossing.at is not None
            assert first.crossing.at <= second.crossing.at
    assert reached > 3
    names = ["german_stall", "china_war"]
    for first, second in zip(low.readings(names), high.readings(names), strict=True):
        if second.crossing.at is not None:
            assert first.crossing.at is not None
            assert first.crossing.at <= second.crossing.at
    sets = [search.sets(kantokuen, [*names, "season"]) for search in (low, high)]
    assert sets[0].reached >= sets[1].reached
    assert sets[0].subsets[0].bit_count() <= sets[1].subsets[0].bit_count()


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ({"outcome": "vladivostok_by_end_1941"}, "attack_by_end_1941"),
        ({"outcome": "attack_by_end_1941x"}, "attack_by_end_1941"),
        ({"target": 50.0}, "0.5"),
        ({"target": 0.0}, "0.5"),
        ({"most_sd": 40.0}, "6"),
        ({"precision": 0.7}, "0.5pp"),
        ({"decision_maker": "doctrin"}, "doctrine"),
    ],
)
def test_what_makes_no_sense_is_refused(kantokuen: Case, asked: Any, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        tip(kantokuen, Tipping(**asked))
    assert hint in refused.value.hint


def test_a_target_that_cannot_be_told_from_the_probability_is_refused(kantokuen: Case) -> None:
    with pytest.raises(UndefinedAnswer) as refused:
        tip(kantokuen, Tipping(target=0.035, histories=SMALL))
    needed = int(refused.value.hint.split("--histories ")[1].split()[0])
    assert needed > SMALL
    with pytest.raises(UndefinedAnswer):
        tip(kantokuen, Tipping(histories=SMALL - 1))


def test_the_interface_and_the_command_reach_the_question(
    kantokuen: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UndefinedAnswer):
        jukushi.load("kantokuen").tip(to=0.035, histories=SMALL)
    assert run_command(["tip", "kantokuen", "--to", "0.035", "-n", str(SMALL), "-q"]) == 1
    assert "cannot be told from" in capsys.readouterr().err
    assert run_command(["tip", "kantokuen", "--precision", "sharp"]) == 2
    assert "0.5pp" in capsys.readouterr().err


# The answer


@pytest.fixture(scope="module")
def shown() -> list[tuple[int, int, float]]:
    return []


@pytest.fixture(scope="module")
def answer(kantokuen: Case, shown: list[tuple[int, int, float]]) -> dict[str, Any]:
    """South by the end of 1941 lies above one half: the way down."""
    question = Tipping(outcome="south_by_end_1941", histories=SMALL, target=0.4, precision=0.06)
    options = Options(progress=lambda *told: shown.append(told))
    found: dict[str, Any] = without_nan(tip(kantokuen, question, options))
    return json.loads(json.dumps(found, allow_nan=False))  # type: ignore[no-any-return]


@pytest.mark.slow
def test_answer_by_its_schema_and_page(answer: dict[str, Any]) -> None:
    schema = json.loads((FORMATS / "tip.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(answer)
    page = (FORMATS / "tip.md").read_text(encoding="utf-8")
    for key in schema["properties"]:
        assert f"`{key}`" in page, key
    broken = json.loads(json.dumps(answer))
    broken["nearest"]["probability"]["ignorance"] = None
    assert not validator.is_valid(broken)
    assert list(answer)[-1] == "provenance"


@pytest.mark.slow
def test_above_the_target_the_way_down_is_sought(answer: dict[str, Any]) -> None:
    assert answer["direction"] == "below"
    assert answer["probability"]["estimate"] > answer["target"]
    embargo = next(row for row in answer["readings"] if row["reading"] == "not_imposed")
    assert embargo["reached"]
    assert 0.0 < embargo["strength"] <= 1.0
    assert answer["factor_sets"]["sets"][0]["factors"] == ["oil_embargo"]
    assert answer["factor_sets"]["size"] == 1
    assert answer["factor_sets"]["one_fewer"] is None


def _chances(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value] if "estimate" in value else []
        return own + [chance for item in value.values() for chance in _chances(item)]
    return (
        [chance for item in value for chance in _chances(item)] if isinstance(value, list) else []
    )


@pytest.mark.slow
def test_every_probability_carries_both_intervals(answer: dict[str, Any]) -> None:
    chances = _chances(answer)
    assert len(chances) > 100
    for chance in chances:
        low, high = chance["sampling"]
        assert 0 <= low <= chance["estimate"] <= high <= 1
        assert 0 <= chance["ignorance"][0] <= chance["ignorance"][1] <= 1
        assert chance["histories"] >= SMALL


@pytest.mark.slow
def test_a_precision_is_reached_or_the_limit_is(answer: dict[str, Any]) -> None:
    """Here --histories is the most that are run, and the precision asked for needs more."""
    assert answer["precision"]["asked"] == 0.06
    low, high = answer["probability"]["sampling"]
    assert answer["precision"]["reached"] >= 0.5 * (high - low) > 0.06
    assert answer["histories"] == SMALL


@pytest.mark.slow
def test_rows_are_sorted_and_placebos_do_nothing(answer: dict[str, Any]) -> None:
    found = answer["parameters"]
    assert "placebo_parameter" in found["inert"]
    assert found["uncertain"] == len(found["inert"]) + len(found["rows"])
    reached = [row["reached"] for row in found["rows"]]
    assert reached == sorted(reached, reverse=True)
    lengths = [abs(row["shift"]) for row in found["rows"] if row["reached"]]
    assert lengths == sorted(lengths)
    assert max(lengths) <= answer["most_sd"]
    for row in answer["readings"]:
        if row["placebo"]:
            assert row["strength"] == 0.0
            assert row["probability"]["estimate"] == answer["probability"]["estimate"]


@pytest.mark.slow
def test_the_nearest_point_is_no_farther_than_any_single_shift(answer: dict[str, Any]) -> None:
    nearest, few = answer["nearest"], answer["few"]
    assert nearest["reached"]
    single = min(abs(row["shift"]) for row in answer["parameters"]["rows"] if row["reached"])
    assert nearest["norm"] <= single * 1.05
    squares = [row["shift"] ** 2 for row in nearest["components"]]
    assert sum(squares) == pytest.approx(nearest["norm"] ** 2)
    assert sum(row["share"] for row in nearest["components"]) == pytest.approx(1.0)
    assert squares == sorted(squares, reverse=True)
    assert all(abs(row["shift"]) <= few["most_sd"] for row in few["components"])


@pytest.mark.slow
def test_progress_is_shown_to_its_end(
    answer: dict[str, Any], shown: list[tuple[int, int, float]]
) -> None:
    done = [told[0] for told in shown]
    assert done == sorted(done)
    assert len({told[1] for told in shown}) == 1
    assert len(done) > 20
    assert shown[-1][2] == pytest.approx(answer["probability"]["estimate"])


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_view_fits_and_says_the_main_things(
    answer: dict[str, Any], kantokuen: Case, language: str
) -> None:
    words = Words(language)
    text = plain(tip_view(answer, kantokuen, words), 80)
    assert all(len(line) <= 80 for line in text.splitlines())
    wide = plain(tip_view(answer, kantokuen, words), 4_000)
    assert words("tip.to_below", target=words.percent(0.4)) in wide
    for title in ("priors", "readings", "sets", "nearest"):
        assert words(f"tip.{title}_title") in wide
    first = answer["parameters"]["rows"][0]
    assert first["title"][language] in wide
    assert words.number(answer["nearest"]["norm"], 1) in wide
    if language == "fr":
        assert first["title"]["en"] not in wide


@pytest.mark.slow
def test_the_view_marks_what_fresh_histories_contradict(
    answer: dict[str, Any], kantokuen: Case
) -> None:
    words = Words("en")
    broken = json.loads(json.dumps(answer))
    for row in [*broken["parameters"]["rows"], *broken["readings"]]:
        row["contradicted"] = False
    broken["nearest"]["contradicted"] = broken["few"]["contradicted"] = False
    for row in broken["factor_sets"]["sets"]:
        row["contradicted"] = False
    assert words("tip.warning") not in plain(tip_view(broken, kantokuen, words), 4_000)
    broken["parameters"]["rows"][0]["contradicted"] = True
    assert words("tip.warning") in plain(tip_view(broken, kantokuen, words), 4_000)
