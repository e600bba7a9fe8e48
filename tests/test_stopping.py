"""Stopping policies: laws that hold whatever the problem, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from stopping_problems import Waiting, draws_of

from jukushi.questions.estimates import estimate
from jukushi.questions.policy_value import evaluate, evaluate_times, follow, gain
from jukushi.questions.ridge import PENALTIES, ridge
from jukushi.questions.stopping import GO_ON, Histories, Policy, basis, fit_policy

WAITING = Waiting(eta=0.5, step=0.5, dates=12)


def made_up(seed: int, draws: int = 6, dates: int = 3, actions: int = 2) -> Histories:
    """Return small histories in which features tell something of the payoffs."""
    rng = np.random.default_rng(seed)
    n = 32 * draws
    features = rng.standard_normal((dates, n, 2)) * [1.0, 50.0] + [0.0, 900.0]
    payoff = features[:, :, :1] + rng.standard_normal((dates, n, actions))
    feasible = rng.random((dates, n, actions)) < 0.7
    return Histories(features, payoff, feasible, rng.standard_normal(n), np.arange(n) // 32)


seeds = st.integers(0, 10**6)
sizes = st.tuples(st.integers(2, 8), st.integers(1, 4), st.integers(1, 3))


# The regression


def test_basis_is_the_formula_in_its_order() -> None:
    found = basis(
        np.array([3.0, 100.0, -9.0]), np.array([1.0, 0.0, 0.0]), np.array([2.0, 5.0, 9.0])
    )
    a, b, c = 1.0, 4.0, -1.0  # the second of them is 20, cut off at 4
    assert found.tolist() == [1.0, a, b, c, a * a, a * b, a * c, b * b, b * c, c * c]


def ridge_with_sklearn(rows: np.ndarray, target: np.ndarray, draw: np.ndarray) -> np.ndarray:
    """The same regression from another library, each draw left out by hand (slow twin)."""
    columns, fold = rows[:, 1:], draw % 5
    errors = []
    for penalty in PENALTIES:
        error = 0.0
        for part in range(5):
            train = fold != part
            model = Ridge(penalty * train.sum()).fit(columns[train], target[train])
            error += ((model.predict(columns[~train]) - target[~train]) ** 2).sum()
        errors.append(error)
    best = Ridge(PENALTIES[np.argmin(errors)] * len(rows)).fit(columns, target)
    return np.append(best.intercept_, best.coef_)


@pytest.mark.parametrize("noise", [0.1, 3.0, 100.0])
def test_ridge_is_that_of_scikit_learn(noise: float) -> None:
    rng = np.random.default_rng(5)
    raw = rng.standard_normal((640, 3))
    rows = basis(raw, np.zeros(3), np.ones(3))
    draw = np.arange(640) // 64
    target = 7.0 + raw[:, 0] - raw[:, 1] ** 2 + noise * rng.standard_normal(640)
    assert ridge(rows, target, draw) == pytest.approx(ridge_with_sklearn(rows, target, draw))


def test_ridge_survives_columns_that_repeat_or_stand_still() -> None:
    """A feature of +1 and -1 has a constant square; a copy of a feature adds nothing."""
    rng = np.random.default_rng(2)
    sign = rng.choice([-1.0, 1.0], 1280)
    raw = np.stack([sign, sign, np.full(1280, 3.0)], axis=1)
    mean, sd = raw.mean(axis=0), np.array([raw[:, 0].std(), raw[:, 0].std(), 1.0])
    rows = basis(raw, mean, sd)
    target = 2.0 * sign + rng.standard_normal(1280)
    found = ridge(rows, target, draws_of(1280))
    alone = ridge(basis(raw[:, :1], mean[:1], sd[:1]), target, draws_of(1280))
    assert np.abs(found).max() < 5.0
    single = basis(raw[:, :1], mean[:1], sd[:1]) @ alone
    assert rows @ found == pytest.approx(single, abs=0.05)


def test_penalty_is_judged_by_whole_draws() -> None:
    """Ten draws, each with a feature and a level of its own: nothing to learn, much to fit."""
    rng = np.random.default_rng(9)
    draw = np.arange(1280) // 128
    raw = rng.standard_normal((10, 6))[draw]
    target = (3.0 * rng.standard_normal(10))[draw] + rng.standard_normal(1280)
    rows = basis(raw, np.zeros(6), np.ones(6))
    by_draws = ridge(rows, target, draw)
    by_histories = ridge(rows, target, np.arange(1280))
    assert (rows @ by_draws).std() < 0.5 * (rows @ by_histories).std()


# The errors


def test_error_counts_draws_not_histories() -> None:
    rng = np.random.default_rng(4)
    draw = np.arange(2560) // 128
    values = 1e6 + rng.standard_normal(20)[draw] + 0.1 * rng.standard_normal(2560)
    found = estimate(values, draw)
    means = values.reshape(20, 128).mean(axis=1)
    assert found.mean == pytest.approx(means.mean())
    assert found.error == pytest.approx(means.std(ddof=1) / np.sqrt(20), rel=1e-6)
    assert found.interval[1] - found.interval[0] == pytest.approx(2 * 1.645 * found.error, rel=1e-3)


def test_error_of_one_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="two parameter draws"):
        estimate(np.ones(128), np.zeros(128, np.int64))


# Laws of every problem


@given(seeds, sizes, st.floats(-1e3, 1e3))
@settings(max_examples=30, deadline=None)
def test_a_constant_added_to_all_payoffs_shifts_the_value(
    seed: int, size: tuple[int, int, int], shift: float
) -> None:
    fit, test = made_up(seed, *size), made_up(seed + 1, *size)
    before = evaluate(fit_policy(fit), test)
    fit, test = (
        replace(one, payoff=one.payoff + shift, final=one.final + shift) for one in (fit, test)
    )
    after = evaluate(fit_policy(fit), test)
    assert after.value.mean == pytest.approx(before.value.mean + shift, abs=1e-9 * (1 + abs(shift)))
    assert after.value.error == pytest.approx(before.value.error, abs=1e-9)


@given(seeds, sizes)
@settings(max_examples=30, deadline=None)
def test_nobody_does_what_is_not_feasible(seed: int, size: tuple[int, int, int]) -> None:
    fit, test = made_up(seed, *size), made_up(seed + 1, *size)
    # Tempting, if it were open; and read by nobody, even where it is no number.
    fit.payoff[~fit.feasible] = 1e6
    test.payoff[~test.feasible] = np.nan
    date, action, cash = follow(fit_policy(fit), test)
    stopped = np.flatnonzero(action != GO_ON)
    assert test.feasible[date[stopped], stopped, action[stopped]].all()
    assert (date[action == GO_ON] == test.dates).all()
    assert np.isfinite(cash).all()


@given(seeds, sizes)
@settings(max_examples=30, deadline=None)
def test_the_order_of_draws_does_not_matter(seed: int, size: tuple[int, int, int]) -> None:
    fit, test = made_up(seed, *size), made_up(seed + 1, *size)
    order = np.random.default_rng(seed).permutation(size[0])
    rows = (32 * order[:, None] + np.arange(32)).ravel()
    shuffled = Histories(
        fit.features[:, rows],
        fit.payoff[:, rows],
        fit.feasible[:, rows],
        fit.final[rows],
        fit.draw[rows],
    )
    policy, again = fit_policy(fit), fit_policy(shuffled)
    assert again.coefficients == pytest.approx(policy.coefficients, abs=1e-7)
    assert (follow(again, test)[0] == follow(policy, test)[0]).mean() > 0.999


@given(seeds, sizes)
@settings(max_examples=20, deadline=None)
def test_who_does_best_by_stopping_at_once_does_so(seed: int, size: tuple[int, int, int]) -> None:
    fit, test = made_up(seed, *size), made_up(seed + 1, *size)
    for one in (fit, test):
        one.payoff[0, :, 0] += 50.0
        one.feasible[0, :, 0] = True
    found = evaluate(fit_policy(fit), test)
    assert (found.date == 0).all()
    assert (found.action == 0).all()


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_who_never_gains_by_stopping_never_does(seed: int) -> None:
    fit, test = made_up(seed), made_up(seed + 1)
    fit.payoff[:] -= 50.0
    found = evaluate(fit_policy(fit), test)
    assert (found.action == GO_ON).all()
    assert found.never.mean == 1.0
    assert found.value.mean == pytest.approx(test.final.mean())


def test_a_copy_of_a_feature_changes_little() -> None:
    rng = np.random.default_rng(8)
    fit, test = WAITING.from_start(5120, rng), WAITING.from_start(5120, rng)
    alone = evaluate(fit_policy(fit.seeing([0])), test.seeing([0]))
    twice = evaluate(fit_policy(fit.seeing([0, 0])), test.seeing([0, 0]))
    assert (alone.date == twice.date).mean() > 0.98
    assert abs(gain(twice, alone).mean) < 0.01 * alone.value.mean


def test_a_date_at_which_nobody_can_act_changes_nothing() -> None:
    """What is worth waiting for is carried over the closed date."""
    fit, test = made_up(3), made_up(4)

    def with_pause(one: Histories) -> Histories:
        closed = np.zeros((1, *one.payoff.shape[1:]))
        return Histories(
            np.insert(one.features, 1, 0.0, axis=0),
            np.concatenate([one.payoff[:1], closed + np.nan, one.payoff[1:]]),
            np.concatenate([one.feasible[:1], closed > 0.0, one.feasible[1:]]),
            one.final,
            one.draw,
        )

    plain = evaluate(fit_policy(fit), test)
    paused = evaluate(fit_policy(with_pause(fit)), with_pause(test))
    assert (paused.cash == plain.cash).all()
    assert paused.stops[1][0].mean == 0.0
    assert (paused.date == plain.date + (plain.date > 0)).all()


def test_what_one_draw_alone_could_do_is_not_learnt() -> None:
    fit, test = made_up(6), made_up(7)
    fit.feasible[:, :, 1] = False
    fit.feasible[1, :20, 1] = True
    fit.payoff[1, :20, 1] = 100.0
    policy = fit_policy(fit)
    assert not policy.known[:, 1].any()
    assert (follow(policy, test)[1] != 1).all()


def test_cash_is_carried_back_and_not_what_was_hoped_for() -> None:
    """With nothing to see at date 0, going on promises the mean of what it brought.

    Fitted values in place of the cash would carry the greater of two errors back, date by date.
    """
    fit = WAITING.from_start(1280, np.random.default_rng(3))
    policy = fit_policy(fit)
    brought = follow(policy, fit, start=1)[2]
    promised = policy.promises(0, fit.features[0])[:, -1]
    assert promised == pytest.approx(np.full(1280, brought.mean()), rel=1e-9)


# Given stops, gains, shares


def test_given_stops_bring_what_the_policy_brings() -> None:
    fit, test = made_up(1), made_up(2)
    best = evaluate(fit_policy(fit), test)
    same = evaluate_times(test, best.date, best.action)
    assert (same.cash == best.cash).all()
    nothing = gain(best, same)
    assert (nothing.mean, nothing.error) == (0.0, 0.0)


def test_shares_of_stops_add_up_to_one() -> None:
    found = evaluate(fit_policy(made_up(1)), made_up(2))
    shares = [one.mean for row in found.stops for one in row]
    assert sum(shares) + found.never.mean == pytest.approx(1.0)
    assert shares[2] == pytest.approx(((found.date == 1) & (found.action == 0)).mean())


def test_gain_is_paired() -> None:
    """Two policies share their dice, so their difference is known better than either."""
    rng = np.random.default_rng(1)
    fit, test = WAITING.from_start(2560, rng), WAITING.from_start(2560, rng)
    best = evaluate(fit_policy(fit), test)
    late = np.where(best.date < WAITING.dates - 1, best.date + 1, WAITING.dates)
    delayed = evaluate_times(test, late, np.zeros(test.count, np.int64))
    found = gain(best, delayed)
    assert found.mean == pytest.approx(best.value.mean - delayed.value.mean)
    assert found.error < 0.7 * np.hypot(best.value.error, delayed.value.error)


def test_a_stop_that_cannot_be_is_refused() -> None:
    test = made_up(2)
    never = np.full(test.count, test.dates)
    action = np.zeros(test.count, np.int64)
    early = never.copy()
    early[np.flatnonzero(~test.feasible[1, :, 0])[0]] = 1
    with pytest.raises(ValueError, match="not feasible"):
        evaluate_times(test, early, action)
    with pytest.raises(ValueError, match="dates must lie"):
        evaluate_times(test, never + 1, action)
    with pytest.raises(ValueError, match="actions must lie"):
        evaluate_times(test, 0 * never, action + 2)
    with pytest.raises(ValueError, match="one number for each"):
        evaluate_times(test, never[1:], action)
    with pytest.raises(ValueError, match="same histories"):
        gain(evaluate_times(test, never, action), evaluate(fit_policy(test), made_up(2, 7)))


# What goes in and out


def test_a_policy_survives_json() -> None:
    policy, test = fit_policy(made_up(1)), made_up(2)
    again = Policy.from_dict(json.loads(json.dumps(policy.to_dict(), allow_nan=False)))
    assert (again.coefficients == policy.coefficients).all()
    assert (follow(again, test)[0] == follow(policy, test)[0]).all()
    with pytest.raises(ValueError, match=r"jukushi\.policy/1"):
        Policy.from_dict({**policy.to_dict(), "schema": "jukushi.policy/2"})


@pytest.mark.parametrize("name", ["features", "payoff", "final"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_refused(name: str, bad: float) -> None:
    good = made_up(1)
    numbers = getattr(good, name).copy()
    numbers[np.nonzero(good.feasible if name == "payoff" else numbers)[0][0]] = bad
    with pytest.raises(ValueError, match="finite"):
        replace(good, **{name: numbers})


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("features", lambda a: a[:1]),
        ("features", lambda a: a[0]),
        ("features", lambda a: a[:, :, :0]),
        ("payoff", lambda a: a[:, 1:]),
        ("feasible", lambda a: a[:, :, :1]),
        ("feasible", lambda a: a.astype(float)),
        ("final", lambda a: a[1:]),
        ("draw", lambda a: a + 0.5),
    ],
)
def test_arrays_that_do_not_fit_are_refused(name: str, change: object) -> None:
    good = made_up(1)
    with pytest.raises(ValueError):
        replace(good, **{name: change(getattr(good, name))})  # type: ignore[operator]


def test_a_policy_for_other_histories_is_refused() -> None:
    with pytest.raises(ValueError, match="a policy of"):
        follow(fit_policy(made_up(1)), made_up(1).seeing([0]))
