"""Numbers limited to what was knowable by a day: laws, checks of a case, and the question."""

from __future__ import annotations

import json
import runpy
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jukushi
from jukushi.case.knowable import (
    KEPT,
    known_by,
    latest_evidence,
    what_changes,
    what_stays,
)
from jukushi.case.knowledge import Joint, before, like_record, widened, with_joint
from jukushi.case.load import Case
from jukushi.case.origins import origins, without_earlier
from jukushi.case.quantities import central_value, distribution
from jukushi.case.schema import Parameter
from jukushi.engine.run import Engine, World
from jukushi.errors import CaseError, UndefinedAnswer, UsageError
from jukushi.faces.cli import run_command
from jukushi.faces.progress import without_nan
from jukushi.questions.knowable import KnowableQuestion, knowable, limits
from jukushi.questions.odds import odds
from jukushi.views.knowable import knowable_view
from jukushi.views.terminal import plain
from jukushi.views.words import Words
from jukushi.world.parameters import ParameterSpace
from jukushi.world.vocabulary import open_case

ROOT = Path(__file__).resolve().parents[1]
CASE = open_case("kantokuen")
SPLIT, YEAR_END = date(1941, 8, 1), date(1941, 12, 31)
SMALL = 2_560
DAYS = st.dates(date(1929, 1, 1), date(2022, 1, 1))
_LEVELS = np.array([0.05, 0.95])


def width(case: Case, item: Parameter) -> float:
    """Distance from the 5 % to the 95 % quantile of a parameter."""
    sections = {"pacts": case.pacts, "plans": case.plans}
    centre = central_value(item, case.tables, sections, case.week_of)
    low, high = distribution(item, centre, _LEVELS)
    return float(high - low)


@cache
def answer_of(day: date, **asked: Any) -> dict[str, Any]:
    """A small answer; equal questions are asked once."""
    return knowable(CASE, KnowableQuestion(day, **{"histories": SMALL, **asked}))


def told(answer: dict[str, Any]) -> str:
    kept = {key: value for key, value in answer.items() if key != "provenance"}
    return json.dumps(without_nan(kept), allow_nan=False)


# What the data say


def test_every_range_says_what_informed_it_and_nothing_fitted_is_later() -> None:
    for item in CASE.parameters.values():
        if not item.range.fixed:
            assert item.informed_by in ("fit", "score", "neither"), item.id
        assert item.informed_by != "fit" or item.evidence_date <= SPLIT, item.id


def test_what_was_fitted_to_the_autumn_of_1941_counts_as_informed_by_it() -> None:
    fitted = runpy.run_path(str(ROOT / "verification" / "fit_record.py"))["FITTED"]
    others = {name for name in fitted if CASE.parameters[name].informed_by != "score"}
    # A cell of the record of June 1941, which that fit did not move.
    assert others == {"counted_at_start"}
    for item in CASE.parameters.values():
        if "verification/fit_record.py" in item.note:
            assert item.informed_by == "score", item.id


def test_an_earlier_number_is_no_narrower_and_no_later() -> None:
    rows = [(item, row) for item in CASE.parameters.values() for row in item.earlier]
    assert rows
    for item, row in rows:
        then = before(item, row.evidence_date)
        assert then.source == row.source
        assert row.evidence_date <= item.evidence_date
        assert width(CASE, then) >= width(CASE, item) * 0.999, item.id


def test_a_case_with_a_record_must_say_what_informed_its_numbers(copy: Path) -> None:
    broken(copy, "    informed_by: score\n", "", "does not say what informed it")


def test_what_is_informed_by_the_fitted_part_is_not_later(copy: Path) -> None:
    old = "    evidence_date: 1941-12-07\n    informed_by: score"
    problem = broken(copy, old, old.replace("score", "fit"), "later facts than may be fitted")
    assert "1941-12-07" in str(problem)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("evidence_date: 1941-07-16\n        note", "evidence_date: 1999-01-01\n        note",
         "rests on later evidence"),
        ("range: {uniform: [5.88, 6.32]}", "range: {uniform: [6.2, 6.32]}",
         "no number of this parameter"),
        ("      - value: 0.52\n", "      - value: -0.52\n", "no number of this parameter"),
        ("      - value: 0.52\n", "      - value: 1941-07-31\n", "earlier value of oil_use"),
    ],
)  # fmt: skip
def test_earlier_numbers_are_checked(copy: Path, old: str, new: str, words: str) -> None:
    broken(copy, old, new, words)


def broken(copy: Path, old: str, new: str, words: str) -> Any:
    """Break the copy in one place and return the problem that says so."""
    file = copy / "parameters.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        open_case(copy)
    return next(problem for problem in caught.value.problems if words in problem.what)


# Laws


def test_the_day_of_the_latest_evidence_changes_nothing() -> None:
    assert known_by(CASE, latest_evidence(CASE)).hash == CASE.hash
    assert dict(known_by(CASE, latest_evidence(CASE)).parameters) == dict(CASE.parameters)
    assert what_changes(CASE, latest_evidence(CASE)) == []


def test_the_end_of_the_period_changes_only_what_was_found_out_after_the_war() -> None:
    end = CASE.header.period.end
    limited = known_by(CASE, end)
    for name, item in CASE.parameters.items():
        if item.evidence_date <= end:
            assert limited.parameters[name] is item
    draws = np.arange(64)
    one, other = (ParameterSpace(case).draw(5, draws) for case in (CASE, limited))
    space = ParameterSpace(CASE)
    moved = {name for name, place in space.index.items() if (one != other)[:, place].any()}
    later = {row.before.id for row in what_changes(CASE, end) if row.done != "kept"}
    assert moved == later
    assert all(CASE.parameters[name].evidence_date.year >= 1985 for name in later)


@settings(max_examples=60, deadline=None)
@given(DAYS, DAYS)
def test_an_earlier_day_never_narrows_anything(one: date, other: date) -> None:
    first, second = (known_by(CASE, day).parameters for day in sorted((one, other)))
    for name, item in first.items():
        # What is replaced may move, and then a lognormal range scales with its centre.
        assert width(CASE, item) >= width(CASE, second[name]) * 0.999, name


@settings(max_examples=40, deadline=None)
@given(DAYS)
def test_only_numbers_with_later_evidence_are_limited(day: date) -> None:
    limited = known_by(CASE, day).parameters
    for name, item in CASE.parameters.items():
        if item.evidence_date <= day:
            assert limited[name] is item
    for row in what_changes(CASE, day):
        if row.done == "replaced":
            assert row.after.evidence_date <= day
        if row.done == "kept":
            assert row.before.range.fixed or row.before.range.uniform == (0.0, 1.0)


def test_the_last_figure_known_by_the_day_is_taken() -> None:
    oil = known_by(CASE, YEAR_END).parameters["southern_oil"]
    assert (oil.value, oil.range.lognormal) == (0.274, 0.3)
    # A day before that figure: it is all there is, and is made wider.
    oil = known_by(CASE, SPLIT).parameters["southern_oil"]
    assert (oil.value, oil.range.lognormal) == (0.274, 0.6)


def test_it_can_be_asked_twice_and_taken_off() -> None:
    limited = known_by(CASE, YEAR_END)
    assert limited.hash != CASE.hash
    assert known_by(limited, YEAR_END).parameters == limited.parameters
    assert known_by(known_by(CASE, SPLIT), YEAR_END).hash == limited.hash
    off = known_by(limited, None)
    assert (off.hash, off.parameters) == (CASE.hash, dict(CASE.parameters))


def test_knowledge_is_put_on_in_any_order() -> None:
    for day in (SPLIT, YEAR_END, date(1944, 6, 6)):
        one, other = widened(known_by(CASE, day)), known_by(widened(CASE), day)
        assert one.hash == other.hash
        assert one.parameters == other.parameters
        assert like_record(one, SPLIT).parameters == one.parameters
    # What the hindcast widens is not widened again.
    twice, once = known_by(widened(CASE), YEAR_END), widened(CASE)
    for name, item in once.parameters.items():
        if item.informed_by == "score":
            assert twice.parameters[name] == item


def test_a_posterior_keeps_its_own_numbers_and_is_no_older_than_its_facts() -> None:
    joint = Joint(("soviet_quality_1945", "optimism"), np.array([[0.2, 0.4], [0.6, 0.8]]))
    fitted = with_joint(CASE, joint)
    limited = known_by(fitted, YEAR_END)
    for name in joint.names:
        assert limited.parameters[name] == CASE.parameters[name]
    assert limited.parameters["soviet_pace_km"] != CASE.parameters["soviet_pace_km"]
    assert with_joint(known_by(CASE, YEAR_END), joint).parameters == limited.parameters
    early = SPLIT - timedelta(days=1)
    for ask in (lambda: known_by(fitted, early), lambda: with_joint(known_by(CASE, early), joint)):
        with pytest.raises(UsageError, match="posterior could not be known"):
            ask()


def test_without_a_record_nothing_is_known_less() -> None:
    bare = replace(CASE, record=None)
    assert known_by(bare, YEAR_END).parameters == known_by(CASE, YEAR_END).parameters
    assert origins(bare)[-1].score == origins(CASE)[-1].score


def test_what_cannot_be_limited_is_named_once() -> None:
    rows = what_stays(CASE, YEAR_END)
    assert len({(row.kind, row.id) for row in rows}) == len(rows)
    assert {row.kind for row in rows} <= set(KEPT)
    scripted = {row.id for row in rows if row.kind == "schedule"}
    assert scripted == set(CASE.schedules)
    assert what_stays(CASE, date(2030, 1, 1)) == []


# Equal dice


def test_a_limited_world_has_the_numbers_of_the_limited_case() -> None:
    space, draws = ParameterSpace(CASE), np.arange(200)
    for day in (date(1938, 1, 1), SPLIT, YEAR_END):
        changes = limits(CASE, what_changes(CASE, day))
        found = space.changed(space.draw(3, draws), changes, 3, draws)
        due = ParameterSpace(known_by(CASE, day)).draw(3, draws)
        np.testing.assert_allclose(found, due, rtol=1e-12, atol=1e-12)


def test_it_is_the_answer_that_the_limited_case_gives_itself() -> None:
    answer = answer_of(YEAR_END)
    for key, case in (("all_numbers", CASE), ("limited", known_by(CASE, YEAR_END))):
        alone = odds(case, SMALL, outcome=answer["outcome"])["outcomes"][0]["probability"]
        assert answer[key] == alone
    gap = answer["limited"]["estimate"] - answer["all_numbers"]["estimate"]
    assert answer["difference"]["estimate"] == pytest.approx(gap)


def test_histories_are_paired() -> None:
    """A history in which nothing limited is read has the same end in both."""
    engine, limited = Engine(CASE, 1), Engine(known_by(CASE, date(2010, 1, 1)), 1)
    # Rules of games later than 2010 are all that is limited, and the doctrine reads none.
    outcome = CASE.header.defaults.outcome
    runs = [item.run([World("w")], 0, 640, outcome).events for item in (engine, limited)]
    np.testing.assert_array_equal(*runs)


# The question


def test_the_answer_keeps_its_schema() -> None:
    text = (ROOT / "docs" / "formats" / "knowable.schema.json").read_text(encoding="utf-8")
    validator = jsonschema.Draft202012Validator(json.loads(text))
    for day in (YEAR_END, latest_evidence(CASE), date(1938, 1, 1)):
        validator.validate(json.loads(json.dumps(without_nan(answer_of(day)))))


def test_the_answer_holds_together() -> None:
    answer = answer_of(YEAR_END)
    numbers, rows = answer["numbers"], answer["parameters"]
    assert numbers["later"] == len(rows) == len(what_changes(CASE, YEAR_END))
    assert numbers["later"] == numbers["replaced"] + numbers["widened"] + numbers["kept"]
    assert sum(numbers["reasons"].values()) == numbers["replaced"] + numbers["widened"]
    for done in ("replaced", "widened"):
        assert sum(group[done] for group in answer["groups"]) == numbers[done]
    sizes = [abs(group["difference"]["estimate"]) for group in answer["groups"]]
    assert sizes == sorted(sizes, reverse=True)
    for row in rows:
        assert (row["done"] == "replaced") == (row["source"] is not None)
        assert row["evidence_date"] > answer["known_by"]
    assert "combat" in {row["kind"] for row in answer["stays"]}


def test_a_group_that_the_doctrine_does_not_read_does_nothing() -> None:
    groups = {row["group"]: row for row in answer_of(YEAR_END)["groups"]}
    assert groups["presets"]["widened"] > 0
    assert groups["presets"]["difference"]["estimate"] == 0.0
    assert groups["front"]["difference"]["estimate"] != 0.0


def test_when_all_was_known_nothing_changes() -> None:
    answer = answer_of(latest_evidence(CASE))
    assert answer["nothing_changed"]
    assert answer["limited"] == answer["all_numbers"]
    assert answer["difference"] == {
        "estimate": 0.0, "sampling": [0.0, 0.0], "ignorance": [0.0, 0.0],
    }  # fmt: skip
    assert answer["groups"] == answer["parameters"] == answer["stays"] == []


def test_threads_do_not_change_a_byte() -> None:
    one = knowable(CASE, KnowableQuestion(YEAR_END, histories=SMALL, threads=1))
    assert told(one) == told(answer_of(YEAR_END))


def test_a_limit_on_the_case_is_taken_off_first() -> None:
    again = knowable(known_by(CASE, SPLIT), KnowableQuestion(YEAR_END, histories=SMALL))
    assert told(again) == told(answer_of(YEAR_END))


def test_too_few_histories_and_unknown_names_are_refused() -> None:
    with pytest.raises(UndefinedAnswer):
        answer_of(YEAR_END, histories=100)
    with pytest.raises(UsageError, match="no outcome"):
        answer_of(YEAR_END, outcome="attack")


def test_python_and_the_command_line_ask_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    found = jukushi.load("kantokuen").known_by(YEAR_END, SMALL)
    assert told(found) == told(answer_of(YEAR_END))
    arguments = ("known-by", "kantokuen", "1941-12-31", "-n", str(SMALL), "-q", "--json")
    assert run_command(arguments) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {k: v for k, v in printed.items() if k != "provenance"} == json.loads(told(found))
    assert run_command(("known-by", "kantokuen", "last year", "-q")) == 2
    error = capsys.readouterr().err
    assert "last year" in error
    assert "Traceback" not in error


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("day", [SPLIT, YEAR_END, latest_evidence(CASE)])
def test_the_view_is_narrow_and_says_the_main_figures(day: date, language: str) -> None:
    answer, words = answer_of(day), Words(language)
    text = plain(knowable_view(answer, CASE, words), 80)
    assert max(map(len, text.splitlines())) <= 80
    assert words.percent(answer["limited"]["estimate"]) in text
    assert words.day(day) in " ".join(text.split())
    assert "{" not in text


# The page


def test_the_page_says_where_the_priors_come_from() -> None:
    """The table of docs/design/calibration.md is what the case gives; run the program to renew."""
    page = (ROOT / "docs" / "design" / "calibration.md").read_text(encoding="utf-8")
    program = runpy.run_path(str(ROOT / "verification" / "prior_origins.py"))
    for name, text in (
        ("origins", program["table"](CASE)),
        ("without earlier", program["listing"](CASE)),
    ):
        held = page.split(f"<!-- {name} -->\n")[1].split(f"\n<!-- /{name} -->")[0]
        assert held == text, "python verification/prior_origins.py"


def test_origins_add_up() -> None:
    *groups, together = origins(CASE)
    for field in ("fit", "score", "neither", "replaced", "widened"):
        assert sum(getattr(row, field) for row in groups) == getattr(together, field)
    ranged = [item for item in CASE.parameters.values() if not item.range.fixed]
    assert together.fit + together.score + together.neither == len(ranged)
    assert together.widened == len(without_earlier(CASE))
    wide = widened(CASE).parameters
    for item in without_earlier(CASE):
        assert wide[item.id].value == item.value or item.earlier
