"""What a campaign brings, as an answer: sound by its schema, the same for any threads, honest."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from pydantic import ValidationError

import jukushi
from jukushi.case.campaigns import Record
from jukushi.case.load import Case
from jukushi.engine.campaigns import run_campaigns
from jukushi.engine.openings import planned_jobs
from jukushi.errors import CaseError, UndefinedAnswer, UsageError
from jukushi.questions.campaign_record import values_of
from jukushi.questions.ranges import FEWEST, quantiles, spread, when_it_came
from jukushi.views.campaign import campaign_view, rounded
from jukushi.views.terminal import plain
from jukushi.views.words import Words
from jukushi.war.plan import build_theatre
from jukushi.world.vocabulary import open_case

FORMATS = Path(__file__).resolve().parents[1] / "docs" / "formats"
HISTORIES = 2_560


def validator(name: str) -> Any:
    schema = json.loads((FORMATS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    return jukushi.load("kantokuen").campaign("august_storm", HISTORIES, threads=1)


def test_the_answer_by_its_schema(answer: dict[str, Any]) -> None:
    validator("campaign").validate(answer)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["success", "probability", "ignorance"], None),
        (["success", "probability", "estimate"], 1.5),
        (["objectives", 0, "days"], [1, 2, 3]),
        (["losses", "japan", "captured"], None),
        (["record", 0, "quantile"], 2.0),
        (["surprise"], 1),
    ],
)
def test_the_schema_refuses(answer: dict[str, Any], path: list[Any], value: Any) -> None:
    broken = deepcopy(answer)
    place: Any = broken
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert not validator("campaign").is_valid(broken)


@pytest.mark.parametrize("name", ["campaign", "hindcast", "fit"])
def test_the_page_names_every_key_of_its_schema(name: str) -> None:
    page = (FORMATS / f"{name}.md").read_text(encoding="utf-8")
    for key in validator(name).schema["properties"]:
        assert f"`{key}`" in page, key


def test_the_answer_is_the_same_for_any_threads(answer: dict[str, Any]) -> None:
    again = jukushi.load("kantokuen").campaign("august_storm", HISTORIES, threads=2)
    strip = {"provenance": None}
    assert {**answer, **strip} == {**again, **strip}


def test_ranges_are_in_order_and_intervals_hold_their_estimate(answer: dict[str, Any]) -> None:
    for row in answer["losses"].values():
        for values in row.values():
            assert 0.0 <= values["low"] <= values["median"] <= values["high"]
    for chance in [answer["success"]["probability"]] + [
        row["probability"] for row in answer["objectives"]
    ]:
        low, high = chance["sampling"]
        assert low <= chance["estimate"] <= high
        assert 0.0 <= chance["ignorance"][0] <= chance["ignorance"][1] <= 1.0


def test_the_record_lies_where_the_histories_put_it(
    answer: dict[str, Any], kantokuen: Case
) -> None:
    """Counted again from the results themselves, awkward or not."""
    theatre = build_theatre(kantokuen, "august_storm")
    results = run_campaigns(theatre, planned_jobs(kantokuen, theatre, 1, 0, HISTORIES), 1, 2)
    assert len(answer["record"]) == len(theatre.campaign.record) >= 15
    for row, told in zip(theatre.campaign.record, answer["record"], strict=True):
        values = values_of(theatre, row, results)
        less = float(np.mean(values < row.value))
        assert less <= told["quantile"] <= float(np.mean(values <= row.value)) + 1e-12
        up_to = float(np.mean(values <= row.value))
        assert told["inside"] == (less < 0.95 and up_to >= 0.05)
        assert [rival["value"] for rival in told["rivals"]] == [r.value for r in row.rivals]


def test_a_campaign_never_fought_has_no_record() -> None:
    told = jukushi.load("kantokuen").campaign("kantokuen_16", HISTORIES)
    assert told["record"] is None
    validator("campaign").validate(told)
    rare = next(row for row in told["objectives"] if row["days"] is None)
    assert rare["date"] is None
    assert str(FEWEST) in rare["reason"]


def test_wrong_questions() -> None:
    case = jukushi.load("kantokuen")
    with pytest.raises(UsageError) as caught:
        case.campaign("august_strom")
    assert "august_storm" in str(caught.value.hint)
    with pytest.raises(UndefinedAnswer):
        case.campaign("august_storm", 100)


def test_dates_need_enough_histories() -> None:
    days = np.full(100, -1.0)
    days[: FEWEST - 1] = 5.0
    assert when_it_came(days)["days"] is None
    days[:FEWEST] = np.arange(FEWEST)
    assert when_it_came(days)["days"] == {"median": 9, "low": 0, "high": 18}


def test_what_never_comes_is_later_than_any_day() -> None:
    values = np.array([3.0] * 60 + [np.inf] * 40)
    assert quantiles(values) == {"median": 3.0, "low": 3.0, "high": None}
    assert spread([1.0, 2.0, 3.0])["median"] == 2.0


RECORD = {
    "id": "x1", "quantity": "lost", "power": "japan", "value": 1.0, "status": "assumption",
    "source": "own", "confidence": "low", "evidence_date": "1945-08-09",
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": "taken"},
        {"place": "harbin"},
        {"power": None},
        {"value": -1.0},
        {"rivals": [{"value": "1945-08-20", "source": "a book", "confidence": "low"}]},
    ],
)
def test_a_record_speaks_of_one_thing_in_numbers(change: dict[str, Any]) -> None:
    Record.model_validate(RECORD)
    with pytest.raises(ValidationError):
        Record.model_validate({**RECORD, **change})


def test_a_record_of_an_unknown_place_is_refused(copy: Path) -> None:
    file = copy / "campaigns.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("place: mukden", "place: mukdem"), encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        open_case(copy)
    assert any("mukden" in str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_view_fits_80_columns(answer: dict[str, Any], kantokuen: Case, language: str) -> None:
    text = plain(campaign_view(answer, kantokuen, Words(language)), 80)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert {"en": "Record against model", "fr": "Les faits et le modèle"}[language] in text
    assert {"en": "prediction", "fr": "prédire"}[language] in text


def test_three_digits_that_count() -> None:
    words = Words("en")
    said = [rounded(value, words) for value in (123_456.0, 999_600.0, 512.0, 7.4, 0.13, 0.0)]
    assert said == ["123,000", "1,000,000", "512", "7", "0.13", "0"]
