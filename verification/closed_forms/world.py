"""The engine of the shipped case, and worlds with some parameters held."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jukushi.case.schema import Change
from jukushi.engine.run import Engine, World
from jukushi.world.vocabulary import open_case

SEED = 1


@cache
def engine() -> Engine:
    """The engine of the shipped case, two threads."""
    return Engine(open_case("kantokuen"), SEED, threads=2)


def changes(values: Mapping[str, float]) -> tuple[Change, ...]:
    """Changes that hold parameters at values."""
    return tuple(Change(parameter=name, set=value) for name, value in values.items())


def fixed(values: Mapping[str, float]) -> World:
    """A world with some parameters held."""
    return World("verification", changes(values))


def weeks_of(count: int) -> list[int]:
    """The first weeks that run by themselves."""
    first = engine().case.first_running_week
    return list(range(first, first + count))
