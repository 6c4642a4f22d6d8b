import os
import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.web.conftest import Served
from tests.web.filled import NOW


def newest(page: Served) -> int:
    return page.book.ledger.exports.published("monthly")[0].id


def test_every_format_of_a_run_can_be_had(read_only: Served) -> None:
    with read_only.reader() as reader:
        html = LexborHTMLParser(reader.get("/datasets").text)
        links = [a.attributes["href"] or "" for a in html.css("#monthly .downloads a")]
        assert len(links) == 3
        bodies = {}
        for link in links[:2]:
            answer = reader.get(link)
            assert answer.headers["content-disposition"].startswith("attachment")
            assert answer.headers["content-type"] == "application/octet-stream"
            bodies[link.rpartition("/")[2]] = answer.content
    assert bodies == {"monthly.csv": b"a\n1\n1\n1\n", "monthly.jsonl": b'{"a": 1}\n' * 3}


def test_a_run_shows_its_profile_without_a_word_of_the_documents(read_only: Served) -> None:
    with read_only.reader() as reader:
        html = LexborHTMLParser(reader.get("/datasets").text)
    run = html.css_first("#monthly article").text(separator=" ")
    assert re.search(r"grade A\s+2", run)
    assert re.search(r"mean score\s+0.8[78]", run)
    assert re.search(r"columns\s+2", run)
    assert "vendor" not in run


def test_profile_and_manifest_can_be_had_too(read_only: Served) -> None:
    with read_only.reader() as reader:
        assert reader.get(f"/datasets/{newest(read_only)}/profile.json").json()["record_count"] == 3
        answer = reader.get(f"/datasets/{newest(read_only)}/manifest.json")
        assert answer.json()["schema"] == "flexorchd.manifest/1"


def test_a_large_file_arrives_whole(page: Served) -> None:
    data = os.urandom(3_000_001)
    run = page.book.published("by-hand", "20251124T120000Z", NOW, {"by-hand.parquet": data})
    with page.reader() as reader:
        answer = reader.get(f"/datasets/{run}/by-hand.parquet")
        assert answer.content == data
        assert answer.headers["content-length"] == str(len(data))
        head = reader.head(f"/datasets/{run}/by-hand.parquet")
        assert head.headers["content-length"] == str(len(data))


NOT_OFFERED = (
    "%2e%2e", "%2e", "%2e%2e%2f%2e%2e%2f.flexorchd.json", "..%2f20251101T060000Z%2fmonthly.jsonl",
    "%2fetc%2fpasswd", ".hidden", "none.csv", "a%00b", "folder", "link.csv", "fifo",
    "monthly.csv%2f", "x" * 300,
)  # fmt: skip


def test_nothing_but_files_of_a_run_can_be_had(page: Served) -> None:
    folder = page.book.output_dir / "datasets/monthly/20251124T060000Z"
    (folder / ".hidden").write_text("secret")
    (folder / "folder").mkdir()
    (folder / "link.csv").symlink_to(page.book.state_dir / "web.token")
    os.mkfifo(folder / "fifo")
    with page.reader() as reader:
        for name in NOT_OFFERED:
            answer = reader.get(f"/datasets/{newest(page)}/{name}")
            assert answer.status_code in (307, 404), name
            assert page.token not in answer.text
            assert "secret" not in answer.text


def test_a_folder_that_was_swapped_for_a_link_is_not_followed(page: Served) -> None:
    folder = page.book.output_dir / "datasets/monthly/20251124T060000Z"
    folder.rename(page.book.output_dir / "elsewhere")
    folder.symlink_to(page.book.output_dir / "elsewhere")
    with page.reader() as reader:
        assert reader.get(f"/datasets/{newest(page)}/monthly.csv").status_code == 404
        assert "not where they were published" in reader.get("/datasets").text


@pytest.mark.parametrize("run", ["0", "-1", "999", "abc", "1.0", "9" * 40])
def test_runs_that_are_none_have_no_files(read_only: Served, run: str) -> None:
    with read_only.reader() as reader:
        assert reader.get(f"/datasets/{run}/monthly.csv").status_code == 404


def test_runs_that_failed_or_were_pruned_are_not_offered(page: Served) -> None:
    run = newest(page)
    page.book.ledger.exports.end(run, "pruned", NOW)
    with page.reader() as reader:
        assert reader.get(f"/datasets/{run}/monthly.csv").status_code == 404
        assert f"/datasets/{run}/" not in reader.get("/datasets").text
