"""Cross-validation: every battle foretold by a fit that saw nothing of its family.

Theory: docs/calibration/battles.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from jukushi.calibration.battles import Battles
from jukushi.calibration.combat_fit import fit_combat
from jukushi.calibration.combat_prior import Settings
from jukushi.calibration.forecast import foretell_combat
from jukushi.calibration.rivals import fit_rivals, foretell_rivals
from jukushi.calibration.scores import (
    RESULTS,
    Forecast,
    paired_difference,
    resamples,
    score_table,
)
from jukushi.calibration.shipped import Combat, combat_of

__all__ = ["cross_validate", "folds", "theatre_folds"]

Floats = npt.NDArray[np.float64]
Say = Callable[[str], None]

#: Repeat, positions of the battles held out, their forecast.
_Part = tuple[int, npt.NDArray[np.int64], Forecast]
#: The name of the combat model among its rivals.
MODEL = "combat"
#: Quantile of a two-sided 80 % interval.
_Z80 = float(ndtri(0.9))


def folds(
    battles: Battles, count: int, repeats: int, seed: int = 1941
) -> Iterator[tuple[int, npt.NDArray[np.bool_]]]:
    """Yield the repeat and the battles held out; a family is never split."""
    families = sorted(set(battles.families))
    count = min(count, len(families))
    for repeat in range(repeats):
        order = np.random.default_rng((seed, repeat)).permutation(len(families))
        fold = {family: int(order[k]) % count for k, family in enumerate(families)}
        member = np.array([fold[family] for family in battles.families])
        for number in range(count):
            yield repeat, member == number


def theatre_folds(battles: Battles) -> Iterator[tuple[int, npt.NDArray[np.bool_]]]:
    """Yield each theatre of war once as the battles held out."""
    for name in sorted(set(battles.theatres)):
        yield 0, np.array([other == name for other in battles.theatres])


def cross_validate(
    battles: Battles,
    settings: Settings,
    *,
    count: int = 5,
    repeats: int = 2,
    by_theatre: bool = False,
    say: Say = print,
) -> dict[str, Any]:
    """Return the scores of the combat model and its rivals, every battle held out once a repeat.

    The estimates are means over repeats; the intervals resample whole families of all repeats
    together, so that they hold the noise of the sample and of the folds.

    Parameters
    ----------
    battles : Battles
    settings : Settings
        Prior standard deviations.
    count, repeats : int
        Folds of families, and how often they are drawn.
    by_theatre : bool
        Hold out each whole theatre of war once instead: what a war never seen would give.
    say : callable
        Told what is being done.
    """
    plan = list(theatre_folds(battles) if by_theatre else folds(battles, count, repeats))
    repeats = plan[-1][0] + 1
    held: dict[str, list[_Part]] = {}
    inside: list[Floats] = []
    for number, (repeat, out) in enumerate(plan):
        say(f"cross-validation: fit {number + 1} of {len(plan)}")
        found, within = _hold_out(battles.pick(~out), battles.pick(out), settings)
        inside.append(within)
        for name, forecast in found.items():
            held.setdefault(name, []).append((repeat, np.flatnonzero(out), forecast))
    whole = _repeated(battles, repeats)
    joined = {name: _joined(parts, len(battles), repeats) for name, parts in held.items()}
    samples = resamples(whole, 400)
    scores = {name: score_table(whole, forecast, samples) for name, forecast in joined.items()}
    for table in scores.values():
        _single_counts(table, repeats)
    return {
        "folds": len(plan) // repeats,
        "repeats": repeats,
        "scores": scores,
        "versus_logistic": paired_difference(whole, joined[MODEL], joined["logistic"], samples),
        "coverage_80": dict(zip(RESULTS, _coverage(inside), strict=True)),
    }


def _hold_out(
    training: Battles, test: Battles, settings: Settings
) -> tuple[dict[str, Forecast], Floats]:
    """Return every model's forecast of the test battles, and which results lie inside."""
    combat = combat_of(fit_combat(training, settings))
    found = foretell_rivals(fit_rivals(training), test)
    found[MODEL] = foretell_combat(combat, test)
    return found, _inside(combat, test, found[MODEL])


def _repeated(battles: Battles, repeats: int) -> Battles:
    return battles.pick(np.tile(np.arange(len(battles)), repeats))


def _joined(parts: list[_Part], size: int, repeats: int) -> Forecast:
    """Put the forecasts of all folds and repeats in the order of the repeated battles."""
    columns: list[Any] = []
    for name in ("winner", *RESULTS):
        if getattr(parts[0][2], name) is None:
            columns.append(None)
            continue
        whole = np.full(size * repeats, np.nan)
        for repeat, index, forecast in parts:
            whole[repeat * size + index] = getattr(forecast, name)
        columns.append(whole)
    return Forecast(*columns)


def _single_counts(table: dict[str, dict[str, Any] | None], repeats: int) -> None:
    """Count each battle once although it was held out in every repeat."""
    for scores in table.values():
        if scores is not None and "n" in scores:
            scores["n"] //= repeats


def _inside(combat: Combat, test: Battles, forecast: Forecast) -> Floats:
    """Return 1 where a result lies in its 80 % interval, 0 where not, NaN where unknown."""
    spread = combat.spread(test)
    rows = []
    for name in RESULTS:
        error = np.abs(getattr(test, name) - getattr(forecast, name))
        rows.append(np.where(np.isnan(error), np.nan, error <= _Z80 * spread[name]))
    return np.stack(rows)


def _coverage(inside: list[Floats]) -> list[float]:
    return [float(share) for share in np.nanmean(np.concatenate(inside, axis=1), axis=1)]
