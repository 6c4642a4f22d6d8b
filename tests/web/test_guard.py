import re
from http.cookies import SimpleCookie

import pytest

from tests.web.conftest import Served

PAGES = ["/", "/files", "/files/1", "/failures", "/quality", "/datasets", "/datasets/1/a.csv", "/x"]
BUTTONS = ["/retry", "/approve", "/export"]
OPEN = ["/healthz", "/readyz", "/metrics"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_need_the_token(read_only: Served, path: str) -> None:
    with read_only.client() as client:
        answer = client.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "flexorchd status" in answer.text
        assert "letter" not in answer.text


def test_buttons_need_the_token(page: Served) -> None:
    with page.client() as client:
        for path in BUTTONS:
            assert client.post(path, data={"watch": "mail"}).status_code == 401
    assert page.book.ledger.requests.open() == []


@pytest.mark.parametrize("path", OPEN)
def test_health_and_metrics_need_nothing(read_only: Served, path: str) -> None:
    with read_only.client(headers={"Host": "whatever.example"}) as client:
        assert client.get(path).status_code == 200


def test_the_link_gives_a_cookie_and_takes_the_token_out_of_the_address(read_only: Served) -> None:
    with read_only.client() as client:
        answer = client.get("/files", params={"state": "failed", "token": read_only.token})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/files?state=failed"
        cookie = next(iter(SimpleCookie(answer.headers["set-cookie"]).values()))
        assert cookie["httponly"]
        assert cookie["samesite"].lower() == "strict"
        assert cookie["path"] == "/"
        assert not cookie["secure"]
        assert read_only.token not in answer.headers["set-cookie"]
        assert client.get("/files?state=failed").status_code == 200


def test_behind_https_the_cookie_is_secure(read_only: Served) -> None:
    with read_only.client(headers={"X-Forwarded-Proto": "https"}) as client:
        answer = client.get("/", params={"token": read_only.token})
        assert next(iter(SimpleCookie(answer.headers["set-cookie"]).values()))["secure"]


def test_a_link_on_another_site_leads_over_a_page_of_ours(read_only: Served) -> None:
    """A strict cookie is not sent along a way that began elsewhere."""
    with read_only.client(headers={"Sec-Fetch-Site": "cross-site"}) as client:
        answer = client.get("/files", params={"token": read_only.token})
        assert answer.status_code == 200
        assert 'content="0;url=/files"' in answer.text
        assert read_only.token not in answer.text
        assert "set-cookie" in answer.headers


@pytest.mark.parametrize("token", ["", "wrong", "ü", "a" * 5000])
def test_a_wrong_token_opens_nothing(read_only: Served, token: str) -> None:
    with read_only.client() as client:
        answer = client.get("/", params={"token": token})
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers


def test_a_target_stays_on_this_host(read_only: Served) -> None:
    with read_only.client() as client:
        for path in ("//evil.example/", "///evil.example", "/\\evil.example"):
            answer = client.get(f"{read_only.url}{path}?token={read_only.token}")
            assert answer.status_code == 303
            assert re.match(r"/(?![/\\])", answer.headers["location"])


def test_a_program_sends_the_token_in_a_header(read_only: Served) -> None:
    with read_only.client(headers={"Authorization": f"Bearer {read_only.token}"}) as client:
        assert client.get("/files").status_code == 200
    with read_only.client(headers={"Authorization": "Bearer wrong"}) as client:
        assert client.get("/files").status_code == 401


def test_a_forged_cookie_opens_nothing(read_only: Served) -> None:
    with read_only.reader() as reader:
        name = next(iter(reader.cookies.keys()))
    with read_only.client(headers={"Cookie": f"{name}={'0' * 64}"}) as client:
        assert client.get("/").status_code == 401


def test_names_that_are_not_allowed_are_refused_before_the_token_is_looked_at(
    read_only: Served,
) -> None:
    headers = {"Host": "evil.example", "Authorization": f"Bearer {read_only.token}"}
    with read_only.client(headers=headers) as client:
        for path in ("/", "/files", "/static/style.css", f"/?token={read_only.token}"):
            answer = client.get(path)
            assert answer.status_code == 421
            assert "set-cookie" not in answer.headers
        assert "allowed_hosts" in client.get("/").text


@pytest.mark.parametrize("path", ["/", "/files", "/nothing", "/healthz", "/static/style.css"])
def test_every_answer_keeps_the_browser_in_bounds(read_only: Served, path: str) -> None:
    with read_only.reader() as reader:
        headers = reader.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


def test_pages_are_not_stored(read_only: Served) -> None:
    with read_only.reader() as reader:
        assert reader.get("/files").headers["cache-control"] == "no-store"
        assert "no-store" not in reader.get("/static/style.css").headers.get("cache-control", "")


def test_nothing_comes_from_another_host_and_no_script_is_inline(read_only: Served) -> None:
    with read_only.reader() as reader:
        for path in ("/", "/files", "/files/40", "/failures", "/quality", "/datasets"):
            text = reader.get(path).text
            assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text)
            assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=", text)


def test_the_look_of_pages_is_public_and_holds_nothing(read_only: Served) -> None:
    with read_only.client() as client:
        for name in ("style.css", "live.js", "icon.svg"):
            assert client.get(f"/static/{name}").status_code == 200
        assert client.get("/static/../app.py").status_code in (401, 404)
        assert client.get("/static/%2e%2e/app.py").status_code in (401, 404)


def test_what_breaks_is_said_without_its_insides(
    page: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    with page.reader() as reader:
        page.book.ledger.database.writer.execute("ALTER TABLE export_runs RENAME TO gone")
        answer = reader.get("/datasets/1/a.csv")
        assert answer.status_code == 500
        assert "export_runs" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "web.failed" in capsys.readouterr().out
