"""What a kernel is handed, in named bundles: the rules, the course of weeks, a desk, a film."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jukushi.dice import DICE, LANES, ONCE
from jukushi.doctrines.policy import PolicyCodes
from jukushi.doctrines.program import STACK_DEPTH
from jukushi.engine.observe import OPENED_LANES, WATCH
from jukushi.kernel import Scalar
from jukushi.world.state import FIELDS, STATE

__all__ = [
    "Course",
    "Desk",
    "Film",
    "Notes",
    "Rules",
    "Settings",
    "Thrown",
    "film",
    "new_desk",
    "no_notes",
]

_Floats = npt.NDArray[np.float32]
_Pairs = npt.NDArray[np.int32]


class Rules(NamedTuple):
    """The tables of a case as lane programs (`jukushi.doctrines.compile`)."""

    hunter_program: _Pairs
    prey_program: _Pairs
    constants: _Floats
    hunter_rows: _Pairs
    prey_rows: _Pairs
    gate_scales: _Floats
    policy: PolicyCodes


class Course(NamedTuple):
    """The weeks of a case, as records and flat, and how far to run them.

    `opens_with` is 0 if the hunter's opening is noted for a campaign, 2 if the prey's, else -1.
    """

    weeks: npt.NDArray[Any]
    weeks_flat: _Floats
    first_running: int
    horizon: int
    near_until: Scalar
    opens_with: int = -1


class Settings(NamedTuple):
    """What the worlds of a study change.

    Attributes
    ----------
    params : PARAMETERS[n_worlds, n_stages, n_draws]
        Stage 0 holds from the first week on, stage k from week ``begins[world, k]`` on.
    flat : float32[n_worlds, n_stages, n_draws, width]
        The same memory as plain numbers.
    begins : int32[n_worlds, n_stages]
    shocks : float32[n_worlds, n_shocks, 4]
        Week, row of the state, how (0 set, 1 times, 2 add), amount.
    """

    params: npt.NDArray[Any]
    flat: _Floats
    begins: npt.NDArray[np.int32]
    shocks: _Floats


class Thrown(NamedTuple):
    """Whose dice a block throws.

    `seed` and `first_history` key the weeks before `from_week`, `later_seed` those after. With
    `shared` every lane's past is that of lane `past_lane` of the block of `past_first`. Rows of
    once-only dice that are known from `from_week` on or later are redrawn too.
    """

    seed: np.uint64
    first_history: np.uint64
    from_week: int
    later_seed: np.uint64
    shared: bool
    past_first: np.uint64
    past_lane: int
    once_known: npt.NDArray[np.int32]


class Notes(NamedTuple):
    """Fields of the state kept in chosen weeks.

    Attributes
    ----------
    fields : int32[n_fields]
        Rows of the state.
    place : int32[n_weeks]
        Where a week is kept, -1 if it is not.
    values : float32[n_kept, n_fields, n_histories]
    """

    fields: npt.NDArray[np.int32]
    place: npt.NDArray[np.int32]
    values: _Floats


class Desk(NamedTuple):
    """What one thread works on: a block's state and dice, and scratch space.

    ``*_flat`` are the same memory as tables of fields and lanes.
    """

    state: npt.NDArray[Any]
    flat: _Floats
    dice: npt.NDArray[Any]
    dice_flat: _Floats
    once: npt.NDArray[Any]
    once_flat: _Floats
    spare_once: _Floats
    words: npt.NDArray[np.uint32]
    stack: _Floats
    outputs: _Floats
    watcher: npt.NDArray[Any]
    opened: npt.NDArray[Any]


class Film(NamedTuple):
    """State and outputs after every week, ``[n_weeks, rows, LANES]``; empty when not wanted."""

    state: _Floats
    outputs: _Floats


def new_desk(n_weeks: int, n_outputs: int) -> Desk:
    """Return a desk for the dice of `n_weeks` weeks."""
    state, dice, once = np.zeros(1, STATE), np.zeros(n_weeks, DICE), np.zeros(1, ONCE)
    return Desk(
        state=state,
        flat=state.view(np.float32).reshape(len(FIELDS), LANES),
        dice=dice,
        dice_flat=dice.view(np.float32).reshape(n_weeks, -1, LANES),
        once=once,
        once_flat=once.view(np.float32).reshape(-1, LANES),
        spare_once=np.zeros((len(ONCE.names or ()), LANES), np.float32),
        words=np.zeros((4, LANES), np.uint32),
        stack=np.zeros((STACK_DEPTH, LANES), np.float32),
        outputs=np.zeros((n_outputs, LANES), np.float32),
        watcher=np.zeros(1, WATCH),
        opened=np.zeros(1, OPENED_LANES),
    )


def film(n_weeks: int = 0, n_outputs: int = 1) -> Film:
    """Return an empty film of `n_weeks` weeks."""
    return Film(
        np.zeros((n_weeks, len(FIELDS), LANES), np.float32),
        np.zeros((n_weeks, n_outputs, LANES), np.float32),
    )


def no_notes(n_weeks: int) -> Notes:
    """Return notes that keep nothing."""
    place = np.full(n_weeks, -1, np.int32)
    return Notes(np.zeros(0, np.int32), place, np.zeros((0, 0, 0), np.float32))
