"""Who is let in."""

from __future__ import annotations

import httpx
import pytest

from tests.engine.server.conftest import KEY, Running, StartEngine


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-KEY": "wrong"},
        {"X-API-KEY": ""},
        {"Authorization": "Bearer"},
        {"X-API-KEY": "ключ".encode()},
    ],
)
def test_without_the_key_nothing_is_served(engine: Running, headers: dict[str, str]) -> None:
    for method, path in (("GET", "/usage"), ("POST", "/data-process/async"), ("GET", "/nowhere")):
        answer = httpx.request(method, engine.base_url + path, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "INVALID_API_KEY"
        assert KEY not in answer.text


def test_the_key_is_taken_from_either_header(engine: Running) -> None:
    for headers in ({"X-API-KEY": KEY}, {"Authorization": f"Bearer {KEY}"}):
        assert httpx.get(f"{engine.base_url}/usage", headers=headers).status_code == 200


def test_health_and_description_need_no_key(engine: Running) -> None:
    root = engine.base_url.removesuffix("/v1")
    assert httpx.get(f"{root}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{root}/openapi.json").json()["openapi"].startswith("3.")


def test_a_page_of_another_site_is_refused(engine: Running) -> None:
    for origin in ("https://evil.example", "null"):
        answer = engine.client.post("/search", json={"query": "x"}, headers={"Origin": origin})
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "CROSS_SITE"
    own = engine.base_url.removesuffix("/v1")
    assert engine.client.get("/usage", headers={"Origin": own}).status_code == 200


def test_a_foreign_host_name_is_refused(start_engine: StartEngine) -> None:
    engine = start_engine(tcp=True, allowed_hosts=["127.0.0.1", "localhost", "::1"])
    assert engine.client.get("/usage").status_code == 200
    for host in ("localhost", "LOCALHOST:1234", "[::1]:80"):
        assert engine.client.get("/usage", headers={"Host": host}).status_code == 200
    for host in ("rebound.example", "127.0.0.1.evil.example", ""):
        assert engine.client.get("/usage", headers={"Host": host}).status_code == 421


def test_an_unknown_path_has_no_service_code(engine: Running) -> None:
    answer = engine.client.get("/nowhere")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert engine.client.request("PATCH", "/jobs").status_code == 405


def test_bodies_that_are_not_json_or_too_long_are_refused(engine: Running) -> None:
    assert engine.client.post("/webhooks", content=b"{").status_code == 400
    assert engine.client.post("/webhooks", content=b"[]").status_code == 422
    long = b'{"url": "' + b"x" * 2_000_000 + b'"}'
    assert engine.client.post("/webhooks", content=long).status_code == 413
