"""Rules of a case: the gates of the attack, and the tables by which powers decide.

``doctrines.yaml`` holds the documented doctrine: the gates and one table for each of the two
powers. ``decision_makers.yaml``, which a case may leave out, holds other tables for the same
powers: factions, rules of published games, a prey that weighs values.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jukushi.case.schema import Evidence, Identifier, Model, Sentence, Words

__all__ = [
    "BUILT_IN",
    "DOCTRINE",
    "EXPECTED_VALUE",
    "DecisionMakersFile",
    "Doctrines",
    "DoctrinesFile",
    "Gate",
    "Origin",
    "Quantity",
    "Row",
    "Table",
]

#: Identifier of the tables in ``doctrines.yaml``.
DOCTRINE = "doctrine"
#: The decision-maker of the hunter that is no table (`jukushi.doctrines.expected_value`).
EXPECTED_VALUE = "expected_value"
#: Names that no table of a role may have, since the model gives them a meaning of its own.
BUILT_IN: dict[str, tuple[str, ...]] = {
    "hunter": (EXPECTED_VALUE, "script", "policy", "human", "waits"),
    "prey": ("script", "policy", "human"),
}


class Gate(Evidence):
    """One named condition of the attack: open when its margin is not negative."""

    id: Identifier
    title: Words
    margin: str
    scale: Annotated[float, Field(gt=0)]


class Quantity(Evidence):
    """A named number or condition of a table, for its rows and the quantities after it."""

    id: Identifier
    title: Words
    value: str
    unit: str | None = None


class Row(Evidence):
    """One rule of a table: when this is believed, do that."""

    id: Identifier
    title: Words
    when: str
    action: Identifier


class Origin(Model):
    """The published game that a table translates.

    `read` is false if the rule was recalled, not looked up; `lost` says what of it could not be
    carried over.
    """

    game: Sentence
    rule: Sentence
    read: bool
    lost: Words


class Table(Model):
    """The rules of one power, in order; the first true one is its act."""

    id: Identifier = DOCTRINE
    power: Identifier
    title: Words
    origin: Origin | None = None
    quantities: Annotated[list[Quantity], Field(default_factory=list, max_length=48)]
    rows: Annotated[list[Row], Field(min_length=1, max_length=24)]

    @property
    def name(self) -> str:
        """What a question calls it: the identifier, after ``preset:`` if it is a game's rule."""
        return f"preset:{self.id}" if self.origin else self.id


class DoctrinesFile(Model):
    """``doctrines.yaml``"""

    gates: Annotated[list[Gate], Field(min_length=1, max_length=12)]
    tables: Annotated[list[Table], Field(min_length=2, max_length=2)]


Doctrines = DoctrinesFile


class DecisionMakersFile(Model):
    """``decision_makers.yaml``"""

    tables: Annotated[list[Table], Field(default_factory=list, max_length=40)]
