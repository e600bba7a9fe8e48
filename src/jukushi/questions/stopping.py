"""The best time to act within what is known: least-squares Monte Carlo.

At each of a list of dates a decider may stop by one of several actions, or go on; stopping
cannot be taken back. What stopping brings is known only later, if at all. The decider sees
*features* (what it believes) and which actions are open.

Longstaff and Schwartz, Valuing American Options by Simulation, Review of Financial Studies
14(1), 2001: from the last date backward, regress what going on brought under the policy of
the later dates on the features, and stop where stopping promises more. Here what stopping
brings is regressed too, since the decider does not see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.questions.blas import one_thread
from jukushi.questions.ridge import ridge

__all__ = ["CLIP", "GO_ON", "Histories", "Policy", "basis", "fit_policy"]

#: Standardised features are cut off here: a square far outside the sample foretells nothing.
CLIP = 4.0

#: In place of an action: does not stop.
GO_ON = -1

#: A feature that varies by less than this share of its size is taken for constant, since
#: single precision would see little but rounding in it.
_CONSTANT = 1e-6

_SCHEMA = "jukushi.policy/1"

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Histories:
    """What a decider sees and gets in simulated histories.

    Attributes
    ----------
    features : float64[T, n, k]
        What is believed at each date, in raw units.
    payoff : float64[T, n, A]
        What stopping at a date by an action brings in the end, discounted to date 0. It need
        not be known at the date. Not read where the action is not feasible.
    feasible : bool[T, n, A]
        Which actions are open; seen by the decider.
    final : float64[n]
        What never stopping brings, discounted to date 0.
    draw : int64[n]
        Parameter draw of each history; draws are the unit of error.

    Raises
    ------
    ValueError
        If shapes disagree, there is no date, history, feature or action, or a number that
        would be read is not finite.
    """

    features: Array
    payoff: Array
    feasible: Flags
    final: Array
    draw: Whole

    def __post_init__(self) -> None:
        if self.features.ndim != 3 or self.payoff.ndim != 3:
            raise ValueError("features and payoff must have three axes: dates, histories, columns")
        dates, count, _ = self.features.shape
        if 0 in (*self.features.shape, *self.payoff.shape):
            raise ValueError("there must be a date, a history, a feature and an action at least")
        if self.payoff.shape[:2] != (dates, count) or self.feasible.shape != self.payoff.shape:
            raise ValueError("features, payoff and feasible disagree on dates, histories, actions")
        if self.final.shape != (count,) or self.draw.shape != (count,):
            raise ValueError("final and draw must hold one number for each history")
        if self.feasible.dtype != np.bool_ or self.draw.dtype.kind not in "iu":
            raise ValueError("feasible must hold truth values, and draw whole numbers")
        read = (self.features, self.payoff[self.feasible], self.final)
        if not all(np.isfinite(numbers).all() for numbers in read):
            raise ValueError("features, feasible payoffs and final must be finite numbers")

    @property
    def dates(self) -> int:
        """Number of dates."""
        return int(self.features.shape[0])

    @property
    def count(self) -> int:
        """Number of histories."""
        return int(self.features.shape[1])

    @property
    def actions(self) -> int:
        """Number of actions."""
        return int(self.payoff.shape[2])

    def seeing(self, columns: Sequence[int]) -> Histories:
        """Return the same histories for a decider who sees only these features."""
        return replace(self, features=self.features[:, :, list(columns)])


def basis(raw: Array, mean: Array, sd: Array) -> Array:
    """Return the basis functions of features.

    ``z = clip((raw - mean) / sd, -4, 4)``, and then in this order 1, all z_i, all z_i z_j with
    i <= j (0 0, 0 1, ..., 1 1, 1 2, ...): plain arithmetic, which a kernel can repeat.

    Parameters
    ----------
    raw : float64[..., k]
    mean, sd : float64[k]

    Returns
    -------
    float64[..., 1 + k + k (k + 1) / 2]
    """
    z = np.clip((raw - mean) / sd, -CLIP, CLIP)
    i, j = np.triu_indices(raw.shape[-1])
    return np.concatenate([np.ones((*z.shape[:-1], 1)), z, z[..., i] * z[..., j]], axis=-1)


@dataclass(frozen=True)
class Policy:
    """When to stop, and by which action, as plain arrays.

    Attributes
    ----------
    mean, sd : float64[T, k]
        By which features are standardised.
    coefficients : float64[T, A + 1, n_basis]
        Rows 0 to A - 1: what stopping by an action promises; row A: what going on promises.
    known : bool[T, A]
        False where histories of fewer than two draws could take the action. Nothing could be
        learnt about it there, and it is not taken.
    """

    mean: Array
    sd: Array
    coefficients: Array
    known: Flags

    @property
    def dates(self) -> int:
        """Number of dates."""
        return int(self.coefficients.shape[0])

    @property
    def actions(self) -> int:
        """Number of actions."""
        return int(self.coefficients.shape[1]) - 1

    def check(self, histories: Histories) -> None:
        """Raise ValueError if the policy is for other dates, features or actions."""
        theirs = (histories.dates, histories.features.shape[2], histories.actions)
        ours = (self.dates, self.mean.shape[1], self.actions)
        if ours != theirs:
            raise ValueError(f"a policy of (dates, features, actions) {ours} meets {theirs}")

    def promises(self, date: int, features: Array) -> Array:
        """Return float64[n, A + 1]: what each action, and going on, promises (features[n, k])."""
        rows = basis(features, self.mean[date], self.sd[date])
        promised: Array = rows @ self.coefficients[date].T
        return promised

    def choose(self, date: int, features: Array, feasible: Flags) -> Whole:
        """Choose for deciders who have not stopped before.

        Parameters
        ----------
        date : int
        features : float64[n, k]
        feasible : bool[n, A]

        Returns
        -------
        int64[n]
            The action, `GO_ON` for none. A tie with going on goes on.
        """
        promised = self.promises(date, features)
        stops = np.where(feasible & self.known[date], promised[:, :-1], -np.inf)
        best = stops.argmax(axis=1)
        better = stops[np.arange(len(best)), best] > promised[:, -1]
        return np.where(better, best, GO_ON).astype(np.int64)

    def to_dict(self) -> dict[str, Any]:
        """Return the policy as plain lists and numbers."""
        return {
            "schema": _SCHEMA,
            "basis": f"1, z_i, z_i*z_j (i<=j); z = clip((raw-mean)/sd, -{CLIP:g}, {CLIP:g})",
            "mean": self.mean.tolist(),
            "sd": self.sd.tolist(),
            "coefficients": self.coefficients.tolist(),
            "known": self.known.tolist(),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Policy:
        """Return the policy that `to_dict` wrote; raises ValueError for any other schema."""
        if plain.get("schema") != _SCHEMA:
            raise ValueError(f"this is no {_SCHEMA}: {plain.get('schema')!r}")
        mean, sd, coefficients = (
            np.array(plain[key], np.float64) for key in ("mean", "sd", "coefficients")
        )
        return cls(mean, sd, coefficients, np.array(plain["known"], np.bool_))


def fit_policy(histories: Histories) -> Policy:
    """Fit the policy that stops where stopping promises more than going on.

    At each date two things are regressed on the basis of the features, over the histories
    that have an action open: what going on brought (the cash itself, which keeps errors of
    later regressions out of it), and for each action, over those that can take it, what
    stopping brought *more* than going on. The second is regressed as a difference because
    chance common to both leaves it there, and because only its sign decides. Row ``a`` of
    the coefficients is the sum of the two.

    Parameters
    ----------
    histories : Histories
        For the fit alone. The policy has seen these histories, chance included, and its
        mean payoff on them is too good: evaluate it on others.

    Returns
    -------
    Policy
    """
    dates, _, width = histories.features.shape
    size = 1 + width + width * (width + 1) // 2
    policy = Policy(
        np.zeros((dates, width)),
        np.ones((dates, width)),
        np.zeros((dates, histories.actions + 1, size)),
        np.zeros((dates, histories.actions), np.bool_),
    )
    with one_thread():
        _fit_backward(policy, histories)
    return policy


def _fit_backward(policy: Policy, histories: Histories) -> None:
    """Fill in a policy from the last date to the first."""
    cash = histories.final.astype(np.float64)
    for date in reversed(range(histories.dates)):
        able = np.flatnonzero(histories.feasible[date].any(axis=1))
        if len(able) == 0:
            continue
        _fit_date(policy, histories, date, able, cash)
        chosen = policy.choose(date, histories.features[date, able], histories.feasible[date, able])
        stopped = able[chosen != GO_ON]
        cash[stopped] = histories.payoff[date, stopped, chosen[chosen != GO_ON]]


def _fit_date(policy: Policy, histories: Histories, date: int, able: Whole, cash: Array) -> None:
    """Fill in one date of a policy from what going on brings in the histories that are able."""
    raw = histories.features[date, able]
    policy.mean[date], policy.sd[date] = _standard(raw)
    rows = basis(raw, policy.mean[date], policy.sd[date])
    draw = histories.draw[able]
    going_on = ridge(rows, cash[able], draw)
    policy.coefficients[date, -1] = going_on
    for action in range(histories.actions):
        open_ = histories.feasible[date, able, action]
        policy.known[date, action] = len(np.unique(draw[open_])) > 1
        if policy.known[date, action]:
            more = histories.payoff[date, able[open_], action] - cash[able[open_]]
            policy.coefficients[date, action] = going_on + ridge(rows[open_], more, draw[open_])


def _standard(raw: Array) -> tuple[Array, Array]:
    """Return mean and standard deviation; a constant feature becomes exactly zero."""
    mean, sd = raw.mean(axis=0), raw.std(axis=0)
    constant = sd <= _CONSTANT * np.abs(mean)
    return np.where(constant, raw[0], mean), np.where(constant, 1.0, sd)
