"""What a naive forecaster of wars would go by: how often others joined one, and rules of thumb.

None of it is read by the model. It is what the model's forecasts of dated events are scored
against.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from jukushi.case.schema import (
    Confidence,
    Evidence,
    Identifier,
    Model,
    Sentence,
    Words,
    _fault,
)

__all__ = ["BaseRatesFile", "Condition", "Joining", "Opportunity", "RuleOfThumb", "WarEntry"]


class Opportunity(Model):
    """A power that could have joined a war for gain, and whether it did.

    Attributes
    ----------
    opens, closes : date
        The window in which it could.
    entered_on : date, optional
        None if it did not.
    """

    id: Identifier
    title: Sentence
    war: Sentence
    opens: date
    closes: date
    entered_on: date | None = None
    confidence: Confidence

    @model_validator(mode="after")
    def _in_order(self) -> Opportunity:
        last = self.entered_on or self.closes
        if not self.opens < self.closes or not self.opens <= last <= self.closes:
            raise _fault("opens", "a window opens, sees the entry if there was one, and closes")
        return self


class Joining(Evidence):
    """How many of those that could have joined a war did, over all wars of a list.

    The opportunities above were picked by their outcome, too many of them entries; this share
    weighs them back.
    """

    joined: Annotated[int, Field(ge=1)]
    chances: Annotated[int, Field(ge=2)]

    @property
    def share(self) -> float:
        """Part that joined."""
        return self.joined / self.chances


class WarEntry(Model):
    """An event of the record that is the entry of a power into a war.

    Attributes
    ----------
    event : str
    own : list of str
        Opportunities that are this event itself, or its alternative: left out when it is foretold.
    """

    event: Identifier
    own: list[Identifier] = Field(default_factory=list)


class Condition(Model):
    """One thing that a rule of thumb waits for; all conditions of a rule must hold.

    Exactly one of: a `series` of the record at most or at least a number or a parameter's centre;
    an `event` of the record, and the sum of some parameters in weeks after it; a first day.
    """

    series: Identifier | None = None
    at_most: float | Identifier | None = None
    at_least: float | Identifier | None = None
    event: Identifier | None = None
    weeks: list[Identifier] = Field(default_factory=list)
    since: date | None = None

    @model_validator(mode="after")
    def _one(self) -> Condition:
        if sum(item is not None for item in (self.series, self.event, self.since)) != 1:
            raise ValueError("a condition has exactly one of series, event and since")
        limits = sum(item is not None for item in (self.at_most, self.at_least))
        if limits != (self.series is not None):
            raise ValueError("a series has exactly one of at_most and at_least, nothing else has")
        if self.weeks and self.event is None:
            raise _fault("weeks", "weeks are counted from an event")
        return self


class RuleOfThumb(Evidence):
    """A documented rule of decision, applied to the figures on record without any simulation."""

    event: Identifier
    title: Words
    conditions: Annotated[list[Condition], Field(min_length=1)]


class BaseRatesFile(Model):
    """``base_rates.yaml``"""

    opportunities: list[Opportunity] = Field(default_factory=list)
    opportunities_source: Sentence | None = None
    joining: Joining | None = None
    war_entries: list[WarEntry] = Field(default_factory=list)
    rules: list[RuleOfThumb] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> BaseRatesFile:
        if self.opportunities and (self.opportunities_source is None or self.joining is None):
            raise ValueError("opportunities need opportunities_source and joining")
        return self
