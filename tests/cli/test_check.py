"""`flexorchd check` says what is unfit, and what to type."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Typed
from tests.service import Service

CONFIG = """
state_dir = "{home}-state"
[api]
mode = "{mode}"
base_url = "{url}"
[[watch]]
name = "in"
path = "{home}"
[output]
path = "{home}-out"
"""


def configured(home: Path, mode: str, url: str = "https://api.flexorch.com/v1") -> Path:
    file = home.with_name("flexorchd.toml")
    home.mkdir()
    file.write_text(CONFIG.format(home=home, mode=mode, url=url))
    return file


def test_a_wrong_key_is_told_once(
    tmp_path: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLEXORCH_API_KEY", "dfx_wrongwrongwrong1234")
    with Service() as service:
        file = configured(tmp_path / "in", "hosted", service.url)
        code, said = typed("check", "--api", "--yes", "-c", file)
    assert code == 1
    assert "with the key dfx_…1234" in said
    assert said.count("INVALID_API_KEY") == 1
    assert "Answers came as" not in said


def test_the_line_for_text_recognition_can_be_typed(
    tmp_path: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flexorchd.checks.machine.find_spec", lambda name: None)
    _, said = typed("check", "-c", configured(tmp_path / "in", "embedded"))
    assert "note  OCR" in said
    line = re.search(r"^ +(.* -m pip) install 'flexorchd\[ocr\]'", said, re.MULTILINE)
    assert line
    assert line[1] == f"{sys.executable} -m pip"
    assert subprocess.run([*line[1].split(), "--version"], timeout=20, check=False).returncode == 0
