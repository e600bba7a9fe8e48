"""`jukushi new`: a case folder to start from."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from jukushi.case.load import find_case
from jukushi.errors import UsageError

__all__ = ["new_case"]

_NAME = re.compile(r"[a-z][a-z0-9_-]{1,47}\Z")
_TEMPLATE = "kantokuen"


def new_case(name: str) -> Path:
    """Copy the template case into a new folder and give it the new name.

    Parameters
    ----------
    name : str
        Path of the folder to make; its last part is the name of the case.

    Returns
    -------
    Path

    Raises
    ------
    UsageError
        If the name is no identifier or the folder is there already.
    """
    folder = Path(name)
    if not _NAME.match(folder.name):
        raise UsageError(
            f"{folder.name!r} cannot be the name of a case",
            hint="begin with a letter; use lower case letters, digits, - and _",
        )
    if folder.exists():
        raise UsageError(f"{folder} is there already", hint="choose another name")
    template = find_case(_TEMPLATE)
    try:
        shutil.copytree(template, folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made", cause=str(error)) from error
    header = folder / "case.yaml"
    identifier = folder.name.replace("-", "_")
    text = header.read_text(encoding="utf-8").replace(f"id: {_TEMPLATE}", f"id: {identifier}", 1)
    header.write_text(text, encoding="utf-8")
    return folder
