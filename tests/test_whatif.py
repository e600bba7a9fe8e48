"""What if: twins worked out by hand, no-ops to the byte, and answers that hold together."""

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
from jukushi.engine.run import Engine
from jukushi.errors import UsageError
from jukushi.faces.cli import run_command
from jukushi.faces.progress import without_nan
from jukushi.questions.interventions.worlds import Asked, intervene
from jukushi.views.terminal import plain
from jukushi.views.whatif import whatif_view
from jukushi.views.words import Words, all_texts
from jukushi.world.vocabulary import open_case

SMALL = 2_560
DOCS = Path(__file__).resolve().parents[1] / "docs"
VICTORY = ("khalkhin_gol=japanese_victory",)


@pytest.fixture(scope="module", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUKUSHI_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@cache
def answer_of(*texts: str, **settings: Any) -> dict[str, Any]:
    """A small answer; equal questions are asked once."""
    settings = {"histories": SMALL, **settings}
    return jukushi.load("kantokuen").whatif(*texts, **settings)


def told(answer: dict[str, Any]) -> str:
    """An answer as JSON, without what may differ between equal runs."""
    kept = {key: value for key, value in answer.items() if key != "provenance"}
    return json.dumps(without_nan(kept), allow_nan=False)


# Known answers


def test_an_attack_forced_a_week_later_comes_seven_days_later_in_every_history() -> None:
    found = answer_of(move=("forced_north_week+1w",), do=("attack@1941-08-29",))
    assert found["pairs"]["both"] == SMALL
    assert found["difference"]["estimate"] == 0.0
    both = found["displacement"]["both"]
    assert both == {
        "histories": SMALL, "moved": SMALL, "days": {"median": 7, "low": 7, "high": 7},
    }  # fmt: skip
    assert len(found["twins"]) == 20
    for twin in found["twins"]:
        assert (twin["baseline"], twin["changed"]) == ("1941-08-25", "1941-09-01")
        # Orders go out three weeks before: the week of 8 August is the first without one.
        assert twin["first_difference"]["week"] == "1941-08-04"
        assert twin["first_difference"]["field"] == "north_decided"


def test_an_attack_forced_in_one_world_alone() -> None:
    found = answer_of("forced_north=1")
    assert found["changed"]["estimate"] == 1.0
    assert found["difference"]["estimate"] == pytest.approx(1.0 - found["baseline"]["estimate"])
    assert found["pairs"]["only_baseline"] == 0
    assert found["pairs"]["neither"] == 0


def test_a_shut_gate_lets_only_the_collapse_through() -> None:
    found = answer_of(rule=("ripe-100",))
    assert found["pairs"]["only_changed"] == 0
    for twin in found["twins"]:
        if twin["changed"] is None:
            assert twin["turn"]["world"] == "baseline"
            assert twin["turn"]["rule"]["id"] == "ripe_persimmon"
            assert "ripe" in twin["turn"]["shut_in_the_other"]


@pytest.mark.parametrize(
    ("texts", "settings"),
    [
        (("initial_divisions*1",), {}),
        (("khalkhin_gol=as_it_was",), {}),
        (("axis_start_km~lognormal(0.095)",), {}),
        (("khalkhin_shift=0",), {}),
        (("decision_maker=doctrine",), {}),
        ((), {"move": ("conference:1941-09-03+0d", "freeze_week=1941-07-28")}),
        ((), {"add": ("oil=0@1941-07-21", "garrison_tanks*1@1941-07-21")}),
        ((), {"rule": ("ripe+0",)}),
        (("transfer_rate*1",), {"since": "1941-08-04"}),
        (("transfer_rate+0",), {"since": "1941-08-04", "redraw": 2}),
    ],
    ids=str,
)
def test_a_no_op_changes_nothing_byte_for_byte(texts: Any, settings: Any) -> None:
    found = answer_of(*texts, **settings)
    assert found["nothing_changed"]
    assert json.dumps(found["baseline"]) == json.dumps(found["changed"])
    assert found["difference"] == {"estimate": 0.0, "sampling": [0.0, 0.0], "ignorance": [0.0, 0.0]}
    moved = found["displacement"]
    assert json.dumps(moved["baseline"]) == json.dumps(moved["changed"])
    assert moved["both"]["moved"] == 0
    assert found["twins"] == []
    assert found["grade"] == "small"


def test_a_placebo_changes_no_pair_but_is_no_proof_of_nothing() -> None:
    found = answer_of("placebo_dice=1")
    assert not found["nothing_changed"]
    assert found["difference"]["estimate"] == 0.0
    low, high = found["difference"]["sampling"]
    assert -0.002 < low < 0.0 < high < 0.002


# What holds of every answer


def test_pairs_probabilities_and_difference_hold_together() -> None:
    found = answer_of(*VICTORY)
    pairs, n = found["pairs"], found["histories"]
    assert sum(pairs[kind] for kind in ("neither", "both", "only_baseline", "only_changed")) == n
    assert found["baseline"]["estimate"] == pytest.approx(
        (pairs["both"] + pairs["only_baseline"]) / n
    )
    difference = found["difference"]
    net = pairs["only_changed"] - pairs["only_baseline"]
    assert difference["estimate"] == pytest.approx(net / n)
    for name in ("sampling", "ignorance"):
        low, high = difference[name]
        assert -1.0 <= low <= high <= 1.0
    assert difference["sampling"][0] <= difference["estimate"] <= difference["sampling"][1]
    # Paired: narrower than two independent intervals together.
    width = difference["sampling"][1] - difference["sampling"][0]
    apart = [found[key]["sampling"] for key in ("baseline", "changed")]
    assert width < np.hypot(*(high - low for low, high in apart))
    later = {row["only"]: row for row in found["displacement"]["later_anyway"]}
    assert later["changed"]["histories"] == pairs["only_changed"]
    ever = found["displacement"]["ever"]
    assert ever["baseline"]["estimate"] >= found["baseline"]["estimate"]


def test_the_baseline_is_the_answer_of_run(tmp_path: Path) -> None:
    usual = jukushi.load("kantokuen").run(
        histories=SMALL, outcome="attack_by_end_1941", out=tmp_path
    )
    found = answer_of(*VICTORY)
    row = usual["outcomes"][0]
    assert found["baseline"] == row["probability"]
    assert found["displacement"]["baseline"] == row["date"]


def test_twins_part_where_their_traces_part() -> None:
    found = answer_of("transfer_rate*1.5", add=("garrison_tanks=-400@1941-07-21",))
    engine = Engine(open_case("kantokuen"), 1, threads=1)
    case = engine.case
    texts = Asked(set=("transfer_rate*1.5",), add=("garrison_tanks=-400@1941-07-21",))
    asked = intervene(case, texts, case.outcomes[found["outcome"]], 1, 20)
    assert found["twins"]
    twin = found["twins"][0]
    last = int(case.week_of(case.outcomes[found["outcome"]].by))
    lane = twin["history"] % 64
    one, other = (
        engine.trace(twin["history"], world, last).state[:, :, lane]
        for world in (asked.baseline, asked.changed)
    )
    first = twin["first_difference"]
    at = int(case.week_of(date.fromisoformat(first["week"])))
    assert (one[:at] == other[:at]).all()
    assert (one[at] != other[at]).any()
    assert first["mechanism"] == "garrison"
    assert first["items"] == ["--set transfer_rate*1.5"]
    assert first["changed"] == pytest.approx(1.5 * first["baseline"], rel=1e-4)


def test_the_order_of_items_and_the_threads_do_not_matter() -> None:
    one = answer_of("transfer_rate*1.5", "axis_start_km*0.9", threads=1)
    other = answer_of("axis_start_km*0.9", "transfer_rate*1.5", threads=2)
    assert told(one) == told(other)


def test_another_fate_is_another_answer_and_the_same_one_twice(tmp_path: Path) -> None:
    since = "1941-08-04"
    own = answer_of("transfer_rate*2", since=since)
    first = answer_of("transfer_rate*2", since=since, redraw=1)
    again = answer_of("transfer_rate*2", since=since, redraw=1, out=str(tmp_path))
    second = answer_of("transfer_rate*2", since=since, redraw=2)
    assert told(first) == told(again)
    assert len({own["baseline"]["estimate"], first["baseline"]["estimate"],
                second["baseline"]["estimate"]}) == 3  # fmt: skip
    always = answer_of("transfer_rate*2", redraw=1)
    assert always["from"] is None
    assert always["baseline"] != own["baseline"]


def test_a_resumed_study_gives_the_same_answer(tmp_path: Path) -> None:
    case = jukushi.load("kantokuen")
    fresh = case.whatif(*VICTORY, histories=SMALL, out=tmp_path)
    resumed = case.whatif(*VICTORY, histories=SMALL, out=tmp_path, resume=True)
    assert told(fresh) == told(resumed) == told(answer_of(*VICTORY))
    assert {entry.name for entry in tmp_path.iterdir()} == {"baseline", "changed"}


@pytest.mark.parametrize(
    ("texts", "settings", "size", "reasons"),
    [
        (("transfer_rate*1.1",), {}, "small", ["largest"]),
        (("transfer_rate*1.4",), {}, "medium", ["largest"]),
        (("transfer_rate*2",), {}, "large", ["largest"]),
        (VICTORY, {}, "large", ["largest", "early"]),
        (("khalkhin_gol=half_the_lesson",), {}, "medium", ["largest", "early"]),
        (("initial_divisions=30.5",), {}, "medium", ["largest", "left_behind"]),
        (("transfer_rate*1.1", "oil_use*1.01", "fleet_1941=6.22"), {}, "medium",
         ["largest", "many"]),
        ((), {"move": ("conference:1941-09-03=1941-08-25",)}, "small", ["largest"]),
        ((), {"move": ("freeze_week+3w",)}, "medium", ["largest"]),
        ((), {"rule": ("ripe+0.1",)}, "small", ["largest"]),
        ((), {"rule": ("ripe=0.1",)}, "large", ["largest"]),
    ],
    ids=str,
)  # fmt: skip
def test_grades_and_their_reasons(texts: Any, settings: Any, size: str, reasons: list[str]) -> None:
    found = answer_of(*texts, **settings)
    assert found["grade"] == size
    assert [reason["key"] for reason in found["grade_reasons"]] == reasons


# Formats and faces


def validator() -> jsonschema.Draft202012Validator:
    text = (DOCS / "formats" / "whatif.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize(
    ("texts", "settings"),
    [
        (VICTORY, {}),
        (("initial_divisions*1",), {}),
        (("decision_maker=expected_value",), {}),
        (("transfer_rate*2",), {"since": "1941-08-04", "redraw": 1}),
        ((), {"move": ("forced_north_week+1w",), "do": ("attack@1941-08-29",)}),
        ((), {"move": ("freeze_week+3w",), "outcome": "soviet_entry"}),
    ],
    ids=str,
)
def test_answers_by_the_schema(texts: Any, settings: Any) -> None:
    validator().validate(json.loads(json.dumps(without_nan(answer_of(*texts, **settings)))))


def test_the_schema_is_strict_and_its_page_names_every_key() -> None:
    good = json.loads(json.dumps(without_nan(answer_of(*VICTORY))))
    for key in good:
        assert not validator().is_valid({name: good[name] for name in good if name != key})
    assert not validator().is_valid({**good, "grade": "huge"})
    assert not validator().is_valid({**good, "surprise": 1})
    page = (DOCS / "formats" / "whatif.md").read_text(encoding="utf-8")
    for key in validator().schema["properties"]:
        assert f"`{key}`" in page, key


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_answer_in_words(language: str) -> None:
    case = open_case("kantokuen")
    for texts, settings in (
        (VICTORY, {}),
        (("initial_divisions*1",), {}),
        ((), {"add": ("garrison_tanks=-400@1941-07-21", "believed_tanks=-900@1941-07-21")}),
        (("transfer_rate*2",), {"since": "1941-08-04", "redraw": 1}),
    ):
        view = whatif_view(answer_of(*texts, **settings), case, Words(language))
        for width in (60, 80):
            assert all(len(line) <= width for line in plain(view, width).splitlines())
        said = plain(view, 4_000)
        ending = {"en": "not for prediction", "fr": "non pour prédire"}[language]
        assert ending in said
        if language == "fr":
            english = set(all_texts("en")["whatif"].values()) - set(
                all_texts("fr")["whatif"].values()
            )
            for text in english:
                start = text.split("{")[0].strip()
                assert len(start) <= 12 or start not in said


def test_cautions_of_what_is_added() -> None:
    case = open_case("kantokuen")
    found = answer_of(add=("garrison_tanks=-400@1941-07-21", "believed_tanks=-900@1941-07-21"))
    said = " ".join(plain(whatif_view(found, case, Words("en")), 4_000).split())
    assert "not seen by the hunter" in said
    assert "changes what is believed" in said


def test_the_command_says_it_and_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    ask = ["whatif", "kantokuen", "--histories", str(SMALL), "-q"]
    assert run_command([*ask, "--set", VICTORY[0], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["grade"] == "large"
    assert run_command([*ask, "--set", VICTORY[0], "--fail-if", ">0.0001"]) == 3
    assert "In this model" in capsys.readouterr().out
    for wrong, hint in (
        ([], "--set decision_maker"),
        (["--set", "transfer_rate*2", "--from", "July"], "1941-07-02"),
        (["--set", "transfr_rate*2"], "transfer_rate"),
        (["--set", VICTORY[0], "--outcome", "attack_by_end_1491"], "attack_by_end_194"),
    ):
        assert run_command([*ask, *wrong]) == 2
        assert hint in capsys.readouterr().err
    assert run_command(["whatif", "kantokuen", "-n", "100", "--set", VICTORY[0]]) == 1
    assert "2560" in capsys.readouterr().err


def test_an_outcome_on_the_map() -> None:
    found = answer_of("theatre_march_foot*0.3", outcome="vladivostok_by_end_1941")
    assert found["displacement"]["ever"] is None
    assert found["pairs"]["only_changed"] < found["pairs"]["only_baseline"]
    # The weeks are the same to the bit: only the war on the map differs.
    assert all(twin["first_difference"] is None for twin in found["twins"])
    said = plain(whatif_view(found, open_case("kantokuen"), Words("en")), 4_000)
    assert "only the war on the map differs" in said


def test_a_precision_stops_the_study_and_changes_nothing_else(tmp_path: Path) -> None:
    """Both odds and their difference are as sharp as asked; the beginning is that of the longer."""
    case = jukushi.load("kantokuen")
    asked = {"precision": 0.02, "histories": 40_000}
    stopped = case.whatif(*VICTORY, **asked, out=tmp_path / "a")  # type: ignore[arg-type]
    halves = [
        (stopped[key]["sampling"][1] - stopped[key]["sampling"][0]) / 2.0
        for key in ("baseline", "changed", "difference")
    ]
    assert stopped["precision"] == {"asked": 0.02, "reached": pytest.approx(max(halves))}
    assert max(halves) <= 0.02
    assert stopped["histories"] < 40_000
    plain = case.whatif(*VICTORY, histories=stopped["histories"], out=tmp_path / "b")
    apart = {"precision": None, "provenance": None}
    assert {**plain, **apart} == {**stopped, **apart}
    short = case.whatif(*VICTORY, histories=SMALL, precision=0.0001, out=tmp_path / "c")
    assert short["histories"] == SMALL
    assert short["precision"]["reached"] > 0.0001


@pytest.mark.parametrize("precision", [0.0, -0.1, 0.5])
def test_a_precision_that_makes_no_sense_is_refused(precision: float) -> None:
    with pytest.raises(UsageError, match="makes no sense"):
        jukushi.load("kantokuen").whatif(*VICTORY, histories=SMALL, precision=precision)
