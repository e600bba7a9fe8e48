"""What is taken to be known: wider priors, a joint sample, and histories like the record."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv

from jukushi.case.knowledge import Joint, like_record, widened, wider, with_joint
from jukushi.case.quantities import distribution
from jukushi.case.schema import Parameter
from jukushi.case.targets import state_week, targets_of
from jukushi.dice import DICE_PER_DRAW
from jukushi.engine.likeness import effective, log_density, pasts_of, seen_by
from jukushi.engine.run import Engine, World
from jukushi.engine.settings import Fate
from jukushi.errors import UndefinedAnswer, UsageError
from jukushi.world.parameters import ParameterSpace
from jukushi.world.vocabulary import open_case

CASE = open_case("kantokuen")
UNTIL = date(1941, 8, 1)
DRAWS = np.arange(4000)


def parameter(unit: str, value: float, **spread: object) -> Parameter:
    return Parameter.model_validate(
        {
            "id": "some_number", "group": "test", "title": {"en": "a", "fr": "b"}, "unit": unit,
            "value": value, "range": spread, "status": "assumption", "confidence": "low",
            "source": "a test", "evidence_date": UNTIL,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    "item",
    [
        parameter("log_ratio", 0.2, normal=0.3),
        parameter("ratio", 2.0, lognormal=0.2),
        parameter("ratio", 5.0, uniform=[4.0, 6.0]),
        parameter("share", 0.4, beta=[40.0, 60.0]),
    ],
)
def test_a_wider_range_is_twice_as_wide_about_the_same_middle(item: Parameter) -> None:
    uniforms = (np.arange(2000) + 0.5) / 2000
    centre = float(item.value)  # type: ignore[arg-type]
    before = distribution(item, centre, uniforms)
    after = distribution(item.model_copy(update={"range": wider(item)}), centre, uniforms)
    scale = np.log if item.range.lognormal else np.asarray
    ratio = np.std(scale(after)) / np.std(scale(before))
    assert 1.9 < ratio < 2.1
    assert np.median(after) == pytest.approx(np.median(before), rel=0.02)


@given(st.floats(0.02, 0.98), st.floats(1.0, 400.0))
def test_a_wider_beta_keeps_its_mean_and_is_one(mean: float, total: float) -> None:
    a, b = wider(parameter("share", mean, beta=[mean * total, (1 - mean) * total])).beta or (0, 0)
    assert min(a, b) > 0
    assert a / (a + b) == pytest.approx(mean)
    assert np.isfinite(betaincinv(a, b, 0.5))


def test_shares_stay_shares() -> None:
    low, high = wider(parameter("share", 0.9, uniform=[0.7, 1.0])).uniform or (0, 0)
    assert (low, high) == (pytest.approx(0.55), 1.0)


def test_only_numbers_set_by_what_is_scored_are_widened() -> None:
    other = widened(CASE)
    assert other.hash != CASE.hash
    for name, item in CASE.parameters.items():
        if item.informed_by != "score":
            assert other.parameters[name] is item


def test_a_joint_sample_replaces_its_own_numbers_and_no_others() -> None:
    names = ("transfer_rate", "optimism")
    joint = Joint(names, np.array([[0.1, 0.9], [0.2, 0.8], [0.3, 0.7]]))
    before = ParameterSpace(CASE).draw(1, DRAWS)
    space = ParameterSpace(with_joint(CASE, joint))
    after = space.draw(1, DRAWS)
    moved = {name for name, place in space.index.items() if (after != before)[:, place].any()}
    assert moved == set(names)
    columns = after[:, [space.index[name] for name in names]]
    rows, counts = np.unique(columns, axis=0, return_counts=True)
    # Rows are equally likely, and the two numbers of a row stay together.
    assert len(rows) == 3
    assert np.abs(counts / len(DRAWS) - 1 / 3).max() < 0.03
    assert np.all(np.diff(rows[:, 0]) > 0)
    assert np.all(np.diff(rows[:, 1]) < 0)


def test_other_knowledge_is_another_case() -> None:
    joint = Joint(("optimism",), np.array([[0.5]]))
    other = Joint(("optimism",), np.array([[0.6]]))
    cases = [CASE, widened(CASE), with_joint(CASE, joint), with_joint(CASE, other),
             with_joint(widened(CASE), joint), like_record(CASE, UNTIL)]  # fmt: skip
    assert len({case.hash for case in cases}) == len(cases)
    assert like_record(like_record(CASE, UNTIL), None).hash == CASE.hash


def test_a_target_is_read_in_the_week_that_ends_nearest() -> None:
    for target in targets_of(CASE):
        monday = CASE.header.period.start.toordinal() + 7 * (target.week + 1)
        day = target.observation.date.toordinal()
        first = CASE.header.period.start.toordinal() + 7 * CASE.first_running_week
        assert abs(monday - day) <= 3 or day < first + 7
    assert state_week(CASE, date(1938, 8, 11)) == CASE.first_running_week


def test_density_is_that_of_a_normal() -> None:
    target = next(item for item in targets_of(CASE) if item.series.id == "front")
    seen = np.array(
        [[target.value, target.value + target.spread, target.value - 2 * target.spread]]
    )
    np.testing.assert_allclose(log_density([target], seen), [0.0, -0.5, -2.0])


def test_effective_size_knows_its_limits() -> None:
    assert effective(np.zeros(50)) == pytest.approx(50)
    assert effective(np.array([0.0, -np.inf, -800.0])) == pytest.approx(1)
    assert effective(np.full(5, -np.inf)) == 0.0


@pytest.fixture(scope="module")
def conditioned() -> Engine:
    return Engine(like_record(CASE, UNTIL), 3)


@pytest.mark.slow
def test_a_held_history_has_the_past_of_another_and_a_future_of_its_own(
    conditioned: Engine,
) -> None:
    pasts = conditioned.pasts
    assert pasts is not None
    past = int(pasts.histories[2])
    own = conditioned.trace(2 * DICE_PER_DRAW, World("own"))
    first = Engine(CASE, 3).trace(past, World("first"))
    lane = past - first.first_history
    for other in (0, 1, 63):
        np.testing.assert_array_equal(
            own.state[: pasts.week, :, other], first.state[: pasts.week, :, lane]
        )
    assert (own.state[-1, :, 0] != own.state[-1, :, 1]).any()
    np.testing.assert_array_equal(own.parameters, first.parameters)


@pytest.mark.slow
def test_held_histories_lie_nearer_to_the_record(conditioned: Engine) -> None:
    targets = targets_of(CASE, lambda _, item: item.date <= UNTIL)
    loose = seen_by(Engine(CASE, 3), targets, 0, 6400)
    held = seen_by(conditioned, targets, 0, 6400)
    assert log_density(targets, held).mean() > log_density(targets, loose).mean() + 1.0


@pytest.mark.slow
def test_pasts_are_drawn_in_proportion_to_their_weights(conditioned: Engine) -> None:
    """The mean over pasts is the weighted mean over the bank (both estimate the same)."""
    pasts = conditioned.pasts
    assert pasts is not None
    assert pasts.effective >= 100
    assert len(set(pasts.histories.tolist())) > 0.5 * pasts.effective
    again = pasts_of(like_record(CASE, UNTIL), 3, threads=1)
    assert again is not None
    np.testing.assert_array_equal(again.histories, pasts.histories)


@pytest.mark.slow
def test_held_histories_are_not_branched_or_set(conditioned: Engine) -> None:
    with pytest.raises(UsageError, match="branched"):
        conditioned.run([World("w")], 0, 64, "attack_by_end_1941", fate=Fate(240, 1))
    with pytest.raises(UsageError, match="points"):
        conditioned.run_points(np.zeros((1, conditioned.space.width)), "attack_by_end_1941", 64)


def test_a_day_before_the_world_runs_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be held"):
        pasts_of(like_record(CASE, date(1941, 1, 1)), 1)


@pytest.mark.slow
def test_too_few_alike_is_refused_with_the_number_that_would_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jukushi.engine.likeness._LARGEST_BANK", 1 << 16)
    with pytest.raises(UndefinedAnswer, match="too few histories"):
        pasts_of(like_record(CASE, date(1941, 11, 30)), 1)
