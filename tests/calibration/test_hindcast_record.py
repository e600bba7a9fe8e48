"""The later record against the model: scores by closed forms, naive forecasts by hand, laws."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import scoringrules  # noqa: F401  (its import takes seconds, which no test should be charged)
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from jukushi.calibration.hindcast_record import hindcast_record, knowledges
from jukushi.calibration.naive import naive_forecasts, past_of
from jukushi.calibration.naive_events import base_rate, constant_hazard, naive_hazards
from jukushi.calibration.predictive import events_of, months_of, predictive_of
from jukushi.calibration.record_rows import value_rows
from jukushi.calibration.record_scores import (
    Normal,
    cluster_figures,
    score_members,
    score_month,
    score_normal,
)
from jukushi.calibration.record_totals import coverage_of, value_totals
from jukushi.case.load import Case
from jukushi.case.targets import targets_of
from jukushi.engine.run import Engine
from jukushi.engine.settings import World
from jukushi.errors import UndefinedAnswer, UsageError
from jukushi.faces.progress import without_nan
from jukushi.views.hindcast_record import record_view
from jukushi.views.terminal import plain
from jukushi.views.words import Words

FORMATS = Path(__file__).resolve().parents[2] / "docs" / "formats"
DRAWS = 32


def normal_crps(mean: float, sd: float, seen: float) -> float:
    """Gneiting and Raftery 2007: s (z (2 F(z) - 1) + 2 f(z) - 1 / sqrt(pi))."""
    z = (seen - mean) / sd
    inner = z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi)
    return float(sd * inner)


@given(st.floats(-50, 50), st.floats(0.1, 30), st.floats(-80, 80))
def test_a_normal_forecast_by_its_closed_form(mean: float, sd: float, seen: float) -> None:
    scored = score_normal(Normal(mean, sd), seen, 2.0)
    assert scored.crps == pytest.approx(normal_crps(mean, sd, seen), abs=1e-9)
    assert scored.log == pytest.approx(-norm.logpdf(seen, mean, sd) - np.log(2.0))
    assert scored.rank == pytest.approx(norm.cdf(seen, mean, sd))


@pytest.mark.parametrize("seen", [-3.0, 0.4, 9.0])
def test_members_that_are_normal_score_as_the_normal(seen: float) -> None:
    """Normal members with a normal error about each are a normal of both variances."""
    members = norm.ppf((np.arange(20_000) + 0.5) / 20_000) * 3.0 + 1.0
    scored = score_members(members, 4.0, seen, 1.0, "a key")
    exact = score_normal(Normal(1.0, 5.0), seen, 1.0)
    assert scored.crps == pytest.approx(exact.crps, rel=0.02)
    assert scored.log == pytest.approx(exact.log, rel=1e-3)
    assert scored.rank == pytest.approx(exact.rank, abs=1e-3)
    np.testing.assert_allclose(scored.quantiles, exact.quantiles, atol=0.15)


def test_a_point_is_scored_by_its_error_and_has_no_log_score() -> None:
    scored = score_normal(Normal(4.0, 0.0), 6.5, 2.0)
    assert (scored.crps, scored.log, scored.rank) == (2.5, None, 1.0)


def test_a_month_by_hand() -> None:
    assert score_month(0.3, True)["brier"] == pytest.approx(0.49)
    assert score_month(0.3, False)["brier"] == pytest.approx(0.09)
    assert score_month(0.25, True)["log"] == pytest.approx(np.log(4.0))
    assert score_month(0.0, True)["log"] is None
    assert score_month(0.0, False)["log"] == 0.0


def test_clusters_are_resampled_whole() -> None:
    """Rows of a cluster that are all alike make the interval that of the clusters alone."""
    rng = np.random.default_rng(5)
    means = rng.normal(0, 1, 40)
    rows = np.repeat(means, 50)
    names = [f"c{number // 50}" for number in range(len(rows))]
    figure = cluster_figures([rows], names)[0]
    alone = 2 * 1.645 * means.std() / np.sqrt(40)
    assert figure["high"] - figure["low"] == pytest.approx(alone, rel=0.1)
    assert figure["clusters"] == 40
    assert cluster_figures([rows[:100]], names[:100])[0]["low"] is None


def test_naive_forecasts_of_numbers_by_hand(kantokuen: Case) -> None:
    """Front: 900 km on 22 June, then what the table says; h weeks from the last value on."""
    target = next(
        item for item in targets_of(kantokuen) if item.observation.date == date(1941, 8, 31)
        and item.series.id == "front"
    )  # fmt: skip
    past = past_of(kantokuen, target.series, 123.0)
    assert past.source == "record"
    assert [day.isoformat() for day in past.days] == [
        "1941-06-22", "1941-06-30", "1941-07-16", "1941-07-31",
    ]  # fmt: skip
    x, last = past.values, past.values[-1]
    weeks = [8 / 7, 16 / 7, 15 / 7]
    steps = [x[1] - x[0], x[2] - x[1], x[3] - x[2]]
    ahead, total = 31 / 7, 39 / 7
    made = naive_forecasts(past, target)
    assert made["no_change"] == Normal(last, pytest.approx(25 * np.sqrt(2)))  # type: ignore[arg-type]
    assert made["no_change_point"] == Normal(last, 0.0)
    walk = sum(s * s / w for s, w in zip(steps, weeks, strict=True)) / 3
    random_walk, trend = made["random_walk"], made["trend"]
    assert random_walk is not None
    assert trend is not None
    assert random_walk.sd == pytest.approx(np.sqrt(2 * 25**2 + ahead * walk))
    slope = sum(steps) / total
    about = sum((s - slope * w) ** 2 / w for s, w in zip(steps, weeks, strict=True)) / 2
    assert trend.mean == pytest.approx(last + slope * ahead)
    assert trend.sd == pytest.approx(np.sqrt(2 * 25**2 + ahead * about * (1 + ahead / total)))


def test_a_series_that_was_not_on_record_starts_where_the_case_starts(kantokuen: Case) -> None:
    target = next(item for item in targets_of(kantokuen) if item.series.id == "oil")
    past = past_of(kantokuen, target.series, 48.9)
    assert (past.values, past.error, past.source) == ((48.9,), 0.0, "start")
    made = naive_forecasts(past, target)
    assert made["no_change"] == Normal(48.9, target.error)
    assert made["random_walk"] is made["trend"] is None


def test_no_naive_forecast_reads_what_came_after_the_split(kantokuen: Case) -> None:
    record = kantokuen.record
    assert record is not None
    for series in record.series:
        assert all(day <= record.split.until for day in past_of(kantokuen, series, 1.0).days)


def test_a_constant_hazard_is_learned_by_jeffreys() -> None:
    """After n months without it the mean of Beta(1/2, 1/2 + n)."""
    assert constant_hazard(0.0) == 0.5
    assert constant_hazard(9.0) == pytest.approx(0.5 / 10)


def test_the_base_rate_by_hand(kantokuen: Case) -> None:
    rates, record = kantokuen.base_rates, kantokuen.record
    assert record is not None
    assert base_rate(kantokuen, "all_clear") is None
    pool = [row for row in rates.opportunities if row.closes <= record.split.until]
    assert not any(row.id.startswith(("jpn1941", "sov1945")) for row in pool)
    entrants = [row for row in pool if row.entered_on]
    one = (62 / 1198) / (len(entrants) / len(pool))
    other = (1 - 62 / 1198) / (1 - len(entrants) / len(pool))
    days = sum(one * ((row.entered_on - row.opens).days + 1) for row in entrants if row.entered_on)
    days += sum(other * ((r.closes - r.opens).days + 1) for r in pool if not r.entered_on)
    expected = one * len(entrants) / (days / (365.25 / 12))
    assert base_rate(kantokuen, "entry") == pytest.approx(expected)


def test_rules_alone_read_the_record(kantokuen: Case) -> None:
    """Six weeks after 1 August 1941 is in September; thirteen after 8 May 1945 in August."""
    centres = Engine(kantokuen, 1, 1).space.centre
    events = {event.id: event for event in events_of(kantokuen)}
    found = {
        name: naive_hazards(kantokuen, months_of(kantokuen, events[name]), centres)["rule"]
        for name in ("south_chosen", "entry", "north_attack", "all_clear")
    }
    assert found["south_chosen"] == [0.0, 1.0, 1.0, 1.0, 1.0]
    assert found["entry"] == [*[0.0] * 48, 1.0]
    assert not any(found["north_attack"] or [1.0])
    assert found["all_clear"] is None


def test_months_run_from_the_split_to_the_event(kantokuen: Case) -> None:
    for event in events_of(kantokuen):
        months = months_of(kantokuen, event)
        assert months.ends[0] == date(1941, 8, 31)
        if event.happened_on is None:
            assert months.came is None
            assert months.ends[-1] == event.by
        else:
            assert months.came == len(months.ends) - 1
            assert f"{months.ends[-1]:%Y-%m}" == f"{event.happened_on:%Y-%m}"


@pytest.fixture(scope="module")
def foretold(kantokuen: Case) -> Any:
    return predictive_of(kantokuen, DRAWS, 1)


def test_hazards_multiply_to_the_share_that_waits(foretold: Any) -> None:
    """Of a history with no attack, survival to the end is the product of one less each hazard."""
    for months, row in zip(foretold.months, foretold.hazards, strict=True):
        for before, after in pairwise(row):
            assert after.at_risk <= before.at_risk - before.hits
        if months.event.field == "at_war":
            last = row[-1]
            waiting = last.at_risk - last.hits
            product = np.prod([1 - item.hits / item.at_risk for item in row])
            assert product == pytest.approx(waiting / row[0].at_risk)


def test_the_record_drawn_from_the_model_is_covered_and_a_shuffled_one_scores_worse(
    foretold: Any,
) -> None:
    """One history of the model, seen with error, is a record that a perfect forecaster knows."""
    rng = np.random.default_rng(11)
    inside, own, shuffled = [], [], []
    for _ in range(12):
        lane = int(rng.integers(0, foretold.seen.shape[1]))
        drawn = [
            replace(target, value=float(foretold.seen[k, lane] + target.spread * rng.normal()))
            for k, target in enumerate(foretold.targets)
        ]
        rows = value_rows(replace(foretold, targets=tuple(drawn)))
        inside.append(coverage_of(rows)["model"]["inside_90"]["estimate"])
        own.append(value_totals(rows)["crps_in_errors"]["estimate"])
        order = rng.permutation(len(drawn))
        mixed = [replace(t, value=drawn[k].value) for t, k in zip(drawn, order, strict=True)]
        worse = value_rows(replace(foretold, targets=tuple(mixed)))
        shuffled.append(value_totals(worse)["crps_in_errors"]["estimate"])
    error = np.std(inside, ddof=1) / np.sqrt(len(inside))
    assert abs(np.mean(inside) - 0.9) < 3 * error + 0.02
    assert np.mean(shuffled) > 5 * np.mean(own)


def test_an_intervention_that_moves_a_series_is_seen_in_its_score(kantokuen: Case) -> None:
    changes = kantokuen.factors["soviet_garrison"].readings[2].changes
    half = predictive_of(kantokuen, DRAWS, 1, world=World("half", tuple(changes)))
    usual = predictive_of(kantokuen, DRAWS, 1)
    place = [target.series.id for target in usual.targets].index("believed_divisions")
    assert half.seen[place].mean() < 0.7 * usual.seen[place].mean()


@pytest.fixture(scope="module")
def answer(kantokuen: Case) -> dict[str, Any]:
    return without_nan(hindcast_record(kantokuen, DRAWS, threads=1))  # type: ignore[no-any-return]


def validator() -> jsonschema.Draft202012Validator:
    text = (FORMATS / "hindcast-record.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def test_the_answer_by_its_schema(answer: dict[str, Any]) -> None:
    validator().validate(answer)
    page = (FORMATS / "hindcast-record.md").read_text(encoding="utf-8")
    for key in validator().schema["properties"]:
        assert f"`{key}`" in page, key


@pytest.mark.parametrize("path", [["done", "met"], ["scores", 0, "model", "crps"], ["surprise"]])
def test_the_schema_refuses(answer: dict[str, Any], path: list[Any]) -> None:
    broken: Any = deepcopy(answer)
    place = broken
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = "maybe"
    assert not validator().is_valid(broken)


def test_threads_change_no_byte(kantokuen: Case, answer: dict[str, Any]) -> None:
    again = without_nan(hindcast_record(kantokuen, DRAWS, threads=2))
    strip = {"provenance": None}
    assert json.dumps({**again, **strip}) == json.dumps({**answer, **strip})


def test_sums_are_those_of_the_rows(answer: dict[str, Any]) -> None:
    rows = [row for row in answer["scores"] if row["type"] == "value"]
    mean = np.mean([row["model"]["crps_in_errors"] for row in rows])
    series = answer["totals"]["series"]
    assert series["all"]["crps_in_errors"]["estimate"] == pytest.approx(mean)
    rival = series["all"]["naive"]["no_change"]
    assert rival["crps_in_errors_difference"]["estimate"] == pytest.approx(
        mean - rival["crps_in_errors"]
    )
    assert sum(answer["pit"]["all"]) == len(rows)
    missed = [row["observation"]["id"] for row in rows if not row["model"]["inside_90"]]
    assert [miss["observation"] for miss in answer["misses"] if miss["unit"]] == missed
    assert series["all"]["observations"] == (
        series["scripted"]["observations"] + series["not_scripted"]["observations"]
    )


def test_the_question_of_the_case_is_shown_and_not_counted(answer: dict[str, Any]) -> None:
    asked = [row for row in answer["scores"] if not row["counted"]]
    assert {row["observation"]["event"] for row in asked} == {"north_attack"}
    counted = sum(row["totals"]["observations"] for row in answer["events"] if row["counted"])
    assert answer["totals"]["events"]["all"]["observations"] == counted


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_names_every_series_where_a_naive_forecast_is_ahead(
    kantokuen: Case, answer: dict[str, Any], language: str
) -> None:
    words = Words(language)
    text = plain(record_view(answer, kantokuen, words), 80)
    assert all(len(line) <= 80 for line in text.splitlines())
    told = text.split(words("hindcast_record.ahead"))[1]
    for row in [*answer["series"], *answer["events"]]:
        if row["naive_ahead"]:
            assert f"- {words.of(row['title'])}" in told


def test_other_knowledge_is_scored_as_it_is_and_priors_beside_wider_ones(kantokuen: Case) -> None:
    numbers = [one.knowledge.numbers for one in knowledges(kantokuen)]
    assert numbers == ["widened_posterior", "widened", "prior"]
    for one in knowledges(kantokuen)[:2]:
        assert knowledges(one) == (one,)


def test_what_cannot_be_scored_is_refused(kantokuen: Case) -> None:
    with pytest.raises(UndefinedAnswer, match="no 5-95"):
        hindcast_record(kantokuen, 8)
    with pytest.raises(UsageError, match="no dated record"):
        hindcast_record(replace(kantokuen, record=None))
