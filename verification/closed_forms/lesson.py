"""The observer of a battle against a Kalman filter, and his calibration.

`jukushi.mechanisms.lessons.learn` is given three fights whose log losses are drawn as the model
believes them: quality and bloodiness from the prior, losses with the fitted errors, a bloodiness
of each fight, and fog on the prey's side. Two things must hold: mean and covariance equal those of
a Kalman filter in matrix form; and the truth, standardised by the observer's mean and covariance,
is standard normal in two dimensions, so that its squared length is chi-square with 2 degrees.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy.special import ndtri
from scipy.stats import chi2

from jukushi.mechanisms.lessons import learn
from jukushi.world.parameters import ParameterSpace, parameters_dtype
from jukushi.world.state import STATE
from verification import plots
from verification.checks import Check, Finding, from_fit
from verification.closed_forms.world import engine
from verification.tests_of_fit import kolmogorov
from verification.weekly.dice import uniforms
from verification.weekly.lessons import kalman

SIGNS = (1.0, -1.0, 1.0)
SITE = 0xFE03
FOG = 0.5


def record() -> Any:
    """Central parameters, as the compiled law takes them."""
    flat = ParameterSpace(engine().case).centres().astype(np.float32)
    return np.frombuffer(flat.tobytes(), parameters_dtype())[0]


def surprises(
    p: Any, sign: float, dice: np.ndarray, q: np.ndarray, u: np.ndarray, fog: float
) -> tuple[np.ndarray, np.ndarray]:
    """Log losses of attacker and defender, less what conditions and strengths explain."""
    e_a = dice[0]
    e_d = p["corr_ad"] * dice[0] + np.sqrt(1.0 - p["corr_ad"] ** 2) * dice[1]
    own = p["campaign_blood"] * dice[2]
    y_a = -sign * p["attacker_slope"] * q + u + own + p["sd_attacker"] * e_a
    y_d = sign * p["defender_slope"] * q + u + own + p["sd_defender"] * e_d
    return (y_a + fog * dice[3], y_d) if sign > 0 else (y_a, y_d + fog * dice[3])


def taught(p: Any, q: np.ndarray, u: np.ndarray, fog: float) -> tuple[Any, Any]:
    """What the project's observer and the matrix filter believe after the fights."""
    count = len(q)
    ours = SimpleNamespace(
        lesson_quality=np.full(count, float(p["lesson_quality_start"])),
        lesson_variance=np.full(count, float(p["lesson_sd_start"]) ** 2),
        lesson_blood=np.zeros(count), lesson_blood_variance=np.full(count, 0.25),
        lesson_covariance=np.zeros(count),
    )  # fmt: skip
    names = list(vars(ours))
    blocks = np.zeros(count, STATE)
    for name in names:
        blocks[name][:, 0] = getattr(ours, name)
    known = {n: np.full(count, float(p[n])) for n in p.dtype.names if n != "spare"}
    wide = SimpleNamespace(**known)
    for fight, sign in enumerate(SIGNS):
        thrown = ndtri(uniforms(1, np.arange(count), fight, SITE))
        y_a, y_d = surprises(p, sign, thrown, q, u, fog)
        for lane in range(count):
            block = blocks[lane]
            low = sign * block["lesson_quality"][0]
            s_a = y_a[lane] + p["attacker_slope"] * low - block["lesson_blood"][0]
            s_d = y_d[lane] - p["defender_slope"] * low - block["lesson_blood"][0]
            learn(block, 0, np.float32(sign), np.float32(s_a), np.float32(s_d), np.float32(1.0), p)
        low = sign * ours.lesson_quality
        kalman(
            ours, wide, sign, y_a + wide.attacker_slope * low - ours.lesson_blood,
            y_d - wide.defender_slope * low - ours.lesson_blood,
        )  # fmt: skip
    theirs = SimpleNamespace(**{name: blocks[name][:, 0].astype(float) for name in names})
    return theirs, ours


def run(small: bool, broken: bool) -> Finding:
    count = 1_000 if small else 20_000
    p = record()
    first = ndtri(uniforms(1, np.arange(count), 9, SITE))
    q = p["lesson_quality_start"] + p["lesson_sd_start"] * first[0]
    u = 0.5 * first[1]
    theirs, ours = taught(p, q, u, FOG * (2.0 if broken else 1.0))
    off = max(np.abs(getattr(theirs, n) - getattr(ours, n)).max() for n in vars(ours))
    mean = np.stack([q - theirs.lesson_quality, u - theirs.lesson_blood], -1)[..., None]
    v, c, b = theirs.lesson_variance, theirs.lesson_covariance, theirs.lesson_blood_variance
    covariance = np.stack([np.stack([v, c], -1), np.stack([c, b], -1)], -2)
    length = (np.swapaxes(mean, 1, 2) @ np.linalg.solve(covariance, mean))[:, 0, 0]
    fit = kolmogorov(length, chi2(2).cdf)
    figure, (one, two) = plots.panels()
    grid = np.linspace(0.0, 12.0, 25)
    found = [(length <= x).mean() for x in grid]
    plots.curves(one, grid, chi2(2).cdf(grid), found)
    plots.label(one, "squared length of the error", "share below",
                f"largest difference from the filter {off:.1g}")  # fmt: skip
    plots.distance(two, fit)
    return from_fit(
        fit,
        f"The observer equals the matrix filter to {off:.1g}; calibrated in {count:,} trials.",
        "The observer is not calibrated, or is not the filter.", figure, also=off < 1e-4,
    )  # fmt: skip


CHECK = Check("lesson", "Kalman filter: the lesson of a battle", "twice the fog is thrown", run)
