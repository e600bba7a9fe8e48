"""Colours, outlines and hatchings of the maps, in a light and a dark version.

The colours are written out class by class: custom properties would be shorter, but the
programs that turn an SVG into a page for print do not all know them.
"""

from __future__ import annotations

__all__ = ["LETTER_ON", "SIDES", "STATES", "patterns", "style"]

SIDES = ("east", "west", "other")
STATES = ("attack", "hold", "withdraw", "move", "cut", "surrendered", "waiting")
#: States whose letter stands on the full colour.
LETTER_ON = frozenset({"attack"})

_LIGHT = {
    "east": "#d55e00", "west": "#0072b2", "other": "#6b6b6b",
    "on_east": "#000000", "on_west": "#ffffff", "on_other": "#ffffff",
    "paper": "#ffffff", "ink": "#1b1b1b", "muted": "#595959",
    "sea": "#c6d7e2", "river": "#4f86a9", "border": "#857a6c",
    "land_east": "#f9efe4", "land_west": "#edf1f3", "land_other": "#f3f2ee",
    "link": "#77706a",
}  # fmt: skip
_DARK = {
    "east": "#e69f00", "west": "#56b4e9", "other": "#a8a8a8",
    "on_east": "#000000", "on_west": "#000000", "on_other": "#000000",
    "paper": "#14161a", "ink": "#eeeeee", "muted": "#b8b8b8",
    "sea": "#0d1620", "river": "#4d7f9f", "border": "#7d766c",
    "land_east": "#2e2a24", "land_west": "#242a31", "land_other": "#29292a",
    "link": "#948d86",
}  # fmt: skip

_FIXED = """
.jm text { font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
.jm path, .jm line { fill: none; }
.jm .jm-river { stroke-width: 1.3; stroke-linejoin: round; }
.jm .jm-land { stroke-width: .6; fill-rule: evenodd; }
.jm .jm-border { stroke-width: 1.1; stroke-dasharray: 6 2 1.5 2; }
.jm .jm-rail { stroke-width: 1.3; }
.jm .jm-road { stroke-width: 1.1; stroke-dasharray: 5 3; }
.jm .jm-water { stroke-width: 1.1; stroke-dasharray: 1 4; stroke-linecap: round; }
.jm .jm-broken { stroke-width: 2.4; }
.jm .jm-way { stroke-width: 1.8; }
.jm .jm-gone { stroke-width: 4.5; stroke-linecap: round; }
.jm .jm-leader { stroke-width: 1; }
.jm .jm-place { stroke-width: 1.2; }
.jm .jm-ring { fill: none; stroke-width: 2.2; }
.jm .jm-aim { stroke-width: 1.8; }
.jm .jm-mark { stroke-width: 1.8; }
.jm .jm-short { stroke-dasharray: 5 2.5; }
.jm .jm-bad { stroke-dasharray: 1.6 2.4; }
.jm .jm-frame { fill: none; stroke-width: 1.2; }
.jm .jm-halo { paint-order: stroke; stroke-width: 3; stroke-linejoin: round; }
.jm .jm-bold { font-weight: 600; }
.jm .jm-polity { letter-spacing: .12em; }
"""


def _mix(one: str, other: str, part: float) -> str:
    """Mix two colours: solid, so that nothing of the map shines through a mark."""
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(part * a + (1 - part) * b):02x}" for a, b in pairs)


def _both(colour: str) -> str:
    """Fill and stroke in one colour: no seam shows between neighbours."""
    return f"fill: {colour}; stroke: {colour};"


def _side_rules(side: str, colour: dict[str, str]) -> list[str]:
    own, paper = colour[side], colour["paper"]
    fills = {
        "attack": own,
        "move": _mix(own, paper, 0.5),
        "hold": _mix(own, paper, 0.22),
        "waiting": paper,
        "surrendered": paper,
    }
    return [
        f".jm .jm-{side} {{ stroke: {own}; }}",
        f".jm .jm-full-{side} {{ fill: {own}; stroke: {paper}; }}",
        f".jm .jm-head-{side} {{ fill: {own}; }}",
        f".jm .jm-on-{side} {{ fill: {colour[f'on_{side}']}; }}",
        f".jm .jm-stripe-{side} {{ stroke: {_mix(own, paper, 0.6)}; }}",
        *(f".jm .jm-{side}-{state} {{ fill: {fill}; }}" for state, fill in fills.items()),
        # An outline of the colour of its filling would not show how supply stands.
        f".jm .jm-{side}-attack {{ stroke: {colour['outline']}; }}",
    ]


def _rules(colour: dict[str, str]) -> str:
    ink, muted, paper = colour["ink"], colour["muted"], colour["paper"]
    rules = [
        f".jm text {{ fill: {ink}; }}",
        f".jm .jm-paper {{ fill: {paper}; }}",
        f".jm .jm-muted {{ fill: {muted}; }}",
        f".jm .jm-halo {{ stroke: {paper}; }}",
        f".jm .jm-sea {{ fill: {colour['sea']}; }}",
        f".jm .jm-lake {{ fill: {colour['sea']}; stroke: {colour['river']}; }}",
        f".jm .jm-river {{ stroke: {colour['river']}; }}",
        f".jm .jm-border {{ stroke: {colour['border']}; }}",
        *(f".jm .jm-land-{side} {{ {_both(colour[f'land_{side}'])} }}" for side in SIDES),
        f".jm .jm-rail, .jm .jm-road, .jm .jm-water {{ stroke: {colour['link']}; }}",
        f".jm .jm-broken, .jm .jm-aim, .jm .jm-frame, .jm .jm-scale {{ stroke: {ink}; }}",
        f".jm .jm-leader {{ stroke: {muted}; }}",
    ]
    neutral = {**colour, "ink": muted, "on_ink": paper, "outline": ink}
    for side in (*SIDES, "ink"):
        rules += _side_rules(side, neutral)
    return "\n".join(rules)


def style() -> str:
    """Return the style block; it follows the reader's light or dark theme."""
    dark = _rules(_DARK)
    rules = f"{_FIXED}{_rules(_LIGHT)}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"
    return f"<style>{rules}</style>"


def patterns(prefix: str) -> str:
    """Return the hatchings: stripes for a withdrawal, a net for the cut off."""
    made = []
    for side in (*SIDES, "ink"):
        for state, lines in (("withdraw", "M0 3H6"), ("cut", "M0 3H6M3 0V6")):
            made.append(
                f'<pattern id="{prefix}-{side}-{state}" width="6" height="6" '
                'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
                '<rect class="jm-paper" width="6" height="6"/>'
                f'<path class="jm-stripe-{side}" stroke-width="2" d="{lines}"/></pattern>'
            )
    return "".join(made)
