"""The original data base of battles, fetched once and checked against its checksum."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_dir

from jukushi.calibration.rows import BattlesError
from jukushi.errors import UsageError

__all__ = ["FILE_NAME", "SHA256", "URL", "download"]

#: Snapshot of 9 April 2016 of the repository jrnold/CDB90.
URL = "https://raw.githubusercontent.com/jrnold/CDB90/e0b35ec/src-data/CDB90/CDB90-orig.csv"
FILE_NAME = "CDB90-orig.csv"
#: Checksum of its 434,473 bytes.
SHA256 = "b1132c1b6c8d76b05159ad9c0bee0650c7fe0bf085b91bc80cae9777ec0949ba"


def download(folder: Path | str | None = None, *, url: str = URL, sha256: str = SHA256) -> Path:
    """Fetch the original coding of CDB90, or return the copy fetched before.

    Parameters
    ----------
    folder : path, optional
        Where to keep it; the user's cache without.
    url, sha256 : str
        Source and checksum.

    Returns
    -------
    Path
        The checked file.

    Raises
    ------
    BattlesError
        The file cannot be fetched or is not the one that was expected.
    UsageError
        The package pooch is not installed.
    """
    try:
        import pooch
    except ImportError:
        message = "downloading needs the package pooch, which is not installed"
        raise UsageError(message, hint="install jukushi with its group 'fit'") from None
    root = os.environ.get("JUKUSHI_CACHE") or user_cache_dir("jukushi")
    where = Path(folder) if folder is not None else Path(root) / "battles"
    pooch.get_logger().setLevel("ERROR")
    fetch = _copy if url.startswith("file:") else None
    try:
        found = pooch.retrieve(url, f"sha256:{sha256}", FILE_NAME, where, downloader=fetch)
    except ValueError as error:
        raise BattlesError(
            f"the file fetched from {url} is not the one expected",
            cause=str(error).splitlines()[0],
            hint="the source has changed: compare checksums before using it",
        ) from None
    except Exception as error:
        raise BattlesError(
            f"{url} cannot be fetched",
            cause=type(error).__name__,
            hint=f"fetch it by hand and give its path; expected sha256 {sha256}",
        ) from None
    return Path(found)


def _copy(url: str, target: str, _: object) -> None:
    """Fetch a local file, for mirrors on disk."""
    Path(target).write_bytes(Path(url.removeprefix("file://")).read_bytes())
