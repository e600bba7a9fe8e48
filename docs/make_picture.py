"""Draw the picture of the README: what `why` says, as one SVG.

    jukushi why kantokuen -q --json | python docs/make_picture.py docs/why.svg

Plain Python; the picture refers to nothing outside itself, its text is text, and it follows
the reader's light or dark theme. Every figure in it comes from the answer.
"""

from __future__ import annotations

import json
import sys
from html import escape
from pathlib import Path
from typing import Any

Z90 = 1.6448536269514722
WIDTH, LEFT, RIGHT = 840, 264, 624  # bars lie between LEFT and RIGHT
ROW, TOP = 30, 118

STYLE = """
text { font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1b1b1b; }
.paper { fill: #ffffff; }
.head { font-size: 19px; font-weight: 600; }
.body { font-size: 14px; }
.small { font-size: 12.5px; fill: #555555; }
.more { fill: #d55e00; }
.less { fill: #0072b2; }
.line { stroke: #1b1b1b; stroke-width: 1.5; fill: none; }
.grid { stroke: #bbbbbb; stroke-width: 1; }
.cell { fill: #e6e6e6; }
.shut { fill: #6b5b95; }
@media (prefers-color-scheme: dark) {
  text { fill: #eeeeee; }
  .paper { fill: #14161a; }
  .small { fill: #b5b5b5; }
  .more { fill: #e69f00; }
  .less { fill: #56b4e9; }
  .line { stroke: #eeeeee; }
  .grid { stroke: #4a4d55; }
  .cell { fill: #2d3038; }
  .shut { fill: #a99bd0; }
}
"""


def percent(value: float) -> str:
    """Write a probability as a percentage of two figures."""
    number = 100.0 * value
    if number == 0.0 or number >= 9.5:
        return f"{number:.0f} %"
    return "<0.1 %" if number < 0.1 else f"{number:.1f} %"


def between(interval: list[float]) -> str:
    """Write an interval of probabilities."""
    return f"{percent(interval[0])} to {percent(interval[1])}"


def points(value: float) -> str:
    """Write a signed number of percentage points."""
    return f"{100 * value:+.1f}".replace("-", "\u2212")


def text(x: float, y: float, kind: str, words: str, anchor: str = "start") -> str:
    """One line of text."""
    place = f'x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}"'
    return f"<text {place}>{escape(words, quote=False)}</text>"


def rectangle(x: float, y: float, width: float, height: float, kind: str) -> str:
    """One filled rectangle."""
    size = f'width="{max(width, 0.0):.1f}" height="{height:.1f}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" {size} class="{kind}"/>'


def bars(factors: list[dict[str, Any]]) -> list[str]:
    """Signed bars of the shares, the largest first, with 90 % whiskers."""
    ends = [
        (row["shapley"] - Z90 * row["shapley_se"], row["shapley"] + Z90 * row["shapley_se"])
        for row in factors
    ]
    low, high = min(0.0, *(end[0] for end in ends)), max(0.01, *(end[1] for end in ends))
    scale = (RIGHT - LEFT) / (high - low)
    zero = LEFT - low * scale
    bottom = TOP + ROW * len(factors)
    drawn = [f'<path class="grid" d="M{zero:.1f} {TOP - 8}V{bottom:.1f}"/>']
    for number, (row, (least, most)) in enumerate(zip(factors, ends, strict=True)):
        y, share = TOP + ROW * number, row["shapley"]
        kind = "more" if share >= 0 else "less"
        drawn.append(text(LEFT - 14, y + 15, "body", row["title"]["en"], "end"))
        drawn.append(rectangle(zero + min(share, 0.0) * scale, y + 2, abs(share) * scale, 16, kind))
        a, b = zero + least * scale, zero + most * scale
        drawn.append(
            f'<path class="line" d="M{a:.1f} {y + 10}H{b:.1f}'
            f'M{a:.1f} {y + 6}V{y + 14}M{b:.1f} {y + 6}V{y + 14}"/>'
        )
        figures = f"{points(share)}  ({points(least)} to {points(most)})"
        drawn.append(text(RIGHT + 16, y + 15, "body", figures))
    return drawn


def locks(rows: list[dict[str, Any]], top: float) -> list[str]:
    """One line of cells: how often each gate was shut when war came nearest."""
    drawn = []
    step = (WIDTH - 48) / max(len(rows), 1)
    for number, row in enumerate(rows):
        x, shut = 24 + step * number, row["closed"]
        wide = step - 10
        drawn.append(rectangle(x, top, wide, 14, "cell"))
        drawn.append(rectangle(x, top, wide * shut["estimate"], 14, "shut"))
        drawn.append(text(x, top + 32, "body", row["gate"].replace("_", " ")))
        drawn.append(text(x, top + 50, "body", percent(shut["estimate"])))
        low, high = (percent(value).removesuffix(" %") for value in shut["sampling"])
        drawn.append(text(x, top + 67, "small", f"{low} to {high}"))
    return drawn


def picture(answer: dict[str, Any]) -> str:
    """Return the SVG of an answer of `why`."""
    chance, all_gone = answer["probability"], answer["all_absent"]
    asked = answer["outcome"].replace("_", " ")
    thousand = round(1000 * chance["estimate"])
    head = f"{answer['case'].capitalize()}, {asked}: about {thousand} of 1,000 histories"
    doubt = (
        f"{percent(chance['estimate'])}; finite histories: {between(chance['sampling'])}; "
        f"unknown parameters: {between(chance['ignorance'])}"
    )
    told = "What held it back: share of each factor, in percentage points, with 90 % intervals"
    below = TOP + ROW * len(answer["factors"]) + 34
    notes = (
        f"All factors absent: {percent(all_gone['estimate'])} "
        f"({between(all_gone['sampling'])}). A negative share is no restraint: without it, "
        "war is rarer.",
        f"{answer['histories']:,} histories, seed {answer['seed']}, decided by "
        f"{answer['decision_maker'].replace('_', ' ')}. Causes in the model, not proof: "
        "for exploration, not for prediction.",
    )
    height = below + 16 + 67 + 56
    body = [
        rectangle(0, 0, WIDTH, height, "paper"),
        text(24, 36, "head", head),
        text(24, 60, "body", doubt),
        text(24, 92, "small", told),
        *bars(answer["factors"]),
        text(24, below, "small", "The locks: how often each gate was shut when war came nearest"),
        *locks(answer["locks"], below + 14),
        *(text(24, below + 106 + 18 * line, "small", note) for line, note in enumerate(notes)),
    ]
    described = "; ".join(
        f"{row['title']['en']} {points(row['shapley'])} points" for row in answer["factors"]
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="title what">',
            f'<title id="title">{escape(head)}</title>',
            f'<desc id="what">{escape(doubt)}. {escape(described)}.</desc>',
            f"<style>{STYLE}</style>",
            *body,
            "</svg>",
            "",
        ]
    )


def main(arguments: list[str]) -> int:
    """Read an answer from stdin, write the picture to the file named."""
    if len(arguments) != 1:
        print("usage: jukushi why CASE --json | python docs/make_picture.py FILE", file=sys.stderr)
        return 2
    answer = json.load(sys.stdin)
    if answer.get("schema") != "jukushi.why/1":
        print("error: this is no answer of `jukushi why --json`", file=sys.stderr)
        return 4
    Path(arguments[0]).write_text(picture(answer), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
