# /// script
# requires-python = ">=3.11"
# dependencies = ["shapely>=2.1"]
# ///
"""Build the base map of the campaign maps again from the public files of Natural Earth.

    uv run verification/make_basemap.py countries-10m.json

The argument is either ``countries-10m.json`` of the npm package ``world-atlas@2.0.2``
(Natural Earth 4.1, packed as TopoJSON) or ``ne_10m_admin_0_countries.geojson`` as Natural
Earth publishes it; both are in the public domain. The countries are simplified together, so
that neighbours keep one border, clipped to the sheet, merged and cut into the polities of
1939 by the hand-drawn polygons of ``cuts.geojson``, and written as ``land.geojson`` with the
rivers that are borders. Shapely does the cutting; only this file needs it.
"""

from __future__ import annotations

import argparse
import json
import math
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import (
    LineString,
    MultiLineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
    mapping,
    shape,
)
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, substring, unary_union

FOLDER = Path(__file__).resolve().parent.parent / "src/jukushi/views/basemap"
SHEET = box(95.0, 30.0, 165.0, 62.0)
#: Simplification: triangles below the square of this many degrees go.
TOLERANCE = 0.04
SMALLEST_ISLAND_KM2 = 60.0
POLITY = {
    "Russia": "SUN",
    "China": "CHN",
    "Japan": "JPN",
    "South Korea": "JPN",
    "North Korea": "JPN",
    "Mongolia": "MNG",
}
#: The border of China and Russia is a river: from here to there (longitude, latitude).
BORDER_RIVERS = {
    "argun": ((117.85, 49.51), (121.48, 53.33)),
    "amur": ((121.48, 53.33), (134.75, 48.35)),
    "ussuri": ((134.75, 48.35), (133.13, 45.13)),
}


def lines_of(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Decode the arcs of a TopoJSON file."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    decoded = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x * kx + dx, y * ky + dy))
        decoded.append(line)
    return decoded


def ring_of(arcs: list[int], lines: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """Join arcs into one ring; a negative number is an arc read backwards."""
    ring: list[tuple[float, float]] = []
    for arc in arcs:
        line = lines[arc] if arc >= 0 else lines[~arc][::-1]
        ring += line[1:] if ring else line
    return ring


def countries(file: Path) -> dict[str, BaseGeometry]:
    """Read the countries that the sheet shows, by their English name."""
    data = json.loads(file.read_text(encoding="utf-8"))
    if data["type"] != "Topology":
        named = ((f["properties"]["NAME"], shape(f["geometry"])) for f in data["features"])
        return {name: area for name, area in named if name in POLITY}
    lines, found = lines_of(data), {}
    for item in data["objects"]["countries"]["geometries"]:
        if item["properties"]["name"] in POLITY:
            several = item["arcs"] if item["type"] == "MultiPolygon" else [item["arcs"]]
            rings = [[ring_of(arcs, lines) for arcs in polygon] for polygon in several]
            found[item["properties"]["name"]] = MultiPolygon([(r[0], r[1:]) for r in rings])
    return found


def km2(area: Polygon) -> float:
    """Rough area of a polygon in degrees, in square kilometres."""
    return area.area * 111.2**2 * math.cos(math.radians(area.centroid.y))


def polygons(area: BaseGeometry) -> list[Polygon]:
    """Parts of an area that are polygons."""
    parts = getattr(area, "geoms", [area])
    return [part for part in parts if isinstance(part, Polygon) and not part.is_empty]


def without_islets(area: BaseGeometry) -> MultiPolygon:
    """Drop the smallest islands and slivers."""
    return MultiPolygon([part for part in polygons(area) if km2(part) >= SMALLEST_ISLAND_KM2])


def polities(modern: dict[str, BaseGeometry], cuts: list[dict[str, Any]]) -> dict[str, Any]:
    """Merge the countries of today and cut them into the polities of 1939."""
    merged = {
        polity: unary_union([modern[name] for name in modern if POLITY[name] == polity])
        for polity in dict.fromkeys(POLITY.values())
    }
    for cut in cuts:
        source, target = cut["properties"]["from"], cut["properties"]["to"]
        piece = merged[source].intersection(shape(cut["geometry"]))
        merged[source] = merged[source].difference(piece)
        merged[target] = unary_union([merged.get(target, Polygon()), piece])
    return {polity: without_islets(area) for polity, area in merged.items()}


def border_rivers(modern: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Cut the rivers out of the border between China and Russia."""
    shared = linemerge(modern["China"].boundary.intersection(modern["Russia"].boundary))
    parts = list(getattr(shared, "geoms", [shared]))
    border = max((part for part in parts if part.bounds[2] > 120), key=lambda part: part.length)
    assert isinstance(border, LineString)
    return {
        name: substring(border, *(border.project(Point(end)) for end in ends))
        for name, ends in BORDER_RIVERS.items()
    }


def borders(land: dict[str, Any]) -> MultiLineString:
    """Lines between two polities, apart from those that are rivers or coasts."""
    found = []
    for one, other in combinations(land.values(), 2):
        shared = one.boundary.intersection(other.boundary)
        parts = [part for part in getattr(shared, "geoms", [shared]) if part.length > 0]
        merged = linemerge(parts) if len(parts) > 1 else shared
        found += [p for p in getattr(merged, "geoms", [merged]) if isinstance(p, LineString)]
    return MultiLineString([line for line in found if line.length > 0.05])


def rounded(geometry: BaseGeometry) -> dict[str, Any]:
    """GeoJSON of a geometry with two decimals (about a kilometre) and no doubled points."""

    def walk(item: Any) -> Any:
        if isinstance(item[0], int | float):
            return [round(item[0], 2), round(item[1], 2)]
        walked = [walk(part) for part in item]
        if isinstance(walked[0][0], float):
            return walked[:1] + [b for a, b in pairwise(walked) if a != b]
        return walked

    plain = mapping(geometry)
    return {"type": plain["type"], "coordinates": walk(plain["coordinates"])}


def main() -> None:
    """Build ``land.geojson``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("countries", type=Path)
    parser.add_argument("--out", type=Path, default=FOLDER / "land.geojson")
    chosen = parser.parse_args()
    # Islets go before the simplification: it stumbles over rings that would vanish.
    whole = {
        name: without_islets(shapely.make_valid(area).intersection(SHEET))
        for name, area in countries(chosen.countries).items()
    }
    simple = shapely.coverage_simplify(list(whole.values()), TOLERANCE)
    modern = dict(zip(whole, simple, strict=True))
    cuts = json.loads((FOLDER / "cuts.geojson").read_text(encoding="utf-8"))["features"]
    land = polities(modern, cuts)
    features: list[tuple[dict[str, str], BaseGeometry]] = [
        *(({"kind": "land", "polity": name}, area) for name, area in land.items()),
        ({"kind": "border"}, borders(land)),
        *(({"kind": "river", "name": name}, line) for name, line in border_rivers(modern).items()),
    ]
    lines = [
        json.dumps(
            {"type": "Feature", "properties": properties, "geometry": rounded(geometry)},
            separators=(",", ":"),
        )
        for properties, geometry in features
    ]
    body = ",\n".join(lines)
    text = f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'
    chosen.out.write_text(text, encoding="utf-8")
    print(f"{chosen.out.name}: {len(features)} features, {len(text.encode()) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
