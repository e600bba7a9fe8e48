"""Say where the priors come from, and what widening those that hold hindsight does.

    python verification/prior_origins.py [--effect] [--draws 256] [--seed 1]

Printed is the table "Where the priors come from" of docs/design/calibration.md, by group and by
the part of the record that each number was set by looking at, and the list of numbers for which
nothing earlier is on hand; a test holds the page to it. With `--effect` the odds of outcomes and
some beliefs and facts on chosen days, under the priors as they are and widened
(`jukushi.case.knowledge.widened`), on the same dice and at the same quantiles.
"""

from __future__ import annotations

import argparse
from datetime import date

import numpy as np

from jukushi.case.knowledge import widened
from jukushi.case.load import Case
from jukushi.case.origins import origins, without_earlier
from jukushi.case.targets import state_week
from jukushi.draws import DICE_PER_DRAW, LANES
from jukushi.engine.run import Engine, World
from jukushi.questions.differences import PairedDifference
from jukushi.questions.probability import Probability, draw_starts
from jukushi.world.vocabulary import open_case

OUTCOMES = (
    "attack_by_end_1941", "attack_ever", "south_by_end_1941", "soviet_collapse", "soviet_entry",
)  # fmt: skip
#: Field, day, unit, and what is read.
SEEN = (
    ("believed_divisions", date(1941, 8, 9), "divisions", "Tokyo's count of divisions"),
    ("victory_belief", date(1941, 8, 9), "probability", "Tokyo's belief in a German victory"),
    ("threat_belief", date(1941, 8, 9), "probability", "Moscow's fear of an attack"),
    ("front_km", date(1941, 9, 30), "km", "front, from Moscow"),
    ("sent_total", date(1941, 10, 31), "divisions", "divisions sent west"),
    ("believed_divisions", date(1941, 11, 5), "divisions", "Tokyo's count of divisions"),
    ("oil", date(1941, 12, 7), "Mbbl", "oil stock"),
    ("soviet_men", date(1942, 9, 30), "million men", "Soviet field army"),
    ("front_km", date(1943, 10, 31), "km", "front, from Moscow"),
)


def table(case: Case) -> str:
    """Return the table of origins as the page holds it."""
    rows = [
        "| group | fit | score | neither | of score: earlier figure | of score: wider range |",
        "|---|---|---|---|---|---|",
    ]
    for row in origins(case):
        cells = (row.fit, row.score, row.neither, row.replaced, row.widened)
        name = f"`{row.group}`" if row.group else "all"
        rows.append(f"| {name} | " + " | ".join(map(str, cells)) + " |")
    return "\n".join(rows)


def listing(case: Case) -> str:
    """Return the list of numbers without an earlier figure, by group, as the page holds it."""
    items = without_earlier(case)
    groups = dict.fromkeys(item.group for item in items)
    return "\n".join(
        f"* {group}: " + ", ".join(f"`{item.id}`" for item in items if item.group == group)
        for group in groups
    )


def chances(case: Case, draws: int, seed: int) -> None:
    """Print odds under both, and their difference."""
    engines = [Engine(case, seed), Engine(widened(case), seed)]
    print("| outcome | priors as they are | widened | difference |\n|---|---|---|---|")
    for name in OUTCOMES:
        both, paired = Probability(2), PairedDifference()
        runs = [e.run([World("record")], 0, draws * DICE_PER_DRAW, name) for e in engines]
        hits = np.concatenate([run.events >= 0 for run in runs])
        starts = draw_starts(0, hits.shape[1])
        both.add(hits, starts)
        paired.add(hits[0], hits[1], starts)
        cells = [_chance(both.answer(row)) for row in (0, 1)]
        print(f"| `{name}` | " + " | ".join([*cells, _points(paired.answer())]) + " |")


def _chance(answer: dict) -> str:
    low, high = (100 * end for end in answer["sampling"])
    least, most = (100 * end for end in answer["ignorance"])
    return f"{100 * answer['estimate']:.1f} % ({low:.1f}-{high:.1f}; {least:.1f}-{most:.1f})"


def _points(answer: dict) -> str:
    low, high = (100 * end for end in answer["sampling"])
    least, most = (100 * end for end in answer["ignorance"])
    estimate = 100 * answer["estimate"]
    return f"{estimate:+.1f} ({low:+.1f} to {high:+.1f}; {least:+.1f} to {most:+.1f})"


def seen(case: Case, draws: int, seed: int) -> None:
    """Print quantiles of beliefs and facts under both."""
    fields = list(dict.fromkeys(field for field, *_ in SEEN))
    weeks = sorted({state_week(case, day) for _, day, *_ in SEEN})
    found = [
        Engine(known, seed).observe(
            World("record"), 0, draws * LANES, fields, weeks, weeks[-1], stride=DICE_PER_DRAW
        )
        for known in (case, widened(case))
    ]
    print("| what | day | unit | priors as they are | widened |\n|---|---|---|---|---|")
    for field, day, unit, title in SEEN:
        at = weeks.index(state_week(case, day)), fields.index(field)
        digits = 2 if unit in ("probability", "million men") else 1 if unit != "km" else 0
        cells = []
        for values in found:
            low, middle, high = np.quantile(values[at], [0.05, 0.5, 0.95])
            cells.append(f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})")
        print(f"| {title} | {day} | {unit} | " + " | ".join(cells) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--effect", action="store_true")
    parser.add_argument("--draws", type=int, default=256)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    case = open_case("kantokuen")
    print(table(case), listing(case), sep="\n\n")
    if options.effect:
        print()
        chances(case, options.draws, options.seed)
        print()
        seen(case, options.draws, options.seed)


if __name__ == "__main__":
    main()
