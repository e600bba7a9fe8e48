"""The dual upper bound of the hunter's problem: futures branched off at every conference."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from jukushi.draws import DICE_PER_DRAW, LANES
from jukushi.engine.settings import Fate
from jukushi.questions.blas import one_thread
from jukushi.questions.dual import UpperBound, dual_bound
from jukushi.questions.planner import OWN, Planner, Seen
from jukushi.questions.policy_value import follow
from jukushi.questions.stopping import Policy

__all__ = ["upper_bound"]

Array = npt.NDArray[np.float64]

#: Outer histories whose futures lie in memory together.
_AT_ONCE = 8


def upper_bound(
    planner: Planner,
    policy: Policy,
    own: Policy,
    first_draw: int,
    outer: int,
    progress: Callable[[int], None] = lambda _: None,
) -> UpperBound:
    """Return the dual upper bound of the hunter's problem.

    Parameters
    ----------
    planner : Planner
    policy : Policy
        It makes the martingale. It sees all features, what acts are worth as things are
        included: the more it sees, the tighter the bound.
    own : Policy
        To which the gap is told; it sees the columns `OWN`. Both are fitted on other histories.
    first_draw, outer : int
        Outer histories: the first of each of `outer` parameter draws. From each, 64 futures
        are branched off after every conference.
    progress : callable
        Called with the number of outer histories done.
    """
    inner = np.zeros((len(planner.weeks), outer, LANES))
    wins = np.zeros((len(planner.weeks), outer))
    seen, draw = planner.observe(first_draw, outer, 1)
    with one_thread():
        for start in range(0, outer, _AT_ONCE):
            chosen = range(start, min(start + _AT_ONCE, outer))
            futures = _futures(planner, [int(draw[i]) for i in chosen])
            wins[:, chosen] = futures[:, :, -1, planner.fields.index("collapsed")].mean(-1).T
            inner[:, chosen] = _followed(planner, policy, futures, draw[list(chosen)])
            progress(chosen[-1] + 1)
        outside = planner.histories(seen, draw, wins)
        date, _, cash = follow(own, outside.seeing(OWN))
        return dual_bound(policy, outside, inner, (date, cash))


def _futures(planner: Planner, draws: list[int]) -> npt.NDArray[np.float32]:
    """Branch the first history of each draw after every conference.

    Returns
    -------
    float32[n_draws, n_branches, n_dates + 1, n_fields, LANES]
    """
    weeks = [*planner.weeks, planner.horizon]
    branches = [Fate(week + 1, number + 1) for number, week in enumerate(planner.weeks)]

    def one(draw: int) -> npt.NDArray[np.float32]:
        return planner.engine.observe_futures(
            planner.world, draw * DICE_PER_DRAW, branches, LANES, planner.fields, weeks,
            planner.horizon,
        )  # fmt: skip

    # One history's branches are one block each; histories go to threads instead.
    with ThreadPoolExecutor(planner.engine.threads) as pool:
        return np.stack(list(pool.map(one, draws)))


def _followed(
    planner: Planner,
    policy: Policy,
    futures: npt.NDArray[np.float32],
    draw: npt.NDArray[np.int64],
) -> Array:
    """Return what the policy brings in the futures when followed from the next date on.

    Returns
    -------
    float64[n_dates, n_draws, LANES]
    """
    found = np.zeros((len(planner.weeks), len(draw), LANES))
    whose = np.repeat(draw, LANES)
    for date in range(len(planner.weeks)):
        values = futures[:, date].transpose(1, 2, 0, 3)
        seen = Seen(values.reshape(*values.shape[:2], -1), planner.fields)
        cash = follow(policy, planner.histories(seen, whose), start=date + 1)[2]
        found[date] = cash.reshape(len(draw), LANES)
    return found
