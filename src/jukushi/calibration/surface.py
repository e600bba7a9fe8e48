"""The staff's estimate: a response surface fitted to campaigns run with what could be believed.

The plan is simulated from many sets of beliefs (force, the prey's men, tanks and aircraft,
quality, season left), each with its own dice and its own draw of everything the staff does not
know. A logistic regression on the six numbers and their products smooths the successes. Fresh
runs at other points say how far the surface is from the model that it stands for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.engine.campaigns import Jobs, run_campaigns
from jukushi.engine.openings import fill_from_parameters, new_openings
from jukushi.errors import UsageError
from jukushi.war.plan import Theatre, build_theatre
from jukushi.world.combat import shipped_combat
from jukushi.world.parameters import PARAMETERS, ParameterSpace
from jukushi.world.surface import FEATURES, TERMS

__all__ = ["RANGES", "check_surface", "fit_surface", "simulate", "surface_yaml", "terms_of"]

#: Range of each feature in the design; the kernel holds beliefs inside it.
RANGES = {
    "force": (-0.7, 0.7),
    "men": (-2.0, 0.7),
    "tanks": (-2.3, 0.7),
    "aircraft": (-2.3, 0.7),
    "quality": (-0.8, 1.2),
    "season": (0.0, 1.6),
}
_DRAWS = 512


def _campaign(case: Case) -> str:
    for name, campaign in case.campaigns.items():
        if campaign.opens_with == "north":
            return name
    raise UsageError(f"the case {case.id!r} has no campaign that the hunter's attack opens")


def design(count: int, seed: int) -> npt.NDArray[np.float64]:
    """Return `count` sets of beliefs, float64[count, 6].

    Men, tanks and aircraft go together in the record (all leave by the same trains), so half
    their spread is shared; corners that nobody could believe are left thin.
    """
    generator = np.random.default_rng(seed)
    low, high = np.array(list(RANGES.values())).T
    points = generator.uniform(low, high, (count, len(FEATURES)))
    arms = [FEATURES.index(name) for name in ("men", "tanks", "aircraft")]
    shared = generator.uniform(0.0, 1.0, count)
    for place in arms:
        own = generator.uniform(0.0, 1.0, count)
        points[:, place] = low[place] + (high[place] - low[place]) * 0.5 * (shared + own)
    return points


def terms_of(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the terms of the surface without the constant, in the order of `TERMS`."""
    points = points.copy()
    # The last days of the season count for more than the first: a log bends as chances do.
    points[:, -1] = np.log(0.1 + points[:, -1])
    products = [
        points[:, a] * points[:, b] for a in range(len(FEATURES)) for b in range(a, len(FEATURES))
    ]
    return np.column_stack([points, *products])


def simulate(
    case: Case,
    theatre: Theatre,
    points: npt.NDArray[np.float64],
    seed: int,
    threads: int,
    first_history: int = 0,
) -> npt.NDArray[np.bool_]:
    """Run one campaign for each set of beliefs; return which succeeded.

    What the staff believes stands in the opening; what it does not know (the combat model, its
    own supply, the theatre) is drawn.
    """
    space = ParameterSpace(case)
    flat = np.ascontiguousarray(space.draw(seed, np.arange(_DRAWS)), np.float32)
    parameters = flat.view(PARAMETERS)[:, 0]
    count = len(points)
    histories = np.arange(first_history, first_history + count, dtype=np.uint64)
    rows = (histories % np.uint64(_DRAWS)).astype(np.int64)
    openings = new_openings(count)
    fill_from_parameters(openings, theatre, parameters[rows], case.power_of("hunter").id)
    hunter = theatre.sides.index(case.power_of("hunter").id)
    prey = 1 - hunter
    column = dict(zip(FEATURES, points.T, strict=True))
    for arm in ("men", "tanks", "guns", "aircraft"):
        openings[arm][:, hunter] = np.exp(column["force"])
        source = {"tanks": "tanks", "aircraft": "aircraft"}.get(arm, "men")
        openings[arm][:, prey] = np.exp(column[source])
    openings["quality"] = column["quality"]
    by = theatre.campaign.success.by
    deadline = (by - case.header.period.start).days
    openings["day"] = np.floor(deadline - 100.0 * column["season"])
    days = np.ceil(100.0 * column["season"]).astype(np.int64) + 1
    jobs = Jobs(openings, histories, rows, parameters, days)
    return run_campaigns(theatre, jobs, seed, threads)["success"] > 0


def fit_surface(
    case: Case,
    campaigns: int = 60_000,
    seed: int = 1,
    threads: int = 2,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Fit the surface of a case and measure its error on fresh runs.

    Returns
    -------
    dict
        The content of ``surface.yaml``.
    """
    from sklearn.linear_model import LogisticRegression

    name = _campaign(case)
    theatre = build_theatre(case, name)
    say(f"{campaigns:,} campaigns of {name}")
    points = design(campaigns, seed)
    success = simulate(case, theatre, points, seed, threads)
    model = LogisticRegression(C=100.0, max_iter=2000).fit(terms_of(points), success)
    values = [float(model.intercept_[0]), *(float(value) for value in model.coef_[0])]
    coefficients = {term: round(value, 5) for term, value in zip(TERMS, values, strict=True)}
    hunter = theatre.sides.index(case.power_of("hunter").id)
    totals = theatre.totals
    surface = {
        "campaign": name,
        "by": theatre.campaign.success.by,
        "status": "assumption",
        "source": "fitted to the campaign model itself by `jukushi fit CASE --surface`; the model "
        "rests on the orders of battle and on the theatre parameters of this case",
        "confidence": "low",
        "evidence_date": theatre.campaign.opens,
        "campaigns_fitted": campaigns,
        "inputs": inputs_hash(case),
        "reference": {
            "divisions": totals["divisions"][hunter],
            "prey_men": totals["men"][1 - hunter],
            "prey_tanks": totals["tanks"][1 - hunter],
            "prey_aircraft": totals["aircraft"][1 - hunter],
        },
        "coefficients": coefficients,
    }
    say("fresh runs at other points")
    surface["error"] = check_surface(case, coefficients, seed + 1, threads)
    return surface


def check_surface(
    case: Case,
    coefficients: dict[str, float],
    seed: int,
    threads: int,
    points: int = 64,
    each: int = 256,
) -> dict[str, Any]:
    """Compare the surface with fresh runs at fresh points.

    Returns
    -------
    dict
        Points, campaigns, and root mean square, largest and mean difference of the chance;
        the first is corrected for the noise of `each` runs.
    """
    theatre = build_theatre(case, _campaign(case))
    where = design(points, seed + 1000)
    success = simulate(
        case, theatre, np.repeat(where, each, axis=0), seed, threads, first_history=10_000_000
    )
    found = success.reshape(points, each).mean(axis=1)
    logit = coefficients["one"] + terms_of(where) @ np.array(
        [coefficients[term] for term in TERMS[1:]]
    )
    gap = 1.0 / (1.0 + np.exp(-logit)) - found
    noise = float(np.mean(found * (1.0 - found)) / each)
    return {
        "points": points,
        "campaigns": points * each,
        "root_mean_square": round(float(np.sqrt(max(np.mean(gap**2) - noise, 0.0))), 4),
        "largest": round(float(np.abs(gap).max()), 4),
        "bias": round(float(gap.mean()), 4),
    }


def inputs_hash(case: Case) -> str:
    """Hash of what the surface was fitted to: campaigns, their tables and parameters, the fit."""
    digest = hashlib.blake2s(digest_size=8)
    names = ["campaigns.yaml"]
    names += [f"tables/{t}.csv" for t in ("links", "order_of_battle", "works", "ports", "depots")]
    for name in names:
        digest.update((case.folder / name).read_bytes().replace(b"\r\n", b"\n"))
    for name, item in sorted(case.parameters.items()):
        if item.group == "theatre" or name == "theatre_blood":
            digest.update(f"{name} {item.value} {item.range}".encode())
    digest.update(shipped_combat().values.tobytes())
    return digest.hexdigest()


def surface_yaml(surface: dict[str, Any], path: Path) -> None:
    """Write ``surface.yaml``."""
    import yaml

    text = yaml.safe_dump(surface, sort_keys=False, allow_unicode=True, width=99)
    head = "# The staff's estimate of success, written by `jukushi fit CASE --surface`.\n"
    path.write_text(head + text, encoding="utf-8")
