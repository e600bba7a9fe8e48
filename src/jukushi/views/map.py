"""The map of a campaign: a situation in, one SVG out; no framework, no page, no network.

Symbols and letters are measured in pixels of the picture, so a narrow map is drawn again for
its width and not shrunk. Shapes tell the sides apart without colour: circles and squares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jukushi.case.load import Case
from jukushi.views.basemap.atlas import open_atlas
from jukushi.views.basemap.ground import Frame, base_layer
from jukushi.views.map_legend import (
    dated,
    description_of,
    document_of,
    flow_of,
    legend_items,
    lines_of,
    off_sheet,
    prefix_of,
)
from jukushi.views.map_panel import panel_of, sea_links
from jukushi.views.map_scene import (
    PRIMORYE,
    SMALL,
    THEATRE,
    TINY,
    WIDE,
    Drawing,
    FormationMark,
    Situation,
    Sizes,
    frame_box,
    scale_of,
    worth_enlarging,
)
from jukushi.views.words import Words

__all__ = [
    "PRIMORYE",
    "THEATRE",
    "FormationMark",
    "Situation",
    "campaign_sheet_svg",
    "situation_svg",
]

_NARROW = 640  # below this width: small symbols, everything in one column


def situation_svg(situation: Situation, case: Case, words: Words, *, width: int = 900) -> str:
    """Draw one date of a campaign.

    Parameters
    ----------
    situation : Situation
        What stood where on that date.
    case : Case
        Its places, links and powers.
    words : Words
        The language.
    width : int
        Width of the picture in pixels; narrow maps have one column and smaller symbols.

    Returns
    -------
    str
        A self-contained SVG.
    """
    atlas = open_atlas(case, words)
    sizes = SMALL if width < _NARROW else WIDE
    prefix = prefix_of([situation], width)
    px2 = scale_of([situation], atlas, sizes)
    margin = 10.0
    body, y = _heading(situation, words, margin, width - 2 * margin, sizes)
    box = frame_box([situation], atlas)
    frame = Frame(box, margin, y + 8, width - 2 * margin)
    large = worth_enlarging(situation, atlas)
    drawing = Drawing(
        frame, situation, atlas, words, sizes, px2, prefix, PRIMORYE if large else None
    )
    body += panel_of(drawing)
    more, y = _below(drawing, frame.top + frame.height + 10, width, margin)
    title = dated(situation, words)
    text = description_of(situation, atlas, words)
    return document_of(prefix, (width, y + 10), title, text, body + more, words.language)


def _heading(
    situation: Situation, words: Words, x: float, width: float, sizes: Sizes
) -> tuple[str, float]:
    """Write the finding as the headline, and what and when under it."""
    head, y = lines_of([situation.finding], x, 6, width, sizes.head, "jm-bold")
    below, y = lines_of([dated(situation, words)], x, y + 2, width, sizes.text)
    return head + below, y


def _below(drawing: Drawing, top: float, width: float, margin: float) -> tuple[str, float]:
    """Draw what stands under the map: the enlarged part, numbers and legend."""
    whole = width - 2 * margin
    body, bottom, left, column, y = "", top, margin, whole, top
    if drawing.summed is not None:
        narrow = width < _NARROW
        frame = Frame(drawing.summed, margin, top, whole if narrow else 0.54 * whole)
        body = panel_of(replace(drawing, frame=frame, summed=None))
        bottom = top + frame.height
        if narrow:
            y = bottom + 4
        else:
            left, column = margin + frame.width + 16, whole - frame.width - 16
    more, y = _texts_and_legend(drawing, left, y, column)
    return body + more, max(bottom, y)


def _texts_and_legend(drawing: Drawing, x: float, y: float, width: float) -> tuple[str, float]:
    words, situation, sizes = drawing.words, drawing.situation, drawing.sizes
    off = off_sheet(situation, drawing.atlas, drawing.frame, words)
    numbers, y = lines_of([*situation.numbers, *off], x, y, width, sizes.text)
    summed = drawing.summed is not None
    items = legend_items([situation], drawing.atlas, words, drawing.prefix, drawing.px2, summed)
    legend, y = flow_of(items, x, y + 22, width, sizes.label)
    note, y = lines_of([words("map.rough")], x, y, width, sizes.label, "jm-muted")
    return numbers + legend + note, y


def campaign_sheet_svg(situations: Sequence[Situation], case: Case, words: Words) -> str:
    """Draw several dates of a campaign side by side, for the comparison that memory cannot do.

    Parameters
    ----------
    situations : sequence of Situation
        Four to six dates, in order; other numbers work.
    case : Case
        Its places, links and powers.
    words : Words
        The language.

    Returns
    -------
    str
        A self-contained SVG, two maps wide.
    """
    atlas = open_atlas(case, words)
    prefix = prefix_of(situations, 0)
    px2 = scale_of(situations, atlas, TINY)
    margin, gap = 10.0, 16.0
    wide = (900 - 2 * margin - gap) / 2
    box = frame_box(situations, atlas)
    body, top = "", 6.0
    corner = Frame(box, 0.0, 0.0, wide)
    if situations:  # the paper is the same for all: drawn once, used again
        first_map = Drawing(corner, situations[0], atlas, words, TINY, px2, prefix)
        base = base_layer(corner, sea_links(first_map))
        # The class again: rules that name an ancestor do not reach into a copy from outside.
        body = f'<defs><g id="{prefix}-base" class="jm">{base}</g></defs>'
    for first in range(0, len(situations), 2):
        row = situations[first : first + 2]
        lines = [_heading(item, words, 0, wide, TINY)[1] for item in row]
        bottom = top
        for number, item in enumerate(row):
            x = margin + number * (wide + gap)
            frame = replace(corner, left=x, top=top + max(lines) + 6)
            drawing = Drawing(frame, item, atlas, words, TINY, px2, prefix, brief=True)
            made, lower = _small_map(drawing, top)
            body += made
            bottom = max(bottom, lower)
        top = bottom + 12
    items = legend_items(situations, atlas, words, prefix, px2, summed=True)
    legend, y = flow_of(items, margin, top + 12, 900 - 2 * margin, TINY.label)
    note, y = lines_of([words("map.rough")], margin, y, 880, TINY.label, "jm-muted")
    title = situations[0].title if situations else words("map.sheet")
    text = " ".join(description_of(item, atlas, words) for item in situations)
    return document_of(prefix, (900, y + 10), title, text, body + legend + note, words.language)


def _small_map(drawing: Drawing, top: float) -> tuple[str, float]:
    """Draw one of the small maps with its heading and numbers."""
    frame, item = drawing.frame, drawing.situation
    head, _ = _heading(item, drawing.words, frame.left, frame.width, TINY)
    off = off_sheet(item, drawing.atlas, frame, drawing.words)
    low = frame.top + frame.height
    numbers, y = lines_of([*item.numbers, *off], frame.left, low + 2, frame.width, TINY.label)
    moved = f'<g transform="translate(0 {top:.1f})">{head}</g>'
    place = f"translate({frame.left:.1f} {frame.top:.1f})"
    base = f'<use href="#{drawing.prefix}-base" transform="{place}"/>'
    return moved + panel_of(drawing, base) + numbers, y
