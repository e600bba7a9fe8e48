"""`jukushi fit CASE --surface`: the staff's estimate of success, fitted to campaigns on the map."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from jukushi.errors import UsageError
from jukushi.faces.output import print_json, say

__all__ = ["answer_surface"]


def answer_surface(
    case: str | None, campaigns: int, seed: int, out: Path | None, as_json: bool, quiet: bool
) -> None:
    """Fit the surface of a case, write ``surface.yaml`` and say how far it is from fresh runs.

    Parameters
    ----------
    case : str or None
        Name or folder; None is refused.
    campaigns : int
        Campaigns to fit it to.
    seed : int
    out : Path or None
        Folder for the file; None is the case's own.
    as_json, quiet : bool

    Raises
    ------
    UsageError
        If no case is named, or the file cannot be written.
    """
    from jukushi.world.vocabulary import open_case

    if case is None:
        raise UsageError("a surface belongs to a case", hint="jukushi fit kantokuen --surface")
    opened = open_case(case)
    from jukushi.calibration.surface import fit_surface, surface_yaml
    from jukushi.engine.run import thread_count
    from jukushi.faces.progress import announce_compilation

    if not quiet:
        announce_compilation()
    tell = (lambda _: None) if quiet else say
    surface = fit_surface(opened, campaigns, seed, thread_count(), tell)
    path = (out or opened.folder) / "surface.yaml"
    try:
        surface_yaml(surface, path)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise UsageError(f"{path} cannot be written", cause=cause, hint="name --out") from None
    if as_json:
        plain = {
            key: value.isoformat() if isinstance(value, date) else value
            for key, value in surface.items()
        }
        print_json({"schema": "jukushi.fit_surface/1", "case": opened.id, **plain})
        return
    error_ = surface["error"]
    print(f"{path}: fitted to {campaigns:,} campaigns of {surface['campaign']}")
    print(
        f"against fresh runs at {error_['points']} other points: root mean square difference "
        f"{error_['root_mean_square']:.3f}, largest {error_['largest']:.3f}, mean "
        f"{error_['bias']:+.3f}"
    )
