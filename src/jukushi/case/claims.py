"""Claims of a text about the case: what scholarship says of each, and how the model speaks to it.

A claim is restated, not quoted. Its *verdict* is that of scholarship alone. How the model
speaks to it is data of one of six kinds: a share of histories, a value beside the claim's
figure, the effect of an absence, a parameter, a record that the model follows as given, or
silence with its reason. Which way the model leans is worked out from that and not written here.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from jukushi.case.schema import (
    Confidence,
    Identifier,
    Model,
    Sentence,
    Words,
    _fault,
)

__all__ = [
    "Absence",
    "Bound",
    "Claim",
    "ClaimsFile",
    "Condition",
    "Effect",
    "Mechanism",
    "ModelSays",
    "ParameterSays",
    "Read",
    "RecordSays",
    "Share",
    "Value",
]

#: Mechanisms of the model that a claim may touch; a test holds them to the pages of theory.
Mechanism = Literal[
    "assessment", "build_up", "campaign", "combat", "decisions", "diplomacy", "distant_front",
    "expected_value", "factions", "garrison", "intelligence", "lessons", "oil", "policy",
    "presets", "redeployment", "season",
]  # fmt: skip

ClaimId = Annotated[str, Field(pattern=r"^[A-Z]{1,3}[0-9]{2,4}$")]
Number = float | date


class Figure(Model):
    """A figure that the claim gives; with `to`, from one to another."""

    name: Words
    value: Number
    to: Number | None = None
    unit: Sentence


class Finding(Model):
    """What scholarship has found. Recalled: from the works named, not looked up."""

    finding: Words
    source: Sentence
    status: Literal["sourced", "recalled"]
    confidence: Confidence


class Bound(Model):
    """What a number is compared with: one value, or between two ends of which one may be open."""

    value: Number | None = None
    low: Number | None = None
    high: Number | None = None

    @model_validator(mode="after")
    def _one_or_ends(self) -> Bound:
        ends = [end for end in (self.low, self.high) if end is not None]
        if (self.value is None) != bool(ends):
            raise ValueError("a figure is either a value, or has a low or a high end")
        if len({isinstance(end, date) for end in ends}) > 1:
            raise _fault("low", "both ends of a figure must be numbers, or both dates")
        if len(ends) == 2 and not self.low < self.high:  # type: ignore[operator]
            raise _fault("low", "the low end of a figure must lie below its high end")
        return self

    @property
    def ends(self) -> tuple[Number | None, Number | None]:
        """Low and high end; both the value itself if it has one."""
        return (self.low, self.high) if self.value is None else (self.value, self.value)


class Read(Model):
    """A field of the state after the week that holds a day, under a name for expressions."""

    id: Identifier
    field: Identifier
    on: date


class Condition(Model):
    """What may hold in a history.

    `holds` is a condition over what is read and over parameters; `outcome` names an outcome of
    the case instead.
    """

    says: Words
    holds: Sentence | None = None
    outcome: Identifier | None = None

    @model_validator(mode="after")
    def _one(self) -> Condition:
        if (self.holds is None) == (self.outcome is None):
            raise ValueError("a share is exactly one of holds, outcome")
        return self


class Share(Condition):
    """The share of histories in which the claim holds, among those in which `among` holds.

    `beside` are further conditions whose shares are shown and decide nothing.
    """

    reads: list[Read] = Field(default_factory=list)
    among: Sentence | None = None
    beside: list[Condition] = Field(default_factory=list)

    @model_validator(mode="after")
    def _among_all(self) -> Share:
        outcomes = [item for item in (self, *self.beside) if item.outcome is not None]
        if self.among is not None and outcomes:
            raise _fault("among", "the share of an outcome is among all histories")
        return self


class Value(Model):
    """A quantity over histories beside the claim's figure, and the figure of scholarship."""

    says: Words
    reads: Annotated[list[Read], Field(min_length=1)]
    of: Sentence
    unit: Sentence
    figure: Bound
    scholars: Bound | None = None
    among: Sentence | None = None


class Absence(Model):
    """A factor that is absent, in one of its readings (the first where none is named)."""

    factor: Identifier
    reading: Identifier | None = None


class Effect(Model):
    """The difference that the absence of factors makes to an outcome, on the same dice.

    `expects` says which way the claim would have it; `beside` names factors whose own effect is
    shown for comparison.
    """

    says: Words
    absent: Annotated[list[Absence], Field(min_length=1, max_length=12)]
    outcome: Identifier
    expects: Literal["more", "less"]
    beside: list[Absence] = Field(default_factory=list)


class ParameterSays(Model):
    """A number that the model assumes: an expression over parameters beside the figure."""

    says: Words
    of: Sentence
    unit: Sentence
    figure: Bound


class RecordSays(Model):
    """An entry of the case that the model follows as given, beside the figure.

    Exactly one of `pact`, `plan`, `battle`, `schedule`, `campaign`. A pact and a plan need a
    `field`, a plan may have a `stage`, a schedule needs a date `on`, a campaign an `axis`.
    """

    says: Words
    pact: Identifier | None = None
    plan: Identifier | None = None
    stage: Identifier | None = None
    field: Identifier | None = None
    battle: Literal["khasan", "khalkhin_gol"] | None = None
    schedule: Identifier | None = None
    on: date | None = None
    campaign: Identifier | None = None
    axis: Identifier | None = None
    figure: Bound | None = None
    names: list[Identifier] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one(self) -> RecordSays:
        kinds = ("pact", "plan", "battle", "schedule", "campaign")
        given = [kind for kind in kinds if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError("a record is exactly one of pact, plan, battle, schedule, campaign")
        wants = {"pact": "field", "plan": "field", "schedule": "on", "campaign": "axis"}
        for key in wants.values():
            if (getattr(self, key) is not None) != (given[0] in _with(key, wants)):
                raise _fault(given[0], f"{key} belongs to {' and '.join(_with(key, wants))}")
        if self.stage is not None and self.plan is None:
            raise _fault("stage", "only a plan has stages")
        if (self.figure is None) == (not self.names):
            raise ValueError("a record is compared with exactly one of figure, names")
        return self


def _with(key: str, wants: dict[str, str]) -> list[str]:
    return [kind for kind, wanted in wants.items() if wanted == key]


class ModelSays(Model):
    """How the model speaks to a claim: exactly one of these."""

    share: Share | None = None
    value: Value | None = None
    effect: Effect | None = None
    parameter: ParameterSays | None = None
    record: RecordSays | None = None
    silent: Words | None = None

    @model_validator(mode="after")
    def _one(self) -> ModelSays:
        if sum(value is not None for _, value in self) != 1:
            kinds = ", ".join(type(self).model_fields)
            raise ValueError(f"how the model speaks is exactly one of {kinds}")
        return self

    @property
    def kind(self) -> str:
        """Name of the kind."""
        return next(name for name, value in self if value is not None)

    @property
    def body(self) -> Any:
        """What stands under that name."""
        return getattr(self, self.kind)


class Claim(Model):
    """One claim. `date` is a day, a month, a year, or two of them with a slash between."""

    id: ClaimId
    date: Annotated[str, Field(pattern=r"^\d{4}(-\d\d){0,2}(/\d{4}(-\d\d){0,2})?$")]
    claim: Words
    figures: list[Figure] = Field(default_factory=list)
    scholarship: Annotated[list[Finding], Field(min_length=1)]
    verdict: Literal["agrees", "disputed", "wrong", "unverifiable"]
    confidence: Confidence
    mechanism: Annotated[list[Mechanism], Field(min_length=1)]
    model: ModelSays


class ClaimsFile(Model):
    """``claims.yaml``; `text` says whose claims these are."""

    text: Words | None = None
    claims: list[Claim] = Field(default_factory=list)

    @model_validator(mode="after")
    def _of_a_text(self) -> ClaimsFile:
        if self.claims and self.text is None:
            raise ValueError("claims need a text that they are of")
        return self
