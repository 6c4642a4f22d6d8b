"""The key and the address: refused at once when they cannot be right, never shown."""

from __future__ import annotations

import logging
import threading
import traceback

import httpx
import pytest

from flexorchd.client import AuthenticationError, FlexOrch, FlexOrchError
from tests.client.conftest import client_of
from tests.client.double import KEY, Double


@pytest.fixture(autouse=True)
def no_key_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLEXORCH_API_KEY", raising=False)


def test_the_key_comes_from_the_argument_or_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(AuthenticationError, match="FLEXORCH_API_KEY"):
        FlexOrch()
    monkeypatch.setenv("FLEXORCH_API_KEY", KEY)
    double = Double("L")
    with FlexOrch(transport=httpx.MockTransport(double)) as client:
        client.usage.current()
    assert double.requests[0].headers["X-API-KEY"] == KEY
    with pytest.raises(AuthenticationError):
        FlexOrch("")


@pytest.mark.parametrize("key", ["dfx_a b", "dfx_a\n", " dfx_a", "dfx_ä", "dfx_\x00", "dfx_\x7f"])
def test_a_malformed_key_is_refused_at_once(key: str) -> None:
    with pytest.raises(AuthenticationError) as caught:
        FlexOrch(key)
    assert caught.value.scope == "account"
    assert key.strip() not in str(caught.value)


def test_a_key_of_another_prefix_is_warned_about() -> None:
    with pytest.warns(UserWarning, match="dfx_") as caught:
        FlexOrch("sk_something").close()
    assert "sk_something" not in str(caught[0].message)
    FlexOrch("fx_older").close()


@pytest.mark.parametrize(
    "url",
    [
        "http://api.flexorch.com/v1",
        "http://10.0.0.1/v1",
        "http://localhost.example.com/v1",
        "ftp://api.flexorch.com",
        "api.flexorch.com/v1",
        "https://",
        "https://user:pass@api.flexorch.com/v1",
        "https://api.flexorch.com/v1?x=1",
        "https://exa mple.com",
        "",
    ],
)
def test_a_key_is_sent_to_no_such_place(url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        FlexOrch(KEY, url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8621/v1", "http://[::1]/v1", "http://localhost/v1/"]
)
def test_plain_http_is_for_this_machine(url: str) -> None:
    double = Double("L")
    with FlexOrch(KEY, url, transport=httpx.MockTransport(double)) as client:
        assert client.usage.current().plan == "starter"


def test_the_key_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    for handler in (Double("L"), refuse):
        client = client_of(handler, retry_for=0)
        try:
            client.jobs.get("999")
        except FlexOrchError as error:
            shown = "".join(traceback.format_exception(error)) + repr(error)
        for text in (shown, repr(client), str(client), caplog.text):
            assert KEY not in text
            assert KEY[8:] not in text


def test_one_client_serves_many_threads() -> None:
    client, failures = client_of(Double("D")), []

    def work() -> None:
        try:
            for _ in range(20):
                assert client.usage.current().credits_limit == 1200
        except BaseException as error:  # noqa: BLE001 - told to the test
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
