"""The map of a campaign, its symbols: shapes by side, fillings by state, outlines by supply."""

from __future__ import annotations

import math
from html import escape

from jukushi.views.basemap.style import LETTER_ON
from jukushi.views.map_scene import Drawing, Mark, Points
from jukushi.views.words import Words

__all__ = [
    "SMALLEST_WITH_LETTER",
    "aim_at",
    "arrow_head",
    "clean",
    "described",
    "filled",
    "half_of",
    "letter_of",
    "shape_of",
    "strike_at",
    "symbol_of",
    "text_at",
]

SMALLEST_WITH_LETTER = 6.0  # half the width of a symbol that can hold its letter
_GOOD, _SHORT = 0.7, 0.4  # supply: solid, dashed and dotted outlines


def clean(text: str) -> str:
    """Escape a text of a case, and drop what XML cannot hold."""
    kept = "".join(c for c in text if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff"))
    return escape(kept.replace("\ufffe", "").replace("\uffff", ""))


def text_at(x: float, y: float, words: str, size: float, kind: str = "", anchor: str = "") -> str:
    where = f' text-anchor="{anchor}"' if anchor else ""
    name = f' class="{kind}"' if kind else ""
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"'
    return f"<text {place}{name}{where}>{clean(words)}</text>"


def shape_of(side: str, x: float, y: float, area: float, rest: str, inside: str = "") -> str:
    """Draw the shape of a side: circle, square, or for all others a lozenge."""
    if side == "east":
        made = f'circle cx="{x:.2f}" cy="{y:.2f}" r="{math.sqrt(area / math.pi):.3f}"'
    elif side == "west":
        edge = math.sqrt(area)
        corner = f'x="{x - edge / 2:.2f}" y="{y - edge / 2:.2f}"'
        made = f'rect {corner} width="{edge:.3f}" height="{edge:.3f}"'
    else:
        half = math.sqrt(area / 2)
        points = f"{x - half:.2f},{y:.2f} {x:.2f},{y - half:.2f} {x + half:.2f},{y:.2f}"
        made = f'polygon points="{points} {x:.2f},{y + half:.2f}"'
    end = f">{inside}</{made.split(' ', 1)[0]}>" if inside else "/>"
    return f"<{made} {rest}{end}"


def half_of(area: float) -> float:
    """Half the width of a symbol: that of the circle, a little more than the square's."""
    return math.sqrt(area / math.pi)


def strike_at(x: float, y: float, turn: float, size: float) -> str:
    """Draw two bars across a way."""
    place = f"translate({x:.1f} {y:.1f}) rotate({turn:.0f})"
    d = f"M-4 {size}L0 {-size}M0 {size}L4 {-size}"
    return f'<path class="jm-broken" transform="{place}" d="{d}"/>'


def arrow_head(side: str, tip: Points, before: Points) -> str:
    turn = math.degrees(math.atan2(tip[1] - before[1], tip[0] - before[0]))
    place = f"translate({tip[0]:.1f} {tip[1]:.1f}) rotate({turn:.0f})"
    return f'<path class="jm-head-{side}" transform="{place}" d="M0 0L-10 5L-8 0L-10 -5Z"/>'


def aim_at(x: float, y: float, inner: float) -> str:
    """Draw four ticks around an objective."""
    a, b = inner + 0.5, inner + 6
    d = "".join(
        f"M{x + i * a:.1f} {y + j * a:.1f}L{x + i * b:.1f} {y + j * b:.1f}"
        for i, j in ((1, 0), (-1, 0), (0, 1), (0, -1))
    )
    return f'<path class="jm-aim" d="{d}"/>'


def _outline(supply: float) -> str:
    return "" if supply >= _GOOD else " jm-short" if supply >= _SHORT else " jm-bad"


def symbol_of(drawing: Drawing, mark: Mark, x: float, y: float) -> str:
    """Draw the symbol of a mark with its letter and the text for a pointing hand."""
    area = mark.men * drawing.px2
    hint = f"<title>{clean(described(drawing.words, mark))}</title>"
    made = filled(drawing.prefix, mark.side, mark.state, x, y, area, mark.supply, hint, mark.men)
    letter = drawing.words(f"map.letter_{mark.state}") if mark.state != "sum" else "Σ"
    if mark.state == "sum" and area > 500:
        letter += drawing.words.number(len(mark.names))
    return made + letter_of(letter, mark.side, mark.state, x, y, area)


def filled(
    prefix: str,
    side: str,
    state: str,
    x: float,
    y: float,
    area: float,
    supply: float,
    hint: str = "",
    men: float | None = None,
) -> str:
    fill = "hold" if state == "sum" else state
    kind = f'class="jm-mark jm-{side} jm-{side}-{fill}{_outline(supply)}"'
    if state in ("withdraw", "cut"):
        kind += f' fill="url(#{prefix}-{side}-{state})"'
    if men is not None:
        kind += f' data-men="{men:.0f}"'
    made = shape_of(side, x, y, area, kind, hint)
    if state == "surrendered":
        h = half_of(area) * 0.7
        d = f"M{x - h:.1f} {y + h:.1f}L{x + h:.1f} {y - h:.1f}"
        made += f'<path class="jm-way jm-{side}" d="{d}"/>'
    return made


def letter_of(letter: str, side: str, state: str, x: float, y: float, area: float) -> str:
    """Write the letter of a state inside its symbol, or above one that is too small."""
    half = half_of(area)
    if half < SMALLEST_WITH_LETTER:
        return text_at(x, y - half - 2, letter, 9, "jm-bold jm-halo", "middle")
    size = min(half * 1.15, 15.0)
    kind = f"jm-bold jm-on-{side}" if state in LETTER_ON else "jm-bold jm-halo"
    return text_at(x, y + size * 0.36, letter, round(size, 1), kind, "middle")


def described(words: Words, mark: Mark) -> str:
    """Say a mark in words."""
    state = words("map.state_sum" if mark.state == "sum" else f"map.state_{mark.state}")
    return words(
        "map.mark",
        names=", ".join(mark.names),
        men=words.number(round(mark.men, -2)),
        state=state,
        supply=words.percent(mark.supply, 0),
    )
