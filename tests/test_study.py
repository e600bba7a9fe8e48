"""A study on disk: resumed to the same bytes, whatever stopped it or damaged it."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

import jukushi
from jukushi.engine.run import Engine, Results, World
from jukushi.errors import StudyError
from jukushi.study.conduct import Options, conduct
from jukushi.study.store import PART, Study, from_table, to_table
from jukushi.world.vocabulary import open_case

WORLDS = [World("base")]
OUTCOME = "attack_by_end_1941"
HISTORIES = 3 * PART + 1_000


def part_hashes(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.glob("part-*.parquet"))
    }


def study(folder: Path, histories: int = HISTORIES, **options: Any) -> list[Results]:
    engine = Engine(open_case("kantokuen"), seed=5)
    found = conduct(engine, WORLDS, OUTCOME, histories, Options(folder=folder, **options))
    return [results for _, results in found]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    study(folder)
    return folder


def test_a_part_survives_the_way_through_parquet() -> None:
    results = Engine(open_case("kantokuen"), seed=5).run(WORLDS * 3, 256, 300, OUTCOME)
    back = from_table(to_table(results), 256, 3)
    assert (back.outcome == results.outcome).all()
    assert ((back.events >= 0) == (results.events >= 0)).all()


def test_resumed_after_a_stop_gives_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    engine = Engine(open_case("kantokuen"), seed=5)
    running: Iterator[Any] = conduct(engine, WORLDS, OUTCOME, HISTORIES, Options(folder=tmp_path))
    next(running)
    next(running)
    running.close()
    assert len(part_hashes(tmp_path)) == 2
    study(tmp_path, resume=True)
    assert part_hashes(tmp_path) == part_hashes(whole)


def test_a_damaged_part_alone_is_run_again(whole: Path, tmp_path: Path) -> None:
    study(tmp_path)
    victim = tmp_path / "part-000001.parquet"
    raw = bytearray(victim.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    victim.write_bytes(bytes(raw))
    untouched = (tmp_path / "part-000000.parquet").stat().st_mtime_ns
    said: list[str] = []
    study(tmp_path, resume=True, say=said.append)
    assert part_hashes(tmp_path) == part_hashes(whole)
    assert (tmp_path / "part-000000.parquet").stat().st_mtime_ns == untouched
    assert any("part-000001" in text for text in said)


def test_a_truncated_part_and_a_broken_manifest_are_mended(whole: Path, tmp_path: Path) -> None:
    study(tmp_path)
    victim = tmp_path / "part-000002.parquet"
    victim.write_bytes(victim.read_bytes()[:100])
    study(tmp_path, resume=True)
    assert part_hashes(tmp_path) == part_hashes(whole)
    (tmp_path / "manifest.json").write_text("{half", encoding="utf-8")
    study(tmp_path, resume=True)
    assert part_hashes(tmp_path) == part_hashes(whole)


def test_a_larger_study_keeps_the_parts_of_a_smaller_one(whole: Path, tmp_path: Path) -> None:
    study(tmp_path, 2 * PART)
    before = (tmp_path / "part-000001.parquet").stat().st_mtime_ns
    study(tmp_path, resume=True)
    assert (tmp_path / "part-000001.parquet").stat().st_mtime_ns == before
    assert part_hashes(tmp_path) == part_hashes(whole)


def test_resuming_another_study_is_refused(tmp_path: Path) -> None:
    study(tmp_path, PART)
    engine = Engine(open_case("kantokuen"), seed=6)
    with pytest.raises(StudyError, match="another study"):
        list(conduct(engine, WORLDS, OUTCOME, PART, Options(folder=tmp_path, resume=True)))


def test_a_second_process_waits_and_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    lock = FileLock(tmp_path / ".lock")
    lock.acquire()

    def say(text: str) -> None:
        said.append(text)
        lock.release()

    study(tmp_path, PART, say=say)
    assert any("another process" in text for text in said)


def test_a_full_disk_stops_with_what_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Study.write
    count = 0

    def full(self: Study, number: int, results: Results) -> None:
        nonlocal count
        count += 1
        if count == 2:
            monkeypatch.setattr("os.replace", _no_space)
        written(self, number, results)

    monkeypatch.setattr(Study, "write", full)
    with pytest.raises(StudyError, match="could not be written"):
        study(tmp_path)
    monkeypatch.undo()
    assert list(part_hashes(tmp_path)) == ["part-000000.parquet"]
    assert json.loads((tmp_path / "manifest.json").read_text())["parts"].keys() == {
        "part-000000.parquet"
    }
    assert not list(tmp_path.glob("*.tmp"))


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


def start(folder: Path, histories: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "jukushi", "why", "kantokuen", "--histories", str(histories)]
    command += ["--factors", "china_war", "--json", "-q", "--out", str(folder), "--resume"]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs tests in the background hands down an ignored SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def wait_for_parts(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 240
    while len(part_hashes(folder)) < count:
        assert process.poll() is None, "the run ended before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_and_resumed_gives_the_same_answer(how: signal.Signals, tmp_path: Path) -> None:
    histories = 40 * PART
    first = start(tmp_path / "killed", histories)
    wait_for_parts(tmp_path / "killed", 3, first)
    first.send_signal(how)
    told, errors = first.communicate(timeout=60)
    if how == signal.SIGINT:
        assert first.returncode == 130
        assert "with --resume" in json.loads(told)["hint"]
        assert "Traceback" not in errors
    else:
        assert first.returncode == -signal.SIGKILL
    answers = []
    for name in ("killed", "fresh"):
        process = start(tmp_path / name, histories)
        output, errors = process.communicate(timeout=240)
        assert process.returncode == 0, errors
        answer = json.loads(output)
        answer.pop("provenance")
        answers.append(answer)
    assert answers[0] == answers[1]
    assert part_hashes(tmp_path / "killed") == part_hashes(tmp_path / "fresh")


def test_threads_do_not_change_the_answer(tmp_path: Path) -> None:
    case = jukushi.load("kantokuen")
    answers = []
    for threads in (1, 2):
        found = case.why(histories=4_000, threads=threads, out=tmp_path / str(threads))
        found.pop("provenance")
        answers.append(json.dumps(found))
    assert answers[0] == answers[1]
