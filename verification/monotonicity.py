"""Is more force ever worse? Audit the campaigns for monotonicity on common dice.

    python verification/monotonicity.py [--histories 1000] [--seed 1] [--campaign NAME]
        [--factor TEXT] [--set PARAMETER=VALUE]

Each factor (men, tanks, aircraft, surprise, supplies, quality) is set to each level of a grid
while dice and parameters stay what they are, so that two levels differ by the factor alone.
Four things are measured: success by the date of the plan, objectives taken, collapse of the
defender, collapse of the attacker. Each factor has a sign that is expected of it. Every pair
of neighbouring levels is compared history by history, and so are the two ends of the grid. A
step against the sign is a *violation* if its mean is beyond three standard errors of the paired
difference. The program prints the table and ends with code 1 if there is a violation that is
not named in `KNOWN` (docs/calibration/monotonicity.md explains those). `--set` fixes a
parameter in every history, to find out what a violation comes from.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.engine.campaigns import Jobs, run_campaigns
from jukushi.engine.openings import fill_from_parameters, new_openings
from jukushi.war.plan import Theatre, build_theatre
from jukushi.world.parameters import PARAMETERS, ParameterSpace
from jukushi.world.vocabulary import open_case

CAMPAIGNS = ("kantokuen_22", "august_storm")
#: A step against the expected sign counts from here on (standard errors of the paired mean).
LIMIT = 3.0
#: Measures, and the sign of each for what helps the attacker.
MEASURES = {"success": 1, "objectives": 1, "defender collapses": 1, "attacker collapses": -1}


def parameter_rows(case: Case, seed: int, count: int) -> npt.NDArray[Any]:
    """Draw one record of parameters for each history, so that histories are independent."""
    values = ParameterSpace(case).draw(seed, np.arange(count))
    return np.ascontiguousarray(values, np.float32).view(PARAMETERS)[:, 0]


def campaign_jobs(case: Case, theatre: Theatre, parameters: npt.NDArray[Any]) -> Jobs:
    """Open a campaign once for each row of parameters, with forces as in the tables."""
    count = len(parameters)
    openings = new_openings(count)
    openings["day"] = (theatre.campaign.opens - case.header.period.start).days
    fill_from_parameters(openings, theatre, parameters, case.power_of("hunter").id)
    histories = np.arange(count)
    days = np.full(count, theatre.campaign.days, np.int64)
    return Jobs(openings, histories.astype(np.uint64), histories, parameters, days)


Setting = Callable[[Theatre, Jobs, float], tuple[Theatre, Jobs]]


def _with_opening(jobs: Jobs, name: str, value: Any, side: int | None = None) -> Jobs:
    """Return jobs with one field of every opening changed; the dice and the rest stay."""
    openings = jobs.openings.copy()
    if side is None:
        openings[name] = value
    else:
        openings[name][:, side] = value
    return replace(jobs, openings=openings)


def _scaled(name: str, side: int) -> Setting:
    """Scale a force of one side."""
    return lambda theatre, jobs, level: (theatre, _with_opening(jobs, name, level, side))


def _men_and_arms(side: int) -> Setting:
    """Scale men, tanks and guns of one side together: more of the same army."""

    def setting(theatre: Theatre, jobs: Jobs, level: float) -> tuple[Theatre, Jobs]:
        for name in ("men", "tanks", "guns"):
            jobs = _with_opening(jobs, name, level, side)
        return theatre, jobs

    return setting


def _stock(theatre: Theatre, jobs: Jobs, level: float) -> tuple[Theatre, Jobs]:
    """Scale the attacker's depots as the war opens."""
    return theatre, _with_opening(jobs, "supply", level)


def _inflow(side: int) -> Setting:
    """Scale what is made or brought in each day."""

    def setting(theatre: Theatre, jobs: Jobs, level: float) -> tuple[Theatre, Jobs]:
        start = theatre.start.copy()
        start["inflow"][:, side] *= np.float32(level)
        return replace(theatre, start=start), jobs

    return setting


def _trains(theatre: Theatre, jobs: Jobs, level: float) -> tuple[Theatre, Jobs]:
    """Scale the trains of every railway, of both sides."""
    field = theatre.field.copy()
    field["train_pairs"] *= np.float32(level)
    return replace(theatre, field=field), jobs


def _surprise(theatre: Theatre, jobs: Jobs, level: float) -> tuple[Theatre, Jobs]:
    """Set the level of surprise."""
    return theatre, _with_opening(jobs, "surprise", level)


def _shifted(name: str) -> Setting:
    """Shift a quality (log ratio) of the attacker over the defender."""
    return lambda theatre, jobs, level: (
        theatre,
        _with_opening(jobs, name, jobs.openings[name] + np.float32(level)),
    )


@dataclass(frozen=True)
class Factor:
    """One thing that is changed: its levels, and its sign (+1 helps the attacker, 0 unsaid)."""

    name: str
    levels: tuple[float, ...]
    setting: Setting
    sign: int


_SCALES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
FACTORS: tuple[Factor, ...] = (
    Factor("attacker's men, tanks and guns", _SCALES, _men_and_arms(0), 1),
    Factor("attacker's men", _SCALES, _scaled("men", 0), 1),
    Factor("attacker's tanks", (0.0, *_SCALES), _scaled("tanks", 0), 1),
    Factor("attacker's guns", (0.0, *_SCALES), _scaled("guns", 0), 1),
    Factor("attacker's aircraft", (0.0, *_SCALES), _scaled("aircraft", 0), 1),
    Factor("defender's men, tanks and guns", _SCALES, _men_and_arms(1), -1),
    Factor("defender's men", _SCALES, _scaled("men", 1), -1),
    Factor("defender's tanks", (0.0, *_SCALES), _scaled("tanks", 1), -1),
    Factor("defender's aircraft", (0.0, *_SCALES), _scaled("aircraft", 1), -1),
    Factor("surprise", (0.0, 0.75, 1.5, 2.25, 3.0), _surprise, 1),
    Factor("quality (log)", (-0.6, -0.3, 0.0, 0.3, 0.6), _shifted("quality"), 1),
    Factor("quality in the air (log)", (-0.6, -0.3, 0.0, 0.3, 0.6), _shifted("air_quality"), 1),
    Factor("attacker's depots", (0.0, 0.25, 0.5, 1.0, 2.0, 4.0), _stock, 1),
    Factor("attacker's daily supplies", (0.0, 0.5, 1.0, 2.0, 4.0), _inflow(0), 1),
    Factor("defender's daily supplies", (0.0, 0.5, 1.0, 2.0, 4.0), _inflow(1), -1),
    Factor("trains of both sides", (0.25, 0.5, 1.0, 2.0), _trains, 0),
)

#: Violations that are understood (docs/calibration/monotonicity.md): campaign, factor, measure.
KNOWN: frozenset[tuple[str, str, str]] = frozenset(
    {
        ("august_storm", "attacker's men, tanks and guns", "success"),
        ("august_storm", "attacker's men, tanks and guns", "objectives"),
        ("august_storm", "attacker's men", "success"),
        ("august_storm", "attacker's men", "objectives"),
    }
)


def measure(theatre: Theatre, results: npt.NDArray[Any]) -> dict[str, npt.NDArray[np.float64]]:
    """Return what is asked of each history."""
    wanted = len(theatre.campaign.objectives)
    return {
        "success": results["success"].astype(float),
        "objectives": (results["taken"][:, :wanted] >= 0).sum(axis=1).astype(float),
        "defender collapses": (results["broken_day"][:, 1] >= 0).astype(float),
        "attacker collapses": (results["broken_day"][:, 0] >= 0).astype(float),
    }


@dataclass(frozen=True)
class Step:
    """Mean change of a measure from one level to another, with its standard error."""

    low: float
    high: float
    change: float
    error: float

    def against(self, sign: int) -> float:
        """Standard errors by which the step goes against a sign (0: it does not)."""
        wrong = -sign * self.change
        if wrong <= 0.0:
            return 0.0
        return wrong / self.error if self.error > 0.0 else np.inf


@dataclass(frozen=True)
class Line:
    """One factor and one measure of one campaign over the grid."""

    campaign: str
    factor: Factor
    measure: str
    means: tuple[float, ...]
    steps: tuple[Step, ...]

    @property
    def sign(self) -> int:
        return self.factor.sign * MEASURES[self.measure]

    @property
    def worst(self) -> Step:
        return max(self.steps, key=lambda step: step.against(self.sign))

    @property
    def violates(self) -> bool:
        return self.worst.against(self.sign) > LIMIT

    @property
    def known(self) -> bool:
        return (self.campaign, self.factor.name, self.measure) in KNOWN


def _step(
    low: float, high: float, before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]
) -> Step:
    change = after - before
    # A change seen in no history at all still has the error of one that was missed.
    error = max(float(change.std(ddof=1)), 1.0 / np.sqrt(len(change))) / np.sqrt(len(change))
    return Step(low, high, float(change.mean()), float(error))


def audit(
    case: Case,
    name: str,
    histories: int,
    seed: int,
    factors: Sequence[Factor] = FACTORS,
    threads: int = 2,
    fixed: Mapping[str, float] | None = None,
) -> Iterator[Line]:
    """Run one campaign over the grid of each factor; yield its lines."""
    theatre = build_theatre(case, name)
    parameters = parameter_rows(case, seed, histories)
    for parameter, value in (fixed or {}).items():
        parameters[parameter] = value
    jobs = campaign_jobs(case, theatre, parameters)
    for factor in factors:
        found = []
        for level in factor.levels:
            there, changed = factor.setting(theatre, jobs, level)
            found.append(measure(theatre, run_campaigns(there, changed, seed, threads)))
        pairs = [(i, i + 1) for i in range(len(found) - 1)]
        if len(found) > 2:
            pairs.append((0, len(found) - 1))
        for key in MEASURES:
            steps = tuple(
                _step(factor.levels[i], factor.levels[j], found[i][key], found[j][key])
                for i, j in pairs
            )
            means = tuple(float(values[key].mean()) for values in found)
            yield Line(name, factor, key, means, steps)


def show(line: Line) -> str:
    """One row of the table."""
    signs = {1: "+", -1: "-", 0: " "}
    means = " ".join(f"{mean:6.3f}" for mean in line.means)
    wrong = line.worst.against(line.sign)
    verdict = "monotone" if line.sign else "no sign"
    if wrong > 0.0:
        step = line.worst
        verdict = f"{step.low:g}->{step.high:g}: {step.change:+.4f} ({wrong:.1f} se)"
    if line.violates:
        verdict += " known" if line.known else " VIOLATION"
    return f"  {line.measure:19s} {signs[line.sign]}  {means:49s}  {verdict}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the audit; 1 if a violation is not accounted for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--campaign", action="append", choices=CAMPAIGNS)
    parser.add_argument("--factor", default="", help="only factors with this text in their name")
    parser.add_argument("--set", action="append", default=[], metavar="PARAMETER=VALUE")
    chosen = parser.parse_args(arguments)
    fixed = {name: float(value) for name, value in (each.split("=") for each in chosen.set)}
    factors = [factor for factor in FACTORS if chosen.factor in factor.name]
    case = open_case("kantokuen")
    new = 0
    for name in chosen.campaign or CAMPAIGNS:
        print(f"{name}: {chosen.histories} histories, seed {chosen.seed}")
        shown = None
        for line in audit(
            case, name, chosen.histories, chosen.seed, factors, chosen.threads, fixed
        ):
            if line.factor is not shown:
                shown = line.factor
                levels = " ".join(f"{level:6g}" for level in shown.levels)
                print(f" {shown.name:24s}\n{'':25s}{levels}")
            print(show(line))
            new += line.violates and not line.known
    print(f"violations not accounted for: {new}")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
