"""One block of histories through all weeks and all worlds.

The dice of a block are thrown once and shared by every world: an intervention changes the
world, never the dice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.dice import (
    LANES,
    NO_WEEK,
    ONCE_KINDS,
    ONCE_SITE_CODES,
    WEEKLY_KINDS,
    WEEKLY_SITE_CODES,
    fill_dice,
)
from jukushi.engine.bundles import Course, Desk, Film, Rules
from jukushi.engine.observe import (
    event_week,
    hand_over,
    month_begin,
    note_opening,
    note_outcome,
    watch,
    watch_begin,
)
from jukushi.engine.week import begin, running_week, scripted_week
from jukushi.kernel import Scalar, kernel

__all__ = ["run_block", "run_worlds", "throw_dice"]


@kernel
def throw_dice(desk: Desk, course: Course, seed: int, first_history: int) -> None:
    """Throw the dice of one block for the weeks that run."""
    fill_dice(desk.once_flat, desk.words, ONCE_SITE_CODES, ONCE_KINDS, seed, first_history, NO_WEEK)
    for i in range(course.horizon + 1 - course.first_running):
        week = np.uint32(course.first_running + i)
        fill_dice(
            desk.dice_flat[i], desk.words, WEEKLY_SITE_CODES, WEEKLY_KINDS, seed, first_history,
            week,
        )  # fmt: skip


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
    desk: Desk,
    rules: Rules,
    course: Course,
    p: Any,
    p_flat: npt.NDArray[np.float32],
    watched: bool,
    film: Film,
) -> int:
    """Run one block of one world up to and including the horizon.

    Returns
    -------
    int
        -1, or a week after which a number of the state was not finite.
    """
    s = desk.state[0]
    o = desk.once[0]
    w = desk.watcher[0]
    filmed = film.state.shape[0] > 0
    begin(s, desk.flat, p)
    if watched:
        watch_begin(w)
    opened = desk.opened[0]
    if course.opens_with >= 0:
        for lane in range(LANES):
            opened.week[lane] = -1.0
    for week in range(course.first_running):
        c = course.weeks[week]
        if (c.khasan > 0.5) or (c.khalkhin > 0.5):
            scripted_week(s, p, c, desk.dice[0], o)
        if filmed:
            film.state[week, :, :] = desk.flat
    month: Scalar = 0
    for week in range(course.first_running, course.horizon + 1):
        c = course.weeks[week]
        # Gates are watched up to the last month of the locks table (on film, always).
        watching = watched and ((c.lock_month > 0.5) or filmed)
        dice = desk.dice[week - course.first_running]
        running_week(desk, rules, p, p_flat, c, course.weeks_flat[week], dice, watching)
        if course.opens_with >= 0:
            note_opening(opened, s, c, course.opens_with == 2)
        if watching:
            now = np.int64(c.lock_month)
            if now != month:
                month_begin(w)
                month = now
            watch(w, s, c, desk.outputs, rules.gate_scales, course.near_until, month)
        if filmed:
            film.state[week, :, :] = desk.flat
            film.outputs[week, :, :] = desk.outputs
        # A NaN stays: looking every fourth week finds it, and a film then finds its week.
        look = week % 4 == 0 or week == course.horizon
        if look and not finite(desk.flat, desk.stack[0]):
            return week
    return -1


@kernel
def run_worlds(
    desk: Desk,
    rules: Rules,
    course: Course,
    params: npt.NDArray[Any],
    params_flat: npt.NDArray[np.float32],
    draw: int,
    seed: int,
    first_history: int,
    event: int,
    outcome: npt.NDArray[Any],
    events: npt.NDArray[np.int16],
    openings: npt.NDArray[Any],
    place: int,
    unfilmed: Film,
) -> int:
    """Run one block through every world; world 0 is watched and its outcome kept whole.

    `params[world, draw]` are the block's parameters; `outcome` and `events` are written from
    row `place` on. `events[world, place + lane]` is the week of the event asked about: 0
    north, 1 south, 2 entry, 3 collapse, 4 defeat of the ally, 5 surrender of the hunter.
    `openings[world, place + lane]` is the state at the opening of the war, if it is noted.

    Returns
    -------
    int
        -1, or world * 65536 + week of a number that was not finite.
    """
    throw_dice(desk, course, seed, first_history)
    horizon = np.float32(course.horizon)
    for world in range(params.shape[0]):
        watched = world == 0
        p, p_flat = params[world, draw], params_flat[world, draw]
        bad = run_block(desk, rules, course, p, p_flat, watched, unfilmed)
        if bad >= 0:
            return world * 65536 + bad
        if watched:
            note_outcome(outcome, place, desk.state[0], desk.watcher[0], horizon)
        _note_event(events[world], place, desk.state[0], event, horizon)
        if course.opens_with >= 0:
            hand_over(openings[world], place, desk.opened[0])
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
