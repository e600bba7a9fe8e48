"""What a kernel is handed, in named bundles: the rules, the course of weeks, a desk, a film."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jukushi.dice import DICE, LANES, ONCE
from jukushi.doctrines.program import STACK_DEPTH
from jukushi.engine.observe import OPENED_LANES, WATCH
from jukushi.kernel import Scalar
from jukushi.world.state import FIELDS, STATE

__all__ = ["Course", "Desk", "Film", "Rules", "film", "new_desk"]

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
