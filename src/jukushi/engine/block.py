"""One block of histories through all weeks and all worlds.

The dice of a block are thrown once and shared by every world: an intervention changes the
world, never the dice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.dice import LANES, NO_WEEK, fill_dice
from jukushi.engine.observe import event_week, month_begin, note_outcome, watch, watch_begin
from jukushi.engine.week import begin, running_week, scripted_week
from jukushi.kernel import Scalar, kernel

__all__ = ["run_block", "throw_dice"]


@kernel
def throw_dice(
    once_flat: npt.NDArray[np.float32],
    dice_flat: npt.NDArray[np.float32],
    words: npt.NDArray[np.uint32],
    once_sites: npt.NDArray[np.uint32],
    once_kinds: npt.NDArray[np.int8],
    sites: npt.NDArray[np.uint32],
    kinds: npt.NDArray[np.int8],
    seed: int,
    first_history: int,
    first_week: int,
    n_weeks: int,
) -> None:
    """Throw the dice of one block for the weeks ``first_week ... first_week + n_weeks - 1``."""
    fill_dice(once_flat, words, once_sites, once_kinds, seed, first_history, NO_WEEK)
    for i in range(n_weeks):
        week = np.uint32(first_week + i)
        fill_dice(dice_flat[i], words, sites, kinds, seed, first_history, week)


@kernel
def finite(flat: npt.NDArray[np.float32], sums: npt.NDArray[np.float32]) -> bool:
    """Tell whether every number of a block's state is finite (x * 0 is NaN if x is not)."""
    for lane in range(LANES):
        sums[lane] = 0.0
    for row in range(flat.shape[0]):
        values = flat[row]
        for lane in range(LANES):
            sums[lane] = sums[lane] + values[lane] * 0.0
    good = True
    for lane in range(LANES):
        good = good and (sums[lane] == 0.0)
    return good


@kernel
def run_block(
    state: npt.NDArray[Any],
    flat: npt.NDArray[np.float32],
    p: Any,
    p_flat: npt.NDArray[np.float32],
    weeks: npt.NDArray[Any],
    weeks_flat: npt.NDArray[np.float32],
    dice: npt.NDArray[Any],
    once: npt.NDArray[Any],
    hunter_program: npt.NDArray[np.int32],
    prey_program: npt.NDArray[np.int32],
    constants: npt.NDArray[np.float32],
    hunter_rows: npt.NDArray[np.int32],
    prey_rows: npt.NDArray[np.int32],
    scales: npt.NDArray[np.float32],
    stack: npt.NDArray[np.float32],
    outputs: npt.NDArray[np.float32],
    watcher: npt.NDArray[Any],
    watched: bool,
    first_running: int,
    horizon: int,
    near_until: float,
    trace: npt.NDArray[np.float32],
    trace_gates: npt.NDArray[np.float32],
) -> int:
    """Run one block of one world up to and including week `horizon`.

    Returns
    -------
    int
        -1, or the week after which a number of the state was not finite.
    """
    s = state[0]
    o = once[0]
    w = watcher[0]
    begin(s, flat, p)
    if watched:
        watch_begin(w)
    for week in range(first_running):
        c = weeks[week]
        if (c.khasan > 0.5) or (c.khalkhin > 0.5):
            scripted_week(s, p, c, dice[0], o)
        if trace.shape[0] > 0:
            trace[week, :, :] = flat
    month: Scalar = 0
    for week in range(first_running, horizon + 1):
        c = weeks[week]
        # Gates are watched up to the last month of the locks table (and in a trace, always).
        watching = watched and ((c.lock_month > 0.5) or (trace.shape[0] > 0))
        running_week(
            s, flat, p, p_flat, c, weeks_flat[week], dice[week - first_running], o,
            hunter_program, prey_program, constants, hunter_rows, prey_rows,
            stack, outputs, watching,
        )  # fmt: skip
        if watching:
            now = np.int64(c.lock_month)
            if now != month:
                month_begin(w)
                month = now
            watch(w, s, c, outputs, scales, near_until, month)
        if trace.shape[0] > 0:
            trace[week, :, :] = flat
            trace_gates[week, :, :] = outputs
        # A NaN stays: looking every fourth week finds it, and a trace then finds its week.
        if (week % 4 == 0 or week == horizon) and not finite(flat, stack[0]):
            return week
    return -1


@kernel
def run_worlds(
    state: npt.NDArray[Any],
    flat: npt.NDArray[np.float32],
    params: npt.NDArray[Any],
    params_flat: npt.NDArray[np.float32],
    weeks: npt.NDArray[Any],
    weeks_flat: npt.NDArray[np.float32],
    dice: npt.NDArray[Any],
    dice_flat: npt.NDArray[np.float32],
    once: npt.NDArray[Any],
    once_flat: npt.NDArray[np.float32],
    words: npt.NDArray[np.uint32],
    once_sites: npt.NDArray[np.uint32],
    once_kinds: npt.NDArray[np.int8],
    sites: npt.NDArray[np.uint32],
    kinds: npt.NDArray[np.int8],
    hunter_program: npt.NDArray[np.int32],
    prey_program: npt.NDArray[np.int32],
    constants: npt.NDArray[np.float32],
    hunter_rows: npt.NDArray[np.int32],
    prey_rows: npt.NDArray[np.int32],
    scales: npt.NDArray[np.float32],
    stack: npt.NDArray[np.float32],
    outputs: npt.NDArray[np.float32],
    watcher: npt.NDArray[Any],
    no_trace: npt.NDArray[np.float32],
    seed: int,
    first_history: int,
    draw: int,
    first_running: int,
    horizon: int,
    near_until: float,
    event: int,
    outcome: npt.NDArray[Any],
    events: npt.NDArray[np.int16],
    place: int,
) -> int:
    """Run one block through every world; world 0 is watched and its outcome kept whole.

    `events[world, place + lane]` is the week of the event asked about: 0 north, 1 south,
    2 entry, 3 collapse, 4 defeat of the ally, 5 surrender of the hunter.

    Returns
    -------
    int
        -1, or world * 65536 + week of the first number that was not finite.
    """
    throw_dice(
        once_flat, dice_flat, words, once_sites, once_kinds, sites, kinds,
        seed, first_history, first_running, horizon + 1 - first_running,
    )  # fmt: skip
    for world in range(params.shape[0]):
        watched = world == 0
        bad = run_block(
            state, flat, params[world, draw], params_flat[world, draw], weeks, weeks_flat, dice,
            once, hunter_program, prey_program, constants, hunter_rows, prey_rows, scales, stack,
            outputs, watcher, watched, first_running, horizon, near_until, no_trace, no_trace,
        )  # fmt: skip
        if bad >= 0:
            return world * 65536 + bad
        if watched:
            note_outcome(outcome, place, state[0], watcher[0], np.float32(horizon))
        _note_event(events[world], place, state[0], event, np.float32(horizon))
    return -1


@kernel
def _note_event(
    events: npt.NDArray[np.int16], place: int, s: Any, event: int, horizon: float
) -> None:
    """Write the week of one event of a finished block (-1 where it did not happen)."""
    for lane in range(LANES):
        ended = s.north_week[lane] if s.at_war[lane] > 0.5 else 9999.0
        week = np.int16(-1)
        if event == 0:
            week = event_week(s.at_war[lane], np.floor(s.north_week[lane]), 9999.0, horizon)
        elif event == 1:
            week = event_week(s.south_war[lane], s.south_war_week[lane], ended, horizon)
        elif event == 2:
            week = event_week(s.entered[lane], s.entry_week[lane], ended, horizon)
        elif event == 3:
            week = event_week(s.collapsed[lane], s.collapse_week[lane], ended, horizon)
        elif event == 4:
            week = event_week(s.ally_defeated[lane], s.ally_defeat_week[lane], ended, horizon)
        else:
            week = event_week(
                s.hunter_surrendered[lane], s.hunter_surrender_week[lane], ended, horizon
            )
        events[place + lane] = week
