"""Maps of a campaign: sound SVG, nothing from outside, shapes by side, symbols in their place."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from jukushi.case.load import Case
from jukushi.errors import UsageError
from jukushi.views.basemap.atlas import open_atlas
from jukushi.views.basemap.ground import Frame, along
from jukushi.views.basemap.labels import Box, Paper, wrapped
from jukushi.views.map import (
    THEATRE,
    FormationMark,
    Situation,
    campaign_sheet_svg,
    situation_svg,
)
from jukushi.views.words import Words

SVG = "{http://www.w3.org/2000/svg}"
EN, FR = Words("en"), Words("fr")
EMPTY = Situation(date(1941, 9, 1), "Kantokuen", "Nothing has happened.")


def formation(name: str, power: str, men: float, place: str, **more: object) -> FormationMark:
    facts = {"target": None, "share": 0.0, "state": "hold", "supply": 0.9, **more}
    return FormationMark(name=name, power=power, men=men, place=place, **facts)  # type: ignore[arg-type]


AUTUMN = Situation(
    date(1941, 9, 20),
    "Kantokuen",
    "The Kwantung Army holds Voroshilov but not Vladivostok.",
    {"voroshilov": "japan", "grodekovo": "japan"},
    (
        formation(
            "3rd Army", "japan", 160_000, "voroshilov",
            target="vladivostok", share=0.35, state="attack", supply=0.5,
        ),
        formation("25th Army", "ussr", 105_000, "vladivostok"),
        formation("4th Army", "japan", 80_000, "harbin", state="waiting"),
        formation(
            "16th Army", "ussr", 60_000, "chita",
            target="karymskaya", share=0.5, state="move", supply=0.2,
        ),
        formation("39th Corps", "ussr", 20_000, "kraskino_posyet", state="cut", supply=0.05),
        formation("Rear", "ussr", 10_000, "khabarovsk", state="surrendered"),
        formation(
            "15th Army", "ussr", 40_000, "iman", target="bikin", share=0.25, state="withdraw"
        ),
    ),
    frozenset({("iman", "spassk")}),
    ("vladivostok", "voroshilov", "khabarovsk", "chita"),
    ("Japan: 61,000 dead and wounded.",),
)  # fmt: skip


def texts(svg: str) -> list[str]:
    return ["".join(item.itertext()) for item in ET.fromstring(svg).iter(f"{SVG}text")]


def marks(svg: str) -> list[ET.Element]:
    return [item for item in ET.fromstring(svg).iter() if item.get("data-men")]


def area(mark: ET.Element) -> float:
    if mark.tag == f"{SVG}circle":
        return math.pi * float(mark.attrib["r"]) ** 2
    assert mark.tag == f"{SVG}rect"
    return float(mark.attrib["width"]) * float(mark.attrib["height"])


def middle(mark: ET.Element) -> tuple[float, float]:
    if mark.tag == f"{SVG}circle":
        return float(mark.attrib["cx"]), float(mark.attrib["cy"])
    half = float(mark.attrib["width"]) / 2
    return float(mark.attrib["x"]) + half, float(mark.attrib["y"]) + half


def pictures(case: Case, words: Words) -> list[str]:
    return [
        situation_svg(AUTUMN, case, words),
        situation_svg(AUTUMN, case, words, width=400),
        campaign_sheet_svg([AUTUMN, EMPTY, AUTUMN, replace(AUTUMN, holders={})], case, words),
    ]


@pytest.mark.parametrize("words", [EN, FR], ids=["en", "fr"])
def test_sound_and_self_contained(kantokuen: Case, words: Words) -> None:
    for svg in pictures(kantokuen, words):
        root = ET.fromstring(svg)
        assert root.get("role") == "img"
        assert root.get("lang") == words.language
        assert not [item for item in root.iter() if item.tag in (f"{SVG}script", f"{SVG}image")]
        assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "@import" not in svg
        assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', svg))
        assert all(link.startswith("#") for link in re.findall(r"url\(([^)]*)\)", svg))
        assert "prefers-color-scheme: dark" in svg
        assert not re.search(r"\bnan\b|\binf\b", svg)


@pytest.mark.parametrize("words", [EN, FR], ids=["en", "fr"])
def test_identifiers_are_used_once_and_all_references_lead_somewhere(
    kantokuen: Case, words: Words
) -> None:
    for svg in pictures(kantokuen, words):
        known = re.findall(r'\bid="([^"]*)"', svg)
        assert len(known) == len(set(known))
        assert set(re.findall(r'(?:url\(|href=")#([^")]*)', svg)) <= set(known)
    one, other, _ = pictures(kantokuen, words)
    assert not set(re.findall(r'\bid="([^"]*)"', one)) & set(re.findall(r'\bid="([^"]*)"', other))


@pytest.mark.parametrize("words", [EN, FR], ids=["en", "fr"])
@pytest.mark.parametrize("width", [900, 400])
def test_every_objective_is_named(kantokuen: Case, words: Words, width: int) -> None:
    atlas = open_atlas(kantokuen, words)
    svg = situation_svg(AUTUMN, kantokuen, words, width=width)
    written = texts(svg)
    for name in AUTUMN.objectives:
        assert atlas.place(name).name in written
    far = replace(AUTUMN, objectives=("moscow", "vladivostok"))
    assert any(atlas.place("moscow").name in line for line in texts(
        situation_svg(far, kantokuen, words, width=width)
    ))  # fmt: skip


def test_title_and_description_say_the_finding(kantokuen: Case) -> None:
    root = ET.fromstring(situation_svg(AUTUMN, kantokuen, EN))
    said = {item.tag: item.text or "" for item in root if item.tag != f"{SVG}text"}
    assert said[f"{SVG}title"] == "Kantokuen: 20 September 1941"
    assert said[f"{SVG}desc"].startswith(AUTUMN.finding)
    assert "3rd Army: 160,000 men, attacks, supply 50%." in said[f"{SVG}desc"]


def test_french_maps_hold_no_english(kantokuen: Case) -> None:
    english, french = (situation_svg(AUTUMN, kantokuen, words) for words in (EN, FR))
    for key in ("rough", "objective", "taken", "state_attack", "supply_bad", "primorye"):
        assert EN(f"map.{key}")[:18] in english
        assert EN(f"map.{key}")[:18] not in " ".join(texts(french))
    assert "20 septembre 1941" in french
    assert "Voroshilov" not in texts(french)


def test_circles_for_japan_and_squares_for_the_soviet_union(kantokuen: Case) -> None:
    for mark in marks(situation_svg(AUTUMN, kantokuen, EN)):
        kind = mark.attrib["class"]
        assert (mark.tag == f"{SVG}circle") == ("jm-east" in kind)
        assert (mark.tag == f"{SVG}rect") == ("jm-west" in kind)


def test_places_of_allies_have_the_shape_of_their_side(kantokuen: Case) -> None:
    root = ET.fromstring(situation_svg(EMPTY, kantokuen, EN))
    shapes = {
        title.text: item.tag.removeprefix(SVG)
        for item in root.iter() for title in item.findall(f"{SVG}title")
    }  # fmt: skip
    assert shapes["Harbin"] == shapes["Dairen"] == "circle"
    assert shapes["Chita"] == shapes["Bain-Tumen"] == "rect"


def test_a_taken_place_wears_the_ring_of_its_holder(kantokuen: Case) -> None:
    def rings(svg: str, side: str) -> list[str]:
        return re.findall(rf'<(\w+) [^>]*class="jm-ring jm-{side}"', svg)

    assert rings(situation_svg(EMPTY, kantokuen, EN), "east") == []
    for svg in (situation_svg(AUTUMN, kantokuen, EN, width=width) for width in (900, 400)):
        assert set(rings(svg, "east")) == {"circle"}
        assert len(rings(svg, "east")) == 4  # two places, each on both maps
    back = replace(EMPTY, holders={"harbin": "ussr", "mukden": "japan"})
    assert rings(situation_svg(back, kantokuen, EN), "west") == ["rect"]


@pytest.mark.parametrize("width", [900, 400])
def test_area_is_proportional_to_men(kantokuen: Case, width: int) -> None:
    drawn = marks(situation_svg(AUTUMN, kantokuen, EN, width=width))
    ratios = [area(mark) / float(mark.attrib["data-men"]) for mark in drawn]
    assert len(drawn) > len(AUTUMN.formations)  # the enlarged ones, and their sums
    assert np.allclose(ratios, ratios[0], rtol=1e-3)


def test_sums_hold_all_men(kantokuen: Case) -> None:
    drawn = [float(mark.attrib["data-men"]) for mark in marks(situation_svg(AUTUMN, kantokuen, EN))]
    inside = 160_000 + 105_000 + 20_000 + 40_000
    assert sum(drawn) == sum(item.men for item in AUTUMN.formations) + inside


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_formation_under_way_stands_on_its_link(kantokuen: Case, share: float) -> None:
    item = formation(
        "16th", "ussr", 5e4, "slyudyanka", target="ulan_ude", share=share, state="move"
    )
    alone = replace(EMPTY, formations=(item,))
    svg = situation_svg(alone, kantokuen, EN)
    (mark,) = marks(svg)
    sheet = re.search(r'<rect class="jm-sea" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', svg)
    assert sheet
    atlas = open_atlas(kantokuen, EN)
    west, south, east, north = THEATRE
    x, y = atlas.place("slyudyanka").at
    frame = Frame(
        (min(west, x - 90), south, east, max(north, y + 90)),
        *(float(value) for value in sheet.groups()),
    )
    way = atlas.way("slyudyanka", "ulan_ude")
    assert len(way) > 2  # round the lake, not across it
    assert np.allclose(middle(mark), frame.px(along(way, share)[0]), atol=0.1)
    back = atlas.way("ulan_ude", "slyudyanka")
    assert np.allclose(back, way[::-1])


def test_a_formation_that_stands_is_near_its_place(kantokuen: Case) -> None:
    svg = situation_svg(replace(EMPTY, formations=AUTUMN.formations[2:3]), kantokuen, EN)
    (mark,) = marks(svg)
    found = re.search(r'<circle cx="([\d.]+)" cy="([\d.]+)"[^>]*><title>Harbin<', svg)
    assert found
    place = [float(value) for value in found.groups()]
    distance = math.dist(middle(mark), place)
    assert 5 < distance < 45


def test_equal_formations_on_one_spot_are_one_symbol(kantokuen: Case) -> None:
    three = tuple(formation(f"{n}th division", "japan", 15_000, "harbin") for n in range(3))
    svg = situation_svg(replace(EMPTY, formations=three), kantokuen, EN)
    (mark,) = marks(svg)
    assert mark.attrib["data-men"] == "45000"
    assert "3 formations" in texts(svg)


def test_letters_and_outlines(kantokuen: Case) -> None:
    svg = situation_svg(AUTUMN, kantokuen, EN)
    assert {"A", "H", "P", "M", "C", "S", "W"} <= set(texts(svg))
    kinds = " ".join(mark.attrib["class"] for mark in marks(svg))
    assert "jm-east-attack jm-short" in kinds
    assert "jm-west-cut jm-bad" in kinds


def test_damaged_links_are_struck_out_in_either_order(kantokuen: Case) -> None:
    def struck(pairs: frozenset[tuple[str, str]]) -> int:
        svg = situation_svg(replace(EMPTY, damaged=pairs), kantokuen, EN)
        return svg.count('class="jm-broken"')

    assert struck(frozenset()) == 1  # the sample of the legend
    assert struck(frozenset({("iman", "spassk")})) == 2
    assert struck(frozenset({("spassk", "iman")})) == 2


def test_hostile_names_are_text(kantokuen: Case) -> None:
    bad = '<script>alert("1")</script>&\x00\x0b\ud800{percent} http'
    hostile = replace(
        EMPTY,
        title=bad,
        finding=bad,
        numbers=(bad,),
        formations=(formation(bad, "japan", 90_000, "harbin"),),
    )
    for svg in (
        situation_svg(hostile, kantokuen, EN),
        campaign_sheet_svg([hostile], kantokuen, FR),
    ):
        root = ET.fromstring(svg.encode())
        assert not list(root.iter(f"{SVG}script"))
        assert "{percent}" in svg


@pytest.mark.parametrize("words", [EN, FR], ids=["en", "fr"])
def test_empty_situations(kantokuen: Case, words: Words) -> None:
    for svg in (
        situation_svg(EMPTY, kantokuen, words),
        situation_svg(EMPTY, kantokuen, words, width=320),
        campaign_sheet_svg([EMPTY], kantokuen, words),
        campaign_sheet_svg([], kantokuen, words),
    ):
        ET.fromstring(svg)
        assert marks(svg) == []


def test_formations_without_men_are_not_drawn(kantokuen: Case) -> None:
    none = tuple(formation("x", "ussr", men, "chita") for men in (0.0, -5.0, math.nan, math.inf))
    assert marks(situation_svg(replace(EMPTY, formations=none), kantokuen, EN)) == []


def test_unknown_places_are_errors_that_help(kantokuen: Case) -> None:
    with pytest.raises(UsageError, match="vladivostock") as caught:
        situation_svg(replace(EMPTY, objectives=("vladivostock",)), kantokuen, EN)
    assert "vladivostok" in str(caught.value.hint)


def test_a_third_power_has_a_third_shape(kantokuen: Case) -> None:
    third = replace(EMPTY, formations=(formation("8th Route Army", "china", 9e4, "peking"),))
    (mark,) = marks(situation_svg(third, kantokuen, EN))
    assert mark.tag == f"{SVG}polygon"


def test_the_sheet_shows_each_date_with_one_scale(kantokuen: Case) -> None:
    second = replace(AUTUMN, date=date(1941, 10, 20), formations=AUTUMN.formations[1:3])
    svg = campaign_sheet_svg([AUTUMN, second, EMPTY, EMPTY], kantokuen, EN)
    written = " ".join(texts(svg))
    assert "20 September 1941" in written
    assert "20 October 1941" in written
    # On small maps symbols that would cover each other are one: none of their men is lost.
    men = sum(item.men for day in (AUTUMN, second) for item in day.formations)
    assert sum(float(mark.attrib["data-men"]) for mark in marks(svg)) == men
    ratios = [area(mark) / float(mark.attrib["data-men"]) for mark in marks(svg)]
    assert np.allclose(ratios, ratios[0], rtol=2e-3)
    assert svg.count('class="jm-sea"') == 1  # the paper is drawn once
    assert re.search(r'<g id="\w+-base" class="jm">', svg)  # or its copies would be black


def test_same_situation_same_bytes(kantokuen: Case) -> None:
    assert situation_svg(AUTUMN, kantokuen, EN) == situation_svg(AUTUMN, kantokuen, EN)


def test_small_enough_for_a_page(kantokuen: Case) -> None:
    assert len(situation_svg(AUTUMN, kantokuen, EN).encode()) < 200_000


def test_labels_do_not_cover_each_other() -> None:
    paper = Paper(Box(0, 0, 300, 300))
    for _ in range(8):
        paper.label(150, 150, 8, 60, 12, forced=False)
    assert len(paper.taken) > 4
    for number, one in enumerate(paper.taken):
        for other in paper.taken[number + 1 :]:
            assert one.shared(other) <= 0.04 * one.area
    crowd = Paper(Box(0, 0, 300, 300), [Box(0, 0, 300, 300)])
    assert crowd.label(150, 150, 8, 60, 12, forced=False) is None
    assert crowd.label(150, 150, 8, 60, 12, forced=True) is not None


def test_lines_break_between_words_and_not_before_signs() -> None:
    assert wrapped("one two three", 1000, 12) == ["one two three"]
    assert len(wrapped("one two three", 1, 12)) == 3
    assert wrapped("Fond : carte", 1, 12) == ["Fond\u00a0:", "carte"]
