"""The atlas: the places and ways of a case, put on the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jukushi.case.load import Case
from jukushi.case.tables import LinkRow
from jukushi.errors import UsageError, nearest
from jukushi.views.basemap.ground import ground
from jukushi.views.projection import NORTH_EAST_ASIA
from jukushi.views.words import Words

__all__ = ["Atlas", "Link", "Place", "open_atlas"]

Points = NDArray[np.float64]

#: Who fought beside whom; the tables of a case name the holders of places, not their ties.
_BESIDE = {"manchukuo": "japan", "mengjiang": "japan", "mongolia": "ussr", "tuva": "ussr"}
#: Where several kinds of way join two places, a formation is drawn on the first of these.
_RANK = ("rail", "road", "river", "sea")


@dataclass(frozen=True)
class Place:
    """A place: its name in the language of the map, its point on the sheet, its first holder."""

    id: str
    name: str
    at: Points
    side: str


@dataclass(frozen=True)
class Link:
    """A way between two places with its line on the sheet."""

    origin: str
    destination: str
    kind: str
    line: Points


@dataclass(frozen=True)
class Atlas:
    """Places and ways of a case.

    Attributes
    ----------
    places : mapping of str to Place
    links : tuple of Link
    sides : mapping of str to str
        ``east`` (drawn as circles) or ``west`` (squares) by power.
    powers : mapping of str to str
        Name of the leading power of each side.
    """

    places: Mapping[str, Place]
    links: tuple[Link, ...]
    sides: Mapping[str, str]
    powers: Mapping[str, str]

    def place(self, name: str) -> Place:
        """Return a place; an unknown one is an error that names the nearest."""
        if name in self.places:
            return self.places[name]
        close = nearest(name, self.places)
        hint = f"did you mean {close!r}?" if close else "`places.csv` of the case lists them"
        raise UsageError(f"there is no place {name!r} on the map", hint=hint)

    def side(self, power: str) -> str:
        """Return the side of a power."""
        return self.sides.get(_BESIDE.get(power, power), "other")

    def way(self, origin: str, destination: str) -> Points:
        """Return the line from one place to another: their link, or straight across country."""
        ends = {origin, destination}
        found = [link for link in self.links if {link.origin, link.destination} == ends]
        if not found:
            return np.stack([self.place(origin).at, self.place(destination).at])
        link = min(found, key=lambda item: _RANK.index(item.kind))
        return link.line if link.origin == origin else link.line[::-1]


def open_atlas(case: Case, words: Words) -> Atlas:
    """Put the places and ways of a case on the sheet.

    Parameters
    ----------
    case : Case
        Its tables of places and links, and its two main powers.
    words : Words
        The language of the names.
    """
    hunter, prey = case.power_of("hunter"), case.power_of("prey")
    bare = Atlas({}, (), {hunter.id: "east", prey.id: "west"}, {})
    places = {}
    for row in case.tables["places"]:
        x, y = NORTH_EAST_ASIA.forward(row.lon, row.lat)
        name = row.name_fr if words.french else row.name_en
        places[row.id] = Place(row.id, name, np.array([x, y]), bare.side(row.holder))
    links = tuple(
        Link(row.origin, row.destination, row.kind, _line(row, places))
        for row in case.tables["links"]
    )
    names = {
        "east": hunter.title.to(words.language),
        "west": prey.title.to(words.language),
        "other": words("map.other"),
    }
    return Atlas(places, links, bare.sides, names)


def _line(row: LinkRow, places: Mapping[str, Place]) -> Points:
    """Draw a link through the bends that the base map knows; otherwise straight."""
    bends = ground().ways.get((row.kind, row.origin, row.destination), np.empty((0, 2)))
    return np.vstack([places[row.origin].at, bends, places[row.destination].at])
