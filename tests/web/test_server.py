import signal
import socket
import threading

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from flexorchd.config.fields import Address
from flexorchd.errors import ConfigError
from flexorchd.web.server import WebServer, bind


@pytest.fixture
def taken() -> Address:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        yield Address("127.0.0.1", busy.getsockname()[1])


def app() -> Starlette:
    def hello(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    return Starlette(routes=[Route("/", hello)])


def serving() -> int:
    return sum(thread.name == "web" for thread in threading.enumerate())


def test_a_busy_default_address_is_done_without(taken: Address) -> None:
    with structlog.testing.capture_logs() as logs:
        assert bind(taken, given=False) is None
    assert [one["event"] for one in logs] == ["web.off"]
    assert logs[0]["address"] == str(taken)
    assert "[web] listen" in logs[0]["remedy"]


def test_a_busy_given_address_is_refused(taken: Address) -> None:
    with pytest.raises(ConfigError, match="in use") as refused:
        bind(taken, given=True)
    assert refused.value.exit_code == 2
    assert "web.listen" in str(refused.value)
    assert str(taken) in str(refused.value)


@pytest.mark.parametrize("host", ["203.0.113.7", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(ConfigError, match="cannot be listened on"):
        bind(Address(host, 8620), given=True)


def test_an_address_is_free_again_at_once() -> None:
    first = bind(Address("127.0.0.1", 0), given=True)
    assert first is not None
    address = Address("127.0.0.1", first.getsockname()[1])
    server = WebServer(first, app())
    server.start()
    assert httpx.get(server.address, trust_env=False).text == "hello"
    server.stop()
    again = bind(address, given=True)
    assert again is not None
    again.close()


def test_ipv6_is_served_where_there_is_any() -> None:
    try:
        listener = bind(Address("::1", 0), given=True)
    except ConfigError:
        pytest.skip("this machine has no IPv6 loopback")
    assert listener is not None
    server = WebServer(listener, app())
    server.start()
    try:
        assert server.address.startswith("http://[::1]:")
        assert httpx.get(server.address, trust_env=False).text == "hello"
    finally:
        server.stop()


def test_the_daemons_signals_stay_its_own_and_no_thread_is_left() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    listener = bind(Address("127.0.0.1", 0), given=True)
    assert listener is not None
    server = WebServer(listener, app())
    threads = serving()
    server.start()
    assert httpx.get(server.address, trust_env=False).text == "hello"
    assert {number: signal.getsignal(number) for number in before} == before
    server.stop()
    assert serving() == threads
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.address, trust_env=False)


def test_a_reader_that_lingers_does_not_hold_up_the_end() -> None:
    listener = bind(Address("127.0.0.1", 0), given=True)
    assert listener is not None
    server = WebServer(listener, app())
    threads = serving()
    server.start()
    host, port = listener.getsockname()
    with socket.create_connection((host, port)) as lingering:
        lingering.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        server.stop()
    assert serving() == threads


def test_children_do_not_inherit_the_socket() -> None:
    listener = bind(Address("127.0.0.1", 0), given=True)
    assert listener is not None
    with listener:
        assert not listener.get_inheritable()


def test_nothing_of_the_web_server_reaches_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    def broken(_request: Request) -> PlainTextResponse:
        raise RuntimeError("inside")

    listener = bind(Address("127.0.0.1", 0), given=True)
    assert listener is not None
    server = WebServer(listener, Starlette(routes=[Route("/", broken)]))
    server.start()
    try:
        assert httpx.get(server.address, trust_env=False).status_code == 500
        with socket.create_connection(listener.getsockname()) as other:
            other.sendall(b"\x16\x03\x01 no http at all\r\n\r\n")
            assert other.recv(100).startswith(b"HTTP/1.1 400")
    finally:
        server.stop()
    assert capfd.readouterr() == ("", "")
