"""The map of a campaign, what is on it: a situation, and the symbols that stand for it."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jukushi.views.basemap.atlas import Atlas, Place
from jukushi.views.basemap.ground import Frame, along
from jukushi.views.basemap.style import SIDES
from jukushi.views.words import Words

__all__ = [
    "PRIMORYE",
    "SMALL",
    "TINY",
    "WIDE",
    "Drawing",
    "Mark",
    "Points",
    "Situation",
    "Sizes",
    "State",
    "frame_box",
    "holder_of",
    "inside",
    "joined_near",
    "marks_of",
    "names_shown",
    "scale_of",
    "summed_marks",
    "worth_enlarging",
]

Points = NDArray[np.float64]
State = Literal["attack", "hold", "withdraw", "move", "cut", "surrendered", "waiting"]
#: Edges of the theatre on the sheet, km: from Lake Baikal to Sakhalin, from Dairen to the north.
THEATRE = (-1690.0, -870.0, 1130.0, 930.0)
#: No map goes beyond these: there the base map ends.
_SHEET = (-2050.0, -1300.0, 2000.0, 1150.0)
#: The Maritime Province, where most of the fighting would be: drawn again, larger.
PRIMORYE = (40.0, -450.0, 600.0, 130.0)
#: Square pixels for a man on a map 900 pixels wide, and the largest symbol allowed.
_PX2_PER_MAN, _LARGEST_PX2 = 0.006, 1500.0


@dataclass(frozen=True)
class FormationMark:
    """A formation on the map.

    Parameters
    ----------
    name : str
        As it is to be read on the map.
    power : str
        Power of the case.
    men : float
        The area of its symbol is proportional to this.
    place : str
        Where it stands, or where it comes from.
    target : str or None
        Where it goes.
    share : float
        Part of the way to the target that lies behind it.
    state : str
        What it does.
    supply : float
        Part of its need that reaches it.
    """

    name: str
    power: str
    men: float
    place: str
    target: str | None
    share: float
    state: State
    supply: float


@dataclass(frozen=True)
class Situation:
    """One date of a campaign.

    Parameters
    ----------
    date : datetime.date
    title : str
        Name of the campaign or plan.
    finding : str
        What the map shows, as a sentence: it is the headline.
    holders : mapping of str to str
        Power by place; a place that is missing is held as in the tables of the case.
    formations : tuple of FormationMark
    damaged : frozenset of (str, str)
        Links that carry nothing, by their ends in either order.
    objectives : tuple of str
        Places that decide the campaign; always named.
    numbers : tuple of str
        Lines of text, such as losses.
    """

    date: datetime.date
    title: str
    finding: str
    holders: Mapping[str, str] = field(default_factory=dict)
    formations: tuple[FormationMark, ...] = ()
    damaged: frozenset[tuple[str, str]] = frozenset()
    objectives: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sizes:
    """Sizes in pixels for a width of map."""

    head: float
    text: float
    label: float
    symbols: float  # share of the full area of symbols


WIDE, SMALL, TINY = Sizes(17, 13, 12, 1.0), Sizes(15, 12, 11, 0.5), Sizes(13, 12, 11, 0.4)


@dataclass(frozen=True)
class Mark:
    """Formations that are drawn as one symbol, at a point of the sheet."""

    side: str
    state: str  # "sum" for several formations in different states
    men: float
    supply: float
    names: tuple[str, ...]
    at: Points
    way: Points | None = None
    share: float = 0.0

    @property
    def under_way(self) -> bool:
        """Whether it stands between two places; else it stands beside one."""
        return self.way is not None and 0.0 < self.share < 1.0


@dataclass(frozen=True)
class Drawing:
    """What every layer of one panel needs."""

    frame: Frame
    situation: Situation
    atlas: Atlas
    words: Words
    sizes: Sizes
    px2: float  # square pixels for one man
    prefix: str
    summed: tuple[float, float, float, float] | None = None  # drawn larger elsewhere
    brief: bool = False  # names of objectives only


def marks_of(situation: Situation, atlas: Atlas) -> list[Mark]:
    """Join formations that stand on the same spot and do the same; the largest first."""
    groups: dict[tuple[object, ...], list[FormationMark]] = {}
    for item in situation.formations:
        atlas.place(item.place)
        if item.men > 0 and math.isfinite(item.men):
            key = (atlas.side(item.power), item.place, item.target, _covered(item), item.state)
            groups.setdefault(key, []).append(item)
    marks = [_joined(items, atlas) for items in groups.values()]
    return sorted(marks, key=lambda mark: -mark.men)


def _covered(item: FormationMark) -> float:
    """Return the part of the way that is covered, to a hundredth."""
    return round(min(max(item.share, 0.0), 1.0), 2) if item.target else 0.0


def _joined(items: Sequence[FormationMark], atlas: Atlas) -> Mark:
    first, share = items[0], _covered(items[0])
    men = sum(item.men for item in items)
    way = atlas.way(first.place, first.target) if first.target else None
    at = atlas.place(first.place).at if way is None else along(way, share)[0]
    return Mark(
        side=atlas.side(first.power),
        state=first.state,
        men=men,
        supply=sum(item.supply * item.men for item in items) / men,
        names=tuple(item.name for item in items),
        at=at,
        way=way,
        share=share,
    )


def inside(point: Points, box: tuple[float, float, float, float] | None) -> bool:
    return box is not None and Frame(box, 0, 0, 1).shows(point)


def summed_marks(
    marks: Iterable[Mark], box: tuple[float, float, float, float] | None
) -> list[Mark]:
    """Replace the marks in a box that is drawn larger elsewhere by one sum for each side."""
    drawn = list(marks)
    kept = [mark for mark in drawn if not inside(mark.at, box)]
    for side in SIDES:
        found = [mark for mark in drawn if mark.side == side and inside(mark.at, box)]
        if found:
            kept.append(_sum(found))
    return sorted(kept, key=lambda mark: -mark.men)


def joined_near(marks: list[Mark], frame: Frame, px2: float) -> list[Mark]:
    """Join marks of one side that stand still and would cover each other on a small map."""
    kept: list[list[Mark]] = []
    for mark in marks:
        near = [group for group in kept if _covers(_sum(group), mark, frame, px2)]
        if near and not mark.under_way:
            near[0].append(mark)
        else:
            kept.append([mark])
    joined = [group[0] if len(group) == 1 else _sum(group) for group in kept]
    return sorted(joined, key=lambda mark: -mark.men)


def _covers(group: Mark, mark: Mark, frame: Frame, px2: float) -> bool:
    if group.side != mark.side or group.under_way:
        return False
    away = frame.px(group.at) - frame.px(mark.at)
    reach = math.sqrt(group.men * px2 / math.pi) + math.sqrt(mark.men * px2 / math.pi)
    return float(np.hypot(*away)) < reach + 7.0


def _sum(found: list[Mark]) -> Mark:
    if len(found) == 1:
        return found[0]
    men = sum(mark.men for mark in found)
    middle = sum((mark.men * mark.at for mark in found), np.zeros(2)) / men
    states = {mark.state for mark in found}
    return Mark(
        side=found[0].side,
        state=states.pop() if len(states) == 1 else "sum",
        men=men,
        supply=sum(mark.men * mark.supply for mark in found) / men,
        names=tuple(name for mark in found for name in mark.names),
        at=middle,
    )


def holder_of(situation: Situation, atlas: Atlas, place: Place) -> str:
    held = situation.holders.get(place.id)
    return place.side if held is None else atlas.side(held)


def names_shown(situation: Situation) -> set[str]:
    return {*situation.objectives, *(item.place for item in situation.formations)}


def frame_box(situations: Iterable[Situation], atlas: Atlas) -> tuple[float, float, float, float]:
    """Widen the theatre until it shows all objectives and formations that the sheet holds."""
    west, south, east, north = THEATRE
    for situation in situations:
        for name in names_shown(situation):
            x, y = atlas.place(name).at
            if _SHEET[0] < x < _SHEET[2] and _SHEET[1] < y < _SHEET[3]:
                west, east = min(west, x - 90), max(east, x + 90)
                south, north = min(south, y - 90), max(north, y + 90)
    return west, south, east, north


def scale_of(situations: Iterable[Situation], atlas: Atlas, sizes: Sizes) -> float:
    """Square pixels for a man: one scale for all symbols of a picture."""
    most = max(
        (mark.men for item in situations for mark in marks_of(item, atlas)),
        default=0.0,
    )
    wanted = min(_PX2_PER_MAN, _LARGEST_PX2 / most if most else _PX2_PER_MAN)
    return wanted * sizes.symbols


def worth_enlarging(situation: Situation, atlas: Atlas) -> bool:
    marks = marks_of(situation, atlas)
    aims = [atlas.place(name).at for name in situation.objectives]
    points = [*(mark.at for mark in marks), *aims]
    return sum(inside(point, PRIMORYE) for point in points) >= 2
