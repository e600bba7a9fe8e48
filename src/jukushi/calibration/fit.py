"""Fit everything to a file of battles, say how well it does, and write the shipped files.

Theory: docs/calibration/battles.md
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jukushi.calibration.battles import Battles
from jukushi.calibration.breakoff import BREAKOFF_NAMES, Breakoff, fit_breakoff
from jukushi.calibration.combat_fit import Fit, fit_combat
from jukushi.calibration.combat_form import design, means
from jukushi.calibration.combat_prior import Settings
from jukushi.calibration.crossval import cross_validate
from jukushi.calibration.hindcast import load_battles
from jukushi.calibration.rivals import fit_rivals
from jukushi.calibration.rows import BattlesError
from jukushi.calibration.shipped import (
    combat_document,
    provenance,
    rivals_document,
    sha256_of,
    write_document,
)
from jukushi.errors import UsageError

__all__ = ["fit_battles", "write_shipped"]

Say = Callable[[str], None]

#: Fewest families of battles that are fitted, and fewest won by either side.
_FEWEST_FAMILIES = 20
_FEWEST_WON = 5


def fit_battles(
    path: Path | str,
    *,
    keep_holdout: bool = False,
    out: Path | str | None = None,
    say: Say | None = None,
    validate: bool = True,
) -> dict[str, Any]:
    """Refit the combat model and its rivals.

    Parameters
    ----------
    path : path
        CSV in the tidy columns or in the original coding.
    keep_holdout : bool
        Use battles of the original coding that are not in the training list.
    out : path, optional
        Folder for ``combat.json`` and ``rivals.json``.
    say : callable, optional
        Told what is being done.
    validate : bool
        Cross-validate by family, five folds twice (one or two minutes).

    Returns
    -------
    dict
        Of schema ``jukushi.fit_battles/1``.

    Raises
    ------
    BattlesError
        The file is damaged, or holds too few battles.
    UsageError
        A package that only fitting needs is not installed.
    """
    tell = say or _silent
    _check_packages()
    battles = load_battles(path, keep_holdout=keep_holdout)
    _check_enough(battles, Path(path).name)
    settings = Settings()
    tell(f"fitting {len(battles)} battles")
    fit, breakoff = fit_all(battles, settings)
    tell("fitting the rivals")
    origin = provenance(sha256_of(path), len(battles))
    combat = combat_document(fit, breakoff, origin)
    rivals = rivals_document(fit_rivals(battles), origin)
    if out is not None:
        write_document(Path(out) / "combat.json", combat)
        write_document(Path(out) / "rivals.json", rivals)
    scores = cross_validate(battles, settings, say=tell) if validate else None
    return {
        "schema": "jukushi.fit_battles/1",
        "provenance": origin,
        "coefficients": _coefficients(fit, breakoff),
        "diagnostics": fit.diagnostics | {"breakoff_gradient_norm": breakoff.gradient_norm},
        "cross_validation": scores,
        "written": [] if out is None else ["combat.json", "rivals.json"],
    }


def fit_all(battles: Battles, settings: Settings) -> tuple[Fit, Breakoff]:
    """Fit the combat model, then the break-off given its expected results."""
    fit = fit_combat(battles, settings)
    layout = fit.layout
    d = design(battles, layout.armies, layout.theatres, layout.campaigns)
    return fit, fit_breakoff(battles, d, means(fit.coefficients(), d).result)


def write_shipped(path: Path | str, package: Path | str, *, say: Say | None = None) -> None:
    """Make the shipped files of the package in folder `package` (``src/jukushi``) anew."""
    target = Path(package)
    battles = load_battles(path)
    fit, breakoff = fit_all(battles, Settings())
    origin = provenance(sha256_of(path), len(battles))
    write_document(target / "world" / "combat.json", combat_document(fit, breakoff, origin))
    rivals = rivals_document(fit_rivals(battles), origin)
    write_document(target / "calibration" / "rivals.json", rivals)
    (say or _silent)(f"wrote the coefficients of {len(battles)} battles")


def _silent(_: str) -> None:
    """Tell nobody."""


def _check_packages() -> None:
    for package in ("autograd", "sklearn"):
        try:
            __import__(package)
        except ImportError:
            message = f"fitting needs the package {package}, which is not installed"
            raise UsageError(message, hint="install jukushi with its group 'fit'") from None


def _check_enough(battles: Battles, name: str) -> None:
    families = len(set(battles.families))
    won, lost = int((battles.winner == 1.0).sum()), int((battles.winner == -1.0).sum())
    if families < _FEWEST_FAMILIES or min(won, lost) < _FEWEST_WON:
        raise BattlesError(
            f"{name} holds {families} families of battles, won {won} times by the attacker and "
            f"{lost} by the defender",
            hint=f"a fit needs {_FEWEST_FAMILIES} families and {_FEWEST_WON} wins of either side",
        )


def _coefficients(fit: Fit, breakoff: Breakoff) -> dict[str, dict[str, float]]:
    """Return value and standard error of every coefficient."""
    rows = list(zip(fit.names, fit.values, fit.sd(), strict=True))
    ends = breakoff.covariance.diagonal() ** 0.5
    rows += list(zip(BREAKOFF_NAMES, breakoff.values, ends, strict=True))
    return {name: {"value": float(value), "se": float(se)} for name, value, se in rows}
