"""The case schema: what each file of a case may hold.

Published as JSON schema in ``docs/formats/case.schema.json``; a test keeps the two equal.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

__all__ = [
    "FAULT",
    "SCHEMA_VERSION",
    "Calendar",
    "CaseHeader",
    "Change",
    "Factor",
    "FactorsFile",
    "Outcome",
    "OutcomesFile",
    "Pact",
    "Parameter",
    "Plan",
    "Reading",
    "Schedule",
    "Words",
]

SCHEMA_VERSION = "jukushi-case/1"

#: Type of the errors that `_fault` makes.
FAULT = "fault"

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
#: `doctrine`, `expected_value`, another table of the case, or `preset:` and a table of a game.
DeciderName = Annotated[str, Field(pattern=r"^(preset:)?[a-z][a-z0-9_]{1,63}$")]
Probability = Annotated[float, Field(ge=0, le=1)]
NonNegative = Annotated[float, Field(ge=0)]
Status = Literal["sourced", "recalled", "assumption"]
Confidence = Literal["high", "medium", "low"]
Sentence = Annotated[str, Field(min_length=1, max_length=4000)]


def _fault(key: str, message: str) -> PydanticCustomError:
    """Return an error of a rule over several keys that blames one, so that its line is shown."""
    return PydanticCustomError(FAULT, "{message}", {"key": key, "message": message})


class Model(BaseModel):
    """Base: unknown keys are errors, numbers are finite, and values do not change."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False
    )


class Words(Model):
    """A text in both languages."""

    en: Sentence
    fr: Sentence

    def to(self, language: str) -> str:
        """Return the text in `language` (``en`` or ``fr``)."""
        return self.fr if language == "fr" else self.en


class Evidence(Model):
    """Where a number comes from."""

    status: Status
    source: Sentence
    confidence: Confidence
    evidence_date: date


class Power(Model):
    """A country: its role decides which part of the model it plays."""

    id: Identifier
    title: Words
    role: Literal["hunter", "prey", "ally", "rival", "quagmire"]
    decides_by: Literal["table", "schedule"]


class Period(Model):
    """First and last week (Mondays), and the week from which the world runs by itself."""

    start: date
    end: date
    runs_from: date

    @model_validator(mode="after")
    def _ordered(self) -> Period:
        if not self.start < self.runs_from < self.end:
            raise _fault("start", "start, runs_from and end must follow one another")
        for name, day in self:
            if day.weekday():
                raise _fault(name, "start, runs_from and end must be Mondays")
        if (self.end - self.start).days > 7 * 520:
            raise ValueError("the period must not be longer than 520 weeks")
        return self


class Defaults(Model):
    """What a question asks unless told otherwise."""

    outcome: Identifier
    decision_maker: DeciderName
    collapse: bool
    factors: Annotated[list[Identifier], Field(min_length=1, max_length=12)]


class CaseHeader(Model):
    """``case.yaml``"""

    schema_: Literal["jukushi-case/1"] = Field(alias="schema")
    id: Identifier
    title: Words
    summary: Words
    licence: Sentence
    period: Period
    powers: Annotated[list[Power], Field(min_length=2, max_length=12)]
    defaults: Defaults


class Range(Model):
    """How uncertain a number is: exactly one of these."""

    fixed: Literal[True] | None = None
    normal: Annotated[float, Field(gt=0)] | None = None
    lognormal: Annotated[float, Field(gt=0, lt=5)] | None = None
    uniform: tuple[float, float] | None = None
    beta: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]] | None = None

    @model_validator(mode="after")
    def _one(self) -> Range:
        given = [name for name, value in self if value is not None]
        if len(given) != 1:
            raise ValueError("a range is exactly one of fixed, normal, lognormal, uniform, beta")
        if self.uniform is not None and not self.uniform[0] < self.uniform[1]:
            raise ValueError("a uniform range must be [low, high] with low below high")
        return self

    @property
    def kind(self) -> str:
        """Name of the distribution."""
        return next(name for name, value in self if value is not None)


class Record(Model):
    """A pointer to one cell of a table of the case."""

    table: Literal["forces", "front", "economy"]
    date: date
    column: Identifier
    power: Identifier | None = None
    formation: Identifier | None = None
    perspective: Identifier | None = None
    series: Identifier | None = None
    confidence: Confidence | None = None
    times: float = 1.0


class Derived(Model):
    """A number that follows from another part of the case."""

    rail: tuple[Identifier, Identifier] | None = None
    military_share: Probability | None = None
    trains_per_division: Annotated[float, Field(gt=0)] | None = None
    pact: Identifier | None = None
    plan: Identifier | None = None
    stage: Identifier | None = None
    field: Identifier | None = None

    @model_validator(mode="after")
    def _one(self) -> Derived:
        given = [name for name in ("rail", "pact", "plan") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a derived value is exactly one of rail, pact, plan")
        if self.rail is not None and None in (self.military_share, self.trains_per_division):
            raise ValueError("a rail value needs military_share and trains_per_division")
        if self.rail is None and self.field is None:
            raise ValueError("a value from a pact or plan needs a field")
        return self


class Rival(Model):
    """Another value for the same thing, and who holds it."""

    value: float | date
    source: Sentence
    confidence: Confidence


class Earlier(Evidence):
    """The same number as it could have been given earlier, with what was knowable then."""

    value: float | date | None = None
    range: Range
    note: str = ""


class Parameter(Evidence):
    """One number of the model with its range, source and rival values.

    `informed_by` says which part of the record its value or range was set by looking at: `fit`,
    `score`, or `neither` (nothing of the record bears on it); None where nobody has said.
    """

    id: Identifier
    group: Identifier
    title: Words
    unit: str
    value: float | date | None = None
    record: Record | None = None
    derived: Derived | None = None
    range: Range
    relative: bool = False
    rivals: list[Rival] = []
    informed_by: Literal["fit", "score", "neither"] | None = None
    earlier: list[Earlier] = []
    note: str = ""

    @model_validator(mode="after")
    def _one_value(self) -> Parameter:
        given = [name for name in ("value", "record", "derived") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a parameter has exactly one of value, record, derived")
        number = self.value if isinstance(self.value, float | int) else None
        if self.unit in ("probability", "share", "switch") and number is not None:
            if not 0 <= number <= 1:
                raise _fault("value", f"a {self.unit} must lie between 0 and 1")
            if (
                self.range.uniform
                and not self.relative
                and (self.range.uniform[0] < 0 or self.range.uniform[1] > 1)
            ):
                raise _fault("range", f"the range of a {self.unit} must lie between 0 and 1")
        if self.unit in _NEVER_NEGATIVE and number is not None and number < 0:
            raise _fault("value", f"a stock or rate in {self.unit} cannot be negative")
        if self.range.lognormal is not None and number is not None and number <= 0:
            raise _fault("value", "a lognormal range needs a positive value")
        if self.range.uniform and number is not None and not self.relative:
            low, high = self.range.uniform
            if not low <= number <= high:
                raise _fault("value", "the value must lie inside its uniform range")
        if self.range.beta and number is not None:
            a, b = self.range.beta
            if abs(number - a / (a + b)) > 0.01:
                mean = a / (a + b)
                raise _fault("value", f"the value must be the mean {mean:.3f} of its beta range")
        return self


_NEVER_NEGATIVE = {
    "divisions", "tanks", "aircraft", "thousand_men", "million_men", "Mt", "Mbbl",
    "divisions/week", "Mbbl/week", "tanks/week", "aircraft/week", "km/week", "weeks",
}  # fmt: skip


class ParametersFile(Model):
    """``parameters.yaml``"""

    parameters: list[Parameter]


class Window(Model):
    """One year's calendar of decision and season."""

    year: Annotated[int, Field(ge=1900, le=2000)]
    decide_from: date
    decide_until: date
    season_open: date
    season_close: date

    @model_validator(mode="after")
    def _ordered(self) -> Window:
        if not self.decide_from <= self.decide_until or not self.season_open <= self.season_close:
            raise ValueError("a window must open before it closes")
        return self


class DatedNote(Evidence):
    """A date of the case with what happened and the source."""

    date: date
    title: Words


class Conference(DatedNote):
    """A meeting that can decide for war: of the services and the cabinet, before the throne,
    or of the army alone.
    """

    kind: Literal["liaison", "imperial", "army"] = "liaison"


class Mud(Evidence):
    """A spell of mud that returns every year, from one day of the year to another."""

    begins: Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")]
    ends: Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")]
    movement: Probability


class CalendarFile(Model):
    """``calendar.yaml``: when decisions can be made, counts come in, battles were fought."""

    conferences: list[Conference]
    conferences_from: date
    conferences_every: Annotated[int, Field(ge=1, le=52)]
    imperial_every: Annotated[int, Field(ge=1, le=520)] | None = None
    recounts: list[DatedNote]
    recounts_from: date
    recounts_every: Annotated[int, Field(ge=1, le=52)]
    windows: Annotated[list[Window], Field(min_length=1)]
    mud: list[Mud]
    battles: dict[Literal["khasan", "khalkhin_gol"], DatedNote]
    agent_from: date
    agent_until: date
    first_winter_from: date
    first_winter_until: date
    first_summer_until: date
    locks_from: date
    locks_months: Annotated[int, Field(ge=1, le=19)]

    @model_validator(mode="after")
    def _throne(self) -> CalendarFile:
        if self.imperial_every is not None and self.imperial_every % self.conferences_every:
            raise _fault("imperial_every", "imperial_every must be a multiple of conferences_every")
        return self


Calendar = CalendarFile


class Point(Model):
    """One value of a schedule."""

    date: date
    value: float


class Schedule(Evidence):
    """A number that changes on given dates."""

    id: Identifier
    title: Words
    unit: str
    interpolation: Literal["step", "linear"]
    points: list[Point] | None = None
    column: Identifier | None = None
    times: float = 1.0

    @model_validator(mode="after")
    def _one(self) -> Schedule:
        if (self.points is None) == (self.column is None):
            raise ValueError("a schedule has either points or a column of the front table")
        if self.points is not None:
            if not self.points:
                raise _fault("points", "a schedule needs at least one point")
            days = [point.date for point in self.points]
            if days != sorted(set(days)):
                raise _fault("points", "the points of a schedule must be in order of date")
        return self


class SchedulesFile(Model):
    """``schedules.yaml``"""

    schedules: list[Schedule]


class Clause(Model):
    """One term of a pact; it may lean on other clauses of the same pact."""

    id: Identifier
    text: Words
    depends_on: list[Identifier] = []


class Pact(Evidence):
    """A treaty: parties, dates, terms, notice, and what breaking it costs."""

    id: Identifier
    title: Words
    parties: Annotated[list[Identifier], Field(min_length=2)]
    signed: date
    in_force: date
    expires: date
    denounced: date | None = None
    notice: Words
    breach_cost: Identifier | None = None
    clauses: Annotated[list[Clause], Field(min_length=1)]

    @model_validator(mode="after")
    def _ordered(self) -> Pact:
        if not self.signed <= self.in_force <= self.expires:
            raise _fault("in_force", "a pact is signed, comes into force and expires in this order")
        return self


class PactsFile(Model):
    """``pacts.yaml``"""

    pacts: list[Pact]


class Stage(Evidence):
    """A stage or variant of a plan."""

    id: Identifier
    title: Words
    divisions: NonNegative | None = None
    men: NonNegative | None = None
    shipping_mt: NonNegative | None = None
    ready: date | None = None
    objectives: list[Identifier] = []


class Plan(Evidence):
    """A war plan: who, from where, against what, in which stages."""

    id: Identifier
    title: Words
    power: Identifier
    base: Identifier
    ordered: date | None = None
    by: list[Literal["rail", "road", "river", "sea"]]
    objectives: Annotated[list[Identifier], Field(min_length=1)]
    stages: Annotated[list[Stage], Field(min_length=1)]


class PlansFile(Model):
    """``plans.yaml``"""

    plans: list[Plan]


class Belief(Model):
    """What a power believes, the field that holds it, and how it errs."""

    id: Identifier
    title: Words
    power: Identifier
    about: Identifier
    field: Identifier
    truth: Identifier | None = None
    errs_by: list[Identifier] = []


class BeliefsFile(Model):
    """``beliefs.yaml``"""

    beliefs: list[Belief]


class Change(Model):
    """What a reading changes in one parameter: set it, scale it, or add to it.

    `range` gives it another distribution (about `set`, or its own centre); `follows` scales it
    by as much as another parameter has been scaled by the changes before.
    """

    parameter: Identifier
    set: float | date | None = None
    times: float | None = None
    add: float | None = None
    range: Range | None = None
    follows: Identifier | None = None

    @model_validator(mode="after")
    def _one(self) -> Change:
        ways = (self.set if self.range is None else None, self.times, self.add, self.range)
        if sum(value is not None for value in (*ways, self.follows)) != 1:
            raise ValueError("a change is exactly one of set, times, add, range, follows")
        return self


class Reading(Model):
    """One meaning of a factor's absence: what changes, when, how big a rewrite, what it leaves."""

    id: Identifier
    title: Words
    changes: Annotated[list[Change], Field(min_length=1)]
    since: date
    rewrite: Literal["small", "medium", "large"]
    leaves: Words


class Factor(Model):
    """Something a "why" can switch to its counterfactual setting.

    `deciders` names the decision-makers of the hunter that it applies to; a factor that names
    none applies to all (the loaded case lists them).
    """

    id: Identifier
    title: Words
    hypothesis: Words
    held_by: str
    deciders: list[DeciderName] = []
    readings: Annotated[list[Reading], Field(min_length=1)]
    placebo: bool = False


class FactorsFile(Model):
    """``factors.yaml``; the first reading of each factor is its default."""

    factors: list[Factor]


class Outcome(Model):
    """An event that a question may ask about."""

    id: Identifier
    title: Words
    sentence: Words
    event: Literal[
        "north", "south", "entry", "collapse", "ally_defeat", "surrender", "taken", "destroyed"
    ]
    by: date
    happened: bool
    happened_on: date | None = None
    campaign: Identifier | None = None
    place: Identifier | None = None
    within_days: Annotated[int, Field(ge=1, le=400)] | None = None

    @model_validator(mode="after")
    def _of_a_campaign(self) -> Outcome:
        if (self.event in ("taken", "destroyed")) != (self.campaign is not None):
            raise _fault("campaign", "taken and destroyed belong to a campaign, others to none")
        if (self.event == "taken") != (self.place is not None):
            raise _fault("place", "only what is taken has a place")
        if (self.event == "destroyed") != (self.within_days is not None):
            raise _fault("within_days", "only what is destroyed has a number of days")
        return self


class OutcomesFile(Model):
    """``outcomes.yaml``"""

    outcomes: list[Outcome]
