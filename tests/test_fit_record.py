"""The fit to the record: bank, bearing, matching, weights, coverage, file, answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from jukushi.calibration.bank import Bank, with_bank
from jukushi.calibration.bearing import MOST, chosen, first_order
from jukushi.calibration.coverage import calibration
from jukushi.calibration.matching import implausibility, not_ruled_out
from jukushi.calibration.posterior import (
    draw_log_weights,
    joint_rows,
    normalised,
    ranks,
    weighted_quantile,
)
from jukushi.calibration.record_fit import FITS, Fitting, fit_record
from jukushi.case.knowledge import widened
from jukushi.case.posterior import (
    PosteriorError,
    digest_of,
    posterior_of,
    read_posterior,
    split_targets,
)
from jukushi.case.targets import Target
from jukushi.errors import UndefinedAnswer, UsageError
from jukushi.faces.cli import run_command
from jukushi.questions.odds import odds
from jukushi.world.parameters import ParameterSpace
from jukushi.world.vocabulary import open_case

CASE = open_case("kantokuen")
FORMATS = Path(__file__).resolve().parents[1] / "docs" / "formats"
TARGETS = split_targets(CASE, "date")
DICE = np.random.default_rng(3)


def target(value: float = 0.0, error: float = 1.0, discrepancy: float = 0.0) -> Target:
    return replace(TARGETS[0], value=value, error=error, discrepancy=discrepancy)


def toy(n: int, dice: np.random.Generator, inputs: int = 2) -> Bank:
    """Quantiles of normal numbers; one observation shows the first, exactly, in every history."""
    quantiles = dice.random((n, inputs))
    seen = np.repeat(norm.ppf(quantiles[:, 0])[None, :, None], 4, axis=2)
    return Bank(tuple("abcdef"[:inputs]), quantiles, seen.astype(np.float32))


def test_the_posterior_of_a_normal_is_the_known_one() -> None:
    """Prior N(0, 1), one observation of 1.5 with sd 0.5: posterior N(1.2, 0.2)."""
    bank = toy(40_000, DICE)
    weights = normalised(draw_log_weights(bank, [target(1.5, 0.5)]))
    values = norm.ppf(bank.quantiles[:, 0])
    mean = weights @ values
    assert mean == pytest.approx(1.2, abs=0.02)
    assert np.sqrt(weights @ (values - mean) ** 2) == pytest.approx(np.sqrt(0.2), abs=0.02)
    # The other number learns nothing.
    assert weights @ bank.quantiles[:, 1] == pytest.approx(0.5, abs=0.02)


def test_error_and_discrepancy_join_as_variances() -> None:
    bank = toy(500, DICE)
    apart = draw_log_weights(bank, [target(1.0, 0.3, 0.4)])
    joined = draw_log_weights(bank, [target(1.0, 0.5)])
    np.testing.assert_allclose(apart, joined)
    np.testing.assert_allclose(
        draw_log_weights(bank, [target(1.0, 0.3, 0.4)], discrepancy=0.0),
        draw_log_weights(bank, [target(1.0, 0.3)]),
    )


def test_an_observation_left_out_teaches_nothing() -> None:
    bank = toy(200, DICE)
    both = Bank(bank.names, bank.quantiles, np.concatenate([bank.seen, bank.seen]))
    alone = draw_log_weights(bank, [target(1.0)])
    np.testing.assert_allclose(draw_log_weights(both, [target(1.0), target(9.0)], without=1), alone)


@pytest.mark.slow
def test_known_numbers_are_found_and_a_wrong_error_is_noticed() -> None:
    bank, truths = toy(8_000, DICE), toy(300, DICE)
    good = calibration(bank, truths, [target(0.0, 0.5)], ["a", "b"], 5)
    within = good.covered()
    assert 0.87 < float(str(within["estimate"])) < 0.93
    assert good.joint_test()["p_value"] > 0.001
    # Fitted as if the record were four times as good as it is, intervals are too short.
    sure = calibration(bank, _noisy(truths, 0.5), [target(0.0, 0.125)], ["a"], 5)
    assert float(str(sure.covered()["estimate"])) < 0.7


def _noisy(bank: Bank, sd: float) -> Bank:
    noise = sd * DICE.standard_normal(bank.seen.shape)
    return Bank(bank.names, bank.quantiles, (bank.seen + noise).astype(np.float32))


def test_first_order_indices_are_the_known_ones() -> None:
    """y = 2 a + b of uniforms: indices 0.8 and 0.2; a number not in it has none."""
    quantiles = DICE.random((20_000, 3))
    found = first_order(quantiles, (quantiles @ [2.0, 1.0, 0.0])[:, None])[:, 0]
    np.testing.assert_allclose(found, [0.8, 0.2, 0.0], atol=0.015)


def test_what_is_chosen_bears_on_the_record_whatever_the_record_is() -> None:
    bank = toy(4_000, DICE, inputs=6)
    names, _ = chosen(bank, [target(0.0)])
    assert names == ("a",)
    assert chosen(bank, [target(7.0)])[0] == names


def test_matching_forgives_one_observation_but_not_two() -> None:
    seen = np.zeros((3, 2, 4), np.float32)
    seen[0, 1] = seen[1, 1] = 9.0
    bank = Bank(("a",), np.full((2, 1), 0.5), seen)
    far = implausibility(bank, [target(), target(), target()])
    np.testing.assert_allclose(far[:, 1], [9.0, 9.0, 0.0])
    assert not_ruled_out(far).tolist() == [True, False]
    assert not_ruled_out(far[1:]).tolist() == [True, True]


@given(st.integers(1, 400), st.integers(1, 2**31))
def test_rows_are_drawn_in_proportion(rows: int, seed: int) -> None:
    weights = np.array([0.5, 0.25, 0.25, 0.0])
    counts = np.bincount(joint_rows(weights, rows, seed), minlength=4)
    assert counts.sum() == rows
    assert np.all(np.abs(counts - rows * weights) <= 1.0 + 1e-9)


def test_weighted_quantiles_of_equal_weights_are_quantiles() -> None:
    values = DICE.standard_normal(1001)
    flat = np.full(1001, 1 / 1001)
    np.testing.assert_allclose(
        weighted_quantile(values, flat, (0.05, 0.5, 0.95)),
        np.quantile(values, (0.05, 0.5, 0.95)), atol=0.02,
    )  # fmt: skip


def test_a_record_in_the_middle_has_rank_one_half() -> None:
    bank = toy(4_000, DICE)
    flat = np.full(4_000, 1 / 4_000)
    found = ranks(bank, [target(0.0, 0.5)], flat, 1)
    assert found[0] == pytest.approx(0.5, abs=0.03)
    assert ranks(bank, [target(-9.0, 0.5)], flat, 1)[0] == pytest.approx(0.0, abs=1e-6)


def test_the_splits_keep_what_is_scored_out_of_the_fit() -> None:
    until = CASE.record.split.until if CASE.record else date.min
    for split, _ in FITS:
        fitted, scored = split_targets(CASE, split), split_targets(CASE, split, "score")
        keys = [{(t.series.id, t.observation.date) for t in part} for part in (fitted, scored)]
        assert keys[0]
        assert not keys[0] & keys[1]
    assert max(t.observation.date for t in split_targets(CASE, "date")) <= until
    assert min(t.observation.date for t in split_targets(CASE, "date", "score")) > until


# -- the bank on disk


def test_a_bank_goes_on_from_its_parts_and_mends_a_damaged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jukushi.calibration.bank._PART", 16)
    small = with_bank(CASE, TARGETS[-2:], 24, 1, folder=tmp_path)
    parts = sorted(tmp_path.glob("*/part-*.npz"))
    assert len(parts) == 2
    before = parts[0].read_bytes()
    parts[1].write_bytes(b"not a part")
    steps: list[tuple[int, int]] = []
    large = with_bank(
        CASE, TARGETS[-2:], 40, 1, folder=tmp_path, progress=lambda *done: steps.append(done)
    )
    assert parts[0].read_bytes() == before
    np.testing.assert_array_equal(large.seen[:, :24], small.seen)
    np.testing.assert_array_equal(large.quantiles[:24], small.quantiles)
    assert steps == [(16, 40), (32, 40), (40, 40)]


# -- the whole fit


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("fit")
    answer, posterior = fit_record(CASE, Fitting(8_192, 40, folder=folder))
    path = folder / "posterior.json"
    path.write_text(posterior.model_dump_json(by_alias=True), encoding="utf-8")
    return answer, path


@pytest.mark.slow
def test_the_answer_is_as_published(fitted: tuple[dict[str, Any], Path]) -> None:
    answer, path = fitted
    schema = json.loads((FORMATS / "fit-record.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate({**answer, "posterior": str(path)}, schema)
    for row in answer["fits"]:
        assert 1 <= len(row["parameters"]) <= MOST
        assert row["effective"] >= 100
        told = {item["id"] for item in row["parameters"]} | set(row["not_fitted"])
        assert told == {n for n, p in CASE.parameters.items() if not p.range.fixed}


@pytest.mark.slow
def test_the_same_fit_is_the_same_whatever_the_threads(
    fitted: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    answer, path = fitted
    again, posterior = fit_record(CASE, Fitting(8_192, 40, threads=1, folder=tmp_path))
    assert json.loads(posterior.model_dump_json(by_alias=True)) == json.loads(path.read_text())
    assert {**again, "provenance": 0} == {**answer, "provenance": 0}


@pytest.mark.slow
def test_a_posterior_moves_what_the_fit_says_it_moves(fitted: tuple[dict[str, Any], Path]) -> None:
    answer, path = fitted
    case = posterior_of(CASE, path=path)
    assert case.knowledge.numbers == "posterior"
    draws = ParameterSpace(case).draw(1, np.arange(6_000))
    space = ParameterSpace(CASE)
    for row in answer["fits"][0]["parameters"]:
        column = draws[:, space.index[row["id"]]]
        error = 4.0 * row["posterior"]["sd"] / np.sqrt(512)
        assert column.mean() == pytest.approx(row["posterior"]["mean"], abs=error)
    before, after = (odds(item, 2_560, 1) for item in (CASE, case))
    assert before["case_hash"] != after["case_hash"]
    assert before["outcomes"] != after["outcomes"]
    assert posterior_of(widened(CASE), path=path).knowledge.numbers == "widened_posterior"


@pytest.mark.slow
def test_a_posterior_of_other_numbers_is_refused(fitted: tuple[dict[str, Any], Path]) -> None:
    _, path = fitted
    item = CASE.parameters["optimism"]
    other = item.model_copy(update={"value": float(str(item.value)) + 0.1})
    case = replace(CASE, parameters={**CASE.parameters, "optimism": other})
    assert digest_of(case) != digest_of(CASE)
    with pytest.raises(PosteriorError, match="other numbers"):
        posterior_of(case, path=path)
    with pytest.raises(UsageError, match="on a posterior"):
        posterior_of(posterior_of(CASE, path=path), path=path)


def test_a_missing_or_damaged_posterior_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(PosteriorError, match="no posterior at"):
        read_posterior(tmp_path / "posterior.json")
    (tmp_path / "posterior.json").write_text('{"schema": "jukushi.posterior/1"}')
    with pytest.raises(PosteriorError, match="is no posterior"):
        read_posterior(tmp_path / "posterior.json")


@pytest.mark.slow
def test_a_record_like_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jukushi.calibration.record_fit._LEAST", 1e6)
    with pytest.raises(UndefinedAnswer, match="too few draws"):
        fit_record(CASE, Fitting(1_024, 20))


def test_a_place_that_is_not_there_is_refused_before_anything_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(tmp_path / "nowhere" / "p.json")
    assert run_command(["fit", "kantokuen", "--out", place, "-q"]) != 0
    assert "there is no folder" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_command_writes_the_posterior_and_says_so(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "p.json"
    asked = ["fit", "kantokuen", "--draws", "8192", "--records", "20", "--out", str(place)]
    assert run_command([*asked, "-q", "--lang", language]) == 0
    shown = capsys.readouterr().out
    assert place.name in shown.replace("\n", "")
    assert len(read_posterior(place).fits) == len(FITS)


def test_the_shipped_posterior_is_of_the_shipped_numbers() -> None:
    for split, base in FITS:
        case = CASE if base == "prior" else widened(CASE)
        assert posterior_of(case, split).knowledge.joint is not None
