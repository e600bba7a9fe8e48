"""How good could a policy be at most: the dual upper bound of optimal stopping.

**The bound.** Let Y be what stopping brings and M a martingale of the histories that is zero
at date 0. For every stopping time tau, E[M_tau] = 0 and so

    E[Y_tau] = E[Y_tau - M_tau] <= E[max over dates of (Y_t - M_t)].

The right side names no stopping time. It is what a prophet would get who must pay for good news as
it comes in; Rogers, Monte Carlo Valuation of American Options, Mathematical Finance 12(3),
2002, and Haugh and Kogan, Pricing American Options: A Duality Approach, Operations Research
52(2), 2004, show that the right M makes it exact. With M = 0 the news is free, and the bound
is perfect foresight. Andersen and Broadie, A Primal-Dual Simulation Algorithm for Pricing
Multidimensional American Options, Management Science 50(9), 2004, take M from the value of a
policy by nested simulation; the better the policy, the tighter the bound.

**What it bounds when the decider does not see everything.** Inner samples start from the whole
simulated state (parameters of the draw and all that is hidden from the decider included).
The increments of M then have mean zero *given that state*, so M is a martingale of the full
flow of information. The bound holds for every stopping time of the full flow, and what the
decider knows is a part of it: the bound is valid for the decider too. But it cannot fall
below what somebody gets who sees the whole state. Above the value of the policy lie, in one
gap, (1) what the policy misses within the decider's information, (2) the value of seeing the
whole state, (3) the looseness of M and the noise of inner samples. A wide gap therefore does
not show a bad policy; a narrow one shows a good policy *and* little worth knowing. A bound
without (2) needs inner samples drawn from all states that the decider could be in, given
what it knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jukushi.questions.estimates import Estimate, estimate
from jukushi.questions.policy_value import follow
from jukushi.questions.stopping import GO_ON, Histories, Policy

__all__ = ["UpperBound", "dual_bound", "foresight", "foresight_bound"]

Array = npt.NDArray[np.float64]
Stops = tuple[npt.NDArray[np.int64], Array]


@dataclass(frozen=True)
class UpperBound:
    """An upper bound of the optimum.

    Attributes
    ----------
    value : Estimate
        The bound; its error is clustered by draw.
    halving : float
        By how much the bound rises when only half of the inner samples are used. Excess that
        falls with their number, as it does in a large class of cases, is about as large again
        in `value`.
    gap : Estimate
        The bound less what a policy brings, never below zero in any outer history. What the
        policy brings is taken less M at its stop, whose mean is zero, so that most of what
        moves both goes out. The value of the policy on many other histories plus this gap is
        the same bound, with a smaller error.
    """

    value: Estimate
    halving: float
    gap: Estimate


def dual_bound(
    policy: Policy, outer: Histories, inner: Array, rival: Stops | None = None
) -> UpperBound:
    """Return the dual upper bound from a policy and nested samples.

    With L_t the payoff of stopping where the policy stops at date t, and the mean of the inner
    samples Q_t of date t where it goes on, M grows by L_{t+1} - Q_t from date t to the next,
    whether the policy has stopped before or not; after the last date L is `final`. Inner
    samples follow the law of the histories given the state at t, so the mean of L_{t+1} given
    that state is the mean of Q_t, and M is a martingale whatever the number of inner samples.

    The estimate is therefore above the optimum in expectation even with two inner samples.
    Their noise is a martingale too, added to the M of exact values; the maximum over dates is
    convex, so it gains from noise on average and never loses. The excess falls like one over
    the number of inner samples in a large class of cases (Joshi, Analysing the Bias in the
    Primal-Dual Upper Bound Method, 2015). More inner samples tighten the bound, more outer
    histories make it more certain; neither makes it valid, which it is already.

    Parameters
    ----------
    policy : Policy
        Fitted on histories other than the outer and the inner ones.
    outer : Histories
        Its payoffs need only be right on average given the state at each date. Realised ones
        are right, but the maximum profits from chance that nobody could know at the date;
        means over inner samples of stopping at once make a tighter bound.
    inner : float64[T, n_outer, n_inner]
        ``inner[t, i]``: what the policy, followed from the *next* date on, brings in histories
        that branch off from outer history i at date t with dice of their own; at the last
        date, what never stopping brings. `follow` with ``start = t + 1`` gives it. Discounted
        to date 0. Needed where the policy stops, too.
    rival : (int64[n_outer], float64[n_outer]), optional
        Dates at which another policy stops in the outer histories and what that brings, as
        `follow` gives them: the gap is then told to that policy. A policy that sees more than
        the decider makes a tighter M, and the bound holds for both.

    Raises
    ------
    ValueError
        If the policy is for other histories, the shapes of the arrays disagree, there are
        fewer than two inner samples or two draws, or a number is not finite.

    See Also
    --------
    jukushi.questions.dual : what the bound means when the decider does not see everything.
    """
    policy.check(outer)
    if inner.ndim != 3 or inner.shape[:2] != (outer.dates, outer.count) or inner.shape[2] < 2:
        raise ValueError("inner must hold at least two samples for each date and outer history")
    if not np.isfinite(inner).all():
        raise ValueError("inner samples must be finite numbers")
    half = inner.shape[2] // 2
    martingale = _martingale(policy, outer, inner.mean(axis=2))
    highest = _highest(outer, martingale)
    value = estimate(highest, outer.draw)
    halves = [
        float(_highest(outer, _martingale(policy, outer, part.mean(axis=2))).mean())
        for part in (inner[:, :, :half], inner[:, :, half : 2 * half])
    ]
    if rival is None:
        date, _, cash = follow(policy, outer)
    else:
        date, cash = rival
    followed = cash - martingale[date, np.arange(outer.count)]
    gap = estimate(highest - followed, outer.draw)
    return UpperBound(value, sum(halves) / 2.0 - value.mean, gap)


def foresight_bound(histories: Histories) -> Estimate:
    """Return what perfect foresight brings, E[max of all payoffs]: the bound with M = 0.

    It knows the end of each history, chance included, which nobody can. It needs no inner
    samples; a dual bound from very few of them can be looser still.
    """
    return estimate(foresight(histories), histories.draw)


def foresight(histories: Histories) -> Array:
    """Return the greatest payoff of each history, float64[n]."""
    return _highest(histories, np.zeros((histories.dates + 1, histories.count)))


def _martingale(policy: Policy, outer: Histories, going_on: Array) -> Array:
    """Return M, float64[n_dates + 1, n], from the means of the inner samples."""
    martingale = np.zeros((outer.dates + 1, outer.count))
    everyone = np.arange(outer.count)
    for date in range(1, outer.dates + 1):
        if date < outer.dates:
            chosen = policy.choose(date, outer.features[date], outer.feasible[date])
            stops = outer.payoff[date, everyone, np.maximum(chosen, 0)]
            worth = np.where(chosen == GO_ON, going_on[date], stops)
        else:
            worth = outer.final
        martingale[date] = martingale[date - 1] + worth - going_on[date - 1]
    return martingale


def _highest(histories: Histories, martingale: Array) -> Array:
    """Return the greatest payoff less martingale of each history."""
    best: Array = histories.final - martingale[-1]
    for date in range(histories.dates):
        stops = np.where(histories.feasible[date], histories.payoff[date], -np.inf)
        best = np.maximum(best, stops.max(axis=1) - martingale[date])
    return best
