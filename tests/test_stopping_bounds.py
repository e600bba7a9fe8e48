"""Stopping policies and their bounds on problems whose answer is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from stopping_problems import Chain, Waiting

from jukushi.questions.dual import dual_bound, foresight_bound
from jukushi.questions.policy_value import evaluate, gain
from jukushi.questions.stopping import Histories, Policy, fit_policy

CHAIN = Chain()
STATE = list(range(12))
THIRD, NOISE, NUMBER = [12], [13, 14, 15, 16], [17]

#: News a step is 0.5 to 0.7 in log-odds, and the end far enough to hardly matter.
WAITINGS = [Waiting(0.1, 0.5, 50), Waiting(0.5, 0.25, 40), Waiting(2.0, 0.125, 40)]
waitings = pytest.mark.parametrize("problem", WAITINGS, ids=lambda problem: f"eta={problem.eta}")


def log_odds(p: float) -> float:
    return float(np.log(p / (1.0 - p)))


def first_belief(policy: Policy, date: int) -> float:
    """Return the lowest belief, of one in two and above, at which the policy stops."""
    grid = np.linspace(0.5, 0.99, 981)
    features = np.stack([grid, np.log(grid / (1.0 - grid))], axis=1)
    stops = policy.choose(date, features, np.ones((len(grid), 1), bool)) == 0
    assert stops.any()
    assert (np.diff(stops.astype(int)) >= 0).all(), "stops at a belief, and not at a higher one"
    return float(grid[np.argmax(stops)])


# One signal: the closed form


@waitings
def test_dates_draw_near_the_closed_form(problem: Waiting) -> None:
    """Dynamic programming on ever finer dates ends at the closed form, in value and threshold.

    With dates a step apart the value is lower by O(step), so two steps extrapolate to it; and
    the threshold is lower by 0.5826 s sqrt(step) in log-odds: 0.5826 is by how much a random
    walk overshoots a level on average (Broadie, Glasserman and Kou, Mathematical Finance 7,
    1997; for early exercise Howison, Applied Mathematical Finance 14, 2007).
    """
    horizon = 25.0 if problem.eta < 0.2 else 10.0
    coarse, fine = (
        Waiting(problem.eta, step, int(horizon / step)).exact() for step in (0.25, 0.125)
    )
    assert coarse[0] < fine[0] < problem.value
    assert 2.0 * fine[0] - coarse[0] == pytest.approx(problem.value, rel=0.01)
    shifted = log_odds(problem.threshold) - 0.5826 * np.sqrt(0.125)
    assert log_odds(fine[1][0]) == pytest.approx(shifted, abs=0.02)


def test_threshold_is_that_of_the_codebook() -> None:
    """Its example, P0 = 0.70: P* is 0.94, 0.86, 0.79; and its form in odds."""
    assert [round(problem.threshold, 2) for problem in WAITINGS] == [0.94, 0.86, 0.79]
    for problem in WAITINGS:
        raised = problem.alpha / (problem.alpha - 1.0)
        odds = raised * problem.break_even / (1.0 - problem.break_even)
        assert odds == pytest.approx(problem.threshold / (1.0 - problem.threshold))


@waitings
def test_bounds_bracket_the_closed_form(problem: Waiting) -> None:
    """Lower <= exact on these dates <= upper, and both near the closed form of continuous time.

    The closed form lies above by what dates a step apart cost, known from `exact`: 1.4, 3.3 and
    6.8 % of the value. Beyond that and three standard errors nothing is allowed, except that
    the bounds may be loose: the policy by 2 % of the value, the upper bound by 5 %.
    """
    rng = np.random.default_rng(21)
    policy = fit_policy(problem.from_start(20_480, rng))
    lower = evaluate(policy, problem.from_start(20_480, rng)).value
    outer = problem.from_start(512, rng)
    upper = dual_bound(policy, outer, problem.inner(policy, outer, 32, rng)).value
    exact, thresholds = problem.exact()
    cost = problem.value - exact
    assert 0.0 < cost < 0.08 * problem.value
    assert 0.98 * exact - 3.0 * lower.error < lower.mean < exact + 3.0 * lower.error
    assert exact - 3.0 * upper.error < upper.mean < 1.05 * exact + 3.0 * upper.error
    assert lower.mean - 3.0 * lower.error < problem.value < upper.mean + cost + 3.0 * upper.error
    # Halfway; between the thresholds of these dates and of continuous time, give or take 0.15
    # in log-odds, for a parabola in belief and log-odds is not the shape of the value.
    found = log_odds(first_belief(policy, problem.dates // 2))
    ends = log_odds(thresholds[problem.dates // 2]), log_odds(problem.threshold)
    assert ends[0] - 0.15 < found < ends[1] + 0.15


def test_payoffs_that_nobody_sees_at_the_time_give_the_same_policy() -> None:
    """Stopping brings theta - P0, known at the end only, in place of its mean P - P0."""
    problem = WAITINGS[1]
    rng = np.random.default_rng(4)
    clear = fit_policy(problem.from_start(20_480, rng))
    blurred = fit_policy(problem.from_start(40_960, rng, hidden=True))
    test = problem.from_start(20_480, rng)
    loss = gain(evaluate(clear, test), evaluate(blurred, test))
    assert abs(loss.mean) < 0.02 * problem.exact()[0] + 3.0 * loss.error
    date = problem.dates // 2
    assert first_belief(blurred, date) == pytest.approx(first_belief(clear, date), abs=0.03)
    realised = evaluate(blurred, problem.from_start(40_960, rng, hidden=True)).value
    assert abs(realised.mean - problem.exact()[0]) < 3.0 * realised.error


# A chain: dynamic programming


@pytest.fixture(scope="module")
def solved() -> tuple[np.ndarray, np.ndarray]:
    return CHAIN.exact()


@pytest.fixture(scope="module")
def seen() -> dict[str, Histories]:
    """Histories to fit on, to evaluate on, and to branch off from."""
    rng = np.random.default_rng(3)
    sizes = {"fit": 10_240, "test": 20_480, "outer": 640}
    return {name: CHAIN.from_start(size, rng) for name, size in sizes.items()}


@pytest.fixture(scope="module")
def policy(seen: dict[str, Histories]) -> Policy:
    return fit_policy(seen["fit"].seeing(STATE))


def optimum(solved: tuple[np.ndarray, np.ndarray]) -> float:
    return float(solved[0][0, 1:9].mean())


def test_policy_is_that_of_dynamic_programming(
    solved: tuple[np.ndarray, np.ndarray], seen: dict[str, Histories], policy: Policy
) -> None:
    """In all that is visited and no near tie: there one choice is as good as the other."""
    test = seen["test"].seeing(STATE)
    values, best = solved
    assert {-1, 0, 1} <= set(np.unique(best))
    found = evaluate(policy, test)
    assert abs(found.value.mean - optimum(solved)) < 3.0 * found.value.error
    stopping = np.where(CHAIN.open, CHAIN.rewards, -np.inf).max(axis=1)
    state = test.features.argmax(axis=2)
    for date in range(CHAIN.dates):
        going_on = CHAIN.beta * CHAIN.moves @ values[date + 1]
        clear = np.abs(stopping - going_on)[state[date]] > 0.05
        here = np.flatnonzero((found.date >= date) & clear)
        chosen = policy.choose(date, test.features[date, here], test.feasible[date, here])
        assert len(here) > 0.8 * (found.date >= date).sum()
        assert (chosen == best[date, state[date, here]]).mean() > 0.99


def test_upper_bound_of_a_chain(
    solved: tuple[np.ndarray, np.ndarray], seen: dict[str, Histories], policy: Policy
) -> None:
    """Few inner samples loosen the bound and leave it a bound; halving says by how much."""
    rng = np.random.default_rng(5)
    outer = seen["outer"].seeing(STATE)
    inner = CHAIN.inner(policy, seen["outer"], STATE, 64, rng)
    bounds = [dual_bound(policy, outer, inner[:, :, :size]) for size in (2, 8, 64)]
    for bound in bounds:
        assert bound.value.mean > optimum(solved) - 3.0 * bound.value.error
    means = [bound.value.mean for bound in bounds]
    assert means[0] > means[1] > means[2]
    assert means[2] < 1.03 * optimum(solved)
    assert bounds[2].halving > 0.0
    assert bounds[1].halving > 2.0 * bounds[2].halving
    foresight = foresight_bound(outer)
    assert foresight.mean > means[2] + 3.0 * foresight.error


def test_exact_continuation_makes_the_bound_exact(
    solved: tuple[np.ndarray, np.ndarray], seen: dict[str, Histories], policy: Policy
) -> None:
    """The martingale of the optimum gives the optimum of its start in (nearly) every history."""
    values = solved[0]
    outer = seen["outer"].seeing(STATE)
    state = outer.features.argmax(axis=2)
    ahead = values[1:] @ CHAIN.moves.T
    going_on = np.stack(
        [CHAIN.beta ** (date + 1) * ahead[date, state[date]] for date in range(CHAIN.dates)]
    )
    bound = dual_bound(policy, outer, np.repeat(going_on[:, :, None], 2, axis=2))
    assert bound.value.mean == pytest.approx(optimum(solved), rel=0.002)
    assert bound.value.error < 0.002
    assert bound.halving == pytest.approx(0.0, abs=1e-12)


def test_inner_samples_that_do_not_fit_are_refused(
    seen: dict[str, Histories], policy: Policy
) -> None:
    outer = seen["outer"].seeing(STATE)
    inner = np.zeros((CHAIN.dates, outer.count, 4))
    for wrong in (inner[1:], inner[:, 1:], inner[:, :, :1], inner[:, :, 0]):
        with pytest.raises(ValueError, match="at least two samples"):
            dual_bound(policy, outer, wrong)
    inner[2, 3, 1] = np.nan
    with pytest.raises(ValueError, match="finite"):
        dual_bound(policy, outer, inner)


def test_bound_of_a_decider_who_sees_less_holds_the_value_of_information(
    solved: tuple[np.ndarray, np.ndarray], seen: dict[str, Histories]
) -> None:
    """Who sees thirds of the chain does worse; the bound stays above who sees the state."""
    coarse = fit_policy(seen["fit"].seeing(THIRD))
    lower = evaluate(coarse, seen["test"].seeing(THIRD)).value
    inner = CHAIN.inner(coarse, seen["outer"], THIRD, 32, np.random.default_rng(6))
    upper = dual_bound(coarse, seen["outer"].seeing(THIRD), inner).value
    assert lower.mean < optimum(solved) - 10.0 * lower.error
    assert upper.mean > optimum(solved) - 3.0 * upper.error


def test_more_information_is_worth_something_or_nothing(seen: dict[str, Histories]) -> None:
    """From noise alone to the third of the chain to the state itself."""
    views = [NOISE[:1], NOISE[:1] + THIRD, NOISE[:1] + THIRD + NUMBER]
    found = [
        evaluate(fit_policy(seen["fit"].seeing(view)), seen["test"].seeing(view)) for view in views
    ]
    for less, more in pairwise(found):
        worth = gain(more, less)
        assert worth.mean > -3.0 * worth.error
    worth = gain(found[2], found[0])
    assert worth.mean > 10.0 * worth.error


def test_irrelevant_features_cost_little(seen: dict[str, Histories]) -> None:
    few, many = (
        evaluate(fit_policy(seen["fit"].seeing(view)), seen["test"].seeing(view))
        for view in (THIRD, THIRD + NOISE)
    )
    assert gain(few, many).mean < 0.01 * few.value.mean


def test_blurred_payoffs_leave_the_chain_its_value(
    solved: tuple[np.ndarray, np.ndarray],
) -> None:
    rng = np.random.default_rng(11)
    fit, test = (CHAIN.from_start(20_480, rng, noise=2.0).seeing(STATE) for _ in range(2))
    found = evaluate(fit_policy(fit), test).value
    assert abs(found.mean - optimum(solved)) < 3.0 * found.error


# Why the fit and the evaluation have histories of their own


def test_in_sample_value_is_too_good() -> None:
    """Payoffs are noise: no policy is worth more than 0, but the one fitted to it seems to be."""
    inside, outside = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        n, dates = 512, 6
        fit, test = (
            Histories(
                rng.standard_normal((dates, n, 3)),
                rng.standard_normal((dates, n, 2)),
                np.ones((dates, n, 2), bool),
                np.zeros(n),
                np.arange(n) // 32,
            )
            for _ in range(2)
        )
        found = fit_policy(fit)
        inside.append(evaluate(found, fit).value.mean)
        outside.append(evaluate(found, test).value.mean)
    error = np.std(inside, ddof=1) / np.sqrt(40), np.std(outside, ddof=1) / np.sqrt(40)
    assert np.mean(inside) > 10.0 * error[0]
    assert abs(np.mean(outside)) < 3.0 * error[1]
