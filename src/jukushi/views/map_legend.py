"""The map of a campaign, its words: legend, lines of text, description, and the document."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

import numpy as np

from jukushi.views.basemap.atlas import Atlas
from jukushi.views.basemap.ground import Frame
from jukushi.views.basemap.labels import text_width, wrapped
from jukushi.views.basemap.style import STATES, patterns, style
from jukushi.views.map_scene import Situation, marks_of
from jukushi.views.map_symbols import (
    aim_at,
    arrow_head,
    clean,
    described,
    filled,
    half_of,
    letter_of,
    shape_of,
    strike_at,
    text_at,
)
from jukushi.views.words import Words

__all__ = [
    "dated",
    "description_of",
    "document_of",
    "flow_of",
    "legend_items",
    "lines_of",
    "off_sheet",
    "prefix_of",
]


def legend_items(
    situations: Sequence[Situation],
    atlas: Atlas,
    words: Words,
    prefix: str,
    px2: float,
    summed: bool = False,
) -> list[tuple[float, str, str]]:
    """Width of the sample, the sample drawn at (0, 0), and its words."""
    items = [
        (12.0, shape_of(side, 6, 0, 46, f'class="jm-place jm-full-{side}"'),
         words("map.held", power=atlas.powers[side]))
        for side in ("east", "west")
    ]  # fmt: skip
    ring = shape_of("east", 8, 0, 46, 'class="jm-place jm-full-ink"')
    ring += shape_of("east", 8, 0, 150, 'class="jm-ring jm-ink"')
    aim = shape_of("east", 9, 0, 30, 'class="jm-place jm-full-ink"') + aim_at(9, 0, 4)
    items += [(16, ring, words("map.taken")), (18, aim, words("map.objective"))]
    for kind, name in (("rail", "rail"), ("road", "road"), ("water", "sea")):
        items.append((26, f'<path class="jm-{kind}" d="M0 0H26"/>', words(f"map.{name}")))
    cut = '<path class="jm-rail" d="M0 0H26"/>' + strike_at(13, 0, 0, 6)
    items.append((26, cut, words("map.damaged")))
    if any(item.formations for item in situations):
        items += _formation_items(situations, words, prefix, px2, summed)
    return items


def _formation_items(
    situations: Sequence[Situation], words: Words, prefix: str, px2: float, summed: bool
) -> list[tuple[float, str, str]]:
    present = {mark.state for item in situations for mark in item.formations}
    items = []
    for state in STATES:
        if state in present:
            sample = filled(prefix, "ink", state, 11, 0, 230, 1.0)
            sample += letter_of(words(f"map.letter_{state}"), "ink", state, 11, 0, 230)
            items.append((22.0, sample, words(f"map.state_{state}")))
    if summed:
        sample = filled(prefix, "ink", "sum", 11, 0, 230, 1.0)
        sample += letter_of("Σ", "ink", "sum", 11, 0, 230)
        items.append((22.0, sample, words("map.state_sum")))
    for supply, name in ((1.0, "good"), (0.5, "short"), (0.1, "bad")):
        sample = filled(prefix, "ink", "waiting", 11, 0, 230, supply)
        items.append((22.0, sample, words(f"map.supply_{name}")))
    way = '<path class="jm-gone jm-ink" d="M2 0H14"/><path class="jm-way jm-ink" d="M2 0H32"/>'
    way += arrow_head("ink", np.array([38.0, 0.0]), np.array([20.0, 0.0]))
    items.append((38.0, way, words("map.way")))
    for men in (100_000, 20_000):
        half = half_of(men * px2)
        sample = shape_of("east", half, 0, men * px2, 'class="jm-mark jm-ink jm-ink-hold"')
        items.append((2 * half, sample, words("map.men", men=words.number(men))))
    return items


def flow_of(
    items: Sequence[tuple[float, str, str]], x: float, y: float, width: float, size: float
) -> tuple[str, float]:
    """Set samples and words like words of a paragraph; returns also the lower edge."""
    made, at, line = [], x, y
    for wide, sample, words in items:
        need = wide + 6 + text_width(words, size) + 14
        if at > x and at + need - 14 > x + width:
            at, line = x, line + max(size + 12, 25)
        made.append(f'<g transform="translate({at:.1f} {line:.1f})">{sample}</g>')
        made.append(text_at(at + wide + 6, line + size * 0.36, words, size))
        at += need
    return "".join(made), line + 14


def lines_of(
    texts: Iterable[str], x: float, y: float, width: float, size: float, kind: str = ""
) -> tuple[str, float]:
    """Write lines of text under each other; returns also the lower edge."""
    made = []
    for words in texts:
        for line in wrapped(words, width, size, "jm-bold" in kind):
            y += size * 1.32
            made.append(text_at(x, y, line, size, kind))
    return "".join(made), y


def off_sheet(situation: Situation, atlas: Atlas, frame: Frame, words: Words) -> list[str]:
    """Name the objectives that no map can show."""
    places = [atlas.place(name) for name in situation.objectives]
    names = [place.name for place in places if not frame.shows(place.at)]
    return [words("map.off", names=", ".join(names))] if names else []


def description_of(situation: Situation, atlas: Atlas, words: Words) -> str:
    """Say the map in words, for those who do not see it."""
    parts = [situation.finding]
    names = [atlas.place(name).name for name in situation.objectives]
    if names:
        parts.append(words("map.objectives", names=", ".join(names)))
    parts += [f"{described(words, mark)}" for mark in marks_of(situation, atlas)]
    return " ".join([*parts, *situation.numbers])


def dated(situation: Situation, words: Words) -> str:
    return words("map.dated", title=situation.title, date=words.day(situation.date))


def prefix_of(situations: Sequence[Situation], width: int) -> str:
    """Make identifiers that stay apart when several maps stand on one page."""
    seed = "|".join(f"{s.date}{s.title}{s.finding}{len(s.formations)}" for s in situations)
    return f"jm{zlib.crc32(f'{width}{seed}'.encode(errors='replace')):08x}"


def document_of(
    prefix: str, size: tuple[float, float], title: str, words: str, body: str, language: str
) -> str:
    width, height = round(size[0]), round(size[1])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="jm" role="img" lang="{language}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'aria-labelledby="{prefix}-title {prefix}-desc">'
        f'<title id="{prefix}-title">{clean(title)}</title>'
        f'<desc id="{prefix}-desc">{clean(words)}</desc>'
        f"{style()}<defs>{patterns(prefix)}</defs>"
        f'<rect class="jm-paper" width="{width}" height="{height}"/>{body}</svg>\n'
    )
