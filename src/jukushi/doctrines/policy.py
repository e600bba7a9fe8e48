"""A policy found by simulation: what to do at each date, read off the believed quantities.

The policy holds, for each date of decision, the estimated values of each act and of waiting
as polynomials of a few beliefs (`jukushi.questions.stopping` fits them). The power takes the
act of the largest value if it beats waiting.

Theory: docs/mechanisms/policy.md
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Parameters, Week
from jukushi.numerics import clip, where

__all__ = [
    "HUNTER_BELIEFS",
    "Policy",
    "PolicyCodes",
    "act_by_policy",
    "no_policy",
]

#: What the hunter's policy looks at: its own valuation and its beliefs.
HUNTER_BELIEFS = (
    "value_north", "value_south", "value_wait", "believed_divisions", "ratio", "arms_share",
    "victory_logit", "believed_trend", "oil_months", "collapse_known",
)  # fmt: skip

#: Farthest that a standardised belief is let go: beyond what was fitted a polynomial runs wild.
_MOST = 4.0
_SCORES = 16  # first row of the scratch space that holds the values of the acts


class PolicyCodes(NamedTuple):
    """A policy as arrays for the kernel; `place` is -1 in weeks without a decision."""

    place: npt.NDArray[np.int32]
    fields: npt.NDArray[np.int32]
    mean: npt.NDArray[np.float32]
    spread: npt.NDArray[np.float32]
    coefficients: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Policy:
    """A stopping policy of the hunter.

    Attributes
    ----------
    weeks : tuple of int
        Weeks of decision, in order.
    fields : tuple of str
        Beliefs it reads, fields of the state.
    mean, spread : float64[n_weeks, n_fields]
        By which each belief is standardised.
    coefficients : float64[n_weeks, 3, n_terms]
        Values of attacking, of the South, and of waiting; terms are 1, z_i, z_i z_j (i <= j).
    """

    weeks: tuple[int, ...]
    fields: tuple[str, ...]
    mean: npt.NDArray[np.float64]
    spread: npt.NDArray[np.float64]
    coefficients: npt.NDArray[np.float64]

    @property
    def digest(self) -> str:
        """Hash of everything in it."""
        digest = hashlib.blake2s(repr((self.weeks, self.fields)).encode(), digest_size=8)
        for table in (self.mean, self.spread, self.coefficients):
            digest.update(np.ascontiguousarray(table, np.float64).tobytes())
        return digest.hexdigest()

    def codes(self, n_weeks: int, index: dict[str, int]) -> PolicyCodes:
        """Return the arrays that the kernel reads."""
        place = np.full(n_weeks, -1, np.int32)
        place[list(self.weeks)] = np.arange(len(self.weeks), dtype=np.int32)
        return PolicyCodes(
            place,
            np.array([index[name] for name in self.fields], np.int32),
            self.mean.astype(np.float32),
            self.spread.astype(np.float32),
            self.coefficients.astype(np.float32),
        )


def no_policy(n_weeks: int) -> PolicyCodes:
    """Return the arrays of no policy at all."""
    return PolicyCodes(
        np.full(n_weeks, -1, np.int32),
        np.zeros(0, np.int32),
        np.zeros((0, 0), np.float32),
        np.ones((0, 0), np.float32),
        np.zeros((0, 3, 1), np.float32),
    )


@kernel
def _standardise(
    z: npt.NDArray[np.float32], values: npt.NDArray[np.float32], mean: float, spread: float
) -> None:
    for lane in range(z.shape[0]):
        z[lane] = clip((values[lane] - mean) / spread, -_MOST, _MOST)


@kernel
def _start(total: npt.NDArray[np.float32], weight: float) -> None:
    for lane in range(total.shape[0]):
        total[lane] = weight


@kernel
def _add(total: npt.NDArray[np.float32], weight: float, a: npt.NDArray[np.float32]) -> None:
    for lane in range(total.shape[0]):
        total[lane] = total[lane] + weight * a[lane]


@kernel
def _add_product(
    total: npt.NDArray[np.float32],
    weight: float,
    a: npt.NDArray[np.float32],
    b: npt.NDArray[np.float32],
) -> None:
    for lane in range(total.shape[0]):
        total[lane] = total[lane] + weight * (a[lane] * b[lane])


@kernel
def policy_values(
    codes: PolicyCodes, place: int, flat: npt.NDArray[np.float32], stack: npt.NDArray[np.float32]
) -> None:
    """Write the values of the acts and of waiting into ``stack[16], [17], [18]``.

    Parameters
    ----------
    codes : PolicyCodes
    place : int
        Date of decision.
    flat : float32[n_fields, LANES]
        The state.
    stack : float32[STACK_DEPTH, LANES]
        Scratch space: the standardised beliefs are left in its first rows.
    """
    count = codes.fields.shape[0]
    for i in range(count):
        _standardise(stack[i], flat[codes.fields[i]], codes.mean[place, i], codes.spread[place, i])
    for act in range(3):
        weights = codes.coefficients[place, act]
        total = stack[_SCORES + act]
        _start(total, weights[0])
        for i in range(count):
            _add(total, weights[1 + i], stack[i])
        term = 1 + count
        for i in range(count):
            for j in range(i, count):
                _add_product(total, weights[term], stack[i], stack[j])
                term += 1


@kernel
def act_by_policy(
    s: Block,
    p: Parameters,
    c: Week,
    codes: PolicyCodes,
    flat: npt.NDArray[np.float32],
    stack: npt.NDArray[np.float32],
    first: int,
    last: int,
) -> None:
    """Let the hunter take the act that its policy values most, if it beats waiting."""
    place = codes.place[np.int64(c.week)]
    if place < 0:
        return
    policy_values(codes, place, flat, stack)
    north, south, wait = stack[_SCORES], stack[_SCORES + 1], stack[_SCORES + 2]
    for lane in range(first, last):
        may_north = s.may_north[lane] > 0.5
        may_south = s.may_south[lane] > 0.5
        by_north = where(may_north, north[lane], -1.0e9)
        by_south = where(may_south, south[lane], -1.0e9)
        # A tie with waiting waits, a tie of the two goes north, as where the policy was fitted.
        go_north = where((by_north >= by_south) and (by_north > wait[lane]), 1.0, 0.0)
        go_south = where((by_south > by_north) and (by_south > wait[lane]), 1.0, 0.0)
        go_north = where(may_north, go_north, 0.0)
        go_south = where(may_south, go_south, 0.0)
        s.north_decided[lane] = max(s.north_decided[lane], go_north)
        s.north_week[lane] = where(go_north > 0.5, s.opening_week[lane], s.north_week[lane])
        s.north_trigger[lane] = where(
            go_north > 0.5, 1.0 + s.collapse_known[lane], s.north_trigger[lane]
        )
        s.south_decided[lane] = max(s.south_decided[lane], go_south)
        s.south_choice_week[lane] = where(go_south > 0.5, c.week, s.south_choice_week[lane])


def as_record(policy: Policy) -> dict[str, Any]:
    """Return a policy as plain lists, for JSON."""
    return {
        "weeks": list(policy.weeks),
        "fields": list(policy.fields),
        "mean": policy.mean.tolist(),
        "spread": policy.spread.tolist(),
        "coefficients": policy.coefficients.tolist(),
    }


def from_record(record: dict[str, Any]) -> Policy:
    """Return the policy that `as_record` wrote."""
    return Policy(
        tuple(int(week) for week in record["weeks"]),
        tuple(str(name) for name in record["fields"]),
        np.array(record["mean"], np.float64),
        np.array(record["spread"], np.float64),
        np.array(record["coefficients"], np.float64),
    )
