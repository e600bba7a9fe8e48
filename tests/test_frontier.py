"""Where the answer flips: what an answer must satisfy whatever its figures."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import jukushi
from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.doctrines.policy import Policy
from jukushi.engine.run import Engine, World
from jukushi.errors import UndefinedAnswer, UsageError
from jukushi.faces.cli import run_command
from jukushi.faces.cli_frontier import levels_of
from jukushi.faces.progress import without_nan
from jukushi.questions.frontier import Question, frontier
from jukushi.questions.levers import lever_changes, quantity_of
from jukushi.questions.opponents import Answer, opponents_of
from jukushi.questions.solvers import best_answers
from jukushi.questions.worlds import Structure
from jukushi.study.conduct import Options
from jukushi.views.frontier import frontier_view
from jukushi.views.terminal import plain
from jukushi.views.words import Words

SMALL = 2_560
GRID = "soviet_garrison=8:48:5"
SCHEMA = Path(__file__).resolve().parents[1] / "docs" / "formats" / "frontier.schema.json"
ATTACK = "attack_by_end_1941"


def asked(case: Case, out: Path, solver: Any = None, **more: Any) -> dict[str, Any]:
    question = Question(**{"vary": GRID, "histories": SMALL, **more})
    answer = frontier(case, question, Options(folder=out), solver)
    return json.loads(json.dumps(without_nan(answer), allow_nan=False))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def answer(kantokuen: Case, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("frontier") / "study"
    return asked(kantokuen, out, opponent="passive,doctrine,expected_value")


def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def of(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["opponent"] == name]


def without_provenance(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "provenance"}


# The answer


def test_answer_by_its_schema(answer: dict[str, Any]) -> None:
    validator().validate(answer)
    page = SCHEMA.with_name("frontier.md").read_text(encoding="utf-8")
    for key in validator().schema["properties"]:
        assert f"`{key}`" in page, key


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["points", 0, "estimate"], 1.2),
        (["points", 0, "sampling_low"], None),
        (["thresholds", 0, "low_outside"], "left"),
        (["audit", 0, "reverse"], 0.1),
        (["could_leave", "railway", "low"], ...),
        (["quantities"], []),
        (["surprise"], 1),
    ],
)
def test_schema_refuses(answer: dict[str, Any], path: list[Any], value: Any) -> None:
    broken: Any = deepcopy(answer)
    place = broken
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    assert not validator().is_valid(broken)


def test_rows_are_flat_and_every_chance_has_both_intervals(answer: dict[str, Any]) -> None:
    assert len(answer["points"]) == 3 * 5
    for row in [*answer["points"], *answer["base"], *answer["could_leave"]["points"]]:
        assert not any(isinstance(cell, dict | list) for cell in row.values())
        assert 0 <= row["sampling_low"] <= row["estimate"] <= row["sampling_high"] <= 1
        assert 0 <= row["ignorance_low"] <= row["ignorance_high"] <= 1


def test_points_are_worlds_on_the_same_dice(answer: dict[str, Any], kantokuen: Case) -> None:
    """Each estimate is that of a plain run of its world."""
    engine = Engine(kantokuen, 1, threads=1)
    fixed = Structure("doctrine", True).changes
    rows = of(answer["points"], "doctrine")
    worlds = [
        World(str(row["x"]), (*fixed, *lever_changes(kantokuen, "soviet_garrison", row["x"])))
        for row in rows
    ]
    events = engine.run([World("base"), *worlds], 0, SMALL, ATTACK).events >= 0
    np.testing.assert_allclose([row["estimate"] for row in rows], events[1:].mean(axis=1))
    assert of(answer["base"], "doctrine")[0]["estimate"] == pytest.approx(events[0].mean())


def test_a_passive_opponent_starts_where_the_doctrine_does(answer: dict[str, Any]) -> None:
    passive, doctrine = (of(answer["base"], name)[0] for name in ("passive", "doctrine"))
    assert {**passive, "opponent": ""} == {**doctrine, "opponent": ""}
    spread = {
        name: np.ptp([row["estimate"] for row in of(answer["points"], name)])
        for name in ("passive", "doctrine")
    }
    assert spread["passive"] < spread["doctrine"]


def number(row: dict[str, Any], name: str) -> float:
    side = {"below": -np.inf, "above": np.inf}
    return side.get(row[f"{name}_outside"], row[name])  # type: ignore[no-any-return]


def test_thresholds_are_ordered(answer: dict[str, Any]) -> None:
    """A lower chance of attack takes a larger garrison; an interval holds its estimate."""
    for name in answer["opponents"]:
        rows = of(answer["thresholds"], name)
        assert [row["level"] for row in rows] == [0.05, 0.10, 0.25, 0.50]
        for row in rows:
            assert number(row, "low") <= number(row, "estimate") <= number(row, "high")
            assert number(row, "ignorance_low") <= number(row, "ignorance_high")
        for end in ("low", "estimate", "high", "ignorance_low", "ignorance_high"):
            values = [number(row, end) for row in rows]
            assert values == sorted(values, reverse=True)


def test_a_threshold_lies_where_the_points_say(answer: dict[str, Any]) -> None:
    points = of(answer["points"], "doctrine")
    x, p = ([row[key] for row in points] for key in ("x", "estimate"))
    found = 0
    for row in of(answer["thresholds"], "doctrine"):
        if row["estimate_outside"] is None:
            after = next(i for i, value in enumerate(x) if value >= row["estimate"])
            assert p[after - 1] >= row["level"] >= p[after]
            found += 1
        else:
            assert row["estimate_outside"] == "below"
            assert p[0] <= row["level"]
    assert found


def test_the_audit_says_what_the_steps_say(answer: dict[str, Any]) -> None:
    for summary in answer["audit"]:
        steps = of(answer["steps"], summary["opponent"])
        assert len(steps) == 4
        assert summary["pairs"] == 10
        assert summary["direction"] == "less"
        assert summary["declared"]
        assert sum(step["flagged"] for step in steps) <= summary["flagged"]
        points = [row["estimate"] for row in of(answer["points"], summary["opponent"])]
        np.testing.assert_allclose([step["difference"] for step in steps], np.diff(points))
    doctrine = next(row for row in answer["audit"] if row["opponent"] == "doctrine")
    assert doctrine["flagged"] == 0
    assert doctrine["move"]["estimate"] >= max(np.abs(np.diff(points)))


def test_what_could_leave(answer: dict[str, Any], kantokuen: Case) -> None:
    block = answer["could_leave"]
    assert block["lever"] == "departed_by_august"
    assert block["by"] == "1941-08-10"
    assert block["weeks"] == 7
    for name in ("doctrine", "expected_value"):
        values = [number(row, "estimate") for row in of(block["thresholds"], name)]
        assert values == sorted(values)  # more may leave where more attack is borne
    space = Engine(kantokuen, 1, threads=1).space
    values = space.draw(1, np.arange(SMALL // 128))
    rail, stock = (values[:, space.index[name]] for name in ("rail_divisions", "initial_divisions"))
    assert block["railway"]["median"] == pytest.approx(np.median(7 * rail / stock))
    assert 0 < block["sent"]["low"] < block["sent"]["high"] < block["railway"]["high"]
    centre = 7 * space.centre["rail_divisions"] / space.centre["initial_divisions"]
    for row in block["at_railway"]:
        assert row["share"] == pytest.approx(centre)
        curve = of(block["points"], row["opponent"])
        around = [p["estimate"] for p in curve if abs(p["share"] - centre) < 0.05]
        assert min(around) <= row["estimate"] <= max(around)


def test_departures_asked_by_themselves_hold_the_same_block(
    answer: dict[str, Any], kantokuen: Case, tmp_path: Path
) -> None:
    own = asked(kantokuen, tmp_path / "own", vary="departed_by_august")
    assert own["could_leave"] == answer["could_leave"]
    points = of(own["could_leave"]["points"], "doctrine")
    assert [row["estimate"] for row in own["points"]] == [row["estimate"] for row in points]
    assert own["quantities"][0]["base"] is None


# Two quantities


def test_a_row_of_a_map_is_the_curve_of_one_quantity(
    answer: dict[str, Any], kantokuen: Case, tmp_path: Path
) -> None:
    """At the value as it was of the second quantity, on the same dice: the same numbers."""
    both = asked(kantokuen, tmp_path / "two", vary=f"{GRID},german_supply=0.5:1.5:3")
    validator().validate(both)
    own = of(answer["points"], "doctrine")
    row = [point for point in both["points"] if point["y"] == 1.0]
    for point, alone in zip(row, own, strict=True):
        assert {**point, "y": None} == alone
    thresholds = [item for item in both["thresholds"] if item["y"] == 1.0]
    alone = of(answer["thresholds"], "doctrine")
    for one, other in zip(thresholds, alone, strict=True):
        assert one["estimate"] == other["estimate"]
        assert one["passages"] == other["passages"]
    assert {item["quantity"] for item in both["audit"]} == {"soviet_garrison", "german_supply"}
    assert len([s for s in both["steps"] if s["quantity"] == "german_supply"]) == 5 * 2
    for line in (line for item in both["contours"] for line in item["lines"]):
        for x, y in line:
            assert 8 <= x <= 48
            assert 0.5 <= y <= 1.5


# The same answer


def test_equal_questions_give_equal_answers_on_any_number_of_threads(
    answer: dict[str, Any], kantokuen: Case, tmp_path: Path
) -> None:
    again = asked(
        kantokuen, tmp_path / "again", opponent="passive,doctrine,expected_value", threads=1
    )
    assert without_provenance(again) == without_provenance(answer)


def test_python_gives_the_same(answer: dict[str, Any], tmp_path: Path) -> None:
    own = jukushi.load("kantokuen").frontier(
        GRID, SMALL, opponent="passive,doctrine,expected_value", out=tmp_path / "study"
    )
    own = json.loads(json.dumps(own))
    assert without_provenance(own) == without_provenance(answer)


def test_a_precision_stops_the_study_and_names_the_widest_interval(
    kantokuen: Case, tmp_path: Path
) -> None:
    more = {"histories": 20_000, "precision": 0.06}
    loose = asked(kantokuen, tmp_path / "loose", **more)
    widest = max((row["sampling_high"] - row["sampling_low"]) / 2 for row in loose["points"])
    assert loose["histories"] == 4_096  # one part was enough
    assert loose["precision"] == {"asked": 0.06, "reached": pytest.approx(widest)}
    assert widest <= 0.06
    short = asked(kantokuen, tmp_path / "short", histories=SMALL, precision=0.001)
    assert short["histories"] == SMALL
    assert short["precision"]["reached"] > 0.001


# Opponents


def constant(north: float, south: float, weeks: tuple[int, ...]) -> Policy:
    """A policy that takes the same course whatever it believes; waiting is worth nothing."""
    shape = (len(weeks), 1)
    values = np.zeros((len(weeks), 3, 3))
    values[:, 0, 0], values[:, 1, 0] = north, south
    return Policy(weeks, ("ratio",), np.zeros(shape), np.ones(shape), values)


def test_the_solved_opponent_follows_its_own_policy_at_every_point(
    kantokuen: Case, tmp_path: Path
) -> None:
    engine = Engine(kantokuen, 1, threads=1)
    weeks = tuple(
        int(week)
        for week in np.flatnonzero(engine.weeks["conference"] > 0.5)
        if engine.first_running <= week <= engine.last_week(ATTACK)
    )
    seen: list[tuple[Change, ...]] = []

    def strikes_the_weak(changes: tuple[Change, ...]) -> Answer:
        seen.append(changes)
        times = next((c.times for c in changes if c.parameter == "initial_divisions"), 1.0)
        north = 1.0 if (times or 1.0) < 0.6 else -1.0
        return Answer(constant(north, -1.0, weeks), north, 0.1)

    found = asked(kantokuen, tmp_path / "solved", strikes_the_weak, opponent="best,doctrine")
    validator().validate(found)
    best = [row["estimate"] for row in of(found["points"], "best")]
    assert best[0] > 0.9  # 8 and 18 divisions are struck where shipping and season allow
    assert best[1] > 0.9
    assert best[2:] == [0.0, 0.0, 0.0]
    assert of(found["base"], "best")[0]["estimate"] == 0.0
    # Once for each point, and none but points; what could leave is asked under it as well.
    gains = found["exploitability"]
    assert [row["x"] for row in gains] == [8, 18, 28, 38, 48]
    assert [row["gain"] for row in gains] == [1.0, 1.0, -1.0, -1.0, -1.0]
    assert len({str(changes) for changes in seen}) == len(seen)
    assert {row["opponent"] for row in found["could_leave"]["points"]} == {
        "doctrine", "expected_value", "factions", "best",
    }  # fmt: skip
    assert found["compared_with"] == "doctrine"


@pytest.mark.slow
def test_the_best_answer_beats_the_doctrine_where_it_is_judged(kantokuen: Case) -> None:
    """A least-squares policy on other histories: no worse than the fixed rule, at two points."""
    engine = Engine(kantokuen, 1)
    structure = Structure("doctrine", True)
    solve = best_answers(engine, structure)
    for value in (8.0, 32.0):
        changes = (*structure.changes, *lever_changes(kantokuen, "soviet_garrison", value))
        answer = solve(changes)
        assert answer.gain > -2 * answer.error
        assert answer.policy.digest == solve(changes).policy.digest


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"opponent": "pasive"}, "no opponent 'pasive'"),
        ({"opponent": "doctrin"}, "no opponent 'doctrin'"),
        ({"opponent": "passive", "vary": "required_ratio"}, "nothing to miss"),
        ({"outcome": "attack_by_end_1491"}, "no outcome"),
        ({"levels": [0.0]}, "between 0 and 1"),
        ({"levels": []}, "between 0 and 1"),
        ({"precision": 0.7}, "precision"),
    ],
)
def test_wrong_questions_are_refused(
    kantokuen: Case, tmp_path: Path, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        asked(kantokuen, tmp_path, **more)
    assert caught.value.hint


def test_too_small_a_study_is_refused(kantokuen: Case, tmp_path: Path) -> None:
    with pytest.raises(UndefinedAnswer) as caught:
        asked(kantokuen, tmp_path, histories=1_000)
    assert "2560" in caught.value.hint


# Words


@pytest.mark.parametrize("language", ["en", "fr"])
def test_answer_in_words(
    answer: dict[str, Any], kantokuen: Case, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    words = Words(language)
    text = plain(frontier_view(answer, kantokuen, words), 80)
    assert all(len(line) <= 80 for line in text.splitlines())
    flat = " ".join(text.split())
    assert kantokuen.levers["soviet_garrison"].title.to(language) in flat
    assert " ".join(words("why.rests_warning").split()) in flat
    assert f"{words.day('1941-08-10')}" in flat
    for name in answer["opponents"]:
        assert name in flat


def test_one_opponent_is_drawn_with_bands(kantokuen: Case, tmp_path: Path) -> None:
    one = asked(kantokuen, tmp_path / "one")
    text = plain(frontier_view(one, kantokuen, Words("en")), 80)
    drawn = [line for line in text.splitlines() if "●" in line and "estimate" not in line]
    assert len(drawn) == 5
    assert all("━" in line or "─" in line for line in drawn)
    assert "\x1b" not in text


def test_a_map_fits_its_terminal(kantokuen: Case, tmp_path: Path) -> None:
    both = asked(kantokuen, tmp_path / "two", vary="soviet_garrison=8:48:3,german_supply")
    for language in ("en", "fr"):
        text = plain(frontier_view(both, kantokuen, Words(language)), 80)
        assert all(len(line) <= 80 for line in text.splitlines())


def test_levels_are_read_in_percent() -> None:
    assert levels_of("5, 10,50") == [0.05, 0.10, 0.50]
    for wrong in ("", "5%", "0", "100", "five"):
        with pytest.raises(UsageError):
            levels_of(wrong)


def test_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    answer: dict[str, Any],
) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", "80")
    words = ["frontier", "kantokuen", "--vary", GRID, "-n", str(SMALL), "-q"]
    assert run_command([*words, "--json", "--out", str(tmp_path / "a")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["points"] == of(answer["points"], "doctrine")
    assert run_command([*words, "--out", str(tmp_path / "b")]) == 0
    assert "Where the answer flips" in capsys.readouterr().out
    assert run_command(["frontier", "kantokuen", "--vary", "soviet_garison", "-q"]) == 2
    assert "soviet_garrison" in capsys.readouterr().err


def test_all_are_those_of_the_case_that_are_no_game_s_rule(kantokuen: Case) -> None:
    garrison = [quantity_of(kantokuen, "soviet_garrison")]
    seen = [quantity_of(kantokuen, "shipping")]
    names = [item.name for item in opponents_of(kantokuen, "all", garrison, None)]
    assert names == ["passive", "doctrine", "expected_value", "factions", "best"]
    assert not seen[0].can_hide
    assert [item.name for item in opponents_of(kantokuen, "all", seen, None)] == names[1:]
    game = opponents_of(kantokuen, "preset:triplea,factions", garrison, None)
    assert [item.structure.hunter_table for item in game] == ["triplea", "factions"]
