"""The fit: the most probable coefficients, their errors, and whether it converged.

Theory: docs/calibration/battles.md

Maximum a posteriori by L-BFGS on autograd's gradients; the errors are Laplace's. The four
results of a battle (who won, both losses, the advance) are jointly normal; a missing one is
integrated out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from jukushi.calibration.battles import Battles
from jukushi.calibration.combat_form import Design, correlation_matrix, design, means
from jukushi.calibration.combat_prior import Layout, Settings

__all__ = ["Fit", "fit_combat", "log_likelihood"]

Floats = npt.NDArray[np.float64]

#: Least probability of a result inside the logarithm.
_TINY = 1e-300


@dataclass(frozen=True)
class Fit:
    """Coefficients with errors.

    Attributes
    ----------
    layout : Layout
    free : float64[m]
        The free numbers at the maximum.
    names : tuple of str
    values : float64[m]
        Coefficients as shipped.
    covariance : float64[m, m]
        Empty where no errors were asked for.
    diagnostics : dict
    """

    layout: Layout
    free: Floats
    names: tuple[str, ...]
    values: Floats
    covariance: Floats
    diagnostics: dict[str, Any]

    def coefficients(self) -> dict[str, Any]:
        """Return the coefficients by name, vectors included, for `combat_form.means`."""
        return self.layout.unpack(self.free)

    def sd(self) -> Floats:
        """Return the standard errors of the coefficients."""
        if self.covariance.size == 0:
            return np.full(len(self.names), np.nan)
        return np.asarray(np.sqrt(np.diag(self.covariance)))


def fit_combat(
    battles: Battles,
    settings: Settings | None = None,
    *,
    errors: bool = True,
    start: Floats | None = None,
) -> Fit:
    """Fit the combat model.

    Parameters
    ----------
    battles : Battles
    settings : Settings, optional
        Prior standard deviations.
    errors : bool
        Compute Laplace errors and the Hessian's diagnostics (seconds).
    start : float64[m], optional
        Free numbers to start from; the prior means without.
    """
    layout = learned(battles, settings or Settings())
    objective = _objective(battles, layout)
    value_and_gradient = _with_gradient(objective)
    prior_mean, prior_sd = layout.prior()
    found = minimize(
        value_and_gradient,
        prior_mean if start is None else start,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 2000, "maxfun": 4000, "ftol": 1e-13, "gtol": 1e-6, "maxcor": 30},
    )
    free = np.asarray(found.x, dtype=np.float64)
    diagnostics: dict[str, Any] = {
        "converged": bool(found.success),
        "iterations": int(found.nit),
        "negative_log_posterior": float(found.fun),
        "gradient_norm": float(np.linalg.norm(value_and_gradient(free)[1])),
        "battles": counts(battles),
    }
    covariance = np.zeros((0, 0))
    if errors:
        covariance, more = _laplace(objective, layout, free, prior_sd)
        diagnostics |= more
    values = np.asarray(layout.shipped(free), dtype=np.float64)
    return Fit(layout, free, tuple(layout.names()), values, covariance, diagnostics)


def learned(battles: Battles, settings: Settings) -> Layout:
    """Return the layout that learns every army, theatre and campaign of these battles."""
    armies = sorted(set(battles.armies_attacker) | set(battles.armies_defender))
    return Layout(
        armies, sorted(set(battles.theatres)), sorted(set(battles.campaigns) - {""}), settings
    )


def counts(battles: Battles) -> dict[str, int]:
    """Return how many battles there are, and how many of each result are known."""
    results = ("winner", "loss_attacker", "loss_defender", "advance")
    known = {name: int(np.isfinite(getattr(battles, name)).sum()) for name in results}
    return {"all": len(battles)} | known


def log_likelihood(values: dict[str, Any], d: Design, patterns: list[Pattern], xp: Any) -> Any:
    """Return the log likelihood of all battles."""
    m = means(values, d, xp)
    spread = [1.0, values["sd_attacker"], values["sd_defender"], values["sd_advance"]]
    correlation = correlation_matrix(values["corr"], xp)
    scale = xp.array(spread)
    covariance = correlation * scale[:, None] * scale[None, :]
    predicted = xp.stack([m.attacker, m.defender, m.advance])
    return sum(_pattern(p, m.result, predicted, covariance, values, xp) for p in patterns)


@dataclass(frozen=True)
class Pattern:
    """Battles whose same results are known.

    Attributes
    ----------
    index : int64[k]
    known : tuple of int
        Which of (attacker's loss, defender's loss, advance) are known.
    observed : float64[len(known), k]
    winner : float64[k]
        NaN where unknown.
    """

    index: npt.NDArray[np.int64]
    known: tuple[int, ...]
    observed: Floats
    winner: Floats


def patterns_of(battles: Battles) -> list[Pattern]:
    """Group the battles by which results are known."""
    results = np.stack([battles.loss_attacker, battles.loss_defender, battles.advance])
    code = np.isfinite(results).T @ np.array([1, 2, 4])
    found = []
    for value in np.unique(code):
        index = np.flatnonzero(code == value)
        known = tuple(bit for bit in range(3) if value >> bit & 1)
        observed = results[np.ix_(np.array(known, dtype=np.int64), index)]
        found.append(Pattern(index, known, observed, battles.winner[index]))
    return found


def _pattern(p: Pattern, result: Any, predicted: Any, covariance: Any, v: Any, xp: Any) -> Any:
    """Return the log likelihood of the battles of one pattern."""
    mean, spread, total = result[p.index], 1.0, 0.0
    if p.known:
        rows = np.array(p.known)
        error = p.observed - predicted[rows][:, p.index]
        inner = covariance[rows + 1][:, rows + 1]
        weight = xp.linalg.solve(inner, error)
        log_determinant = xp.linalg.slogdet(inner)[1]
        total = -0.5 * xp.sum(error * weight) - 0.5 * len(p.index) * (
            log_determinant + len(rows) * np.log(2.0 * np.pi)
        )
        cross = covariance[0][rows + 1]
        mean = mean + cross @ weight
        spread = xp.sqrt(1.0 - cross @ xp.linalg.solve(inner, cross))
    return total + _winner(p.winner, mean / spread, v["draw_half_width"] / spread, xp)


def _winner(winner: Floats, score: Any, half: Any, xp: Any) -> Any:
    """Return the log likelihood of who won, given the standardised score."""
    cdf, log_cdf = _normal(xp)
    attacker, defender, draw = winner == 1.0, winner == -1.0, winner == 0.0
    total = xp.sum(log_cdf(score[attacker] - half)) + xp.sum(log_cdf(-score[defender] - half))
    between = cdf(half - score[draw]) - cdf(-half - score[draw])
    return total + xp.sum(xp.log(between + _TINY))


def _normal(xp: Any) -> tuple[Any, Any]:
    if xp is np:
        from scipy.special import log_ndtr, ndtr

        return ndtr, log_ndtr
    from autograd.scipy.stats import norm

    return norm.cdf, norm.logcdf


def _objective(battles: Battles, layout: Layout) -> Callable[[Any], Any]:
    """Return the negative log posterior as a function of the free numbers."""
    import autograd.numpy as xp

    d = design(battles, layout.armies, layout.theatres, layout.campaigns)
    patterns = patterns_of(battles)
    mean, sd = layout.prior()

    def objective(free: Any) -> Any:
        values = layout.unpack(free, xp)
        return 0.5 * xp.sum(((free - mean) / sd) ** 2) - log_likelihood(values, d, patterns, xp)

    return objective


def _with_gradient(objective: Callable[[Any], Any]) -> Callable[[Floats], tuple[float, Floats]]:
    from autograd import value_and_grad

    both = value_and_grad(objective)

    def evaluate(free: Floats) -> tuple[float, Floats]:
        value, gradient = both(free)
        return float(value), np.asarray(gradient, dtype=np.float64)

    return evaluate


def _laplace(
    objective: Callable[[Any], Any], layout: Layout, free: Floats, prior_sd: Floats
) -> tuple[Floats, dict[str, Any]]:
    """Return the covariance of the shipped coefficients and the Hessian's diagnostics."""
    import autograd.numpy as xp
    from autograd import hessian, jacobian

    curvature = np.asarray(hessian(objective)(free), dtype=np.float64)
    curvature = 0.5 * (curvature + curvature.T)
    eigenvalues = np.linalg.eigvalsh(curvature)
    inner = np.linalg.inv(curvature)
    change = np.asarray(jacobian(lambda f: layout.shipped(f, xp))(free), dtype=np.float64)
    covariance = change @ inner @ change.T
    ratio = np.sqrt(np.diag(inner)) / prior_sd
    diagnostics = {
        "smallest_eigenvalue": float(eigenvalues[0]),
        "largest_eigenvalue": float(eigenvalues[-1]),
        "posterior_over_prior_sd": dict(zip(layout.names(), ratio.tolist(), strict=True)),
    }
    return 0.5 * (covariance + covariance.T), diagnostics
