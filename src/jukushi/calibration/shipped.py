"""The shipped coefficients: written by a fit, read by whoever foretells a battle.

Formats: ``jukushi.combat/1`` (``world/combat.json``) and ``jukushi.rivals/1``
(``calibration/rivals.json``). Theory: docs/calibration/battles.md
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.calibration.battles import CONDITIONS, Battles
from jukushi.calibration.breakoff import BREAKOFF_NAMES, Breakoff
from jukushi.calibration.combat_fit import Fit
from jukushi.calibration.combat_form import (
    CORRELATIONS,
    NO_INTENSITY,
    NO_MOBILITY,
    Means,
    design,
    means,
)
from jukushi.calibration.rivals import FEATURES
from jukushi.calibration.rows import BattlesError
from jukushi.version import __version__

__all__ = [
    "NAMES",
    "Combat",
    "combat_document",
    "combat_of",
    "provenance",
    "read_combat",
    "read_document",
    "read_rivals",
    "rivals_document",
    "sha256_of",
    "write_document",
]

Floats = npt.NDArray[np.float64]

#: Date of the shipped fit.
FITTED_ON = "2026-11-22"
#: Variance of a coefficient that the form holds at 0.
_HELD = 1e-8
_ERA_TERMS = ("intensity_ww1", "intensity_post45", "mobility_ww1", "mobility_post45")

_SCALARS = (
    "result_constant",
    "result_slope",
    "draw_half_width",
    "attacker_constant",
    "attacker_days",
    "attacker_slope",
    "defender_constant",
    "defender_days",
    "defender_slope",
    "tank_men",
    "gun_men",
    "size_intensity",
    "size_advance",
    "advance_constant",
    "advance_result",
    "advance_density",
    "advance_days",
)
#: Kinds of learned values whose prior standard deviations are shipped.
_LEARNED = ("quality", "blood", "mobility", "campaign")
_VECTORS = ("exchange", "ground", "intensity", "mobility")

#: The coefficients of combat.json, in its order.
NAMES = (
    *_SCALARS,
    *(f"{kind}_{z}" for z in CONDITIONS for kind in _VECTORS),
    "sd_attacker",
    "sd_defender",
    "sd_advance",
    *(f"corr_{pair}" for pair in CORRELATIONS),
    *BREAKOFF_NAMES,
)


@dataclass(frozen=True)
class Combat:
    """The shipped combat model.

    Attributes
    ----------
    values : dict of str to float
        By the names in `NAMES` and the era terms.
    armies, blood, pace, campaigns : dict of str to (float, float)
        Learned value and its standard deviation; blood and pace are the theatres'.
    spare : dict of str to float
        Prior standard deviations, those of armies, theatres and campaigns not in training.
    provenance : dict
    """

    values: Mapping[str, float]
    armies: Mapping[str, tuple[float, float]]
    blood: Mapping[str, tuple[float, float]]
    pace: Mapping[str, tuple[float, float]]
    campaigns: Mapping[str, tuple[float, float]]
    spare: Mapping[str, float]
    provenance: Mapping[str, Any]

    def foretell(self, battles: Battles) -> Means:
        """Return the expected results of battles; armies and theatres not known count 0."""
        d = design(battles, list(self.armies), list(self.blood), list(self.campaigns))
        return means(self.coefficients(), d)

    def coefficients(self) -> dict[str, Any]:
        """Return the coefficients in the shape `combat_form.means` takes."""
        found: dict[str, Any] = dict(self.values)
        for kind in _VECTORS:
            found[kind] = np.array([self.values[f"{kind}_{z}"] for z in CONDITIONS])
        found["quality"] = np.array([value for value, _ in self.armies.values()])
        found["blood"] = np.array([value for value, _ in self.blood.values()])
        found["pace"] = np.array([value for value, _ in self.pace.values()])
        found["campaign"] = np.array([value for value, _ in self.campaigns.values()])
        return found

    def quality_variance(self, battles: Battles) -> Floats:
        """Return the variance of q_A - q_D left by the fit, the prior's for unknown armies."""
        spare = self.spare["quality"]
        attacker = _variance(self.armies, battles.armies_attacker, spare)
        return attacker + _variance(self.armies, battles.armies_defender, spare)

    def spread(self, battles: Battles) -> dict[str, Floats]:
        """Return the standard deviation of losses and advance about what is foretold."""
        v = self.values
        quality = self.quality_variance(battles)
        blood = _variance(self.blood, battles.theatres, self.spare["blood"])
        blood = blood + _variance(self.campaigns, battles.campaigns, self.spare["campaign"])
        pace = _variance(self.pace, battles.theatres, self.spare["mobility"])
        slope = v["advance_result"] * v["result_slope"]
        variances = {
            "loss_attacker": v["attacker_slope"] ** 2 * quality + blood + v["sd_attacker"] ** 2,
            "loss_defender": v["defender_slope"] ** 2 * quality + blood + v["sd_defender"] ** 2,
            "advance": slope**2 * quality + pace + v["sd_advance"] ** 2,
        }
        return {name: np.sqrt(variance) for name, variance in variances.items()}


def _variance(
    learned: Mapping[str, tuple[float, float]], names: tuple[str, ...], spare: float
) -> Floats:
    """Return the variance of each name's learned value, the prior's where not learned."""
    return np.array([learned.get(name, (0.0, spare))[1] ** 2 for name in names])


def provenance(sha256: str, battles: int, *, version: str = __version__) -> dict[str, Any]:
    """Return where the coefficients come from."""
    return {
        "source": "CDB90 (US Army CHASE data base of battles), published by J. Arnold, ODC-BY",
        "repository": "jrnold/CDB90",
        "snapshot": "e0b35ec",
        "training_sha256": sha256,
        "battles": battles,
        "date": FITTED_ON,
        "version": version,
        "form": "advantage and intensity, docs/calibration/battles.md",
    }


def combat_of(fit: Fit) -> Combat:
    """Return the combat model of a fit, without the break-off."""
    size = len(BREAKOFF_NAMES)
    return combat_from(combat_document(fit, Breakoff(np.zeros(size), np.eye(size), 0.0), {}))


def combat_document(fit: Fit, breakoff: Breakoff, origin: dict[str, Any]) -> dict[str, Any]:
    """Return the fit as the content of combat.json."""
    sd = dict(zip(fit.names, fit.sd().tolist(), strict=True))
    value = dict(zip(fit.names, fit.values.tolist(), strict=True))
    held = {f"intensity_{z}" for z in NO_INTENSITY} | {f"mobility_{z}" for z in NO_MOBILITY}
    whole = value | dict(zip(BREAKOFF_NAMES, breakoff.values.tolist(), strict=True))
    settings = fit.layout.settings

    def pair(name: str) -> dict[str, float]:
        return {"value": round(value[name], 5), "sd": round(sd[name], 5)}

    return {
        "schema": "jukushi.combat/1",
        "provenance": origin,
        "names": list(NAMES),
        "values": [0.0 if name in held else _short(whole[name]) for name in NAMES],
        "covariance": _covariance(fit, breakoff),
        "armies": {army: pair(f"quality_{army}") for army in fit.layout.armies},
        "theatres": {
            name: {"blood": pair(f"blood_{name}"), "mobility": pair(f"pace_{name}")}
            for name in fit.layout.theatres
        },
        "campaigns": {name: {"blood": pair(f"campaign_{name}")} for name in fit.layout.campaigns},
        "fixed": {
            **{name: pair(name) for name in _ERA_TERMS},
            "prior_sd_quality": {"value": settings.quality, "sd": 0.0},
            "prior_sd_blood": {"value": settings.blood, "sd": 0.0},
            "prior_sd_mobility": {"value": settings.pace, "sd": 0.0},
            "prior_sd_campaign": {"value": settings.campaign, "sd": 0.0},
        },
    }


def _short(value: float) -> float:
    """Round to eight significant digits."""
    return float(f"{value:.8g}")


def _covariance(fit: Fit, breakoff: Breakoff) -> list[list[float]]:
    """Return the covariance in the order of `NAMES`; the break-off is a block of its own."""
    place = {name: index for index, name in enumerate(fit.names)}
    whole = np.diag(np.full(len(NAMES), _HELD))
    rows = [index for index, name in enumerate(NAMES) if name in place]
    source = [place[NAMES[index]] for index in rows]
    whole[np.ix_(rows, rows)] = fit.covariance[np.ix_(source, source)]
    ends = [NAMES.index(name) for name in BREAKOFF_NAMES]
    whole[np.ix_(ends, ends)] = breakoff.covariance
    return [[_short(cell) for cell in row] for row in whole]


def sha256_of(path: Path | str) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Write a document as JSON with a line a key, so that versions can be compared."""
    lines = [f"{json.dumps(key)}: {_compact(value)}" for key, value in document.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _compact(value: Any) -> str:
    """Return JSON without blanks; matrices with a line a row."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join(_compact(row) for row in value) + "\n]"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def read_document(path: Path | None, package: str, name: str, schema: str) -> dict[str, Any]:
    """Return a document from a file, or the shipped one.

    Raises
    ------
    BattlesError
        The file is not JSON of this schema.
    """
    source = Path(str(files(package) / name)) if path is None else path
    try:
        document = json.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BattlesError(f"{source.name} cannot be read", cause=str(error)) from None
    found = document.get("schema") if isinstance(document, dict) else None
    if found != schema:
        raise BattlesError(f"{source.name}: got schema {found!r}, expected {schema!r}")
    return dict(document)


def read_combat(path: Path | None = None) -> Combat:
    """Return the shipped combat model, or that of a file."""
    return combat_from(read_document(path, "jukushi.world", "combat.json", "jukushi.combat/1"))


def combat_from(document: Mapping[str, Any]) -> Combat:
    """Return the combat model of a document."""
    values = dict(zip(document["names"], document["values"], strict=True))
    fixed = document["fixed"]
    values |= {name: fixed[name]["value"] for name in _ERA_TERMS}
    theatres = document["theatres"]

    def pairs(source: Mapping[str, Any], key: str = "") -> dict[str, tuple[float, float]]:
        cells = {name: cell[key] if key else cell for name, cell in source.items()}
        return {name: (cell["value"], cell["sd"]) for name, cell in cells.items()}

    return Combat(
        values=values,
        armies=pairs(document["armies"]),
        blood=pairs(theatres, "blood"),
        pace=pairs(theatres, "mobility"),
        campaigns=pairs(document["campaigns"], "blood"),
        spare={kind: float(fixed[f"prior_sd_{kind}"]["value"]) for kind in _LEARNED},
        provenance=document["provenance"],
    )


def read_rivals(path: Path | None = None) -> dict[str, Any]:
    """Return the shipped rivals, or those of a file."""
    return read_document(path, "jukushi.calibration", "rivals.json", "jukushi.rivals/1")


def rivals_document(models: Mapping[str, Any], origin: Mapping[str, Any]) -> dict[str, Any]:
    """Return fitted rivals as the content of rivals.json."""
    form = {"form": "rivals, docs/calibration/battles.md"}
    return {
        "schema": "jukushi.rivals/1",
        "provenance": dict(origin) | form,
        "features": list(FEATURES),
        "models": dict(models),
    }
