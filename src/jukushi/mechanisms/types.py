"""The six things a mechanism is given, as names for the type checker and the reader.

They are numpy records; their fields are listed in `jukushi.world.state` (Block),
`jukushi.world.parameters` (Parameters), `jukushi.world.calendar` (Week) and `jukushi.dice`
(Dice, Once).
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

#: State of one block of histories: each field an array of lanes, read and written.
Block: TypeAlias = Any
#: This week's dice: each field an array of lanes, read only.
Dice: TypeAlias = Any
#: Dice thrown once a history: each field an array of lanes, read only.
Once: TypeAlias = Any


class Parameters(Protocol):
    """Parameters of the block's parameter draw and world: scalars, read only."""

    def __getattr__(self, name: str) -> float: ...


class Week(Protocol):
    """The week: calendar and scripted record, scalars, read only."""

    def __getattr__(self, name: str) -> float: ...
