"""The main job: what an answer to "why" must satisfy whatever its figures."""

from __future__ import annotations

from typing import Any

import pytest

import jukushi
from jukushi.errors import UndefinedAnswer, UsageError

SMALL = 2_560
DEFAULT_FACTORS = {
    "khalkhin_gol",
    "soviet_garrison",
    "german_stall",
    "oil_embargo",
    "neutrality_pact",
    "china_war",
    "season",
    "intelligence",
}


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("why")
    return jukushi.load("kantokuen").why(histories=SMALL, out=out)


def test_default_question(answer: dict[str, Any]) -> None:
    assert answer["outcome"] == "attack_by_end_1941"
    assert answer["decision_maker"] == "doctrine"
    assert answer["collapse"] is True
    assert {row["id"] for row in answer["factors"]} == DEFAULT_FACTORS


def test_shares_and_residual_sum_to_the_difference(answer: dict[str, Any]) -> None:
    shares = sum(row["shapley"] for row in answer["factors"])
    difference = answer["all_absent"]["estimate"] - answer["probability"]["estimate"]
    assert shares + answer["residual"] == pytest.approx(difference, abs=1e-12)
    assert abs(answer["residual"]) < 1e-9


def test_every_probability_carries_both_intervals(answer: dict[str, Any]) -> None:
    rows = [answer["probability"], answer["all_absent"]]
    rows += [row["probability"] for row in answer["structures"] + answer["smallest_sets"]]
    for row in rows:
        low, high = row["sampling"]
        assert 0 <= low <= row["estimate"] <= high <= 1
        assert 0 <= row["ignorance"][0] <= row["ignorance"][1] <= 1


def test_a_negative_factor_carries_its_warning(answer: dict[str, Any]) -> None:
    warned = {row["id"] for row in answer["factors"] if row["sign_warning"]}
    assert "intelligence" in warned
    for row in answer["factors"]:
        if row["shapley"] > 0 and row["but_for"] > 0:
            assert not row["sign_warning"]


def test_fewest_is_exhaustive(answer: dict[str, Any]) -> None:
    fewest = answer["fewest"]
    total = sum(row["share"]["estimate"] for row in fewest["by_number"])
    total += fewest["never"]["estimate"]
    assert total == pytest.approx(1.0)


def test_rank_ranges_hold_the_rank_of_the_answer_itself(answer: dict[str, Any]) -> None:
    own = next(
        row
        for row in answer["structures"]
        if row["decision_maker"] == "doctrine" and row["collapse"]
    )
    ranks = {row["id"]: row["rank"] for row in own["factors"]}
    for row in answer["factors"]:
        low, high = row["rank_range"]
        assert low <= ranks[row["id"]] <= high


def test_structures_are_the_usual_ones(answer: dict[str, Any]) -> None:
    found = [(row["decision_maker"], row["collapse"]) for row in answer["structures"]]
    makers = ("doctrine", "expected_value", "factions")
    assert found == [(maker, collapse) for maker in makers for collapse in (True, False)]
    on, off = (
        next(
            r
            for r in answer["structures"]
            if r["decision_maker"] == "doctrine" and r["collapse"] is c
        )
        for c in (True, False)
    )
    # Switching the trigger off can only close a way to war.
    assert off["probability"]["estimate"] <= on["probability"]["estimate"]


def test_placebos_get_nothing(tmp_path: Any) -> None:
    found = jukushi.load("kantokuen").why(
        histories=SMALL,
        factors=["placebo_parameter", "placebo_dice", "china_war", "oil_embargo"],
        out=tmp_path,
    )
    rows = {row["id"]: row for row in found["factors"]}
    for name in ("placebo_parameter", "placebo_dice"):
        assert rows[name]["placebo"]
        assert rows[name]["shapley"] == 0.0
        assert rows[name]["but_for"] == 0.0
        assert rows[name]["shapley_se"] == 0.0
    assert rows["china_war"]["shapley"] > 0.0


def test_readings_and_structures_change_the_answer(tmp_path: Any) -> None:
    case = jukushi.load("kantokuen")
    small = {"factors": ["khalkhin_gol", "soviet_garrison"], "histories": SMALL}
    first = case.why(**small, out=tmp_path / "a")
    other = case.why(**small, readings={"khalkhin_gol": "japanese_victory"}, out=tmp_path / "b")
    shares = [
        next(row["shapley"] for row in found["factors"] if row["id"] == "khalkhin_gol")
        for found in (first, other)
    ]
    assert shares[0] != shares[1]
    assert first["probability"] == other["probability"]


def test_unified_decider_does_not_apply_to_expected_value(tmp_path: Any) -> None:
    with pytest.raises(UsageError, match="does not apply"):
        jukushi.load("kantokuen").why(
            histories=SMALL,
            factors=["unified_decider"],
            decision_maker="expected_value",
            out=tmp_path,
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"factors": ["khalkin_gol"]},
        {"outcome": "attack_by_end_1491"},
        {"decision_maker": "doctrin"},
        {"readings": {"khalkhin_gol": "never"}},
        {"readings": {"navy_veto": "army_decides"}},
    ],
)
def test_wrong_questions_are_refused_with_a_hint(wrong: dict[str, Any], tmp_path: Any) -> None:
    with pytest.raises(UsageError) as caught:
        jukushi.load("kantokuen").why(histories=SMALL, out=tmp_path, **wrong)
    assert caught.value.hint


def test_too_small_a_study_is_refused_with_the_number_that_would_do(tmp_path: Any) -> None:
    with pytest.raises(UndefinedAnswer) as caught:
        jukushi.load("kantokuen").why(histories=200, out=tmp_path)
    assert "2560" in caught.value.hint


def test_the_answer_depends_on_the_data(tmp_path: Any) -> None:
    """A case whose garrison is half as large must give another answer."""
    import shutil

    folder = tmp_path / "weak"
    shutil.copytree(jukushi.load("kantokuen").case.folder, folder)
    table = folder / "tables" / "forces.csv"
    text = table.read_text(encoding="utf-8")
    changed = text.replace(
        "1941-06-22,ussr,far_east,japan,30,", "1941-06-22,ussr,far_east,japan,18,"
    )
    assert changed != text
    table.write_text(changed, encoding="utf-8")
    small = {"factors": ["china_war"], "histories": SMALL}
    usual = jukushi.load("kantokuen").why(**small, out=tmp_path / "a")
    weak = jukushi.load(folder).why(**small, out=tmp_path / "b")
    assert weak["probability"]["estimate"] > usual["probability"]["estimate"]
