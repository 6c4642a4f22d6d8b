"""Runs the blocks of commands of a page in one shell, each ending as the page says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.docs.pages import Block

# What watches until somebody ends it is ended here once a result is there.
PRELUDE = r"""
set -u
expect() { [ $? = $1 ] || { echo "block $2 ended otherwise"; exit 9; }; }
flexorchd() {
  case "$1 $*" in "run "*--once*|[!r]*|"retry "*) command flexorchd "$@"; return;; esac
  command flexorchd "$@" & pid=$!
  for _ in $(seq 300); do
    [ -z "$(find . -path '*/results/*.json' -print -quit)" ] || break
    sleep 0.1
  done
  kill $pid; wait $pid
}
"""


def run_blocks(
    blocks: Iterable[Block], home: Path, env: Mapping[str, str] = {}, *, paths: str = ""
) -> str:
    """Run them; all that they printed.

    Args:
        blocks: those with a language and those noted as not run are left out.
        home: the working directory, and the shell's home.
        env: further variables.
        paths: put before every absolute path below ``/srv``, ``/mnt`` and ``/etc``.
    """
    script = [PRELUDE]
    for number, block in enumerate(blocks):
        if block.language or block.note.startswith("not run"):
            continue
        code = block.note.removeprefix("exit code ") if block.note else "0"
        script.append(f"(set -e\n{below(block.text, paths)}); expect {code} {number}")
    ended = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=home,
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(home),
            **env,
        },
        input="y\n" * 9,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def below(text: str, paths: str) -> str:
    """A text whose absolute paths lie below another folder."""
    for top in ("srv", "mnt", "etc"):
        for before in ('"', " "):
            text = text.replace(f"{before}/{top}/", f"{before}{paths}/{top}/")
    return text
