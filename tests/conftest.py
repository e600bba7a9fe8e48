"""Shared fixtures: the shipped case, and a copy of it that a test may break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jukushi.case.load import Case
from jukushi.world.vocabulary import open_case

CASE = Path(__file__).resolve().parent.parent / "cases" / "kantokuen"


@pytest.fixture(scope="session")
def kantokuen() -> Case:
    """The shipped case, read once."""
    return open_case(CASE)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A private copy of the shipped case."""
    folder = tmp_path / "broken"
    shutil.copytree(CASE, folder)
    return folder
