"""The commands of README and how-tos do what stands there; what is not run says why.

What needs systemd, Docker or a cluster is run by `tests/deploy`, where these are.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import REPOSITORY, Block, all_blocks, blocks
from tests.docs.shell import below, run_blocks
from tests.service import Service

HOW_TO = REPOSITORY / "docs/how-to"
ELSEWHERE = {
    "systemd.md": "tests/deploy/test_systemd_live.py",
    "containers.md": "tests/deploy/test_image_live.py",
    "kubernetes.md": "tests/deploy/test_examples.py",
    "commands.md": "examples of single options, read by test_commands.py",
    "tutorial.md": "test_pages.py",
    "CONTRIBUTING.md": "the tests themselves",
    "performance.md": "measurements",
    "architecture.md": "pictures",
}
RUN_HERE = (
    "README.md",
    "completion.md",
    "failures.md",
    "hosted-account.md",
    "monitor.md",
    "network-folders.md",
    "nightly-parquet.md",
    "remove.md",
    "scanner.md",
)
LETTER = "Invoice No 2026-0117 of 2 March 2026\nACME Ltd.\nTotal due: EUR 99.50\n"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>"
    b"endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<<"
    b"/F 5 0 R>>>>>>endobj\n4 0 obj<</Length 52>>stream\nBT /F 12 Tf 20 150 Td (A letter of 2 March 2026) Tj"
    b" ET\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A watch, `scans`, with two documents that are delivered and one that failed."""
    home = tmp_path_factory.mktemp("prepared")
    (home / "srv/scans").mkdir(parents=True)
    (home / "srv/scans/invoice.txt").write_text(LETTER)
    (home / "srv/scans/letter.pdf").write_bytes(PDF)
    (home / "srv/scans/photo.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "home"))


def configure(home: Path, *pages: str) -> dict[str, str]:
    """Write the pages' configuration, completed where they show a part; what names it to commands."""
    shown = "".join(b.text for page in pages for b in blocks(HOW_TO / page) if b.language == "toml")
    text = below(shown, str(home))
    if "watch" not in tomllib.loads(text):
        text += f'\n[[watch]]\nname = "scans"\npath = "{home}/srv/scans"\n'
    text += f'\n[output]\npath = "{home}/out"\n'
    for watch in tomllib.loads(text)["watch"]:
        Path(watch["path"]).mkdir(parents=True, exist_ok=True)
        if not any(Path(watch["path"]).iterdir()):
            (Path(watch["path"]) / "letter.pdf").write_bytes(PDF)
    text = re.sub(r"^settle = .*$", "", text, flags=re.MULTILINE)
    text = text.replace("[[watch]]\n", "[[watch]]\nsettle = 0\n")
    (home / "flexorchd.toml").write_text(f'state_dir = "{home}/state"\n{text}')
    return {"FLEXORCHD_CONFIG": str(home / "flexorchd.toml"), "FLEXORCHD_WEB__LISTEN": ""}


def once(home: Path, env: dict[str, str], code: int) -> None:
    """Bring what is there to an end."""
    run_blocks([Block(home, f"exit code {code}", "", "flexorchd run --once")], home, env)


def commands_of(page: str) -> Iterator[Block]:
    """The blocks that are run here: not those that are run as root in a container."""
    return (block for block in blocks(HOW_TO / page) if not block.note.startswith("run:"))


def run_page(page: str, home: Path, env: dict[str, str]) -> str:
    return run_blocks(commands_of(page), home, env, paths=str(home))


def test_a_night_a_failure_and_what_is_removed(home: Path) -> None:
    env = configure(home, "failures.md", "nightly-parquet.md")
    once(home, env, 1)
    run_page("nightly-parquet.md", home, env)
    (code,) = (b.text for b in blocks(HOW_TO / "nightly-parquet.md") if b.language == "python")
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=home / "out", capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 0, told.stderr
    assert "document_no: string" in told.stdout
    said = run_page("failures.md", home, env)
    assert "scans/photo.png: failed" in said
    assert "1 file is queued again" in said
    run_page("remove.md", home, env)
    assert not (home / "out/results/scans/letter.pdf.json").exists()
    assert (home / "out/results/scans/invoice.txt.json").exists()


def test_a_scanner(home: Path) -> None:
    (home / "srv/scans-done").mkdir()
    env = configure(home, "scanner.md") | {"FLEXORCHD_ENGINE__OCR_LANGUAGES": "[]"}
    once(home, env, 1)
    assert "0 files are queued again" in run_page("scanner.md", home, env)


def test_network_folders(home: Path) -> None:
    env = configure(home, "network-folders.md")
    once(home, env, 0)
    assert "share/letter.pdf: delivered" in run_page("network-folders.md", home, env)


def test_a_hosted_account(home: Path) -> None:
    (home / "etc/flexorchd").mkdir(parents=True)
    with Service() as service:
        (home / "etc/flexorchd/api-key").write_text(service.key)
        env = configure(home, "hosted-account.md") | {"FLEXORCHD_API__BASE_URL": service.url}
        said = run_page("hosted-account.md", home, env)
    assert "delete the dataset" in said
    assert "Credits left" in said


@pytest.mark.parametrize(
    "block", list(blocks(HOW_TO / "completion.md")), ids=["bash", "zsh", "fish"]
)
def test_completion(block: Block, home: Path) -> None:
    shell = next(s for s in ("bash", "zsh", "fish") if f"{s}_source" in block.text)
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (home / ".config/fish/completions").mkdir(parents=True)
    begun = "autoload -U compinit; compinit; " if shell == "zsh" else ""
    ended = subprocess.run(
        [shell, "-c", begun + block.text],
        env={"HOME": str(home), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_readme(tmp_path: Path) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/activate").touch()
    for folder in ("INBOX", "scans"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "invoice.txt").write_text(LETTER)
    page = REPOSITORY / "README.md"
    (configuration,) = (b.text for b in blocks(page) if b.language == "toml")
    (tmp_path / "flexorchd.toml").write_text(configuration)
    env = {"FLEXORCHD_WEB__LISTEN": ""}
    typed = [b for b in blocks(page) if "flexorchd run" in b.text and not b.language]
    assert len(typed) == 2
    for block in typed:
        run_blocks([block], tmp_path, env)
        (tmp_path / "OUTBOX").rename(tmp_path / "first") if block is typed[0] else None
        found = "first/results/inbox" if block is typed[0] else "scans-done/results/scans"
        assert (tmp_path / found / "invoice.txt.json").exists()
        shutil.rmtree(tmp_path / found)


def test_every_page_with_commands_is_run_or_says_why() -> None:
    pages = {
        block.page.name
        for block in all_blocks()
        if block.language in ("", "sh", "bash") and not block.note.startswith("not run: ")
    }
    assert pages - set(ELSEWHERE) - set(RUN_HERE) == set()
