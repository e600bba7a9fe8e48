"""Evidence in a model card: what is old is called so, what is lost is told, nothing is hidden."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cards import DOCS, elsewhere, with_posterior

from jukushi.calibration.card import card
from jukushi.calibration.card_places import Places
from jukushi.case.knowledge import widened
from jukushi.case.load import Case
from jukushi.case.posterior import posterior_of
from jukushi.views.card_page import card_page
from jukushi.views.words import Words


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory, kantokuen: Case) -> Case:
    """The shipped case with a posterior of its own numbers."""
    return with_posterior(kantokuen, tmp_path_factory.mktemp("fitted"))


def evidence(folder: Path, name: str, content: Any) -> Places:
    places = elsewhere(folder, verification=folder / "verification.json")
    assert places.documents is not None
    file = places.documents / "evidence" / f"{name}.json"
    if name == "verification":
        file = folder / "verification.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return places


def test_evidence_of_another_case_is_called_stale_and_shown(
    tmp_path: Path, kantokuen: Case
) -> None:
    old = json.loads((DOCS / "evidence" / "audit.json").read_text(encoding="utf-8"))
    old["case_hash"] = "0" * 32
    told = card(kantokuen, evidence(tmp_path, "audit", old))
    assert told["validation"]["audit"]["state"] == "stale"
    text = card_page(told, Words("en"))
    first = text.split("## Contents")[0]
    assert Words("en")("card.state_stale") in first
    assert "0" * 32 in first
    assert text.count("0" * 32) == 2
    assert "scholarship against" in text


@pytest.mark.parametrize("content", ["", "[]", "{", '{"schema": "jukushi.why/1"}', '{"schema": 3}'])
def test_damaged_evidence_is_called_unreadable(
    tmp_path: Path, kantokuen: Case, content: str
) -> None:
    told = card(kantokuen, evidence(tmp_path, "audit", content))
    assert told["validation"]["audit"]["state"] == "unreadable"
    assert Words("en")("card.state_unreadable") in card_page(told, Words("en"))


HINDCAST: dict[str, Any] = {
    "schema": "jukushi.hindcast/1",
    "version": "0.1.0",
    "seed": 1,
    "draws": 512,
    "knowledge": [{"numbers": "widened", "case_hash": ""}],
    "totals": {
        "series": {
            "all": {
                "observations": 88,
                "crps_in_errors": {"estimate": 1.25, "low": 1.0, "high": 1.5},
                "naive": {
                    "no_change": {
                        "crps_in_errors": 2.5,
                        "crps_in_errors_difference": {"estimate": -1.25, "low": -2.0, "high": -0.5},
                        "better": "model",
                    },
                    "a_new_one": {"crps_in_errors": 1.0, "better": "naive"},
                    "never_made": None,
                },
            }
        },
        "events": {},
    },
    "coverage": {
        "all": {
            "model": {
                "observations": 88,
                "inside_90": {"estimate": 0.9, "low": 0.8, "high": 0.95},
                "inside_50": {"estimate": 0.4, "low": None, "high": None},
                "width_90": 4.2,
            }
        }
    },
    "done": {"met": False},
    "misses": [{"observation": "oil@1943-04-01", "rank": 0.01}],
    "series": [{"title": {"en": "Oil", "fr": "Pétrole"}, "naive_ahead": ["trend"]}],
}


@pytest.mark.parametrize("knowledge", ["prior", "widened", "posterior", "other"])
def test_a_hindcast_counts_as_of_this_case_whatever_it_took_to_be_known(
    tmp_path: Path, fitted: Case, knowledge: str
) -> None:
    cases = {
        "prior": fitted.hash,
        "widened": widened(fitted).hash,
        "posterior": posterior_of(fitted).hash,
        "other": "f" * 32,
    }
    file = {**HINDCAST, "case_hash": cases[knowledge]}
    told = card(fitted, evidence(tmp_path, "hindcast", file))
    wanted = "stale" if knowledge == "other" else "current"
    assert told["validation"]["hindcast"]["state"] == wanted


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_hindcast_that_is_lost_to_a_naive_forecast_is_told_so(
    tmp_path: Path, kantokuen: Case, language: str
) -> None:
    words = Words(language)
    told = card(kantokuen, evidence(tmp_path, "hindcast", HINDCAST))
    text = card_page(told, words)
    assert words("card.done_no", wanted="?") in text
    assert words("card.better_naive") in text
    assert "a_new_one" in text
    assert words("card.naive_trend") in text
    assert "`oil@1943-04-01`" in text
    assert words.percent(0.9) in text.split(words("card.contents"))[0]


@pytest.mark.parametrize("key", ["totals", "coverage", "knowledge", "series", "done", "misses"])
def test_a_hindcast_without_a_part_is_shown_as_far_as_it_goes(
    tmp_path: Path, kantokuen: Case, key: str
) -> None:
    file = {name: value for name, value in HINDCAST.items() if name != key}
    text = card_page(card(kantokuen, evidence(tmp_path, "hindcast", file)), Words("en"))
    assert Words("en")("card.hindcast_none") not in text


def test_checks_that_failed_are_shown(tmp_path: Path, kantokuen: Case) -> None:
    check = {"check": "walk", "title": "Random walk", "statistic": "1", "verdict": "DIFFERS"}
    file = {"schema": "jukushi.verification/1", "case_hash": kantokuen.hash, "checks": [check]}
    told = card(kantokuen, evidence(tmp_path, "verification", file))
    assert told["verification"]["evidence"]["state"] == "current"
    assert "| Random walk |" in card_page(told, Words("en"))
    assert "DIFFERS" in card_page(told, Words("en"))
