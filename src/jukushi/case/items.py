"""Entries of a section one by one, so that one bad entry hides no fault of the others."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from jukushi.case.documents import Document
from jukushi.case.sections import SECTIONS

__all__ = ["readable_items"]


def readable_items(document: Document, attribute: str) -> list[tuple[int, Any]]:
    """Return (place, entry) of each entry of a list section that is valid by itself."""
    field = SECTIONS[document.path].model_fields.get(attribute)
    listed = document.data.get(attribute) if isinstance(document.data, dict) else None
    models = get_args(field.annotation) if field is not None else ()
    if not isinstance(listed, list) or not models or not issubclass(models[0], BaseModel):
        return []
    found = []
    for place, entry in enumerate(listed):
        try:
            found.append((place, models[0].model_validate(entry)))
        except ValidationError:
            continue  # reported when the whole file was read
    return found
