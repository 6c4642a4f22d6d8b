import httpx

from flexorchd.web.access import Door
from tests.web.conftest import Served

MAIL = {"watch": "mail"}


def asked(page: Served) -> list[tuple[str, dict[str, object]]]:
    return [(one.kind, one.arguments) for one in page.book.ledger.requests.open()]


def form_token(page: Served) -> str:
    return Door(page.token).form_token


def press(page: Served, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
    """Send a form as a browser does from our own page."""
    sent = {"Origin": page.url, "Sec-Fetch-Site": "same-origin", **headers}
    with page.reader() as reader:
        return reader.post(path, data={"form_token": form_token(page), **fields}, headers=sent)


def test_approving_leaves_the_request_that_the_command_leaves(page: Served) -> None:
    answer = press(page, "/approve", MAIL)
    assert answer.status_code == 303
    assert asked(page) == [("approve", {"watch": "mail"})]
    assert answer.headers["location"] == f"/?asked={page.book.ledger.requests.open()[0].id}"
    assert page.knocks == [1]


def test_one_file_is_retried(page: Served) -> None:
    file_id = page.book.ids[b"locked-0.pdf"]
    answer = press(page, "/retry", {"file": str(file_id)})
    assert asked(page) == [("retry", {"file_ids": [file_id], "reprocess": False})]
    assert answer.headers["location"].startswith(f"/files/{file_id}?asked=")


def test_all_files_of_a_cause_are_retried_and_no_others(page: Served) -> None:
    press(page, "/retry", {"code": "PROTECTED"})
    names = [*(b"locked-%d.pdf" % n for n in range(4)), b"attached/locked.pdf"]
    [(kind, arguments)] = asked(page)
    assert kind == "retry"
    assert sorted(arguments["file_ids"]) == sorted(page.book.ids[name] for name in names)


def test_a_cause_is_retried_in_one_watch(page: Served) -> None:
    press(page, "/retry", {"code": "PROTECTED", "watch": "mail"})
    [(_, arguments)] = asked(page)
    assert arguments["file_ids"] == [page.book.ids[b"attached/locked.pdf"]]


def test_an_export_is_run(page: Served) -> None:
    answer = press(page, "/export", {"name": "monthly", "back": "datasets"})
    assert asked(page) == [("export", {"name": "monthly"})]
    assert answer.headers["location"].startswith("/datasets?asked=")


def test_the_outcome_is_shown_once_there_is_one(page: Served) -> None:
    where = press(page, "/approve", MAIL).headers["location"]
    requests = page.book.ledger.requests
    with page.reader() as reader:
        assert "it is under way" in reader.get(where).text
        [one] = requests.open()
        requests.finished(one.id, 0, {"lines": ["mail: 26 waiting <files> are released."]}, 1.0)
        assert "mail: 26 waiting &lt;files&gt; are released." in reader.get(where).text


def test_a_program_needs_the_token_alone(page: Served) -> None:
    with page.client(headers={"Authorization": f"Bearer {page.token}"}) as client:
        assert client.post("/approve", data=MAIL).status_code == 303
    assert len(asked(page)) == 1


ELSEWHERE = (
    {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://127.0.0.1:1"},
)


def test_forms_of_other_pages_do_nothing(page: Served) -> None:
    fields = {"form_token": form_token(page), "code": "PROTECTED", "name": "monthly", **MAIL}
    bearer = {"Authorization": f"Bearer {page.token}"}
    with page.reader() as reader, page.client(headers=bearer) as program:
        for path in ("/approve", "/retry", "/export"):
            for headers in ELSEWHERE:
                assert reader.post(path, data=fields, headers=headers).status_code == 403
                assert program.post(path, data=fields, headers=headers).status_code == 403
            assert reader.post(path, data=fields).status_code == 403
    assert asked(page) == []
    assert page.knocks == []


def test_a_form_without_our_field_does_nothing(page: Served) -> None:
    with page.reader() as reader:
        for fields in (MAIL, {"form_token": "", **MAIL}, {"form_token": "wrong", **MAIL}):
            answer = reader.post("/approve", data=fields, headers={"Origin": page.url})
            assert answer.status_code == 403
    assert asked(page) == []


def test_what_is_no_form_does_nothing(page: Served) -> None:
    with page.client(headers={"Authorization": f"Bearer {page.token}"}) as client:
        assert client.post("/approve", json=MAIL).status_code == 415
        assert client.post("/approve", files={"watch": b"mail"}).status_code == 415
        assert client.post("/approve", data={"watch": "m" * 20_000}).status_code == 413
        for path in ("/approve", "/retry", "/export"):
            assert client.post(path, data={"other": "1"}).status_code == 422
        assert client.put("/approve", data=MAIL).status_code == 405
    assert asked(page) == []


def test_looking_never_acts(page: Served) -> None:
    with page.reader() as reader:
        for path in ("/approve?watch=mail", "/retry?code=PROTECTED", "/export?name=monthly"):
            assert reader.get(path).status_code == 405
    assert asked(page) == []
