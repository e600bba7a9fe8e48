"""The sheet: known points, true angles, and the way back."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jukushi.views.basemap.ground import Frame, along, ground
from jukushi.views.projection import NORTH_EAST_ASIA, RADIUS_KM, Conic

LONGITUDES = st.floats(60.0, 179.0)
LATITUDES = st.floats(5.0, 80.0)

#: Corners of the borders of 1939 as another program (mapshaper) put them on the same sheet;
#: the coordinates have two decimals, so they agree within a kilometre.
POINTS = [
    (98.85, 52.1, -1927.8, 1035.1),
    (122.61, 39.49, -460.6, -702.0),
    (131.05, 44.91, 237.4, -115.3),
    (127.99, 49.6, -0.7, 395.3),
    (118.46, 49.83, -675.0, 461.9),
    (113.89, 44.91, -1092.5, -20.9),
    (106.13, 50.33, -1515.2, 689.1),
]


@pytest.mark.parametrize(("lon", "lat", "x", "y"), POINTS)
def test_known_points(lon: float, lat: float, x: float, y: float) -> None:
    east, north = NORTH_EAST_ASIA.forward(lon, lat)
    assert np.hypot(east - x, north - y) < 1.0


def test_origin() -> None:
    assert np.allclose(NORTH_EAST_ASIA.forward(128.0, 46.0), 0.0, atol=1e-9)


def test_snyder_example() -> None:
    """The worked example of Snyder, Map Projections (1987), p. 295, on the unit sphere."""
    conic = Conic(lat_1=33.0, lat_2=45.0, lat_0=23.0, lon_0=-96.0)
    x, y = conic.forward(-75.0, 35.0)
    assert conic.cone == pytest.approx(0.6304777, abs=1e-7)
    assert x / RADIUS_KM == pytest.approx(0.2966785, abs=1e-6)
    assert y / RADIUS_KM == pytest.approx(0.2462112, abs=1e-6)


@given(LONGITUDES, LATITUDES)
def test_there_and_back(lon: float, lat: float) -> None:
    back = NORTH_EAST_ASIA.inverse(*NORTH_EAST_ASIA.forward(lon, lat))
    assert np.allclose(back, (lon, lat), atol=1e-8)


@given(LONGITUDES, LATITUDES)
def test_conformal(lon: float, lat: float) -> None:
    """A step north and a step east of the same length stay so, and square to each other."""
    step = 1e-5
    x, y = NORTH_EAST_ASIA.forward(
        np.array([lon, lon, lon + step / np.cos(np.radians(lat))]), np.array([lat, lat + step, lat])
    )
    north = np.array([x[1] - x[0], y[1] - y[0]])
    east = np.array([x[2] - x[0], y[2] - y[0]])
    size = np.hypot(*north)
    assert np.hypot(*east) == pytest.approx(size, rel=1e-4)
    assert abs(north @ east) < 1e-4 * size**2
    assert size == pytest.approx(
        float(NORTH_EAST_ASIA.scale(lat)) * RADIUS_KM * np.radians(step), rel=1e-4
    )


def test_scale_is_true_on_the_parallels_and_near_it_between() -> None:
    assert np.allclose(NORTH_EAST_ASIA.scale([38.0, 56.0]), 1.0)
    between = NORTH_EAST_ASIA.scale(np.linspace(38.0, 56.0, 50))
    assert between.min() > 0.98
    assert between.max() < 1.0 + 1e-9


def test_the_base_map_is_small_whole_and_marked() -> None:
    folder = resources.files("jukushi.views").joinpath("basemap")
    files = {name: folder.joinpath(name).read_bytes() for name in ("land", "drawn", "cuts")
             for name in [f"{name}.geojson"]}  # fmt: skip
    assert sum(len(data) for data in files.values()) < 150_000
    sheet = ground()
    assert set(sheet.land) == {"SUN", "MAN", "JPN", "CHN", "MEN", "MNG", "TUV"}
    assert all(np.array_equal(ring[0], ring[-1]) for land in sheet.land.values() for ring in land)
    drawn = json.loads(files["drawn.geojson"])["features"]
    cuts = json.loads(files["cuts.geojson"])["features"]
    shapes = [item for item in drawn if item["properties"]["kind"] != "name"]
    assert all(item["properties"]["rough"] for item in [*shapes, *cuts])


def test_water_of_the_story_is_there() -> None:
    folder = resources.files("jukushi.views").joinpath("basemap")
    names = {
        feature["properties"].get("name")
        for file in ("land.geojson", "drawn.geojson")
        for feature in json.loads(folder.joinpath(file).read_text(encoding="utf-8"))["features"]
    }
    rivers = {"amur", "amur_lower", "ussuri", "sungari", "argun", "khalkhin_gol"}
    assert {*rivers, "baikal", "khanka"} <= names


def test_rivers_meet() -> None:
    """The Argun ends where the Amur begins, and both meet the Ussuri and the lower Amur."""
    ends = [line[[0, -1]] for line in ground().rivers]
    argun, amur, ussuri, lower = (ends[number] for number in (0, 1, 2, 3))
    assert np.hypot(*(argun[1] - amur[0])) < 5
    assert np.hypot(*(amur[1] - ussuri[0])) < 5
    assert np.hypot(*(amur[1] - lower[0])) < 25


@given(st.floats(0.0, 1.0))
def test_along_a_line(share: float) -> None:
    line = np.array([[0.0, 0.0], [30.0, 40.0], [30.0, 140.0]])
    point, gone = along(line, share)
    length = np.hypot(*np.diff(gone, axis=0).T).sum()
    assert length == pytest.approx(share * 150.0)
    assert np.allclose(point, gone[-1])


def test_frame() -> None:
    frame = Frame((-100.0, -50.0, 100.0, 50.0), 10.0, 20.0, 400.0)
    assert frame.height == 200.0
    assert np.allclose(frame.px(np.array([-100.0, 50.0])), (10.0, 20.0))
    assert np.allclose(frame.px(np.array([100.0, -50.0])), (410.0, 220.0))
    assert frame.shows(np.array([0.0, 0.0]))
    assert not frame.shows(np.array([101.0, 0.0]))
