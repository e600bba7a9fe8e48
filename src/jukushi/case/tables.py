"""The tables of a case: what a row of each CSV file may hold, and the columns in order.

Together with `jukushi.case.schema` this is the case schema, published as JSON schema in
``docs/formats/case.schema.json``; a test keeps the two equal.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from jukushi.case.campaigns import DepotRow, OrderRow, PortRow, WorksRow
from jukushi.case.schema import (
    SCHEMA_VERSION,
    Evidence,
    Identifier,
    Model,
    NonNegative,
    Probability,
    Sentence,
)
from jukushi.case.sections import SECTIONS

__all__ = ["TABLES", "EconomyRow", "ForceRow", "FrontRow", "LinkRow", "PlaceRow", "json_schema"]


class PlaceRow(Evidence):
    """One place."""

    id: Identifier
    name_en: Sentence
    name_fr: Sentence
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    holder: Identifier
    role: str = ""


class LinkRow(Evidence):
    """One way between two places."""

    origin: Identifier
    destination: Identifier
    km: Annotated[float, Field(gt=0)]
    kind: Literal["rail", "road", "river", "sea"]
    tracks: Literal["single", "double"] | None = None
    terrain: str = ""
    area: Identifier | None = None
    relief: Literal["flat", "rolling", "rugged"] = "rolling"
    cover: Literal["bare", "mixed", "wood", "desert"] = "mixed"
    crossing: Probability = 0.0
    train_pairs_per_day: NonNegative | None = None
    note: str = ""


class ForceRow(Evidence):
    """Strength of a formation on a date, as it was or as somebody believed."""

    date: date
    power: Identifier
    formation: Identifier
    perspective: Identifier
    divisions: NonNegative | None = None
    men: NonNegative | None = None
    tanks: NonNegative | None = None
    guns: NonNegative | None = None
    aircraft: NonNegative | None = None
    note: str = ""


class FrontRow(Evidence):
    """The distant front on a date."""

    date: date
    km_from_moscow: float | None = None
    german_men: NonNegative | None = None
    axis_men: NonNegative | None = None
    soviet_men: NonNegative | None = None
    german_losses_cumulative: NonNegative | None = None
    soviet_irrecoverable_quarter: NonNegative | None = None
    soviet_sanitary_quarter: NonNegative | None = None
    state_en: str = ""
    state_fr: str = ""


class EconomyRow(Evidence):
    """One figure of the economy; the date may be a year, quarter, month or day."""

    date: Annotated[str, Field(pattern=r"^\d{4}(-Q[1-4]|-\d{2}(-\d{2})?)?$")]
    series: Identifier
    value: float
    unit: Sentence
    place: str = ""
    note: str = ""


class WeatherRow(Evidence):
    """Movement factor of a month in an area."""

    month: Annotated[int, Field(ge=1, le=12)]
    area: Identifier
    mechanised: Probability
    infantry: Probability
    note: str = ""


class TimelineRow(Evidence):
    """One event of the record."""

    date: date
    power: Identifier
    kind: Identifier
    event_en: Sentence
    event_fr: Sentence
    figure: float | None = None
    unit: str = ""


_EVIDENCE = ("status", "source", "confidence", "evidence_date")


def _columns(text: str, last: str = "") -> tuple[str, ...]:
    tail = (last,) if last else ()
    return (*text.split(","), *_EVIDENCE, *tail)


#: CSV tables of a case, the model of a row, and the columns in order.
TABLES: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "places": (PlaceRow, _columns("id,name_en,name_fr,lat,lon,holder,role")),
    "links": (
        LinkRow,
        _columns(
            "origin,destination,km,kind,tracks,terrain,area,relief,cover,crossing,"
            "train_pairs_per_day",
            "note",
        ),
    ),
    "forces": (
        ForceRow,
        _columns("date,power,formation,perspective,divisions,men,tanks,guns,aircraft", "note"),
    ),
    "front": (
        FrontRow,
        _columns(
            "date,km_from_moscow,german_men,axis_men,soviet_men,german_losses_cumulative,"
            "soviet_irrecoverable_quarter,soviet_sanitary_quarter,state_en,state_fr"
        ),
    ),
    "economy": (EconomyRow, _columns("date,series,value,unit,place", "note")),
    "weather": (WeatherRow, _columns("month,area,mechanised,infantry", "note")),
    "timeline": (TimelineRow, _columns("date,power,kind,event_en,event_fr,figure,unit")),
    "works": (WorksRow, _columns("place,power,fortified,since,until", "note")),
    "ports": (PortRow, _columns("place,tons_per_day,ice_from,ice_until", "note")),
    "depots": (DepotRow, _columns("place,power,stock_tons,tons_per_day,since,until", "note")),
    "order_of_battle": (
        OrderRow,
        (
            *["order", "power", "formation", "name_en", "name_fr", "role", "place", "axis"],
            *["divisions", "men", "tanks", "guns", "aircraft", "motor", "arrives_day"],
            *_EVIDENCE,
            "note",
        ),
    ),
}


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a whole case: one definition per file and per table row."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA_VERSION,
        "files": {name: model.model_json_schema() for name, model in SECTIONS.items()},
        "tables": {
            f"tables/{name}.csv": row.model_json_schema() for name, (row, _) in TABLES.items()
        },
    }
