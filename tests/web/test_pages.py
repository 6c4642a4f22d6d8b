import re
from pathlib import Path

import httpx
from selectolax.lexbor import LexborHTMLParser

from flexorchd.monitoring.health import StageHealth
from tests.web.conftest import HOSTS, Served, serve
from tests.web.filled import HOUR, NOW, open_book


def seen(reader: httpx.Client, path: str) -> str:
    """What a person reads there."""
    answer = reader.get(path)
    assert answer.status_code == 200
    body = LexborHTMLParser(answer.text).body
    assert body is not None
    return re.sub(r"\s+", " ", body.text(separator=" "))


def test_the_overview_says_what_needs_a_person_first(read_only: Served) -> None:
    with read_only.reader() as reader:
        text = seen(reader, "/")
    assert "2 things need you" in text
    assert "mail is held: 26 new files are more than max_backlog (20)." in text
    assert "6 files failed." in text
    assert text.index("need you") < text.index("On their way")


def test_the_overview_shows_what_is_happening(read_only: Served) -> None:
    with read_only.reader() as reader:
        text = seen(reader, "/")
    assert re.search(r"On their way 3 ", text)
    assert re.search(r"Longest wait 16.min", text)
    assert re.search(r"Delivered 115 ", text)
    assert re.search(r"Failed 6 ", text)
    assert re.search(r"Held 26 ", text)
    assert re.search(r"Credits left 430 of 1.200, starter", text)
    assert re.search(r"used up in \d+.d", text)
    assert "Requests left 47 of 60 a minute" in text
    assert "sent to api.flexorch.com as workspace key dfx_…1234" in text


def test_the_overview_tells_of_every_watch_and_export(read_only: Served) -> None:
    with read_only.reader() as reader:
        html = LexborHTMLParser(reader.get("/").text)
    rows = [row.text(separator=" ") for row in html.css("#watches tbody tr")]
    assert len(rows) == 2
    assert "MAX_BACKLOG" in rows[0]
    assert "events" in rows[1]
    exports = [row.text(separator=" ") for row in html.css("#exports tbody tr")]
    assert "published" in exports[0]
    assert "0 6 1 * *" in exports[0]
    assert "by hand" in exports[1]


def test_what_is_held_comes_with_its_plan(read_only: Served) -> None:
    with read_only.reader() as reader:
        html = LexborHTMLParser(reader.get("/").text)
    card = html.css_first("#held .card").text(separator=" ")
    assert "25 documents" in card
    assert "1, sent once" in card
    assert "about 25 credits" in card
    assert html.css_first("#held form button").text() == "Approve mail"


def test_a_held_plan_counts_what_would_be_refused_apart(page: Served) -> None:
    with page.reader() as reader:
        seen(reader, "/")
        page.book.queued("mail", b"import/film.mp4", NOW - 900)
        page.clock.at += 300
        card = LexborHTMLParser(reader.get("/").text).css_first("#held .card").text(separator=" ")
    assert re.search(r"refused\s+1 for their kind", card)
    assert re.search(r"to send\s+25 documents", card)
    assert re.search(r"about 25 credits", card)


def test_reasons_of_failures_lead_to_their_remedy(read_only: Served) -> None:
    with read_only.reader() as reader:
        link = LexborHTMLParser(reader.get("/").text).css_first("#why-PROTECTED")
        page, _, anchor = (link.attributes["href"] or "").partition("#")
        card = LexborHTMLParser(reader.get(page).text).css_first(f"#{anchor}")
    assert link.text() == "protected by a password"
    assert "Remove the password" in card.text()


def test_all_is_well_where_nothing_has_happened(empty: Served) -> None:
    with empty.reader() as reader:
        text = seen(reader, "/")
        assert "All is well" in text
        assert "Drop a document into a watched folder" in text
        assert "No file has failed" in seen(reader, "/failures")
        assert "No file has been seen yet" in seen(reader, "/files")
        assert "Nothing in this period" in seen(reader, "/quality")
        assert "Nothing published yet" in seen(reader, "/datasets")


def test_a_stage_that_hangs_is_told(page: Served) -> None:
    page.health.told = [StageHealth("upload", True, 400.0), StageHealth("poll", False, 1.0)]
    page.health.lacking = ["The first scan of the folders is not done."]
    with page.reader() as reader:
        text = seen(reader, "/")
    assert re.search(r"The stage upload has made no step for 6.min", text)
    assert "The stage poll has ended." in text
    assert "Not ready yet: The first scan of the folders is not done." in text


def test_the_page_keeps_up_with_the_ledger(page: Served) -> None:
    with page.reader() as reader:
        assert "2 things need you" in seen(reader, "/")
        page.book.ledger.watches.approve(page.book.watches["mail"], NOW)
        page.clock.at += 300
        assert "1 thing needs you" in seen(reader, "/")


def paths(reader: httpx.Client, query: str) -> list[str]:
    html = LexborHTMLParser(reader.get(f"/files{query}").text)
    return [link.text() for link in html.css("#found tbody th a")]


def test_files_are_found_by_state_watch_cause_and_path(read_only: Served) -> None:
    with read_only.reader() as reader:
        assert len(paths(reader, "?state=failed")) == 6
        assert len(paths(reader, "?state=failed&watch=mail")) == 2
        assert paths(reader, "?code=MALFORMED") == ["noise.eml"]
        assert paths(reader, "?text=NOISE") == ["noise.eml"]
        assert paths(reader, "?state=nonsense&text=noise") == ["noise.eml"]
        assert paths(reader, "?text=no+such+file") == []


def test_what_is_asked_for_is_what_the_ledger_holds(read_only: Served) -> None:
    search = read_only.book.ledger.search
    every = search.files()
    rows = read_only.book.ledger.database.read.execute("SELECT id FROM file_states")
    assert {file.id for file in every} == {row[0] for row in rows}
    changed = [file.ended_at or file.seen_at for file in every]
    assert changed == sorted(changed, reverse=True)
    assert len(set(changed)) < len(changed)
    assert list(search.each()) == every
    for state in {file.state for file in every}:
        assert search.files(state=state) == [file for file in every if file.state == state]
        told = {watch: numbers.get(state, 0) for watch, numbers in search.counts().items()}
        assert told == {
            watch: sum(file.state == state and file.watch == watch for file in every)
            for watch in {file.watch for file in every}
        }
    for code in {file.failure_code for file in every if file.failure_code}:
        found = search.files(code=code, watch="mail")
        assert found == [f for f in every if f.failure_code == code and f.watch == "mail"]
    assert (
        search.files(text="scan", limit=3, offset=1)
        == [file for file in every if b"scan" in file.path.lower()][1:4]
    )


def test_files_are_found_by_hash_and_job(read_only: Served) -> None:
    with read_only.book.ledger.database.write() as db:
        digest, job = db.execute(
            "SELECT hex(sha256), job_id FROM file_states WHERE name = x'6e6f6973652e656d6c'"
        ).fetchone()
    with read_only.reader() as reader:
        assert paths(reader, f"?text={digest[:12]}") == ["noise.eml"]
        assert paths(reader, f"?text={job}") == ["noise.eml"]


def test_pages_of_files_hold_every_file_once(read_only: Served) -> None:
    with read_only.reader() as reader:
        found: list[str] = []
        where = "/files"
        while where:
            html = LexborHTMLParser(reader.get(where).text)
            found += [link.attributes["href"] or "" for link in html.css("#found tbody th a")]
            older = html.css_first("a[rel=next]")
            where = older.attributes["href"] if older else None
    known = read_only.book.ledger.search.files()
    assert sorted(found) == sorted(f"/files/{file.id}" for file in known)


def test_a_file_tells_its_story(read_only: Served) -> None:
    file_id = read_only.book.ids[b"locked-0.pdf"]
    with read_only.reader() as reader:
        text = seen(reader, f"/files/{file_id}")
    assert "locked-0.pdf" in text
    assert "failed: PROTECTED. The document is protected by a password." in text
    assert "Remove the password" in text
    assert "2025-11-24 15:10:00 UTC" in text
    assert "Retry" in text


def test_copies_name_each_other(read_only: Served) -> None:
    with read_only.reader() as reader:
        both = ("copy of letter.pdf", "today/scan 00.pdf")
        for here, other in (both, both[::-1]):
            text = seen(reader, f"/files/{read_only.book.ids[here.encode()]}")
            assert re.search(f"The same content .*{re.escape(other)}", text)


def test_unknown_files_have_no_page(read_only: Served) -> None:
    with read_only.reader() as reader:
        for one in ("999999", "0", "-1", "abc", "1.5", "9" * 30, "٣", "%00"):
            assert reader.get(f"/files/{one}").status_code == 404


def test_names_cannot_write_on_the_page(page: Served) -> None:
    evil = b"<b onclick=x>\"'&\x1b[31m\n\xff" + "\u202egpj".encode() + b".pdf"
    file_id = page.book.seen("scans", evil, NOW - 5)
    with page.reader() as reader:
        for path in ("/files", f"/files/{file_id}"):
            answer = reader.get(path)
            assert answer.status_code == 200
            assert "<b onclick" not in answer.text
            assert "\x1b" not in answer.text
            assert "\u202e" not in answer.text
            assert r"\x1b[31m\n\xff\u202egpj.pdf" in answer.text


def test_failures_are_grouped_by_cause_with_their_remedy(read_only: Served) -> None:
    with read_only.reader() as reader:
        html = LexborHTMLParser(reader.get("/failures").text)
    cards = [card.text(separator=" ") for card in html.css("#groups article")]
    assert len(cards) == 2
    assert re.search(r"5 files: protected by a password\s+PROTECTED", cards[0])
    assert "Remove the password" in cards[0]
    assert "Retry all 5" in cards[0]
    assert "Retry 1 of mail" in cards[0]
    assert re.search(r"1 file: damaged, or cut short\s+MALFORMED", cards[1])


def test_charts_are_drawn_read_out_and_tabled(read_only: Served) -> None:
    with read_only.reader() as reader:
        html = LexborHTMLParser(reader.get("/quality?days=30").text)
    grades = html.css_first("#grade svg.bars")
    assert grades.attributes["role"] == "img"
    summary = grades.attributes["aria-label"] or ""
    told = {name: int(n) for n, name in re.findall(r"(\d+) ([ABCD])\b", summary)}
    known = read_only.book.ledger.database.read.execute(
        "SELECT grade, count(*) FROM documents WHERE grade IS NOT NULL GROUP BY grade"
    )
    assert told == {row[0]: row[1] for row in known}
    assert len(html.css("#grade svg.bars g")) == 30
    assert len(html.css("#grade-table tbody tr")) == 29
    names = [item.text() for item in html.css("#type .legend li")]
    assert any("others" in name for name in names)
    assert len(names) == 6


def test_any_period_that_is_offered_can_be_had(read_only: Served) -> None:
    with read_only.reader() as reader:
        for days, bars in ((7, 7), (30, 30), (90, 30), (360, 30)):
            html = LexborHTMLParser(reader.get(f"/quality?days={days}").text)
            assert len(html.css("#grade svg.bars g")) == bars
        for nonsense in ("", "0", "-7", "31", "1e9", "x"):
            assert reader.get(f"/quality?days={nonsense}").status_code == 200


def test_pages_say_which_they_are(read_only: Served) -> None:
    with read_only.reader() as reader:
        for path, name in (("/", "Overview"), ("/files/40", "Files"), ("/quality", "Quality")):
            html = LexborHTMLParser(reader.get(path).text)
            assert html.css_first("nav [aria-current=page]").text() == name
            assert len(html.css("h1")) == 1
            assert html.css_first("html").attributes["lang"] == "en"
            assert len({n.attributes["id"] for n in html.css("[id]")}) == len(html.css("[id]"))


def test_odd_addresses_are_refused_kindly(read_only: Served) -> None:
    with read_only.reader() as reader:
        assert reader.get("/no/such/page").status_code == 404
        assert reader.get("/retry").status_code == 405
        assert reader.get("/files?page=-3&text=%ff%00").status_code == 200
        assert reader.get("/?asked=999999").status_code == 200
        assert reader.get("/?asked=x").status_code == 200


def test_reading_pages_writes_nothing(read_only: Served) -> None:
    book = read_only.book
    before = book.ledger.database.writer.total_changes
    with read_only.reader() as reader:
        for path in ("/", "/files", "/files/3", "/failures", "/quality", "/datasets", "/metrics"):
            assert reader.get(path).status_code == 200
    assert book.ledger.database.writer.total_changes == before


def test_an_embedded_daemon_shows_no_credits(tmp_path: Path) -> None:
    served = serve(open_book(tmp_path, mode="embedded"), HOSTS)
    one = next(served)
    try:
        one.health.engine = True
        one.book.delivered("scans", b"a.pdf", NOW - HOUR)
        with one.reader() as reader:
            text = seen(reader, "/")
        assert "processed on this machine. The engine runs." in text
        assert "Credits" not in text
    finally:
        served.close()
