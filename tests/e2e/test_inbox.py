"""`flexorchd run INBOX`: without a configuration file, what the last run knew serves the commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_config_show_says_where_each_value_of_the_last_run_came_from(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    given = {"FLEXORCHD_ENGINE__KEEP_ORIGINALS": "3d"}
    typed(tmp_path, "run", "in", "--settle", "0", "--once", **given)
    said = typed(tmp_path, "config", "show", "--state-dir", ".outbox.flexorchd", COLUMNS="400")
    lines = {line.split()[0]: line.split()[1:] for line in said.splitlines()}
    assert lines["watch.in.settle"] == ["0.0", "command", "line"]
    assert lines["engine.keep_originals"][-2:] == ["environment", *given]
    assert lines["output.file_mode"][-1] == "default"


def test_what_lies_in_the_working_directory_is_no_part_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/letter.txt").write_text("A letter of 2 March 2026")
    for name in ("json.py", "logging.py", "flexorchd.py"):
        (tmp_path / name).write_text("raise SystemExit('not of this program')")
    typed(tmp_path, "run", "in", "--settle", "0", "--once")
    assert (tmp_path / "outbox/results/in/letter.txt.json").exists()


def typed(folder: Path, *argv: str, **variables: str) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FLEXORCH")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "flexorchd", *argv],
        cwd=folder,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
