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
from jukushi.engine.bundles import Course, Desk, Film, Notes, Rules, Settings, Thrown
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
def throw_dice(desk: Desk, course: Course, thrown: Thrown) -> None:
    """Throw the dice of one block for the weeks that run."""
    past = thrown.past_first if thrown.shared else thrown.first_history
    fill_dice(desk.once_flat, desk.words, ONCE_SITE_CODES, ONCE_KINDS, thrown.seed, past, NO_WEEK)
    if thrown.shared:
        _share(desk.once_flat, thrown.past_lane)
    _redraw_once(desk, thrown)
    for i in range(course.horizon + 1 - course.first_running):
        week = course.first_running + i
        before = week < thrown.from_week
        seed = thrown.seed if before else thrown.later_seed
        whose = past if before else thrown.first_history
        fill_dice(
            desk.dice_flat[i], desk.words, WEEKLY_SITE_CODES, WEEKLY_KINDS, seed, whose,
            np.uint32(week),
        )  # fmt: skip
        if before and thrown.shared:
            _share(desk.dice_flat[i], thrown.past_lane)


@kernel
def _share(values: npt.NDArray[np.float32], lane: int) -> None:
    """Give every lane the numbers of one."""
    for row in range(values.shape[0]):
        number = values[row, lane]
        for other in range(LANES):
            values[row, other] = number


@kernel
def _redraw_once(desk: Desk, thrown: Thrown) -> None:
    """Throw again the once-only dice that nothing before the branch has read."""
    rows = desk.once_flat.shape[0]
    again = False
    for row in range(rows):
        again = again or (thrown.once_known[row] > thrown.from_week)
    if not again:
        return
    fill_dice(
        desk.spare_once, desk.words, ONCE_SITE_CODES, ONCE_KINDS, thrown.later_seed,
        thrown.first_history, NO_WEEK,
    )  # fmt: skip
    for row in range(rows):
        if thrown.once_known[row] > thrown.from_week:
            for lane in range(LANES):
                desk.once_flat[row, lane] = desk.spare_once[row, lane]


@kernel
def _shake(flat: npt.NDArray[np.float32], shocks: npt.NDArray[np.float32], week: int) -> None:
    """Move the fields that an intervention moves this week."""
    for k in range(shocks.shape[0]):
        if np.int64(shocks[k, 0]) == week:
            row = flat[np.int64(shocks[k, 1])]
            how, amount = np.int64(shocks[k, 2]), shocks[k, 3]
            for lane in range(LANES):
                kept = row[lane] if how > 0 else np.float32(0.0)
                row[lane] = kept * amount if how == 1 else kept + amount


@kernel
def _note(notes: Notes, kept: int, flat: npt.NDArray[np.float32], first: int) -> None:
    """Keep some fields of this week."""
    for number in range(notes.fields.shape[0]):
        row = flat[notes.fields[number]]
        for lane in range(LANES):
            notes.values[kept, number, first + lane] = row[lane]


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
    settings: Settings,
    world: int,
    draw: int,
    watched: bool,
    film: Film,
    notes: Notes,
    place: int,
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
    shocks = settings.shocks[world]
    stage = 0
    p, p_flat = settings.params[world, stage, draw], settings.flat[world, stage, draw]
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
        if stage + 1 < settings.begins.shape[1] and settings.begins[world, stage + 1] <= week:
            stage += 1
            p, p_flat = settings.params[world, stage, draw], settings.flat[world, stage, draw]
        _shake(desk.flat, shocks, week)
        # Gates are watched up to the last month of the locks table (on film, always).
        watching = watched and ((c.lock_month > 0.5) or filmed)
        dice = desk.dice[week - course.first_running]
        running_week(desk, rules, p, p_flat, c, course.weeks_flat[week], dice, watching)
        if course.opens_with >= 0:
            note_opening(opened, s, c, course.opens_with == 2)
        if notes.place[week] >= 0:
            _note(notes, notes.place[week], desk.flat, place)
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
    settings: Settings,
    draw: int,
    thrown: Thrown,
    event: int,
    watch_first: bool,
    outcome: npt.NDArray[Any],
    events: npt.NDArray[np.int16],
    openings: npt.NDArray[Any],
    place: int,
    unfilmed: Film,
    notes: Notes,
) -> int:
    """Run one block through every world; world 0 may be watched and its outcome kept whole.

    `settings.params[world, stage, draw]` are the block's parameters; `outcome` and `events` are
    written from row `place` on. `events[world, place + lane]` is the week of the event asked
    about: 0 north, 1 south, 2 entry, 3 collapse, 4 defeat of the ally, 5 surrender of the
    hunter. `openings[world, place + lane]` is the state at the opening of the war, if it is
    noted; `notes` are those of the last world.

    Returns
    -------
    int
        -1, or world * 65536 + week of a number that was not finite.
    """
    throw_dice(desk, course, thrown)
    horizon = np.float32(course.horizon)
    for world in range(settings.params.shape[0]):
        watched = watch_first and world == 0
        bad = run_block(desk, rules, course, settings, world, draw, watched, unfilmed, notes, place)
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
