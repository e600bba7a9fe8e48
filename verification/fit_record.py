"""Fit the priors of the distant front, the transfers and the lesson to part of the record.

    python verification/fit_record.py [--draws 4000]

The dated record is split by date: what was on record up to 30 November 1941 is fitted, what
came later is held out and only scored. The fit is importance sampling: each parameter draw
is weighted by a Gaussian synthetic likelihood of the fitted items (mean and spread over its
dice, plus the error of the record), tempered until the effective sample size is a tenth of
the draws. Printed: for each fitted parameter the weighted mean and spread beside the prior,
for each item the record's rank among the histories before and after. The figures printed
here were carried into `cases/kantokuen/parameters.yaml` by hand (docs/design/calibration.md).
"""

from __future__ import annotations

import argparse
from datetime import date

import numpy as np

from jukushi.dice import DICE_PER_DRAW
from jukushi.engine.run import Engine, World
from jukushi.world.state import FIELD_INDEX
from jukushi.world.vocabulary import open_case

#: (field, date, record, error of the record, fitted?)
ITEMS = [
    ("front_km", "1941-06-30", 620, 40, True),
    ("front_km", "1941-07-16", 370, 30, True),
    ("front_km", "1941-07-31", 300, 25, True),
    ("front_km", "1941-08-31", 300, 25, True),
    ("front_km", "1941-09-30", 300, 25, True),
    ("front_km", "1941-10-15", 110, 25, True),
    ("front_km", "1941-10-31", 80, 20, True),
    ("front_km", "1941-11-30", 28, 15, True),
    ("soviet_men", "1941-09-11", 3.463, 0.3, True),
    ("soviet_men", "1941-11-01", 2.2, 0.4, True),
    ("sent_total", "1941-07-31", 2, 0.7, True),
    ("sent_total", "1941-09-30", 5, 1, True),
    ("sent_total", "1941-10-31", 13, 1.5, True),
    ("believed_divisions", "1941-07-14", 25, 2, True),
    ("believed_divisions", "1941-08-11", 25, 2.5, True),
    ("believed_departed", "1941-11-10", 13, 2, True),
    ("believed_tanks", "1941-11-10", 1400, 250, True),
    ("believed_aircraft", "1941-11-10", 1500, 250, True),
    ("value_of_division", "1941-07-12", 0.75, 0.08, True),
    ("front_km", "1941-12-31", 100, 20, False),
    ("front_km", "1942-01-31", 150, 25, False),
    ("front_km", "1942-05-31", 150, 25, False),
    ("front_km", "1942-10-31", 150, 25, False),
    ("front_km", "1943-03-31", 260, 30, False),
    ("front_km", "1943-10-31", 430, 30, False),
    ("front_km", "1944-05-31", 440, 30, False),
    ("front_km", "1944-07-31", 1050, 50, False),
    ("front_km", "1944-12-31", 1100, 50, False),
    ("front_km", "1945-01-31", 1550, 50, False),
    ("front_km", "1945-04-30", 1610, 40, False),
    ("soviet_men", "1941-12-05", 4.197, 0.3, False),
    ("soviet_men", "1942-03-31", 4.66, 0.3, False),
    ("soviet_men", "1942-09-30", 5.9, 0.3, False),
    ("soviet_men", "1943-07-31", 6.72, 0.3, False),
    ("soviet_men", "1944-06-30", 6.43, 0.3, False),
    ("sent_total", "1941-12-05", 18, 1, False),
    ("sent_total", "1945-05-09", 39, 3, False),
    ("garrison_tanks", "1941-12-01", 2124, 100, False),
    ("garrison_aircraft", "1941-12-01", 3193, 150, False),
    ("garrison_men", "1941-12-01", 1343, 40, False),
    ("garrison_men", "1942-07-01", 1446, 40, False),
    ("believed_divisions", "1942-01-05", 23, 2.5, False),
    ("believed_divisions", "1942-12-31", 20, 2.5, False),
    ("believed_tanks", "1942-01-05", 1000, 200, False),
    ("believed_aircraft", "1942-01-05", 1000, 200, False),
    ("oil", "1941-12-07", 42.75, 2, False),
    ("oil", "1942-04-01", 38.2, 2, False),
    ("oil", "1943-04-01", 25.3, 2, False),
    ("oil", "1944-04-01", 13.8, 2, False),
]

#: Parameters that the fitted items can speak about.
FITTED = [
    "axis_supply_start", "axis_supply_rate", "axis_start_km", "axis_halt_km", "axis_pace_km",
    "axis_reach_km", "mud_limit", "soviet_quality_1941", "capital_zone_km", "capital_defence",
    "summer_gain_1941", "soviet_inflow_scale",
    "loss_first_summer", "loss_in_retreat", "loss_in_encirclement", "encirclement_chance",
    "operation_spread", "front_noise", "transfer_rate", "floor_low", "floor_high",
    "threat_of_build_up", "posture_strip", "strip_front_km", "replacement_share",
    "counted_at_start", "spring_departures", "sighting_share", "departures_counted",
    "new_counted", "spring_tanks", "spring_aircraft", "tank_departures_counted",
    "aircraft_departures_counted", "refill_counted", "lesson_quality_start", "lesson_sd_start",
    "true_quality",
    "khalkhin_underestimate", "khasan_underestimate", "division_strength_ratio",
]  # fmt: skip


def simulate(engine: Engine, draws: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Return items[draw, item, lane] and the parameters of each draw."""
    case, space = engine.case, engine.space
    strength = space.index["division_strength_ratio"]
    weeks = [round(case.week_of(date.fromisoformat(item[1]))) - 1 for item in ITEMS]
    values = np.full((draws, len(ITEMS), 64), np.nan)
    parameters = np.zeros((draws, space.width))
    for draw in range(draws):
        trace = engine.trace(draw * DICE_PER_DRAW, World("record"), horizon)
        parameters[draw] = trace.parameters
        for number, (field, *_rest) in enumerate(ITEMS):
            if weeks[number] > horizon:
                continue
            if field == "value_of_division":
                log_quality = trace.state[weeks[number], FIELD_INDEX["lesson_quality"]]
                values[draw, number] = np.exp(log_quality) * trace.parameters[strength]
            else:
                values[draw, number] = trace.state[weeks[number], FIELD_INDEX[field]]
    return values, parameters


def weights_of(values: np.ndarray) -> np.ndarray:
    """Tempered importance weights of the draws by the fitted items."""
    score = np.zeros(len(values))
    for number, (_, _, record, error, fitted) in enumerate(ITEMS):
        if fitted:
            mean = np.median(values[:, number], axis=1)
            spread = np.hypot(values[:, number].std(axis=1), error)
            score += -0.5 * ((mean - record) / spread) ** 2 - np.log(spread)
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        weight = np.exp(middle * (score - score.max()))
        if weight.sum() ** 2 / (weight**2).sum() > len(values) / 10:
            low = middle
        else:
            high = middle
    weight = np.exp(low * (score - score.max()))
    print(f"temper {low:.2f}, effective draws {weight.sum() ** 2 / (weight**2).sum():.0f}")
    return weight / weight.sum()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    case = open_case("kantokuen")
    engine = Engine(case, options.seed)
    horizon = case.n_weeks - 1
    values, parameters = simulate(engine, options.draws, horizon)
    weight = weights_of(values)
    print(
        f"{'parameter':26s} {'prior mean':>11s} {'sd':>8s}   {'fitted mean':>11s} {'sd':>8s}  shift"
    )
    for name in FITTED:
        column = parameters[:, engine.space.index[name]]
        mean, sd = column.mean(), column.std()
        fitted = weight @ column
        after = np.sqrt(weight @ (column - fitted) ** 2)
        print(
            f"{name:26s} {mean:11.4g} {sd:8.3g}"
            f"   {fitted:11.4g} {after:8.3g}  {(fitted - mean) / sd:+.2f}"
        )
    item, before = f"{'item':22s} {'date':10s}", f"{'before 5/50/95':>28s}"
    print(f"{item} {'record':>9s} {before} {'rank':>5s}  {'after':>5s}")
    for number, (field, day, record, error, fitted) in enumerate(ITEMS):
        cells = values[:, number]
        noise = error * np.random.default_rng(0).standard_normal(cells.shape)
        below = (cells + noise < record).mean(axis=1)
        low, middle, high = np.quantile(cells, [0.05, 0.5, 0.95])
        kind = "fit " if fitted else "held"
        print(
            f"{kind} {field:18s} {day} {record:9.2f} {low:9.2f} {middle:9.2f} {high:9.2f}"
            f" {100 * below.mean():5.0f}  {100 * (weight @ below):5.0f}"
        )


if __name__ == "__main__":
    main()
