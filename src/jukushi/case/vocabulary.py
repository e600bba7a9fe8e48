"""What a case may speak of: handed down by the world, so that the case need not import it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Vocabulary"]


@dataclass(frozen=True)
class Vocabulary:
    """Names a case may use, with their units.

    Attributes
    ----------
    fields : mapping of role to mapping of name to unit
        State fields that the decisions of ``hunter`` and ``prey`` may read.
    all_fields : mapping of name to unit
        Every state field.
    week : mapping of name to unit
        Words of the calendar.
    parameters : mapping of name to unit
        Parameters that the mechanisms need.
    schedules : mapping of name to unit
        Schedules that the calendar needs.
    actions : mapping of role to names
        What a table of that role may do.
    spare_parameters : int
        How many further parameters a case may declare for its own expressions.
    surface_terms : tuple of str
        Coefficients of the staff's estimate of success.
    """

    fields: Mapping[str, Mapping[str, str]]
    all_fields: Mapping[str, str]
    week: Mapping[str, str]
    parameters: Mapping[str, str]
    schedules: Mapping[str, str]
    actions: Mapping[str, tuple[str, ...]]
    spare_parameters: int
    surface_terms: tuple[str, ...] = ()
