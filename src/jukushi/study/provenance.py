"""Where and with what an answer was made: all that may differ between two equal runs."""

from __future__ import annotations

import platform
import sys
import time
from typing import Any

import numba
import numpy as np

from jukushi.version import __version__

__all__ = ["package_version", "provenance"]


def package_version() -> str:
    """Return the version of this package."""
    return __version__


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
