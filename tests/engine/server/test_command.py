"""`flexorchd engine` that cannot start says why, and ends with the code for it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from flexorchd.cli.engine import engine
from flexorchd.cli.main import ended
from flexorchd.engine.store import lock


def code_of(*argv: str) -> int:
    return ended(lambda: engine.main(list(argv), standalone_mode=False))


def test_a_busy_port(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert code_of("--port", str(port), "--data", str(tmp_path)) == 2
    assert f"127.0.0.1:{port} cannot be listened on: Address already in use." in told(capsys)


def test_a_host_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of("--host", "256.1.1.1", "--port", "0", "--data", str(tmp_path)) == 2
    assert "--host" in told(capsys)


def test_data_that_another_engine_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_SECONDS", 0.1)
    first = lock.FolderLock(tmp_path)
    try:
        assert code_of("--port", "0", "--data", str(tmp_path)) == 2
    finally:
        first.release()
    assert "Another engine uses" in told(capsys)


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err
