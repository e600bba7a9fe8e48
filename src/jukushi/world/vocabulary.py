"""Opening a case: what its expressions may name, and the one function that reads it."""

from __future__ import annotations

from pathlib import Path

from jukushi.case.load import Case, find_case, load_case
from jukushi.case.vocabulary import Vocabulary
from jukushi.world.calendar import SCHEDULES, WEEK_FIELDS
from jukushi.world.parameters import NEEDED, SPARE_PARAMETERS
from jukushi.world.state import FIELDS
from jukushi.world.surface import TERMS

__all__ = ["ACTIONS", "open_case", "vocabulary"]

#: Words of the calendar that rules may not use: the scripted record, which no power knows,
#: and the raw material of the seasons, whose outcome is a state field.
_NOT_FOR_RULES = {
    *SCHEDULES,
    *(field.name for field in FIELDS),
    "rules_due",
    *(f"{place}_{when}" for place in ("mobility", "theatre") for when in ("before", "after")),
}

#: What a table may do, by role. `jukushi.mechanisms.decisions` gives each its effect.
ACTIONS: dict[str, tuple[str, ...]] = {
    "hunter": ("hold", "open_north", "open_north_collapse", "choose_south"),
    "prey": ("hold", "strip_garrison", "transfer", "hold_garrison", "denounce_pact", "strike"),
}


def vocabulary() -> Vocabulary:
    """Return everything a case may speak of."""
    return Vocabulary(
        fields={
            role: {field.name: field.unit for field in FIELDS if field.known_to in (role, "both")}
            for role in ("hunter", "prey")
        },
        all_fields={field.name: field.unit for field in FIELDS},
        week={name: unit for name, unit, _ in WEEK_FIELDS if name not in _NOT_FOR_RULES},
        parameters=dict(NEEDED),
        schedules=SCHEDULES,
        actions=ACTIONS,
        spare_parameters=SPARE_PARAMETERS,
        surface_terms=TERMS,
    )


def open_case(name: str | Path) -> Case:
    """Find, read and check a case by name or path; raises CaseError with all problems."""
    return load_case(find_case(str(name)), vocabulary())
