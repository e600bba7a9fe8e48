"""The dated record of a case: what was observed when, how well, and what it may be used for.

Each observation says whether it is fitted, scored or neither. The split by date decides: what
was on record by its day may be fitted, what came later may only be scored. A second split, by kind
of series, is declared beside it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from jukushi.case.schema import (
    Confidence,
    Evidence,
    Identifier,
    Model,
    Record,
    Sentence,
    Status,
    Words,
    _fault,
)

__all__ = ["DatedEvent", "Observation", "RecordFile", "Series", "Split", "Use"]

Use = Literal["fit", "score", "neither"]
#: A day, where a field is itself called `date`.
Day: TypeAlias = date
Positive = Annotated[float, Field(gt=0)]


class Split(Model):
    """Which part of the record is fitted and which is scored, and when that was decided.

    Attributes
    ----------
    until : date
        Last day of the part that may be fitted.
    decided : date
        When the split was written down.
    rule : Words
    by_kind : list of str
        Kinds of series that the second split fits; it scores all others.
    by_kind_until : date
        Last day of what the second split fits.
    """

    until: date
    decided: date
    rule: Words
    by_kind: Annotated[list[Identifier], Field(min_length=1)]
    by_kind_until: date


class Series(Model):
    """A quantity of the model that was observed.

    Attributes
    ----------
    field : str
        Field of the state.
    transform : str
        What is done to the field to make it comparable: `none`, `exp` or `log`; then it is
        multiplied by the parameter `times`. Of `log` the record is the logarithm too.
    error : float
        Standard deviation of an observation about what was, unless it gives its own; of the
        logarithm if `transform` is `log`.
    discrepancy : float
        Standard deviation of what was about the model at its best: what the model leaves out.
    error_source, discrepancy_source : str
        On what these two are judged.
    scripted : bool
        Whether schedules of the case follow this series, so that a good score is no test.
    """

    id: Identifier
    title: Words
    kind: Identifier
    field: Identifier
    unit: str
    transform: Literal["none", "exp", "log"] = "none"
    times: Identifier | None = None
    error: Positive
    error_source: Sentence
    discrepancy: Annotated[float, Field(ge=0)]
    discrepancy_source: Sentence
    scripted: bool = False
    script: Words | None = None

    @model_validator(mode="after")
    def _said(self) -> Series:
        if self.scripted and self.script is None:
            raise _fault("scripted", "a scripted series says in `script` what follows it")
        return self


class Observation(Model):
    """One number of the record: a cell of a table of the case, or a value with its source."""

    series: Identifier
    date: date
    cell: Record | None = None
    value: float | None = None
    error: Positive | None = None
    use: Use
    why: Words | None = None
    status: Status | None = None
    source: Sentence | None = None
    confidence: Confidence | None = None
    evidence_date: Day | None = None

    @model_validator(mode="after")
    def _whole(self) -> Observation:
        if (self.cell is None) == (self.value is None):
            raise ValueError("an observation has exactly one of cell and value")
        sourced = (self.status, self.source, self.confidence, self.evidence_date)
        if self.value is not None and None in sourced:
            raise _fault("value", "a value needs its status, source, confidence and evidence_date")
        if self.use == "neither" and self.why is None:
            raise _fault("use", "what is neither fitted nor scored says in `why` for what reason")
        return self


class DatedEvent(Evidence):
    """Something that happened on a day, or that had not happened by a day.

    Attributes
    ----------
    field : str
        Switch of the state that turns on when it happens.
    happened_on : date, optional
        When it happened; None if it had not by `by`.
    by : date
        Last day that is asked about.
    scripted : bool
        Whether the model takes the day from the record.
    """

    id: Identifier
    title: Words
    field: Identifier
    happened_on: date | None = None
    by: date
    use: Use
    why: Words | None = None
    scripted: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> DatedEvent:
        if self.happened_on is not None and self.happened_on > self.by:
            raise _fault("by", "an event that happened did so by its last day")
        if self.use == "neither" and self.why is None:
            raise _fault("use", "what is neither fitted nor scored says in `why` for what reason")
        return self


class RecordFile(Model):
    """``record.yaml``"""

    split: Split
    series: Annotated[list[Series], Field(min_length=1)]
    observations: Annotated[list[Observation], Field(min_length=1)]
    events: list[DatedEvent] = Field(default_factory=list)
