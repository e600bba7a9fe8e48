"""The map of a campaign, one panel: base, ways, places, symbols, names, in this order."""

from __future__ import annotations

import math

import numpy as np

from jukushi.views.basemap.atlas import Place
from jukushi.views.basemap.ground import along, base_layer, cross_at, ground, line_path
from jukushi.views.basemap.labels import Box, Paper, text_width
from jukushi.views.map_scene import (
    Drawing,
    Mark,
    Points,
    holder_of,
    inside,
    joined_near,
    marks_of,
    names_shown,
    summed_marks,
)
from jukushi.views.map_symbols import (
    SMALLEST_WITH_LETTER,
    aim_at,
    arrow_head,
    clean,
    half_of,
    shape_of,
    strike_at,
    symbol_of,
    text_at,
)

__all__ = ["panel_of", "sea_links"]


def sea_links(drawing: Drawing) -> str:
    """Draw sea ways; they go under the land."""
    lines = [
        line_path(drawing.frame.px(link.line))
        for link in drawing.atlas.links
        if link.kind == "sea" and all(drawing.frame.shows(end) for end in link.line[[0, -1]])
    ]
    return f'<path class="jm-water" d="{"".join(lines)}"/>' if lines else ""


def _land_links(drawing: Drawing) -> str:
    made = []
    for kind in ("road", "rail"):
        lines = "".join(
            line_path(drawing.frame.px(link.line))
            for link in drawing.atlas.links
            if link.kind == kind and any(drawing.frame.shows(end) for end in link.line[[0, -1]])
        )
        if lines:
            made.append(f'<path class="jm-{kind}" d="{lines}"/>')
    return "".join(made)


def _broken(drawing: Drawing) -> str:
    """Strike out the middle of each damaged way."""
    made = []
    for origin, destination in sorted(drawing.situation.damaged):
        middle, angle = cross_at(drawing.atlas.way(origin, destination))
        if drawing.frame.shows(middle):
            x, y = drawing.frame.px(middle)
            made.append(strike_at(float(x), float(y), -math.degrees(angle), 6))
    return "".join(made)


def _polities(drawing: Drawing, paper: Paper) -> str:
    """Write the names of the countries, each where it covers nothing, or not at all."""
    made = []
    for polity, x, y in ground().names:
        lines = drawing.words(f"map.polity_{polity}").split("\n")
        point = drawing.frame.px(np.array([x, y]))
        size = drawing.sizes.label - 0.5
        wide = max(text_width(line, size) for line in (lines[0].upper() + "   ", *lines[1:]))
        spot = paper.free(float(point[0]), float(point[1]), 1.1 * wide, (size + 3) * len(lines))
        if spot is None:
            continue
        for number, line in enumerate(lines):
            kind, text = ("jm-muted", line) if number else ("jm-polity jm-muted", line.upper())
            y = spot[1] + (number - len(lines) / 2 + 0.8) * (size + 3)
            made.append(text_at(spot[0], y, text, size, kind, "middle"))
    return "".join(made)


def _arrow(drawing: Drawing, mark: Mark) -> str:
    """Draw the way of a mark: thick where it has been, thin to the head at the target."""
    if mark.way is None or mark.state == "surrendered":
        return ""
    whole = drawing.frame.px(mark.way)
    made = f'<path class="jm-way jm-{mark.side}" d="{line_path(whole)}"/>'
    if mark.share > 0:
        gone = drawing.frame.px(along(mark.way, mark.share)[1])
        made += f'<path class="jm-gone jm-{mark.side}" d="{line_path(gone)}"/>'
    length = float(np.hypot(*np.diff(whole, axis=0).T).sum())
    tip, _ = along(whole, max(1.0 - 5.0 / max(length, 1.0), 0.6))
    before, _ = along(whole, max(1.0 - 14.0 / max(length, 1.0), 0.3))
    return made + arrow_head(mark.side, tip, before)


def _place_marks(drawing: Drawing, paper: Paper) -> str:
    shown = names_shown(drawing.situation)
    made = []
    for place in drawing.atlas.places.values():
        if not drawing.frame.shows(place.at):
            continue
        hidden = inside(place.at, drawing.summed)
        x, y = (float(value) for value in drawing.frame.px(place.at))
        matters = place.id in shown and not hidden
        made.append(_place_mark(drawing, place, x, y, matters))
        paper.take(Box.around(x, y, 7 if matters else 2.5))
    return "".join(made)


def _place_mark(drawing: Drawing, place: Place, x: float, y: float, matters: bool) -> str:
    """Draw a place; a taken one wears the ring of its new holder around its old shape."""
    holder = holder_of(drawing.situation, drawing.atlas, place)
    area = (46.0 if matters else 20.0) * math.sqrt(drawing.sizes.symbols)
    kind = f'class="jm-place jm-full-{place.side}"'
    made = shape_of(place.side, x, y, area, kind, f"<title>{clean(place.name)}</title>")
    if holder != place.side:
        made += shape_of(holder, x, y, area * 4, f'class="jm-ring jm-{holder}"')
    if matters and place.id in drawing.situation.objectives:
        made += aim_at(x, y, 1.25 * math.sqrt(area * (4 if holder != place.side else 2) / 2))
    return made


def _away(drawing: Drawing, mark: Mark) -> float:
    """Direction from the nearest place of the other side: there a formation stands."""
    others = [
        place.at
        for place in drawing.atlas.places.values()
        if holder_of(drawing.situation, drawing.atlas, place) not in (mark.side, "other")
    ]
    if not others:
        return 0.0
    nearest = min(others, key=lambda at: float(np.hypot(*(at - mark.at))))
    x, y = mark.at - nearest
    return math.atan2(y, x) if x or y else 0.0


def _spots(drawing: Drawing, marks: list[Mark], paper: Paper) -> list[tuple[Mark, Points]]:
    """Find the point of each symbol: on its way if it is under way, else beside its place."""
    spots = {}
    for number, mark in enumerate(marks):
        if mark.under_way:
            spots[number] = drawing.frame.px(mark.at)
            _take_symbol(drawing, paper, mark, spots[number])
    for number, mark in enumerate(marks):
        if number not in spots:
            x, y = drawing.frame.px(mark.at)
            half = half_of(mark.men * drawing.px2) + 1.5
            gap = 0.0 if mark.state == "sum" else half + 6
            spots[number] = np.array(paper.spot(x, y, gap, _away(drawing, mark), half))
            _take_symbol(drawing, paper, mark, spots[number])
    return [(mark, spots[number]) for number, mark in enumerate(marks)]


def _take_symbol(drawing: Drawing, paper: Paper, mark: Mark, spot: Points) -> None:
    """Note the room of a symbol, with the letter above it if it is small."""
    half = half_of(mark.men * drawing.px2)
    x, y = float(spot[0]), float(spot[1])
    letter = 11.0 if half < SMALLEST_WITH_LETTER else 0.0
    half = max(half, letter / 2)
    paper.take(Box(x - half, y - half - letter, x + half, y + half))


def _leader(drawing: Drawing, mark: Mark, spot: Points) -> str:
    """Tie a symbol to its place."""
    if mark.state == "sum" or mark.under_way:
        return ""
    d = line_path(np.stack([drawing.frame.px(mark.at), spot]))
    return f'<path class="jm-leader" d="{d}"/>'


def _place_labels(drawing: Drawing, paper: Paper) -> str:
    """Name objectives always, and places with forces where there is room."""
    made, situation = [], drawing.situation
    ranked = [*situation.objectives]
    if not drawing.brief:
        largest_first = sorted(situation.formations, key=lambda item: -item.men)
        ranked += [item.place for item in largest_first]
    for name in dict.fromkeys(ranked):
        place = drawing.atlas.place(name)
        if not drawing.frame.shows(place.at) or inside(place.at, drawing.summed):
            continue
        aim = name in situation.objectives
        x, y = drawing.frame.px(place.at)
        gap = 14 if aim else 9
        made.append(_label(drawing, paper, float(x), float(y), gap, place.name, aim, aim))
    return "".join(made)


def _mark_labels(drawing: Drawing, paper: Paper, spots: list[tuple[Mark, Points]]) -> str:
    made = []
    named = [] if drawing.brief else [spot for spot in spots if spot[0].state != "sum"]
    for mark, (x, y) in named:
        gap = half_of(mark.men * drawing.px2) + 3
        text = mark.names[0]
        if len(mark.names) > 1:
            text = drawing.words("map.formations", count=drawing.words.number(len(mark.names)))
        made.append(_label(drawing, paper, float(x), float(y), gap, text, False, False))
    return "".join(made)


def _label(
    drawing: Drawing,
    paper: Paper,
    x: float,
    y: float,
    gap: float,
    words: str,
    bold: bool,
    forced: bool,
) -> str:
    size = drawing.sizes.label
    spot = paper.label(x, y, gap, text_width(words, size, bold), size + 1, forced)
    if spot is None:
        return ""
    kind = "jm-halo jm-bold" if bold else "jm-halo"
    wide = text_width(words, size, bold)
    line = _tie(x, y, gap, min(max(x, spot[0]), spot[0] + wide), spot[1], size)
    return line + text_at(spot[0], spot[1] + size * 0.36, words, size, kind)


def _tie(x: float, y: float, gap: float, label_x: float, label_y: float, size: float) -> str:
    """Tie a name to its point when it had to go far away."""
    label_y += math.copysign(min(abs(y - label_y), size * 0.5), y - label_y)
    if math.hypot(x - label_x, y - label_y) <= gap + 8:
        return ""
    return f'<path class="jm-leader" d="M{x:.1f} {y:.1f}L{label_x:.1f} {label_y:.1f}"/>'


def _scale_bar(drawing: Drawing) -> str:
    frame = drawing.frame
    lengths = (1000, 500, 200, 100, 50)
    km = next((km for km in lengths if km * frame.scale <= 0.25 * frame.width), lengths[-1])
    x, y = frame.left + 12, frame.top + frame.height - 12
    d = f"M{x:.1f} {y - 5:.1f}V{y:.1f}H{x + km * frame.scale:.1f}V{y - 5:.1f}"
    words = drawing.words("map.km", km=drawing.words.number(km))
    label = text_at(x + 5, y - 5, words, drawing.sizes.label - 1, "jm-halo")
    return f'<path class="jm-scale" stroke-width="1.5" d="{d}"/>{label}'


def _window(drawing: Drawing, paper: Paper) -> str:
    """Frame the part that is drawn larger elsewhere."""
    if drawing.summed is None:
        return ""
    west, south, east, north = drawing.summed
    (x, y), (right, bottom) = drawing.frame.px(np.array([[west, north], [east, south]]))
    size = f'width="{right - x:.1f}" height="{bottom - y:.1f}"'
    words, font = drawing.words("map.primorye"), drawing.sizes.label
    wide = text_width(words, font)
    edge = min(right, drawing.frame.left + drawing.frame.width - 4)
    above = y - font - 7
    corners = [(edge - wide, bottom + 2), (right + 4, bottom - 20), (edge - wide, above)]
    corners += [(x, above), (x, bottom + 2)]
    boxes = [Box(left, top, left + wide, top + font + 5) for left, top in corners]
    best = min(boxes, key=paper.cost)
    paper.take(best)
    label = text_at(best.left, best.bottom - 4, words, font, "jm-halo")
    return f'<rect class="jm-frame" x="{x:.1f}" y="{y:.1f}" {size}/>{label}'


def panel_of(drawing: Drawing, base: str = "") -> str:
    """Draw one map: base, ways, places, symbols, names."""
    frame = drawing.frame
    edge = Box(frame.left, frame.top, frame.left + frame.width, frame.top + frame.height)
    paper = Paper(Box(edge.left + 2, edge.top + 2, edge.right - 2, edge.bottom - 2))
    paper.take(Box(edge.left, edge.bottom - 30, edge.left + 0.3 * frame.width, edge.bottom))
    shown = [mark for mark in marks_of(drawing.situation, drawing.atlas) if frame.shows(mark.at)]
    marks = summed_marks(shown, drawing.summed)
    if drawing.brief:
        marks = joined_near(marks, frame, drawing.px2)
    places = _place_marks(drawing, paper)
    spots = _spots(drawing, marks, paper)
    window = _window(drawing, paper)
    labels = _place_labels(drawing, paper) + _mark_labels(drawing, paper, spots)
    layers = [
        base or base_layer(frame, sea_links(drawing)),
        _land_links(drawing),
        _broken(drawing),
        _polities(drawing, paper),
        window,
        *(_arrow(drawing, mark) for mark in marks),
        *(_leader(drawing, mark, spot) for mark, spot in spots),
        places,
        *(symbol_of(drawing, mark, float(x), float(y)) for mark, (x, y) in spots),
        labels,
        _scale_bar(drawing),
    ]
    clip = f"{drawing.prefix}-{frame.left:.0f}-{frame.top:.0f}"
    box = f'x="{edge.left:.1f}" y="{edge.top:.1f}" width="{frame.width:.1f}"'
    box += f' height="{frame.height:.1f}"'
    return (
        f'<clipPath id="{clip}"><rect {box}/></clipPath>'
        f'<g clip-path="url(#{clip})">{"".join(layers)}</g><rect class="jm-frame" {box}/>'
    )
