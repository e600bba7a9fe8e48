"""Where and with what an answer was made: all that may differ between two equal runs."""

from __future__ import annotations

import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numba
import numpy as np

__all__ = ["package_version", "provenance"]


def package_version() -> str:
    """Return the installed version of this package."""
    try:
        return version("jukushi")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "0+unknown"


def provenance(seconds: float, threads: int, study: str) -> dict[str, Any]:
    """Return times, machine and paths; nothing else of an answer may depend on them."""
    return {
        "written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(seconds, 3),
        "threads": threads,
        "study": study,
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "numba": numba.__version__,
        "machine": platform.machine(),
        "system": platform.platform(),
    }
