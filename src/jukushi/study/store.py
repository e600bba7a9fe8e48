"""A study on disk: Parquet parts written as they finish, and a manifest.

::

    <study>/
        manifest.json      what was asked (the plan) and the checksum of each complete part
        part-000000.parquet, part-000001.parquet ...
        .lock              held while a process writes here

A part holds `PART` histories and depends on the plan alone, so a study that was stopped in
any way is resumed to the same bytes. A part that is missing, short or damaged is run again;
nothing else is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import platformdirs
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from jukushi.dice import DICE_VERSION
from jukushi.engine.observe import LOCK_MONTHS, OUTCOME
from jukushi.engine.run import Results
from jukushi.errors import StudyError, UsageError

__all__ = ["PART", "Plan", "Study", "default_folder"]

#: Histories in one part: 32 parameter draws of 128 dice.
PART = 4096
_SCHEMA = "jukushi-study/1"
_WAIT_SECONDS = 600.0


@dataclass(frozen=True)
class Plan:
    """What a study is about; two studies with equal plans have equal parts.

    Attributes
    ----------
    case, case_hash : str
    seed : int
    outcome : str
        The outcome whose event is noted in every world.
    horizon : int
        Last week that is run.
    worlds : tuple of str
        One line for each world: its name and changes.
    version : str
        Version of the package.
    dice : int
        Version of the dice.
    fate : str
        Which dice were redrawn, empty if none.
    """

    case: str
    case_hash: str
    seed: int
    outcome: str
    horizon: int
    worlds: tuple[str, ...]
    version: str
    dice: int = DICE_VERSION
    fate: str = ""

    @property
    def key(self) -> str:
        """Hash that names the study's folder."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.blake2s(text.encode(), digest_size=8).hexdigest()


def default_folder(plan: Plan) -> Path:
    """Return the study's folder in the user's cache."""
    root = os.environ.get("JUKUSHI_CACHE") or platformdirs.user_cache_dir("jukushi")
    return Path(root) / "studies" / f"{plan.case}-{plan.key}"


class Study:
    """A study folder.

    Parameters
    ----------
    folder : Path
    plan : Plan
    say : callable
        Takes a sentence for the user (stderr).

    Raises
    ------
    StudyError
        If the folder holds another study.
    """

    def __init__(self, folder: Path, plan: Plan, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.plan = plan
        self.say = say
        self.sums: dict[str, str] = {}

    @contextmanager
    def writing(self, resume: bool) -> Iterator[Study]:
        """Hold the study for writing; another process waits and says so."""
        if self.folder.exists() and not self.folder.is_dir():
            raise UsageError(f"{self.folder} is not a folder", hint="give a folder as --out")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StudyError(
                f"the study folder {self.folder} cannot be made", cause=str(error)
            ) from error
        lock = FileLock(self.folder / ".lock")
        try:
            lock.acquire(timeout=0.05)
        except Timeout:
            self.say(f"another process is writing the study {self.folder}; waiting for it")
            try:
                lock.acquire(timeout=_WAIT_SECONDS)
            except Timeout as error:
                raise StudyError(
                    f"the study {self.folder} is still being written by another process",
                    hint="wait for it, or give another --out",
                ) from error
        try:
            self._open(resume)
            yield self
        finally:
            lock.release()

    def _open(self, resume: bool) -> None:
        manifest = self._read_manifest()
        plan = json.loads(json.dumps(asdict(self.plan)))
        if manifest is not None and manifest.get("plan") != plan:
            raise StudyError(
                f"the folder {self.folder} holds another study",
                cause="its case, seed, worlds, outcome or version differ from what is asked",
                hint="give another --out, or remove that folder",
            )
        if manifest is None and not resume and any(self.folder.glob("part-*.parquet")):
            raise StudyError(
                f"the folder {self.folder} holds parts of an unknown study",
                hint="give another --out, or remove that folder",
            )
        if resume and manifest is not None:
            self.sums = dict(manifest.get("parts", {}))
            return
        if resume and not any(self.folder.glob("part-*.parquet")):
            self.say("there is nothing to resume; starting afresh")
        for part in self.folder.glob("part-*.parquet"):
            part.unlink()
        self.sums = {}
        self._write_manifest()

    def _read_manifest(self) -> dict[str, Any] | None:
        file = self.folder / "manifest.json"
        if not file.is_file():
            return None
        try:
            manifest = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.say(f"the manifest of {self.folder} is damaged; its parts are run again")
            return None
        return manifest if isinstance(manifest, dict) else None

    def _write_manifest(self) -> None:
        manifest = {"schema": _SCHEMA, "plan": asdict(self.plan), "parts": self.sums}
        text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
        _write_whole(self.folder / "manifest.json", text.encode())

    def part_name(self, number: int) -> str:
        """File name of a part."""
        return f"part-{number:06d}.parquet"

    def complete(self, number: int, rows: int) -> bool:
        """Tell whether a part is there, undamaged and of the wanted length."""
        name = self.part_name(number)
        file = self.folder / name
        if name not in self.sums or not file.is_file():
            return False
        try:
            good = _checksum(file) == self.sums[name] and pq.read_metadata(file).num_rows == rows
        except (OSError, pa.ArrowInvalid):
            good = False
        if not good:
            self.say(f"part {name} is damaged or of another length; it is run again")
        return good

    def write(self, number: int, results: Results) -> None:
        """Write one part, whole or not at all; raises StudyError when the disk is full."""
        name = self.part_name(number)
        file = self.folder / name
        temporary = file.with_suffix(".tmp")
        try:
            pq.write_table(to_table(results), temporary, compression="zstd")
            self.sums[name] = _checksum(temporary)
            os.replace(temporary, file)
            self._write_manifest()
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise StudyError(
                f"part {name} could not be written",
                cause=str(error),
                hint=f"complete parts in {self.folder} stay readable; resume with --resume",
            ) from error

    def read(self, number: int) -> Results:
        """Read one part back."""
        table = pq.read_table(self.folder / self.part_name(number))
        return from_table(table, number * PART, len(self.plan.worlds))


def _write_whole(file: Path, data: bytes) -> None:
    temporary = file.with_suffix(file.suffix + ".tmp")
    temporary.write_bytes(data)
    os.replace(temporary, file)


def _checksum(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def to_table(results: Results) -> pa.Table:
    """Turn results into a Parquet table: one row a history.

    The worlds' answers are packed into the column ``worlds``: bit w is set when the event
    happened in world w.
    """
    n = len(results.outcome)
    columns: dict[str, Any] = {
        "history": np.arange(results.first_history, results.first_history + n, dtype=np.int64)
    }
    for name in OUTCOME.names or ():
        if name == "lock_masks":
            flat = pa.array(np.ascontiguousarray(results.outcome[name]).reshape(-1))
            columns[name] = pa.FixedSizeListArray.from_arrays(flat, LOCK_MONTHS)
        else:
            columns[name] = np.ascontiguousarray(results.outcome[name])
    bits = np.packbits(results.events.T >= 0, axis=1, bitorder="little")
    width = bits.shape[1]
    columns["worlds"] = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(width), n, [None, pa.py_buffer(np.ascontiguousarray(bits).tobytes())]
    )
    return pa.table(columns)


def from_table(table: pa.Table, first_history: int, n_worlds: int) -> Results:
    """Turn a Parquet table back into results (event weeks become 0, absence -1)."""
    n = table.num_rows
    outcome = np.zeros(n, OUTCOME)
    for name in OUTCOME.names or ():
        column = table.column(name).combine_chunks()
        if name == "lock_masks":
            outcome[name] = column.flatten().to_numpy().reshape(n, LOCK_MONTHS)
        else:
            outcome[name] = column.to_numpy()
    packed = table.column("worlds").combine_chunks()
    width = packed.type.byte_width
    raw: npt.NDArray[np.uint8] = np.frombuffer(packed.buffers()[1], np.uint8, n * width)
    bits = np.unpackbits(raw.reshape(n, width), axis=1, bitorder="little")[:, :n_worlds]
    return Results(first_history, outcome, bits.T.astype(np.int16) - 1)
