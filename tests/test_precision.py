"""Stopping at a precision: it stops when it may, never before, and is the longer study's start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

import jukushi
from jukushi.case.load import Case
from jukushi.errors import UndefinedAnswer, UsageError
from jukushi.faces.cli import run_command
from jukushi.faces.output import precision_of
from jukushi.questions.precision import MOST_HISTORIES, MOST_ON_MAP, Stopping
from jukushi.questions.probability import LEAST_HISTORIES, Probability
from jukushi.study.store import PART

OUTCOME = "attack_by_end_1941"


def without_provenance(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "provenance"}


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5pp", 0.005), ("0.5 pp", 0.005), ("0.005", 0.005), (" 2pp", 0.02), (None, None)],
)
def test_a_precision_is_read(text: str | None, value: float | None) -> None:
    assert precision_of(text) == value


@pytest.mark.parametrize("text", ["0.5%", "0", "-1pp", "50pp", "0.5", "half", "nan", "inf", "pp"])
def test_a_precision_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        precision_of(text)
    assert "pp" in caught.value.hint


@pytest.mark.parametrize("precision", [0.0, -0.01, 0.5, float("nan")])
def test_python_refuses_the_same(precision: float, kantokuen: Case) -> None:
    with pytest.raises(UsageError):
        Stopping(None, precision, LEAST_HISTORIES, kantokuen.outcomes[OUTCOME])


def test_limits(kantokuen: Case) -> None:
    plain, on_map = kantokuen.outcomes[OUTCOME], kantokuen.outcomes["vladivostok_by_end_1941"]
    assert Stopping(None, None, 9_000, plain).limit == 9_000
    assert Stopping(5_000, None, 9_000, plain).limit == 5_000
    assert Stopping(None, 0.01, 9_000, plain).limit == MOST_HISTORIES
    assert Stopping(None, 0.01, 9_000, on_map).limit == MOST_ON_MAP < MOST_HISTORIES
    assert Stopping(5_000, 0.01, 9_000, plain).limit == 5_000
    with pytest.raises(UndefinedAnswer):
        Stopping(2_000, 0.01, 9_000, plain)


def test_never_before_the_least_number(kantokuen: Case) -> None:
    """Draws that agree by chance make a short interval; twenty of them are needed all the same."""
    stopping = Stopping(None, 0.4, LEAST_HISTORIES, kantokuen.outcomes[OUTCOME])
    probability = Probability(1)
    enough = stopping.rule(probability, 0)
    assert enough is not None
    hits = np.zeros((1, LEAST_HISTORIES - 128), bool)
    probability.add(hits, np.arange(0, hits.shape[1], 128))
    assert not enough()
    probability.add(hits[:, :128], np.array([0]))
    assert enough()


def test_a_study_stops_where_it_is_sharp_and_not_before(tmp_path: Path) -> None:
    case = jukushi.load("kantokuen")
    answer = case.run(precision=0.01, out=tmp_path / "a")
    assert answer["histories"] % PART == 0
    row = next(row for row in answer["outcomes"] if row["id"] == OUTCOME)
    low, high = row["probability"]["sampling"]
    reached = answer["precision"]["reached"]
    assert reached == pytest.approx((high - low) / 2.0)
    assert reached <= 0.01
    shorter = case.run(answer["histories"] - PART, out=tmp_path / "b")
    assert shorter["precision"] is None
    low, high = next(r for r in shorter["outcomes"] if r["id"] == OUTCOME)["probability"][
        "sampling"
    ]
    assert (high - low) / 2.0 > 0.01


def test_the_same_question_gives_the_same_bytes_and_the_start_of_the_longer_study(
    tmp_path: Path,
) -> None:
    case = jukushi.load("kantokuen")
    one = case.run(precision=0.01, out=tmp_path / "a", threads=1)
    two = case.run(precision=0.01, out=tmp_path / "b", threads=2)
    assert json.dumps(without_provenance(one)) == json.dumps(without_provenance(two))
    longer = case.run(one["histories"] + PART, out=tmp_path / "c")
    assert longer["histories"] == one["histories"] + PART
    parts = sorted((tmp_path / "a").glob("part-*.parquet"))
    assert len(parts) == one["histories"] // PART  # no part was run for nothing
    for part in parts:
        assert pq.read_table(part).equals(pq.read_table(tmp_path / "c" / part.name))
    plain = case.run(one["histories"], out=tmp_path / "d")
    assert plain["outcomes"] == one["outcomes"]


def test_a_limit_that_comes_first_is_said(tmp_path: Path, capsys: Any) -> None:
    words = ["why", "kantokuen", "--precision", "0.1pp", "-n", "2560", "-q"]
    words += ["--factors", "china_war", "--out", str(tmp_path)]
    assert run_command([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["histories"] == 2_560
    assert answer["precision"]["reached"] > answer["precision"]["asked"] == 0.001
    assert run_command(words) == 0
    assert "was not reached" in " ".join(capsys.readouterr().out.split())


def test_the_command_refuses_a_wrong_precision(capsys: Any) -> None:
    assert run_command(["why", "kantokuen", "--precision", "0.5%"]) == 2
    assert "hint: write 0.5pp" in capsys.readouterr().err
    campaign = ["run", "kantokuen", "--campaign", "august_storm", "--precision", "1pp"]
    assert run_command(campaign) == 2
