"""The way to the service: names, connections, certificates and proxies that fail, and what is said of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.process import Place, wait_for
from tests.e2e.running import Running
from tests.faults import need
from tests.faults.network import Authority, Changing, Proxy, Swallow
from tests.service import KEY, Drip, Service

Start = Callable[..., Running]
NAME = "api.flexorch.test"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority.pem")


def comes_back(one: Running, count: int = 3) -> None:
    """What was dropped meanwhile is delivered, and the log was short."""
    wait_for(lambda: len(one.place.results()) == count, why="delivered after the outage")
    one.is_well()
    one.holds()
    assert len(one.told("service.recovered")) == 1
    assert len(one.told_loudly()) <= 8


def is_away(one: Running, remedy: str) -> str:
    """What a person sees of it."""
    for n in range(3):
        one.promise.drop(f"{n}.txt", f"document {n}")
    one.tells("service.unreachable")
    wait_for(lambda: remedy in one.trouble("SERVICE_AWAY").remedy, why=f"{remedy} in the remedy")
    trouble = one.trouble("SERVICE_AWAY")
    assert KEY not in one.place.log.read_text()
    return trouble.what


# -- certificates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "says"),
    [("unknown", "unable to get local issuer"), ("expired", "expired"), ("other", "mismatch")],
)
def test_a_certificate_that_is_not_good_is_not_accepted(
    running: Start, authority: Authority, tmp_path: Path, what: str, says: str
) -> None:
    good = authority.issue("localhost")
    bad = {
        "unknown": Authority(tmp_path / "stranger.pem").issue("localhost"),
        "expired": authority.issue("localhost", days=-1),
        "other": authority.issue("elsewhere.test"),
    }[what]
    tls = Changing(bad)
    with Service(tls=tls.context) as service:
        one = running(
            {"SSL_CERT_FILE": str(authority.file)},
            api={"base_url": f"https://localhost:{service.port}/v1"},
        )
        one.place.service = service
        assert says in is_away(one, "certificates")
        assert service.requests == []
        tls.now = good
        comes_back(one)


def test_what_speaks_no_tls_is_no_service(running: Start, service: Service) -> None:
    one = running(api={"base_url": f"https://localhost:{service.port}/v1"})
    assert "SSL" in is_away(one, "certificates")
    assert service.requests == []


# -- proxies --------------------------------------------------------------------------------------------


@pytest.fixture
def behind_a_proxy(authority: Authority, running: Start) -> Iterator[tuple[Running, Proxy]]:
    """A service that only the proxy knows the way to."""
    with Service(tls=authority.issue(NAME)) as service, Proxy({NAME: service.port}) as proxy:
        proxy.refuses = 407
        one = running(
            {"SSL_CERT_FILE": str(authority.file), "HTTPS_PROXY": proxy.url},
            api={"base_url": f"https://{NAME}/v1"},
        )
        one.place.service = service
        yield one, proxy


def test_a_proxy_is_used_sees_no_secret_and_its_refusal_is_told(
    behind_a_proxy: tuple[Running, Proxy],
) -> None:
    one, proxy = behind_a_proxy
    said = is_away(one, "proxy")
    assert "407" in said
    assert f"127.0.0.1:{proxy.port}" in said
    proxy.refuses = None
    comes_back(one)
    assert set(proxy.asked) == {f"{NAME}:443"}
    assert KEY.encode() not in proxy.seen
    assert b"document 0" not in proxy.seen
    assert "secret-of-the-proxy" not in one.place.log.read_text()


def test_a_proxy_that_is_not_there_is_named(
    running: Start, authority: Authority, service: Service
) -> None:
    with Proxy({}) as gone:
        pass
    one = running(
        {"SSL_CERT_FILE": str(authority.file), "HTTPS_PROXY": gone.url},
        api={"base_url": f"https://{NAME}/v1"},
    )
    with Service(tls=authority.issue(NAME)) as behind:
        one.place.service = behind
        assert f"127.0.0.1:{gone.port}" in is_away(one, "proxy")
        with Proxy({NAME: behind.port}, gone.port):
            comes_back(one)


# -- names and addresses --------------------------------------------------------------------------------


def with_names(hosts: Path, servers: Path) -> list[str]:
    """What runs a command with a list of host names, and of name servers, of its own."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        need.missing("names of its own need root and unshare")
    private = f"mount --bind {hosts} /etc/hosts && mount --bind {servers} /etc/resolv.conf"
    return ["unshare", "--mount", "sh", "-c", f'{private} && exec "$@"', "sh"]


def test_a_name_that_is_not_known_is_told_and_waited_for(
    tmp_path: Path, authority: Authority
) -> None:
    hosts, servers = tmp_path / "hosts", tmp_path / "resolv.conf"
    hosts.write_text("127.0.0.1 localhost\n")
    servers.write_text("nameserver 127.0.0.1\noptions attempts:1 timeout:1\n")
    with Service(tls=authority.issue(NAME)) as service:
        api = {"base_url": f"https://{NAME}:{service.port}/v1"}
        place = Place(tmp_path / "place", service, None, api=api)
        place.env["SSL_CERT_FILE"] = str(authority.file)
        with place.spawn("run", wrapped=with_names(hosts, servers)) as daemon:
            one = Running(place, daemon.process.pid)
            assert NAME in is_away(one, "name resolution")
            with hosts.open("a") as file:
                file.write(f"127.0.0.1 {NAME}\n")
            comes_back(one)
            assert daemon.end()[0] == 0


def test_an_address_that_answers_nothing_is_given_up_in_time(running: Start) -> None:
    with Swallow() as silent:
        base_url = f"http://127.0.0.1:{silent.port}/v1"
        one = running(api={"base_url": base_url, "timeout": 0.5})
        assert "0.5 s" in is_away(one, "api.timeout")
        port = silent.port
    with Service(port=port) as service:
        one.place.service = service
        comes_back(one)


def test_answers_that_drip_are_given_up_in_time(running: Start, service: Service) -> None:
    one = running(api={"timeout": 0.5})
    service.fault("*", Drip(0.01), times=1000)
    assert "0.5 s" in is_away(one, "api.timeout")
    service.recover()
    comes_back(one)


def test_a_service_that_is_not_there_is_waited_for(running: Start, service: Service) -> None:
    one = running()
    service.close()
    is_away(one, "network")
    with Service(port=service.port) as again:
        one.place.service = again
        comes_back(one)
