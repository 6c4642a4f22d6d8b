"""An installation without all of an extra: what is missing is said, with the line to type."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import flexorchd

RUN = "import sys; sys.path += sys.argv.pop(1).split(':'); from flexorchd.cli import main; main()"


@pytest.fixture
def site_without_signed_invoices(tmp_path: Path) -> Path:
    """What is installed here, but for one package of the extra `engine`."""
    site = tmp_path / "site"
    site.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith("asn1crypto"):
            (site / entry.name).symlink_to(entry)
    return site


def test_embedded_work_is_refused_without_all_of_the_engine(
    site_without_signed_invoices: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    ended = typed(site_without_signed_invoices, tmp_path, "run", "in", "--once")
    assert ended.returncode == 2
    assert "asn1crypto" in ended.stderr
    assert "pip install 'flexorchd[engine]'" in ended.stderr


def test_check_names_what_the_engine_lacks(
    site_without_signed_invoices: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "flexorchd.toml").write_text(
        'state_dir = "state"\n[api]\nmode = "embedded"\n'
        '[[watch]]\nname = "in"\npath = "in"\n[output]\npath = "out"\n'
    )
    ended = typed(site_without_signed_invoices, tmp_path, "check")
    assert ended.returncode == 1
    assert "engine: asn1crypto missing" in ended.stdout


def typed(site: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    sources = Path(flexorchd.__file__).parents[1]
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-S", "-c", RUN, f"{site}:{sources}", *arguments],
        cwd=cwd, env=environment, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
