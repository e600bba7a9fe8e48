"""Which conclusions survive: hand-made structures, and the answer of a small study."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jukushi
from jukushi.case.load import Case
from jukushi.questions.survival import Seen, conclusions
from jukushi.questions.worlds import Structure
from jukushi.views.survival import ranks_part, survival_part
from jukushi.views.words import Words

OWN, OTHER = Structure("doctrine", True), Structure("expected_value", False)
SHARES = {"a": (0.3, 0.01), "b": (0.1, 0.01), "c": (0.05, 0.001), "d": (-0.02, 0.001)}


def seen(structure: Structure, **changed: Any) -> Seen:
    usual = {
        "chance": (0.02, 0.04),
        "without": dict.fromkeys(SHARES, (0.1, 0.2)),
        "shares": SHARES,
    }
    return Seen(structure, **{**usual, **changed})


def verdicts(*structures: Seen) -> dict[tuple[str, str | None], bool]:
    return {(row["conclusion"], row["factor"]): row["survives"] for row in conclusions(structures)}


def test_what_is_seen_everywhere_survives() -> None:
    found = verdicts(seen(OWN), seen(OTHER))
    assert all(found.values())
    assert set(found) == {
        ("unlikely", None),
        ("no_factor_makes_likely", None),
        ("leads", "a"),
        ("order", None),
        ("holds_back", "a"),
        ("holds_back", "b"),
        ("holds_back", "c"),
        ("draws_on", "d"),
        ("among_last", "c"),
        ("among_last", "d"),
    }


@pytest.mark.parametrize(
    ("changed", "lost"),
    [
        ({"chance": (0.4, 0.51)}, {("unlikely", None), ("no_factor_makes_likely", None)}),
        ({"without": {"b": (0.45, 0.55)}}, {("no_factor_makes_likely", None)}),
        (
            {"shares": {**SHARES, "b": (0.4, 0.01)}},
            {("leads", "a"), ("order", None)},
        ),
        # The sign is lost where the 90 % interval holds zero.
        ({"shares": {**SHARES, "c": (0.05, 0.04)}}, {("holds_back", "c")}),
        (
            {"shares": {**SHARES, "d": (0.2, 0.01)}},
            {("order", None), ("draws_on", "d"), ("among_last", "d")},
        ),
    ],
)
def test_what_fails_in_one_structure_does_not_survive(
    changed: dict[str, Any], lost: set[tuple[str, str | None]]
) -> None:
    found = verdicts(seen(OWN), seen(OTHER, **changed))
    assert {key for key, survives in found.items() if not survives} == lost


def test_where_and_by_which_factors_it_fails_is_told() -> None:
    other = seen(OTHER, shares={**SHARES, "b": (0.4, 0.01)}, without={"c": (0.6, 0.7)})
    rows = {(row["conclusion"], row["factor"]): row for row in conclusions([seen(OWN), other])}
    where = {"decision_maker": "expected_value", "collapse": False}
    assert rows["leads", "a"]["fails_in"] == [{**where, "factors": ["b"]}]
    assert rows["no_factor_makes_likely", None]["fails_in"] == [{**where, "factors": ["c"]}]


def test_a_factor_that_does_not_apply_cannot_fail() -> None:
    fewer = {name: SHARES[name] for name in ("a", "b", "d")}
    found = verdicts(seen(OWN), seen(OTHER, shares=fewer))
    assert found["holds_back", "c"]
    assert found["order", None]


def test_a_likely_event_is_looked_at_from_the_other_side() -> None:
    without = dict.fromkeys(SHARES, (0.7, 0.8))
    likely = seen(OWN, chance=(0.8, 0.9), without=without)
    found = verdicts(likely, seen(OTHER))
    assert not found["likely", None]
    assert not found["no_factor_makes_unlikely", None]
    assert verdicts(likely, likely)["no_factor_makes_unlikely", None]


@given(st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=9))
def test_under_its_own_structure_alone_the_shares_lose_nothing(values: list[float]) -> None:
    shares = {f"factor_{i}": (value, 0.01) for i, value in enumerate(values)}
    for row in conclusions([seen(OWN, shares=shares, without={})]):
        assert row["survives"]
        assert not row["fails_in"]


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return jukushi.load("kantokuen").why(
        2_560,
        factors=["china_war", "khalkhin_gol", "season"],
        compare=True,
        all_readings=True,
        out=tmp_path_factory.mktemp("survival"),
    )


def test_verdicts_agree_with_the_rows_of_the_answer(answer: dict[str, Any]) -> None:
    structures = {(row["decision_maker"], row["collapse"]): row for row in answer["structures"]}
    rows = {(row["conclusion"], row["factor"]): row for row in answer["survives"]}
    high = max(row["probability"]["sampling"][1] for row in structures.values())
    assert rows["unlikely", None]["survives"] == (high < 0.5)
    leader = next(factor for conclusion, factor in rows if conclusion == "leads")
    own = max(answer["factors"], key=lambda row: row["shapley"])
    assert leader == own["id"]
    failed = {
        (failure["decision_maker"], failure["collapse"])
        for failure in rows["leads", leader]["fails_in"]
    }
    for key, row in structures.items():
        best = max(share["shapley"] for share in row["shapley"].values())
        assert (row["shapley"][leader]["shapley"] < best) == (key in failed)


def test_ranks_by_share_range_over_readings_and_structures(answer: dict[str, Any]) -> None:
    tables = [row["shapley"] for row in answer["structures"] + answer["reading_shares"]]
    for row in answer["factors"]:
        ranks = [
            1 + sum(other["shapley"] > table[row["id"]]["shapley"] for other in table.values())
            for table in tables
            if row["id"] in table  # a factor need not apply to every decision-maker
        ]
        assert row["shapley_rank_range"] == [min(ranks), max(ranks)]


def test_neither_is_there_unless_it_is_asked_for(tmp_path: Any) -> None:
    plain = jukushi.load("kantokuen").why(2_560, factors=["china_war"], out=tmp_path)
    assert plain["survives"] is None
    assert plain["factors"][0]["shapley_rank_range"] is None


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_conclusion_is_said(answer: dict[str, Any], kantokuen: Case, language: str) -> None:
    words = Words(language)
    lines = [str(line) for line in survival_part(answer, kantokuen, words)]
    assert len(lines) == 2 + len(answer["survives"])
    assert ranks_part(answer, words)
