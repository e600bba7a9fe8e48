"""Shared fixtures: the training battles where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jukushi.calibration.battles import Battles, read_battles
from jukushi.calibration.combat_fit import Fit, fit_combat

SHARED = Path(__file__).resolve().parents[3] / "shared" / "battles"


def shared_file(name: str) -> Path:
    """Return a file of battles kept beside the checkout, or skip (fail under CI)."""
    path = SHARED / name
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{path} is missing")
        pytest.skip("the training battles are not beside the checkout")
    return path


@pytest.fixture(scope="session")
def training_file() -> Path:
    """The training battles in the tidy columns."""
    return shared_file("train.csv")


@pytest.fixture(scope="session")
def original_file() -> Path:
    """The same battles in the original coding."""
    return shared_file("original_coding_train_rows.csv")


@pytest.fixture(scope="session")
def training(training_file: Path) -> Battles:
    """The training battles."""
    return read_battles(training_file)


@pytest.fixture(scope="session")
def fitted(training: Battles) -> Fit:
    """A refit of the training battles."""
    return fit_combat(training)
