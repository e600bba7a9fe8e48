"""One bank of simulations that every step of a fit shares, kept on disk while it grows.

Row d of the bank is a parameter draw: the quantiles of all its uncertain numbers, and what the
series of the record show in 64 histories of it. Nothing in it depends on the record's values, so
that one bank serves the record and any number of synthetic ones.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import platformdirs

from jukushi.case.load import Case
from jukushi.case.targets import Target
from jukushi.dice import DICE_PER_DRAW, DICE_VERSION, LANES
from jukushi.engine.likeness import seen_by
from jukushi.engine.run import Engine
from jukushi.study.provenance import package_version

__all__ = ["Bank", "uncertain", "with_bank"]

#: Draws of one part.
_PART = 2048

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Bank:
    """Simulations of many parameter draws.

    Attributes
    ----------
    names : tuple of str
        The uncertain parameters.
    quantiles : float64[n_draws, n_names]
    seen : float32[n_targets, n_draws, LANES]
        What the series show in each history.
    """

    names: tuple[str, ...]
    quantiles: npt.NDArray[np.float64]
    seen: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.quantiles)

    def part(self, rows: slice) -> Bank:
        """Return some draws."""
        return Bank(self.names, self.quantiles[rows], self.seen[:, rows])


def uncertain(case: Case) -> tuple[str, ...]:
    """Return the parameters of a case that have a range."""
    return tuple(name for name, item in case.parameters.items() if not item.range.fixed)


def with_bank(
    case: Case,
    targets: Sequence[Target],
    draws: int,
    seed: int,
    threads: int | None = None,
    folder: Path | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Bank:
    """Simulate a bank, or read the parts of it that an earlier run has left.

    Parameters
    ----------
    case : Case
    targets : sequence of Target
        What is looked at.
    draws : int
    seed : int
    threads : int, optional
    folder : Path, optional
        Where parts are kept; by default the user's cache. Parts of another case, seed, version
        or list of targets lie in another folder.
    progress : callable
        Told draws done and draws to do.
    """
    engine = Engine(case, seed, threads)
    names = uncertain(case)
    home = (folder or _cache()) / _key(case, targets, seed)
    home.mkdir(parents=True, exist_ok=True)
    quantiles, seen = [], []
    for first in range(0, draws, _PART):
        # Every part is made whole, so that a larger bank finds the parts of a smaller one.
        file = home / f"part-{first // _PART:06d}.npz"
        part = _read(file) if file.is_file() else None
        if part is None:
            part = _part(engine, names, targets, first)
            _write(file, part)
        count = min(_PART, draws - first)
        quantiles.append(part[0][:count])
        seen.append(part[1][:, :count])
        progress(first + count, draws)
    return Bank(names, np.concatenate(quantiles), np.concatenate(seen, axis=1))


def _part(
    engine: Engine, names: Sequence[str], targets: Sequence[Target], first: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]:
    """Simulate one part: the first block of each draw."""
    seen = seen_by(engine, targets, first * DICE_PER_DRAW, _PART * LANES, stride=DICE_PER_DRAW)
    numbers = np.arange(first, first + _PART)
    quantiles = engine.space.uniforms(engine.seed, names, numbers).T
    return quantiles, seen.reshape(len(targets), _PART, LANES).astype(np.float32)


def _key(case: Case, targets: Sequence[Target], seed: int) -> str:
    looked_at = [
        (item.series.field, item.series.transform, item.series.times, item.week) for item in targets
    ]
    text = json.dumps([case.hash, seed, package_version(), DICE_VERSION, looked_at])
    return hashlib.blake2s(text.encode(), digest_size=12).hexdigest()


def _cache() -> Path:
    root = os.environ.get("JUKUSHI_CACHE")
    return (Path(root) if root else platformdirs.user_cache_path("jukushi")) / "banks"


def _read(file: Path) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]] | None:
    """Read a part; None if it is damaged, so that it is made again."""
    try:
        with np.load(file, allow_pickle=False) as kept:
            quantiles, seen = kept["quantiles"], kept["seen"]
    except (OSError, ValueError, KeyError, EOFError):
        return None
    whole = len(quantiles) == seen.shape[1] == _PART
    return (quantiles, seen) if whole else None


def _write(file: Path, part: tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]) -> None:
    """Write a part so that a reader never finds half of one."""
    quantiles, seen = part
    passing = file.with_suffix(f".{os.getpid()}.tmp")
    with passing.open("wb") as stream:
        np.savez(stream, quantiles=quantiles, seen=seen)
    os.replace(passing, file)
