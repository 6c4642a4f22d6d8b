"""The audit of dependencies: it can fail, and where it can find nothing it says so instead of being green."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
VULNERABLE = {"vulns": [{"id": "GHSA-0000", "fix_versions": ["9.9"]}]}
CLEAN: dict[str, Any] = {"vulns": []}
UNKNOWN = {"skip_reason": "not found"}

Audit = Callable[[dict[str, Any], dict[str, Any]], subprocess.CompletedProcess[str]]


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    """Runs the audit with a pip-audit that knows this of the canary and that of everything else."""

    def run(canary: dict[str, Any], others: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        tool = tmp_path / "pip-audit"
        tool.write_text(
            f"#!{sys.executable}\nimport json, re, sys\n"
            "names = re.findall(r'^([a-z0-9-]+)==([0-9a-z.]+)', open(sys.argv[-1]).read(), re.M)\n"
            f"canary, others = json.loads({json.dumps(canary)!r}), json.loads({json.dumps(others)!r})\n"
            "said = [{'name': n, 'version': v, **(canary if v == '1.24.1' else others)} for n, v in names]\n"
            "print(json.dumps({'dependencies': said}))\n"
        )
        tool.chmod(0o755)
        return subprocess.run(
            [sys.executable, ROOT / "scripts/audit.py", "--with", tool],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def test_what_is_vulnerable_fails(audit: Audit) -> None:
    done = audit(VULNERABLE, VULNERABLE)
    assert done.returncode == 1
    assert "requirements.lock: httpx" in done.stdout
    assert "GHSA-0000, mended in 9.9" in done.stdout


def test_what_is_clean_is_0_only_when_the_canary_was_found(audit: Audit) -> None:
    done = audit(VULNERABLE, CLEAN)
    assert done.returncode == 0
    assert "Audited: the canary was found" in done.stdout


@pytest.mark.parametrize(
    ("canary", "others"), [(CLEAN, CLEAN), (UNKNOWN, UNKNOWN), (VULNERABLE, UNKNOWN)]
)
def test_without_advisories_it_is_loudly_no_audit(
    audit: Audit, canary: dict[str, Any], others: dict[str, Any]
) -> None:
    done = audit(canary, others)
    assert done.returncode == 3
    assert "NOT AUDITED" in done.stderr
    assert "Audited" not in done.stdout


def test_a_tool_that_fails_is_no_audit(tmp_path: Path) -> None:
    tool = tmp_path / "pip-audit"
    tool.write_text("#!/bin/sh\necho 'the service is away' >&2\nexit 1\n")
    tool.chmod(0o755)
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/audit.py", "--with", tool],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3
    assert "the service is away" in done.stderr
