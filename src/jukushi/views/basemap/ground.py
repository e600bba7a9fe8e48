"""The ground: land, rivers, lakes and the bends of ways, read once and put on the sheet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jukushi.views.projection import NORTH_EAST_ASIA

__all__ = ["Frame", "Ground", "along", "base_layer", "ground", "line_path"]

Points = NDArray[np.float64]
Way = tuple[str, str, str]  # kind, origin, destination

#: Points closer than this on the screen are one: the eye cannot tell, and files stay small.
_SAME_PX = 0.7
#: The land of each polity takes the tint of the side that held it.
_TINT = {"JPN": "east", "MAN": "east", "MEN": "east", "SUN": "west", "MNG": "west", "TUV": "west"}


@dataclass(frozen=True)
class Ground:
    """Everything under the marks, in kilometres of the sheet.

    Attributes
    ----------
    land : mapping of str to list of arrays
        Outlines by polity of 1939.
    rivers, lakes, borders : list of arrays
    ways : mapping
        Points by which a way bends, by (kind, origin, destination).
    names : list of (str, float, float)
        Where the name of a polity may stand.
    """

    land: Mapping[str, list[Points]]
    rivers: list[Points]
    lakes: list[Points]
    borders: list[Points]
    ways: Mapping[Way, Points]
    names: list[tuple[str, float, float]]


@dataclass(frozen=True)
class Frame:
    """A window on the sheet and its place in the picture.

    Parameters
    ----------
    box : (float, float, float, float)
        West, south, east and north edge in kilometres of the sheet.
    left, top : float
        Upper left corner in the picture, pixels.
    width : float
        Width in the picture, pixels.
    """

    box: tuple[float, float, float, float]
    left: float
    top: float
    width: float

    @property
    def scale(self) -> float:
        """Pixels for one kilometre."""
        return self.width / (self.box[2] - self.box[0])

    @property
    def height(self) -> float:
        """Height in the picture, pixels."""
        return (self.box[3] - self.box[1]) * self.scale

    def px(self, points: Points) -> Points:
        """Put points of the sheet (n, 2) into the picture."""
        x = self.left + (points[..., 0] - self.box[0]) * self.scale
        y = self.top + (self.box[3] - points[..., 1]) * self.scale
        return np.stack([x, y], axis=-1)

    def shows(self, point: Points) -> bool:
        """Say whether a point of the sheet lies inside."""
        west, south, east, north = self.box
        return bool(west <= point[0] <= east and south <= point[1] <= north)


def _sheet(coordinates: Any) -> Points:
    lon, lat = np.asarray(coordinates, dtype=float).T
    return np.stack(NORTH_EAST_ASIA.forward(lon, lat), axis=-1)


def _features() -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
    folder = resources.files("jukushi.views").joinpath("basemap")
    for name in ("land.geojson", "drawn.geojson"):
        data = json.loads(folder.joinpath(name).read_text(encoding="utf-8"))
        for feature in data["features"]:
            yield feature["properties"], feature["geometry"]


def _outlines(geometry: dict[str, Any]) -> list[Points]:
    several = geometry["coordinates"]
    polygons = several if geometry["type"] == "MultiPolygon" else [several]
    return [_sheet(ring) for polygon in polygons for ring in polygon]


@cache
def ground() -> Ground:
    """Read the base map."""
    read = Ground({}, [], [], [], {}, [])
    land, ways = dict(read.land), dict(read.ways)
    for properties, geometry in _features():
        match properties["kind"]:
            case "land":
                land[properties["polity"]] = _outlines(geometry)
            case "lake":
                read.lakes.extend(_outlines(geometry))
            case "river":
                read.rivers.append(_sheet(geometry["coordinates"]))
            case "border":
                read.borders.extend(_sheet(line) for line in geometry["coordinates"])
            case "way":
                key = (properties["link"], properties["origin"], properties["destination"])
                ways[key] = _sheet(geometry["coordinates"])
            case "name":
                x, y = _sheet([geometry["coordinates"]])[0]
                read.names.append((properties["polity"], float(x), float(y)))
    return replace(read, land=land, ways=ways)


def along(line: Points, share: float) -> tuple[Points, Points]:
    """Return the point at a share of the length of a line, and the part up to it."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    gone = min(max(share, 0.0), 1.0) * float(steps.sum())
    before = 0.0
    for number, step in enumerate(steps):
        if gone <= before + step or number == len(steps) - 1:
            part = (gone - before) / step if step else 0.0
            point = line[number] + part * (line[number + 1] - line[number])
            return point, np.vstack([line[: number + 1], point])
        before += float(step)
    return line[0], line[:1]


def _thin(points: Points) -> Points:
    """Drop points that would fall on the one before."""
    kept = [points[0]]
    for point in points[1:-1]:
        if np.abs(point - kept[-1]).max() >= _SAME_PX:
            kept.append(point)
    return np.array([*kept, points[-1]])


def line_path(points: Points, closed: bool = False) -> str:
    """Return the ``d`` of a path through points of the picture."""
    steps = "L".join(f"{x:.1f} {y:.1f}" for x, y in _thin(points))
    return f"M{steps}Z" if closed else f"M{steps}"


def _near(points: Points, frame: Frame) -> bool:
    """Whether a line may be seen in the frame; the clip does the rest."""
    west, south, east, north = frame.box
    low, high = points.min(axis=0), points.max(axis=0)
    return bool(low[0] <= east and high[0] >= west and low[1] <= north and high[1] >= south)


def _area(outlines: list[Points], frame: Frame, kind: str) -> str:
    paths = "".join(
        line_path(frame.px(points), closed=True) for points in outlines if _near(points, frame)
    )
    return f'<path class="{kind}" d="{paths}"/>' if paths else ""


def _lines(lines: list[Points], frame: Frame, kind: str) -> str:
    paths = "".join(line_path(frame.px(line)) for line in lines if _near(line, frame))
    return f'<path class="{kind}" d="{paths}"/>' if paths else ""


def base_layer(frame: Frame, under: str = "") -> str:
    """Draw sea, what lies on the sea (`under`), land, borders, lakes and rivers."""
    sheet = ground()
    x, y = f'x="{frame.left:.1f}"', f'y="{frame.top:.1f}"'
    sea = f'<rect class="jm-sea" {x} {y} width="{frame.width:.1f}" height="{frame.height:.1f}"/>'
    land = [
        _area(outlines, frame, f"jm-land jm-land-{_TINT.get(polity, 'other')}")
        for polity, outlines in sheet.land.items()
    ]
    water = [_area(sheet.lakes, frame, "jm-lake")]
    lines = [_lines(sheet.borders, frame, "jm-border"), _lines(sheet.rivers, frame, "jm-river")]
    return sea + under + "".join([*land, *lines, *water])


def cross_at(line: Points) -> tuple[Points, float]:
    """Middle of a line and its direction there (radians), for a mark across it."""
    middle, _ = along(line, 0.5)
    steps = list(pairwise(line))
    nearest = min(steps, key=lambda s: float(np.hypot(*((s[0] + s[1]) / 2 - middle))))
    way = nearest[1] - nearest[0]
    return middle, float(np.arctan2(way[1], way[0]))
