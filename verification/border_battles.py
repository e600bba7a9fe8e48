"""Hold the border battles of the lessons against the record.

    python verification/border_battles.py [--draws 200] [--seed 1]

Each parameter draw gives 64 histories of Khasan, of the Japanese attack of July 1939 and of the
Soviet one of August. Printed: quantiles of the losses of both sides, the quantile at which the
record and each rival value lies, who wins, and what the hunter believes afterwards. The state
keeps the losses of July and August 1939 as one sum; August alone is the same fight, on the same
dice, in a world where the attack of July is made by one man. Last, the observer of the model is
shown the recorded losses themselves, at the centres of the case. docs/mechanisms/lessons.md holds
what this program printed.

The record (thousands of men killed, wounded, missing): Khasan whole, 29 July to 11 August 1938;
Khalkhin Gol whole, 11 May to 16 September 1939; 20 to 31 August 1939, a split of low confidence.
The fights of the model are 6 to 11 August 1938, 2 to 5 July and 20 to 31 August 1939.
"""

from __future__ import annotations

import argparse
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.schema import Change
from jukushi.dice import DICE_PER_DRAW
from jukushi.engine.run import Engine, World
from jukushi.mechanisms import combat, lessons
from jukushi.mechanisms.combat import Conditions
from jukushi.world.parameters import PARAMETERS
from jukushi.world.state import FIELD_INDEX
from jukushi.world.vocabulary import open_case

FIELDS = (
    "khasan_result", "khalkhin_result", "khasan_prey_losses", "khasan_hunter_losses",
    "khalkhin_prey_losses", "khalkhin_hunter_losses", "lesson_quality", "lesson_variance",
    "lesson_blood", "lesson_blood_variance",
)  # fmt: skip
#: What is on record of each quantity: name of the row, value in thousands of men.
RECORD = {
    "Khasan, prey": [("whole battle", 4.239), ("lower Soviet figures", 3.544)],
    "Khasan, hunter": [("whole battle", 1.439), ("Soviet claim", 3.0)],
    "July and August 1939, prey": [("whole, May to September", 25.655), ("with the sick", 28.169)],
    "July and August 1939, hunter": [
        ("whole, May to September", 18.227),
        ("killed and wounded", 17.206),
        ("Soviet claim", 61.0),
    ],
    "August 1939, prey": [("split by phase", 10.5)],
    "August 1939, hunter": [("split by phase", 11.0)],
    "July 1939, hunter": [("killed alone", 0.8)],
    "July 1939, prey": [],
}
#: Nobody attacks in July 1939: what is left is August.
AUGUST_ALONE = World(
    "August alone",
    tuple(
        Change(parameter=f"yasuoka_{name}", set=value)
        for name, value in (
            ("japan_men", 1.0), ("japan_tanks", 0.0), ("japan_guns", 0.0),
            ("soviet_men", 1.0), ("soviet_tanks", 0.0), ("soviet_guns", 0.0),
        )
    ),
)  # fmt: skip


def histories(engine: Engine, world: World, draws: int) -> dict[str, npt.NDArray[np.float64]]:
    """Return the fields after the battles, float64[draws, 64] each, and the value of a division."""
    found: dict[str, list[npt.NDArray[np.float64]]] = {name: [] for name in (*FIELDS, "value")}
    strength = engine.space.index["division_strength_ratio"]
    for draw in range(draws):
        trace = engine.trace(draw * DICE_PER_DRAW, world, engine.first_running)
        state = trace.state[engine.first_running - 1].astype(np.float64)
        for name in FIELDS:
            found[name].append(state[FIELD_INDEX[name]])
        quality = state[FIELD_INDEX["lesson_quality"]]
        found["value"].append(np.exp(quality) * trace.parameters[strength])
    return {name: np.stack(rows) for name, rows in found.items()}


def spread(values: npt.NDArray[np.float64]) -> str:
    """Return 5, 50 and 95 % of the values."""
    low, middle, high = np.percentile(values, [5, 50, 95])
    return f"{low:8.3f} {middle:8.3f} {high:8.3f}"


def losses_table(
    whole: dict[str, npt.NDArray[np.float64]], august: dict[str, npt.NDArray[np.float64]]
) -> None:
    """Print losses and the quantile of what is on record."""
    values = {
        "Khasan, prey": whole["khasan_prey_losses"],
        "Khasan, hunter": whole["khasan_hunter_losses"],
        "July and August 1939, prey": whole["khalkhin_prey_losses"],
        "July and August 1939, hunter": whole["khalkhin_hunter_losses"],
        "August 1939, prey": august["khalkhin_prey_losses"],
        "August 1939, hunter": august["khalkhin_hunter_losses"],
        "July 1939, prey": whole["khalkhin_prey_losses"] - august["khalkhin_prey_losses"],
        "July 1939, hunter": whole["khalkhin_hunter_losses"] - august["khalkhin_hunter_losses"],
    }
    print("losses, thousand men                 5 %     50 %     95 %   record, its quantile")
    for name, value in values.items():
        held = [f"{what} {x:g}: {np.mean(value < x):.3f}" for what, x in RECORD[name]]
        print(f"{name:30s}{spread(value)}   {'; '.join(held)}")
    for name in ("Khasan", "August 1939"):
        ratio = np.log(values[f"{name}, prey"] / values[f"{name}, hunter"])
        what = RECORD[f"{name}, prey"][0][1] / RECORD[f"{name}, hunter"][0][1]
        print(f"{name}: prey over hunter {spread(np.exp(ratio))}   record {what:.2f}: "
              f"{np.mean(np.exp(ratio) < what):.3f}")  # fmt: skip


def beliefs_table(whole: dict[str, npt.NDArray[np.float64]]) -> None:
    """Print who wins and what is believed afterwards."""
    for name in ("khasan_result", "khalkhin_result"):
        counts = [float(np.mean(whole[name] == who)) for who in (1.0, 0.0, -1.0)]
        print(f"{name}: prey {counts[0]:.3f}, draw {counts[1]:.3f}, hunter {counts[2]:.3f}")
    rows = {
        "quality": whole["lesson_quality"],
        "its sd": np.sqrt(whole["lesson_variance"]),
        "bloodiness": whole["lesson_blood"],
        "its sd ": np.sqrt(whole["lesson_blood_variance"]),
        "value of a division": whole["value"],
    }
    for name, value in rows.items():
        print(f"{name:22s}{spread(value)}")


def shown_the_record(engine: Engine) -> None:
    """Let the model's observer, at the centres, learn from the recorded losses."""
    flat = np.ascontiguousarray(engine.space.centres(), np.float32)
    record = flat.view(PARAMETERS)[0, 0]
    numbers = [name for name in PARAMETERS.names or () if record[name].ndim == 0]
    p = SimpleNamespace(**{name: float(record[name]) for name in numbers})
    names = ("quality", "variance", "blood", "blood_variance", "covariance")
    s = SimpleNamespace(**{f"lesson_{name}": np.zeros(1) for name in names})
    s.lesson_quality[0] = p.lesson_quality_start
    s.lesson_variance[0] = p.lesson_sd_start**2
    s.lesson_blood_variance[0] = BLOOD_START
    value = _value(s, p)
    print(f"shown the record, at the centres: value before {value:.3f}")
    for name, fight in record_fights(p).items():
        z, power, under, days, men_a, men_d, lost_a, lost_d = fight
        log_size = 0.5 * np.log(men_a * men_d) - np.log(20000.0)
        x = power - under + _plain(combat.exchange)(z, p) + s.lesson_quality[0]
        bloody = _plain(combat.intensity)(z, log_size, p) + s.lesson_blood[0]
        mean_a = _plain(combat.log_loss_attacker)(x, bloody, p) + p.attacker_days * np.log(days)
        mean_d = _plain(combat.log_loss_defender)(x, bloody, p) + p.defender_days * np.log(days)
        score = _plain(combat.result_score)(x, _plain(combat.ground)(z, p), p)
        share_a, share_d = lost_a / men_a, lost_d / men_d
        surprise_a, surprise_d = np.log(share_a) - mean_a, np.log(share_d) - mean_d
        _plain(lessons.learn)(s, 0, 1.0, surprise_a, surprise_d, 1.0, p)
        after = _value(s, p)
        _plain(lessons.learn_from_winner)(s, 0, 1.0, score, 1.0, 1.0, p)
        print(
            f"{name}: share lost prey {share_a:.3f} (expected {np.exp(mean_a):.3f}), hunter "
            f"{share_d:.3f} ({np.exp(mean_d):.3f}); surprises {surprise_a:+.2f} {surprise_d:+.2f}; "
            f"value {after:.3f}, with the winner {_value(s, p):.3f}, "
            f"bloodiness {s.lesson_blood[0]:+.2f}"
        )


#: Variance of the believed bloodiness before the battles, as the engine sets it.
BLOOD_START = 0.25


def _plain(kernel: Any) -> Any:
    """Return the Python function behind a kernel."""
    return getattr(kernel, "py_func", kernel)


def _value(s: SimpleNamespace, p: SimpleNamespace) -> float:
    return float(np.exp(s.lesson_quality[0]) * p.division_strength_ratio)


def record_fights(p: SimpleNamespace) -> dict[str, tuple[Any, ...]]:
    """Return the fights with recorded losses, as the model has them at its centres."""
    khasan = Conditions(
        0.0, p.khasan_air, 1.0 - p.khasan_fortified, p.khasan_fortified, 0.0, p.khasan_rugged,
        0.0, 0.0, 0.0, 0.0, p.khasan_wet, 0.0, 0.0,
    )  # fmt: skip
    gol = Conditions(
        p.khalkhin_surprise, p.khalkhin_air, p.khalkhin_prepared, 0.0, 0.0, 0.0, 0.0, 0.0,
        p.khalkhin_bare, 0.0, 0.0, 0.0, 0.0,
    )  # fmt: skip

    def power(battle: str) -> float:
        sides = [
            _plain(combat.combat_power)(
                getattr(p, f"{battle}_{side}_men"),
                getattr(p, f"{battle}_{side}_tanks", 0.0),
                getattr(p, f"{battle}_{side}_guns"),
                p,
            )
            for side in ("soviet", "japan")
        ]
        return float(np.log(sides[0] / sides[1]))

    return {
        "Khasan (losses of the whole battle)": (
            khasan, power("khasan"), p.khasan_underestimate, 6.0,
            p.khasan_soviet_men, p.khasan_japan_men, 4239.0, 1439.0,
        ),
        "August 1939 (split by phase)": (
            gol, power("khalkhin"), p.khalkhin_underestimate, 12.0,
            p.khalkhin_soviet_men, p.khalkhin_japan_men, 10500.0, 11000.0,
        ),
    }  # fmt: skip


def main() -> None:
    """Run the battles and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    engine = Engine(open_case("kantokuen"), options.seed)
    whole = histories(engine, World("as it was"), options.draws)
    august = histories(engine, AUGUST_ALONE, options.draws)
    print(f"{options.draws} parameter draws, 64 histories each")
    losses_table(whole, august)
    beliefs_table(whole)
    shown_the_record(engine)


if __name__ == "__main__":
    main()
