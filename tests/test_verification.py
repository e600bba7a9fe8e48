"""The verification at a small size: each check holds, and notices when it is spoilt."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from verification.__main__ import CHECKS, SCHEMA  # noqa: E402
from verification.closed_forms import birth_death, lanchester, walk  # noqa: E402
from verification.closed_forms.world import engine  # noqa: E402
from verification.tests_of_fit import chi_square, kolmogorov  # noqa: E402
from verification.weekly import dice  # noqa: E402
from verification.weekly.calendar import Calendar  # noqa: E402
from verification.weekly.expressions import evaluate  # noqa: E402

NAMES = [check.name for check in CHECKS]


@pytest.mark.parametrize("check", CHECKS, ids=NAMES)
def test_holds(check) -> None:
    finding = check.run(True, False)
    assert finding.passed, finding.sentence


@pytest.mark.parametrize("check", CHECKS, ids=NAMES)
def test_notices_when_it_is_spoilt(check) -> None:
    finding = check.run(True, True)
    assert not finding.passed, finding.statistic


def test_a_spoilt_weekly_layer_is_mended_again() -> None:
    weekly = CHECKS[NAMES.index("weekly")]
    weekly.run(True, True)
    assert weekly.run(True, False).passed


@pytest.mark.parametrize("law", [birth_death.exact(), lanchester.brown(1.0), lanchester.brown(0.5)])
def test_closed_forms_are_distributions(law: np.ndarray) -> None:
    assert (law >= 0.0).all()
    assert law.sum() == pytest.approx(1.0, abs=1e-12)


def test_both_answers_for_a_barrier_at_zero_agree() -> None:
    """Quadrature, which serves any barrier, and Sparre Andersen's law, which serves zero."""
    assert walk.passed_by(0.0)[:60] == pytest.approx(1.0 - walk.never_positive()[:60], abs=1e-9)


def test_tests_of_fit_fail_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    law = np.full(10, 0.1)
    low = [chi_square(rng.multinomial(500, law), law).p_value < 0.05 for _ in range(500)]
    assert np.mean(low) == pytest.approx(0.05, abs=0.04)
    low = [kolmogorov(rng.random(50), lambda x: x).p_value < 0.05 for _ in range(500)]
    assert np.mean(low) == pytest.approx(0.05, abs=0.04)


def test_cells_that_expect_little_are_joined() -> None:
    chance = np.array([0.004, 0.496, 0.494, 0.006])
    fit = chi_square(np.array([1.0, 250.0, 246.0, 3.0]), chance)
    assert fit.shown["cell"].tolist() == [0, 0, 1, 1]
    assert (fit.shown["due"] >= 20.0).all()


def test_dice_are_those_of_the_engine() -> None:
    weeks = [engine().case.first_running_week]
    seen = engine().observe(_world(), 0, 64, ["consent_draw", "opportunity_draw"], weeks, weeks[0])[
        0
    ]
    numbers = np.arange(64)
    assert seen[0] == pytest.approx(dice.once(1, numbers).consent_u, abs=1e-7)
    assert seen[1] == pytest.approx(dice.weekly(1, numbers, weeks[0]).opportunity_u, abs=1e-7)


def test_calendar_read_again_is_that_of_the_program() -> None:
    from jukushi.world.calendar import build_weeks

    case = engine().case
    ours, theirs = Calendar(case.folder), build_weeks(case)
    for index in range(case.first_running_week, case.n_weeks - 1):
        word = vars(ours.week(index))
        for name in word:
            assert float(word[name]) == pytest.approx(theirs[index][name], abs=1e-9), (index, name)


def test_expressions() -> None:
    start = engine().case.header.period.start
    names = {"a": np.array([1.0, 0.0]), "x": np.array([3.0, 5.0])}
    assert evaluate("a and x < 4", names, start).tolist() == [True, False]
    assert evaluate("not a or x >= 5", names, start).tolist() == [False, True]
    assert evaluate("where(a, -x, max(x, 6, 1))", names, start).tolist() == [-3.0, 6.0]
    assert evaluate('date("1937-01-11")', names, start) == 1.0


def test_evidence_is_whole() -> None:
    evidence = json.loads((ROOT / "verification" / "evidence.json").read_text(encoding="utf-8"))
    assert evidence["schema"] == SCHEMA
    assert [item["check"] for item in evidence["checks"]] == NAMES
    for item in evidence["checks"]:
        assert item["verdict"] == "holds"
        assert (ROOT / item["plot"]).is_file()


def _world():
    from verification.closed_forms.world import fixed

    return fixed({})
