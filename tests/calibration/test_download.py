"""Fetching the data base: the right file is kept, any other refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from jukushi.calibration.download import SHA256, URL, download
from jukushi.calibration.rows import BattlesError
from jukushi.calibration.shipped import sha256_of

pytest.importorskip("pooch")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.csv"
    path.write_text("ISQNO,WAR\n1,ONE\n", encoding="utf-8")
    return path


def test_a_file_with_the_right_checksum_is_kept(source: Path, tmp_path: Path) -> None:
    sha256 = sha256_of(source)
    found = download(tmp_path / "cache", url=source.as_uri(), sha256=sha256)
    assert found.read_bytes() == source.read_bytes()
    source.unlink()
    assert download(tmp_path / "cache", url=source.as_uri(), sha256=sha256) == found


def test_another_file_is_refused(source: Path, tmp_path: Path) -> None:
    with pytest.raises(BattlesError, match="not the one expected"):
        download(tmp_path / "cache", url=source.as_uri())
    assert not list((tmp_path / "cache").glob("*CDB90*"))


@pytest.mark.parametrize("url", ["file:///nowhere/at/all.csv", "http://127.0.0.1:9/none.csv"])
def test_no_network_is_said(tmp_path: Path, url: str) -> None:
    with pytest.raises(BattlesError, match="cannot be fetched") as caught:
        download(tmp_path / "cache", url=url)
    assert SHA256 in caught.value.hint


def test_the_source_is_pinned() -> None:
    assert "jrnold/CDB90/e0b35ec" in URL
    assert len(SHA256) == 64
