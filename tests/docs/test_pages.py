"""Links lead somewhere, and every piece of configuration that is shown is one."""

import re
import tomllib

import pytest

from flexorchd.config import load
from tests.docs.pages import PAGES, REPOSITORY, all_blocks, blocks
from tests.docs.shell import run_blocks

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
TUTORIAL = REPOSITORY / "docs/tutorial.md"
TOML = [block for block in all_blocks() if block.language == "toml"]


def anchors(page):
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_somewhere(page):
    for link in LINK.findall(FENCED.sub("", page.read_text())):
        if re.match("https?:|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_linked_from_another():
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in LINK.findall(page.read_text())
    }
    entrances = {*REPOSITORY.glob("*.md"), REPOSITORY / "docs/README.md"}
    unseen = [page for page in PAGES if page not in linked and page not in entrances]
    assert unseen == []


@pytest.mark.parametrize("block", TOML, ids=lambda block: block.page.stem)
def test_a_configuration_that_is_shown_is_one(block, tmp_path):
    shown = tomllib.loads(block.text)
    file = tmp_path / "flexorchd.toml"
    text = block.text
    if "watch" not in shown:
        text += '\n[[watch]]\nname = "inbox"\npath = "inbox"\n'
    if "output" not in shown:
        text += '\n[output]\npath = "outbox"\n'
    file.write_text(text)
    assert load(file, env={}, cwd=tmp_path).config.watches


def test_the_tutorial_works_as_it_stands(tmp_path):
    """In one shell, block by block, each ending as the page says."""
    said = run_blocks(blocks(TUTORIAL), tmp_path)
    for told in ("MALFORMED", '"type": "invoice"', "nightly.parquet", "0 damaged", "forgotten"):
        assert told in said, said
