"""Jukushi: a laboratory for wars that did not happen.

>>> import jukushi
>>> case = jukushi.load("kantokuen")
>>> answer = case.why(histories=2_560)
>>> answer["probability"]["sampling"]  # doctest: +SKIP
[0.05, 0.09]

A map of the package, from the top (each layer imports only from those below it)::

    faces       command line, and this Python interface
    views       the sentences and tables that every face shares
    questions   what can be asked: odds, why
    study       what was run, on disk; a history in words
    engine      how a million histories run
    doctrines   who chooses            mechanisms   what a week does
    world       what a history is made of
    case        what the user wrote
    dice        randomness as a pure function of who, what and when
    kernel, numerics, errors
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jukushi.version import __version__

__all__ = ["Interface", "__version__", "cases", "load"]

if TYPE_CHECKING:
    from jukushi.faces.api import Interface, cases, load


def __getattr__(name: str) -> Any:
    """Import the interface when it is first used: `import jukushi` alone stays light."""
    if name in ("Interface", "cases", "load"):
        from jukushi.faces import api

        return getattr(api, name)
    raise AttributeError(f"module 'jukushi' has no attribute {name!r}")
