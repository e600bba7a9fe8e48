"""Plots that are plainly right or plainly wrong: what must hold in grey, what was found on top."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from verification.tests_of_fit import Fit

EXACT, FOUND, BAND = "#0072b2", "#d55e00", "#dddddd"


def panels(count: int = 2) -> tuple[Figure, list[Axes]]:
    """A row of panels."""
    figure = Figure(figsize=(4.4 * count, 3.4), layout="constrained")
    return figure, [figure.add_subplot(1, count, place + 1) for place in range(count)]


def save(figure: Figure, path: Path, title: str, passed: bool) -> None:
    """Write an SVG that is the same bytes for the same numbers."""
    figure.suptitle(f"{title}: {'holds' if passed else 'FAILS'}", fontsize=11)
    with mpl.rc_context({"svg.hashsalt": "jukushi", "svg.fonttype": "none"}):
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def label(axes: Axes, x: str, y: str, title: str) -> None:
    """Name the axes."""
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.set_title(title, fontsize=9)
    axes.grid(color="#eeeeee", zorder=0)


def legend(axes: Axes) -> None:
    """A small legend."""
    axes.legend(fontsize=7, frameon=False)


def residuals(axes: Axes, fit: Fit, x: str = "cell") -> None:
    """Standardised residuals of a chi-square test; nearly all lie in the band."""
    seen, due = fit.shown["seen"], fit.shown["due"]
    z = (seen - due) / np.sqrt(due * (1.0 - due / due.sum()))
    axes.axhspan(-3.0, 3.0, color=BAND)
    axes.plot(np.arange(len(z)), z, "o", ms=3, color=FOUND)
    axes.set_ylim(-1.1 * max(5.0, np.abs(z).max()), 1.1 * max(5.0, np.abs(z).max()))
    label(axes, x, "(found - exact) / error", f"{fit.test}, p = {fit.p_value:.3g}")


def distance(axes: Axes, fit: Fit, name: str = "found", colour: str = FOUND) -> None:
    """Empirical less exact distribution function, and the band in which it must lie."""
    sample, cdf, critical = (fit.shown[key] for key in ("sample", "cdf", "critical"))
    keep = np.linspace(0, len(sample) - 1, min(len(sample), 200)).astype(int)
    x = sample[keep]
    axes.axhspan(-critical, critical, color=BAND)
    axes.plot(x, (keep + 0.5) / len(sample) - cdf(x), color=colour, lw=1, label=name)
    label(axes, "value", "found - exact distribution", f"{fit.test}, p = {fit.p_value:.3g}")


def curves(axes: Axes, x: Any, exact: Any, found: Any) -> None:
    """The exact curve, and the found one as points on it."""
    axes.plot(x, exact, color=EXACT, lw=2.5, alpha=0.6, label="closed form")
    axes.plot(x, found, "o", ms=3, color=FOUND, label="simulated")
    legend(axes)
