"""The campaign file of a case: plans as data, and the tables by which each side operates.

A campaign is a war on the map between the two powers: axes (ways through places), phases
(which axes run when), objectives, and for each side a table of operational rules. The
forces stand in ``tables/order_of_battle.csv``, the ground in the tables of places, links,
works, ports and depots.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from jukushi.case.schema import (
    Evidence,
    Identifier,
    Model,
    NonNegative,
    Probability,
    Rival,
    Sentence,
    Words,
    _fault,
)

__all__ = [
    "Axis",
    "Campaign",
    "CampaignsFile",
    "DepotRow",
    "OperationalRow",
    "OperationalTable",
    "OrderRow",
    "Phase",
    "PortRow",
    "Record",
    "Surface",
    "WorksRow",
]

MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
Order = Literal["attack", "hold", "withdraw", "counter_attack", "commit"]


class OperationalRow(Evidence):
    """One operational rule: in this situation a formation gets this order."""

    id: Identifier
    title: Words
    when: Sentence
    order: Order


class Breakdown(Evidence):
    """When a power's army in the theatre ceases to exist as an organised force."""

    when: Sentence


class OperationalTable(Model):
    """The rules of one power's formations, in order; the first true one is the order."""

    id: Identifier
    title: Words
    rows: Annotated[list[OperationalRow], Field(min_length=1, max_length=16)]
    breakdown: Breakdown


class Axis(Model):
    """A way through places along which formations move; `then` takes over at its end."""

    id: Identifier
    title: Words
    power: Identifier
    path: Annotated[list[Identifier], Field(min_length=1, max_length=16)]
    then: Identifier | None = None


class Phase(Model):
    """Axes that open together, when the condition holds (the first phase opens at once)."""

    id: Identifier
    title: Words
    power: Identifier
    axes: Annotated[list[Identifier], Field(min_length=1)]
    objectives: Annotated[list[Identifier], Field(max_length=12)] = Field(default_factory=list)
    when: Sentence | None = None


class Success(Evidence):
    """What the staff calls success: these places held by the attacker, by this day."""

    places: Annotated[list[Identifier], Field(min_length=1, max_length=12)]
    by: date


class Record(Evidence):
    """What the record says of a campaign that was fought, to hold the model against.

    `quantity` says what is counted: men killed, wounded or sick (`lost`), prisoners
    (`captured`), tanks and aircraft lost in action, of a `power`; the day a `place` was taken
    or a `power`'s army broke down, in days since the opening; km that an `axis` was carried
    forward by the campaign's marked day.
    """

    id: Identifier
    quantity: Literal[
        "lost", "captured", "tanks_lost", "aircraft_lost", "collapse_days", "taken", "advance_km"
    ]
    power: Identifier | None = None
    place: Identifier | None = None
    axis: Identifier | None = None
    value: NonNegative
    rivals: list[Rival] = Field(default_factory=list)

    @model_validator(mode="after")
    def _of_one_thing(self) -> Record:
        needed = {"taken": "place", "advance_km": "axis"}.get(self.quantity, "power")
        given = [key for key in ("power", "place", "axis") if getattr(self, key) is not None]
        if given != [needed]:
            raise _fault(needed, f"{self.quantity} is recorded of a {needed}, and of nothing else")
        if not all(isinstance(rival.value, float) for rival in self.rivals):
            raise _fault("rivals", "a rival value here is a number")
        return self


class Campaign(Evidence):
    """A war on the map from given forces.

    `surprise`, `quality`, `air_quality` and `sea` name parameters: the level of surprise, the
    log quality of the prey's men and of its aircraft less the hunter's, and the share of the
    sea that the hunter rules.
    """

    id: Identifier
    title: Words
    plan: Identifier | None = None
    attacker: Identifier
    defender: Identifier
    opens: date
    days: Annotated[int, Field(ge=7, le=400)]
    mark_day: Annotated[int, Field(ge=0, le=400)] = 11
    opens_with: Literal["north", "entry"] | None = None
    allies: dict[Identifier, Identifier] = Field(default_factory=dict)
    orders_of_battle: Annotated[list[Identifier], Field(min_length=1)]
    rules: dict[Identifier, Identifier]
    surprise: Identifier
    quality: Identifier
    air_quality: Identifier
    sea: Identifier
    axes: Annotated[list[Axis], Field(min_length=1, max_length=40)]
    phases: Annotated[list[Phase], Field(min_length=1, max_length=12)]
    objectives: Annotated[list[Identifier], Field(min_length=1, max_length=12)]
    success: Success
    record: list[Record] = Field(default_factory=list)
    record_note: Words | None = None

    @model_validator(mode="after")
    def _two_sides(self) -> Campaign:
        if self.attacker == self.defender:
            raise _fault("defender", "attacker and defender must be two powers")
        if set(self.rules) != {self.attacker, self.defender}:
            raise _fault("rules", "a campaign needs one table of rules for each of its two powers")
        if self.phases[0].when is not None:
            raise _fault("phases", "the first phase opens at once: it has no condition")
        return self


class CampaignsFile(Model):
    """``campaigns.yaml``"""

    tables: list[OperationalTable] = Field(default_factory=list)
    campaigns: list[Campaign] = Field(default_factory=list)


class SurfaceReference(Model):
    """Strengths at which the surface's logs are zero."""

    divisions: Annotated[float, Field(gt=0)]
    prey_men: Annotated[float, Field(gt=0)]
    prey_tanks: Annotated[float, Field(gt=0)]
    prey_aircraft: Annotated[float, Field(gt=0)]


class SurfaceError(Model):
    """How far the surface is from fresh runs of the campaign model."""

    points: Annotated[int, Field(ge=1)]
    campaigns: Annotated[int, Field(ge=1)]
    root_mean_square: NonNegative
    largest: NonNegative
    bias: float


class Surface(Evidence):
    """``surface.yaml``: the staff's estimate of success, fitted to campaigns on the map.

    Written by ``jukushi fit CASE --surface``; the log odds of success are the sum of the
    coefficients times their terms.
    """

    campaign: Identifier
    by: date
    campaigns_fitted: Annotated[int, Field(ge=1)]
    inputs: Sentence
    reference: SurfaceReference
    error: SurfaceError
    coefficients: dict[Identifier, float]


class WorksRow(Evidence):
    """Permanent works at a place: which share of its defence stands in them, and when."""

    place: Identifier
    power: Identifier
    fortified: Probability
    since: date
    until: date
    note: str = ""


class PortRow(Evidence):
    """What a port can land in a day, and when ice closes it (empty: never)."""

    place: Identifier
    tons_per_day: NonNegative
    ice_from: MonthDay | None = None
    ice_until: MonthDay | None = None
    note: str = ""

    @model_validator(mode="after")
    def _both(self) -> PortRow:
        if (self.ice_from is None) != (self.ice_until is None):
            raise _fault("ice_until", "ice needs both ends, or neither")
        return self


class DepotRow(Evidence):
    """Supplies of a power at a place: a stock, and what is made or brought in each day."""

    place: Identifier
    power: Identifier
    stock_tons: NonNegative
    tons_per_day: NonNegative
    since: date
    until: date
    note: str = ""


class OrderRow(Evidence):
    """One formation of an order of battle."""

    order: Identifier
    power: Identifier
    formation: Identifier
    name_en: Sentence
    name_fr: Sentence
    role: Literal["line", "reserve", "air"]
    place: Identifier
    axis: Identifier | None = None
    divisions: NonNegative | None = None
    men: NonNegative
    tanks: NonNegative
    guns: NonNegative
    aircraft: NonNegative
    motor: Probability
    arrives_day: NonNegative
    note: str = ""
