#!/usr/bin/env python3
"""Look for known vulnerabilities in what an installation takes, and prove first that they would be found.

`scripts/audit.py [--with PIP_AUDIT]`

pip-audit calls a package clean that it found no advisories for, also where it could ask nobody. So a pin
with advisories of long ago, the canary, is audited first. Exit codes: 0 audited and clean, 1 something is
vulnerable, 3 NOT AUDITED, because no advisories can be had here: neither good nor bad news, and no gate.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-lean.lock")
CANARY = "urllib3==1.24.1"
"""Vulnerable since 2019; nothing here installs it."""
CLEAN, VULNERABLE, NOT_AUDITED = 0, 1, 3

Found = Sequence[dict[str, Any]]


class NotAuditedError(Exception):
    """No advisories could be had."""


def main() -> int:
    """Audit, and say what came of it."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument(
        "--with", dest="tool", help="the pip-audit to use; else one is installed"
    )
    tool = arguments.parse_args().tool
    with tempfile.TemporaryDirectory() as work:
        try:
            return audit(tool or installed(Path(work)), Path(work))
        except NotAuditedError as reason:
            sys.stderr.write(banner(str(reason)))
            return NOT_AUDITED


def installed(work: Path) -> str:
    """A pip-audit of its own, so that it is not among what it audits."""
    venv.create(work / "venv", with_pip=True)
    pip: list[str | Path] = [
        work / "venv/bin/pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "pip-audit",
    ]
    if subprocess.run(pip, check=False).returncode:
        raise NotAuditedError("pip-audit cannot be installed")
    return str(work / "venv/bin/pip-audit")


def audit(tool: str, work: Path) -> int:
    """The canary first, then each lock."""
    canary = work / "canary.txt"
    canary.write_text(CANARY + "\n")
    if not any(found.get("vulns") for found in asked(tool, canary, "--no-deps")):
        raise NotAuditedError(f"{CANARY}, which is vulnerable, was called clean")
    vulnerable = False
    for lock in LOCKS:
        for found in asked(tool, ROOT / lock, "--require-hashes"):
            if reason := found.get("skip_reason"):
                raise NotAuditedError(f"{lock}: {reason}")
            for one in found["vulns"]:
                vulnerable = True
                fixed = ", ".join(one["fix_versions"]) or "no version yet"
                say(f"{lock}: {found['name']} {found['version']}: {one['id']}, mended in {fixed}")
    if not vulnerable:
        say(f"Audited: the canary was found, and nothing in {' and '.join(LOCKS)}.")
    return VULNERABLE if vulnerable else CLEAN


def asked(tool: str, requirements: Path, *options: str) -> Found:
    """What pip-audit says of each package."""
    command = [tool, "--disable-pip", "--progress-spinner", "off", "--format", "json", *options]
    done = subprocess.run(
        [*command, "--requirement", str(requirements)], capture_output=True, text=True, check=False
    )
    try:
        dependencies: Found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError) as error:
        said = done.stderr.strip().splitlines() or ["nothing"]
        raise NotAuditedError(f"pip-audit failed: {said[-1]}") from error
    return dependencies


def banner(reason: str) -> str:
    """What nobody overlooks, and nobody takes for a good result."""
    lines = [
        "NOT AUDITED: no advisories can be had here.",
        reason,
        "Run scripts/audit.py where the advisories of PyPI or OSV can be reached; a release needs that.",
    ]
    return "\n".join(["!" * 100, *(f"!! {line}" for line in lines), "!" * 100, ""])


def say(line: str) -> None:
    """On standard output."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
