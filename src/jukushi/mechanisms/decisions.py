"""Decisions: the first row of a power's table that is true is the power's act this week.

The tables stand in the case; `jukushi.doctrines.program` has found the truth of each row.

Theory: docs/mechanisms/decisions.md

Reads: north_decided, north_week, north_trigger, south_decided, south_choice_week, opening_week,
    posture, pact_denounced, entered, entry_week, at_war
Writes: hunter_row, prey_row, north_decided, north_week, north_trigger, south_decided,
    south_choice_week, posture, pact_denounced, entered, entry_week
Draws: none
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Parameters, Week
from jukushi.numerics import where

__all__ = [
    "HUNTER_ACTIONS",
    "PREY_ACTIONS",
    "Action",
    "act_as_ordered",
    "act_hunter",
    "act_prey",
    "force_north",
    "prey_as_ordered",
]


class Action(IntEnum):
    """What a row of a table may do."""

    HOLD = 0
    OPEN_NORTH = 1
    OPEN_NORTH_COLLAPSE = 2
    CHOOSE_SOUTH = 3
    STRIP_GARRISON = 10
    TRANSFER = 11
    HOLD_GARRISON = 12
    DENOUNCE_PACT = 13
    STRIKE = 14


#: Actions that a table of the hunter, or of the prey, may name.
HUNTER_ACTIONS = (
    Action.HOLD,
    Action.OPEN_NORTH,
    Action.OPEN_NORTH_COLLAPSE,
    Action.CHOOSE_SOUTH,
)
PREY_ACTIONS = (
    Action.HOLD,
    Action.STRIP_GARRISON,
    Action.TRANSFER,
    Action.HOLD_GARRISON,
    Action.DENOUNCE_PACT,
    Action.STRIKE,
)


@kernel
def first_true(
    fired: npt.NDArray[np.float32],
    rows: npt.NDArray[np.int32],
    outputs: npt.NDArray[np.float32],
    first: int,
    last: int,
) -> None:
    """Write into `fired` the number (from 1) of the first true row of each lane, 0 if none."""
    for lane in range(first, last):
        fired[lane] = 0.0
    for row in range(rows.shape[0]):
        number = np.float32(row + 1)
        truth = outputs[rows[row, 0]]
        for lane in range(first, last):
            fired[lane] = where((fired[lane] < 0.5) and (truth[lane] > 0.5), number, fired[lane])


@kernel
def act_hunter(
    s: Block,
    p: Parameters,
    c: Week,
    rows: npt.NDArray[np.int32],
    outputs: npt.NDArray[np.float32],
    first: int,
    last: int,
) -> None:
    """Let the hunter act by its table; `rows` holds (output row, action) pairs."""
    first_true(s.hunter_row, rows, outputs, first, last)
    for row in range(rows.shape[0]):
        action = rows[row, 1]
        number = np.float32(row + 1)
        if action == Action.OPEN_NORTH or action == Action.OPEN_NORTH_COLLAPSE:
            trigger = np.float32(action)
            for lane in range(first, last):
                go = (s.hunter_row[lane] == number) and (s.north_decided[lane] < 0.5)
                s.north_week[lane] = where(go, s.opening_week[lane], s.north_week[lane])
                s.north_trigger[lane] = where(go, trigger, s.north_trigger[lane])
                s.north_decided[lane] = where(go, 1.0, s.north_decided[lane])
        elif action == Action.CHOOSE_SOUTH:
            for lane in range(first, last):
                go = (s.hunter_row[lane] == number) and (s.south_decided[lane] < 0.5)
                go = go and (p.south_possible > 0.5)
                s.south_choice_week[lane] = where(go, c.week, s.south_choice_week[lane])
                s.south_decided[lane] = where(go, 1.0, s.south_decided[lane])


#: Trigger of an attack that a question has done (1 is ripe, 2 collapse).
FORCED = 3.0


@kernel
def force_north(s: Block, p: Parameters, c: Week, first: int, last: int) -> None:
    """Let the attack open on the day that a question has set, whatever anyone believes.

    The order is given as long before as orders are; until then, and after, nothing else is
    decided: no South.
    """
    ordered = where(c.week + 1.0 > p.forced_north_week - p.decision_lead, 1.0, 0.0)
    for lane in range(first, last):
        s.hunter_row[lane] = 0.0
        s.north_decided[lane] = ordered
        s.north_week[lane] = where(ordered > 0.5, p.forced_north_week, 9999.0)
        s.north_trigger[lane] = FORCED * ordered
        s.south_decided[lane] = 0.0
        s.south_choice_week[lane] = 9999.0


@kernel
def act_as_ordered(s: Block, p: Parameters, c: Week, first: int, last: int) -> None:
    """Let the hunter do what a script orders this week; the attack opens as soon as it can."""
    opens = np.int64(c.ordered_hunter) == Action.OPEN_NORTH
    south = np.int64(c.ordered_hunter) == Action.CHOOSE_SOUTH
    for lane in range(first, last):
        s.hunter_row[lane] = 0.0
        free = (s.north_decided[lane] < 0.5) and (s.south_decided[lane] < 0.5)
        north_now = where(opens and free, 1.0, 0.0)
        south_now = where(south and free and (p.south_possible > 0.5), 1.0, 0.0)
        s.north_week[lane] = where(north_now > 0.5, s.opening_week[lane], s.north_week[lane])
        s.north_trigger[lane] = where(north_now > 0.5, FORCED, s.north_trigger[lane])
        s.north_decided[lane] = max(s.north_decided[lane], north_now)
        s.south_choice_week[lane] = where(south_now > 0.5, c.week, s.south_choice_week[lane])
        s.south_decided[lane] = max(s.south_decided[lane], south_now)


@kernel
def prey_as_ordered(s: Block, p: Parameters, c: Week, first: int, last: int) -> None:
    """Let the prey do what a script orders this week; a pace of transfers holds until changed."""
    act = np.int64(c.ordered_prey)
    pace = where(
        act == Action.STRIP_GARRISON,
        p.posture_strip,
        where(act == Action.HOLD_GARRISON, p.posture_hold, 1.0),
    )
    paces = act == Action.STRIP_GARRISON or act == Action.HOLD_GARRISON or act == Action.TRANSFER
    denounces = act == Action.DENOUNCE_PACT
    strikes = act == Action.STRIKE
    for lane in range(first, last):
        s.prey_row[lane] = 0.0
        s.posture[lane] = where(paces, pace, s.posture[lane])
        s.pact_denounced[lane] = where(denounces, 1.0, s.pact_denounced[lane])
        goes = strikes and (s.entered[lane] < 0.5) and (s.at_war[lane] < 0.5)
        s.entry_week[lane] = where(goes, c.week, s.entry_week[lane])
        s.entered[lane] = where(goes, 1.0, s.entered[lane])


@kernel
def act_prey(
    s: Block,
    p: Parameters,
    c: Week,
    rows: npt.NDArray[np.int32],
    outputs: npt.NDArray[np.float32],
    first: int,
    last: int,
) -> None:
    """Let the prey act by its table: how fast to send divisions, the pact, the own attack."""
    first_true(s.prey_row, rows, outputs, first, last)
    for row in range(rows.shape[0]):
        action = rows[row, 1]
        number = np.float32(row + 1)
        if action == Action.DENOUNCE_PACT:
            for lane in range(first, last):
                go = s.prey_row[lane] == number
                s.pact_denounced[lane] = where(go, 1.0, s.pact_denounced[lane])
        elif action == Action.STRIKE:
            for lane in range(first, last):
                go = (s.prey_row[lane] == number) and (s.entered[lane] < 0.5)
                s.entry_week[lane] = where(go, c.week, s.entry_week[lane])
                s.entered[lane] = where(go, 1.0, s.entered[lane])
        elif action != Action.HOLD:
            pace = where(
                action == Action.STRIP_GARRISON,
                p.posture_strip,
                where(action == Action.HOLD_GARRISON, p.posture_hold, 1.0),
            )
            for lane in range(first, last):
                s.posture[lane] = where(s.prey_row[lane] == number, pace, s.posture[lane])
