"""The levers of a case: quantities that a question may turn, and all that turns with them.

A lever says in words what one of its values means, and as data which parameters it moves. One
parameter is moved by the value itself; others follow it in proportion. What the hunter sees of
it is kept apart, so that a question can ask what happens if it does not notice.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from jukushi.case.schema import Change, Evidence, Identifier, Model, Sentence, Words, _fault

__all__ = ["Capacity", "Grid", "Lever", "LeversFile"]


class Grid(Model):
    """Evenly spaced values at which a question asks, unless told otherwise."""

    low: float
    high: float
    points: Annotated[int, Field(ge=3, le=61)]

    @model_validator(mode="after")
    def _ordered(self) -> Grid:
        if not self.low < self.high:
            raise _fault("low", "a grid must have low below high")
        return self


class Capacity(Model):
    """What could have been carried: so much a week until a day, as a share of a stock.

    `per_week`, `until` and `of` name parameters; `sent` is the field of the state that counts
    what the model itself has sent.
    """

    per_week: Identifier
    until: Identifier
    of: Identifier
    sent: Identifier


class Lever(Evidence):
    """One quantity that may be turned.

    Exactly one of `scale`, `set` and `shift` names the parameter that a value x moves: scaled so
    that its centre becomes x (what is not known of it stays, in proportion), set to x, or moved by
    x. With `per` the value is counted in the centre of another parameter: x weeks of use.
    `also` holds for every value (a switch); `scaled` follow in proportion; `seen` follow too, and
    are what the hunter sees of it; `unseen` is done besides when the hunter does not notice.
    """

    id: Identifier
    title: Words
    unit: Sentence
    meaning: Words
    leaves: Words
    scale: Identifier | None = None
    set: Identifier | None = None
    shift: Identifier | None = None
    per: Identifier | None = None
    also: list[Change] = Field(default_factory=list)
    scaled: list[Identifier] = Field(default_factory=list)
    seen: list[Identifier] = Field(default_factory=list)
    unseen: list[Change] = Field(default_factory=list)
    range: tuple[float, float]
    grid: Grid
    more_means: Literal["less", "more", "unclear"]
    departures: Identifier | None = None
    capacity: Capacity | None = None

    @model_validator(mode="after")
    def _one(self) -> Lever:
        given = [name for name in (self.scale, self.set, self.shift) if name is not None]
        if len(given) != 1:
            raise ValueError("a lever is exactly one of scale, set, shift")
        low, high = self.range
        if not low < high:
            raise _fault("range", "a range must be [low, high] with low below high")
        if not low <= self.grid.low < self.grid.high <= high:
            raise _fault("grid", "the grid must lie inside the range")
        if self.scale is not None and low <= 0:
            raise _fault("range", "what is scaled needs values above zero")
        if self.shift is not None and (self.scaled or self.seen):
            raise _fault("shift", "nothing follows in proportion what is shifted")
        return self

    @property
    def parameter(self) -> str:
        """The parameter that a value moves."""
        return self.scale or self.set or self.shift or ""

    @property
    def can_hide(self) -> bool:
        """Whether the hunter can be kept from noticing that it was turned."""
        return bool(self.seen or self.unseen)


class LeversFile(Model):
    """``levers.yaml``; the first lever is the one that is asked about by default."""

    levers: list[Lever] = Field(default_factory=list)
