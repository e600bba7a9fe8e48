"""Which dice a block throws when a history is branched: its past kept, its future perhaps not.

Weekly dice of the branch week and later are keyed by another seed. Dice thrown once a history
are redrawn only if nothing before the branch can have read them: the date from which each may
be read stands below, and everything else is kept.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.dice import DICE_PER_DRAW, LANES, ONCE
from jukushi.engine.bundles import Thrown
from jukushi.engine.settings import Fate
from jukushi.errors import UsageError
from jukushi.world.parameters import ParameterSpace

if TYPE_CHECKING:
    from jukushi.engine.likeness import Pasts

__all__ = ["draws_of", "once_known", "thrown_of"]

#: A branch that never comes.
_NEVER = 1 << 30


def once_known(case: Case, space: ParameterSpace) -> npt.NDArray[np.int32]:
    """Return for each once-only draw the first week that may read it (0: the beginning).

    Battles, dispositions and the course of the embargo belong to the past of any branch after
    them; a winter is known from July of its year, the southern axis from the new year 1942, the
    surrender from the date on which the record has it.
    """
    known = np.zeros(len(ONCE.names or ()), np.int32)
    for row, name in enumerate(ONCE.names or ()):
        winter = re.fullmatch(r"winter_(\d{4})", name)
        if winter:
            known[row] = int(case.week_of(date(int(winter[1]), 7, 1)))
        elif name == "southern_axis_u":
            year = case.header.period.runs_from.year + 1
            known[row] = int(case.week_of(date(year, 1, 1)))
        elif name in ("indochina_u", "embargo_u", "embargo_lag"):
            known[row] = int(space.centre["freeze_week"])
        elif name == "surrender_u":
            known[row] = int(space.centre["surrender_week"])
    return known


def draws_of(
    first_history: int, count: int, fate: Fate | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the parameter draws of a range of histories, and the row of each history."""
    if fate is not None and fate.past is not None:
        return np.array([fate.past // DICE_PER_DRAW]), np.zeros(count, np.int64)
    rows = np.arange(first_history, first_history + count, dtype=np.int64) // DICE_PER_DRAW
    draws = np.arange(rows[0], rows[-1] + 1, dtype=np.int64)
    return draws, rows - rows[0]


def thrown_of(
    seed: int,
    first_history: int,
    fate: Fate | None,
    known: npt.NDArray[np.int32],
    pasts: Pasts | None = None,
) -> Thrown:
    """Return which dice the block from `first_history` throws.

    With `pasts` its parameter draw has the past of one history of another number, and dice of
    its own from the week after.

    Raises
    ------
    UsageError
        If a fate and pasts are given: the second is a fate already.
    """
    own, first = np.uint64(seed), np.uint64(first_history)
    if pasts is not None:
        if fate is not None:
            raise UsageError(
                "histories that are held to the record cannot be branched once more",
                hint="leave either --like-record-until or the redrawing of fates away",
            )
        past = int(pasts.histories[first_history // DICE_PER_DRAW % len(pasts.histories)])
        return Thrown(
            own, first, pasts.week, own, True, np.uint64(past // LANES * LANES), past % LANES,
            known,
        )  # fmt: skip
    if fate is None:
        nothing = np.zeros_like(known)
        return Thrown(own, first, _NEVER, own, False, first, 0, nothing)
    past = fate.past if fate.past is not None else first_history
    return Thrown(
        own,
        first,
        fate.from_week,
        np.uint64(fate.seed(seed)),
        fate.past is not None,
        np.uint64(past // LANES * LANES),
        past % LANES,
        known,
    )
