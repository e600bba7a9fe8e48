"""What a stopping policy is worth, on histories that it was not fitted on.

The best policy is unknown. Any policy that uses only what the decider sees is worth at most
as much; so the mean payoff of a fitted policy estimates a lower bound of the optimum. That
holds only on other histories than those of the fit: on its own, the policy also profits
from chance that it was fitted to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jukushi.questions.blas import one_thread
from jukushi.questions.estimates import Estimate, estimate
from jukushi.questions.stopping import GO_ON, Histories, Policy

__all__ = ["Evaluation", "evaluate", "evaluate_times", "follow", "gain"]

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Evaluation:
    """What each history did, and what that brought.

    Attributes
    ----------
    date : int64[n]
        Date of stopping; T for never.
    action : int64[n]
        Action of stopping; -1 for never.
    cash : float64[n]
        What it brought.
    draw : int64[n]
    value : Estimate
        Mean of the cash, its error clustered by draw.
    stops : list of list of Estimate
        ``stops[date][action]``: share of histories that stop then and so.
    never : Estimate
        Share that never stops.
    """

    date: Whole
    action: Whole
    cash: Array
    draw: Whole
    value: Estimate
    stops: list[list[Estimate]]
    never: Estimate


def follow(policy: Policy, histories: Histories, start: int = 0) -> tuple[Whole, Whole, Array]:
    """Follow a policy from a date on, as if nobody had stopped before.

    Parameters
    ----------
    policy : Policy
    histories : Histories
    start : int
        First date at which may be stopped; later than 0 for the inner samples of a dual
        bound. T follows nothing and brings `final`.

    Returns
    -------
    date, action : int64[n]
    cash : float64[n]

    Raises
    ------
    ValueError
        If the policy is for another number of dates, features or actions.
    """
    policy.check(histories)
    date = np.full(histories.count, histories.dates, np.int64)
    action = np.full(histories.count, GO_ON, np.int64)
    for now in range(start, histories.dates):
        able = np.flatnonzero((action == GO_ON) & histories.feasible[now].any(axis=1))
        chosen = policy.choose(now, histories.features[now, able], histories.feasible[now, able])
        date[able[chosen != GO_ON]] = now
        action[able] = chosen
    return date, action, _cash(histories, date, action)


def evaluate(policy: Policy, histories: Histories) -> Evaluation:
    """Evaluate a policy; its value is a lower bound of the optimum on separate histories.

    Parameters
    ----------
    policy : Policy
    histories : Histories
        Not those of the fit, and of other parameter draws.

    Raises
    ------
    ValueError
        As `follow`; and with fewer than two draws, which leave the errors undefined.
    """
    with one_thread():
        date, action, _ = follow(policy, histories)
    return _evaluation(histories, date, action)


def evaluate_times(histories: Histories, date: Whole, action: Whole) -> Evaluation:
    """Evaluate given stops, such as those of a doctrine.

    Parameters
    ----------
    histories : Histories
    date : int64[n]
        T for never.
    action : int64[n]
        Any number where the date is T.

    Raises
    ------
    ValueError
        If a date or an action does not exist or an action is not feasible at its date; and
        with fewer than two draws.
    """
    if date.shape != (histories.count,) or action.shape != date.shape:
        raise ValueError("date and action must hold one number for each history")
    if ((date < 0) | (date > histories.dates)).any():
        raise ValueError(f"dates must lie between 0 and {histories.dates} (never)")
    action = np.where(date < histories.dates, action, GO_ON)
    stopped = np.flatnonzero(date < histories.dates)
    known = (action[stopped] >= 0) & (action[stopped] < histories.actions)
    if not known.all():
        raise ValueError(f"actions must lie between 0 and {histories.actions - 1}")
    if not histories.feasible[date[stopped], stopped, action[stopped]].all():
        raise ValueError("a history stops by an action that is not feasible at its date")
    return _evaluation(histories, date, action)


def gain(first: Evaluation, second: Evaluation) -> Estimate:
    """Return how much more the first brings than the second, paired history by history.

    Of a fitted policy over a doctrine it is the doctrine's *regret* (at least: the best policy
    may be better still). Of one who sees more over one who sees less it is the *value of
    information*.

    Raises
    ------
    ValueError
        If the two were not evaluated on the same histories.
    """
    if not np.array_equal(first.draw, second.draw):
        raise ValueError("a gain is paired: both must be evaluated on the same histories")
    return estimate(first.cash - second.cash, first.draw)


def _cash(histories: Histories, date: Whole, action: Whole) -> Array:
    cash = histories.final.astype(np.float64)
    stopped = np.flatnonzero(action != GO_ON)
    cash[stopped] = histories.payoff[date[stopped], stopped, action[stopped]]
    return cash


def _evaluation(histories: Histories, date: Whole, action: Whole) -> Evaluation:
    cash = _cash(histories, date, action)

    def share(here: npt.NDArray[np.bool_]) -> Estimate:
        return estimate(here.astype(np.float64), histories.draw)

    stops = [
        [share((date == now) & (action == which)) for which in range(histories.actions)]
        for now in range(histories.dates)
    ]
    value = estimate(cash, histories.draw)
    return Evaluation(date, action, cash, histories.draw, value, stops, share(action == GO_ON))
