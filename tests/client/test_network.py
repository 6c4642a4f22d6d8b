"""What a network does to a request, on real sockets."""

from __future__ import annotations

import gzip
import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexorchd.client import (
    FileTooLargeError,
    FlexOrch,
    FlexOrchError,
    ServiceError,
    TransportError,
    UnexpectedAnswerError,
    Upload,
)
from tests.client.double import KEY
from tests.client.wire_server import Connection, Script, WireServer, reply, serving

JOB = b'{"data": {"id": "job_1", "status": "completed", "quality": {"grade": "A", "score": 91}}}'
CLOSING = b"--\r\n"


@contextmanager
def client_against(script: Script, **options: object) -> Iterator[tuple[FlexOrch, WireServer]]:
    """A client of a server that runs the script, without a second try unless asked for."""
    settings = {"timeout": 2, "retry_for": 0} | options
    with serving(script) as server, FlexOrch(KEY, server.url, **settings) as client:
        yield client, server


def answers(*contents: bytes) -> Script:
    """One after the other, then the last one again and again."""
    left = list(contents)

    def script(connection: Connection) -> None:
        connection.read_request()
        connection.send(left.pop(0) if len(left) > 1 else left[0])

    return script


def hears_out(connection: Connection) -> None:
    """Take the whole request, and say nothing."""
    connection.read_request()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_reply_that_is_cut_anywhere_is_an_error_or_whole(data: st.DataObject) -> None:
    whole = reply(JOB)
    if data.draw(st.booleans()):
        chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(JOB), JOB)
        whole = reply(chunks, "200 OK", "Transfer-Encoding: chunked", framed=False)
    end = data.draw(st.integers(0, len(whole)))
    with client_against(answers(whole[:end])) as (client, _):
        try:
            score = client.jobs.get("job_1").quality_score
        except TransportError:
            score = None
    assert score == (0.91 if end == len(whole) else None)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    with pytest.raises(TransportError, match="cannot be reached") as caught:
        FlexOrch(KEY, url, retry_for=0).usage.current()
    assert caught.value.body_complete is False
    assert caught.value.scope == "request"
    assert KEY not in str(caught.value)


def test_no_such_host() -> None:
    with pytest.raises(TransportError, match=r"no-such-host\.invalid") as caught:
        FlexOrch(KEY, "https://no-such-host.invalid/v1", retry_for=0).usage.current()
    assert caught.value.body_complete is False


def test_a_reset_is_a_lost_connection() -> None:
    def script(connection: Connection) -> None:
        connection.read_request()
        connection.reset()

    with client_against(script) as (client, _), pytest.raises(TransportError) as caught:
        client.usage.current()
    assert caught.value.code == "CONNECTION_LOST"


def test_silence_ends_after_the_timeout() -> None:
    def script(connection: Connection) -> None:
        connection.read_request()
        connection.read_some()

    with client_against(script, timeout=0.2) as (client, _):
        with pytest.raises(TransportError, match=r"0\.2 s") as caught:
            client.usage.current()
        assert caught.value.code == "TIMEOUT"


def test_an_answer_that_trickles_ends_as_well() -> None:
    def script(connection: Connection) -> None:
        connection.read_request()
        connection.send(reply(b"x" * 1000)[:-1000])
        while True:
            connection.send(b" ")
            time.sleep(0.05)

    begun = time.monotonic()
    with client_against(script, timeout=0.3) as (client, _):
        with pytest.raises(TransportError) as caught:
            client.usage.current()
        assert caught.value.code == "TIMEOUT"
    assert time.monotonic() - begun < 5


def test_a_redirect_is_not_followed_with_the_key() -> None:
    with serving(answers(reply(b"{}"))) as elsewhere:
        moved = reply(b"", "307 Temporary Redirect", f"Location: {elsewhere.url}/usage")
        with client_against(answers(moved)) as (client, _):
            with pytest.raises(UnexpectedAnswerError, match="redirect") as caught:
                client.usage.current()
            assert caught.value.code == "REDIRECTED"
        assert elsewhere.connections == []


def test_proxies_of_the_environment_do_not_see_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answers(reply(b"{}"))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        with client_against(answers(reply(JOB))) as (client, _):
            assert client.jobs.get("job_1").id == "job_1"
        assert proxy.connections == []


def test_a_unix_socket_will_do(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with serving(answers(reply(JOB)), path), FlexOrch(KEY, "http://engine/v1", uds=path) as client:
        assert client.jobs.get("job_1").quality_grade == "A"


PAGE = b"<html>Bad Gateway</html>"
SQUEEZED = gzip.compress(JOB)[:-9] + b"rubbish--"


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (reply(SQUEEZED, "200 OK", "Content-Encoding: gzip"), UnexpectedAnswerError, "compression"),
        (reply(PAGE, "502 Bad Gateway"), ServiceError, "502"),
        (reply(PAGE), UnexpectedAnswerError, r"jobs\.get: the answer is not JSON"),
        (reply(b"", "204 No Content"), UnexpectedAnswerError, "nothing"),
        (b"\x16\x03\x01\x02 no HTTP\r\n\r\n", TransportError, "lost"),
    ],
)
def test_what_is_no_answer_is_told(content: bytes, kind: type, words: str) -> None:
    with client_against(answers(content)) as (client, _), pytest.raises(kind, match=words):
        client.jobs.get("1")


def large(size: int = 8_000_000) -> Upload:
    return Upload("large.bin", size, lambda: (b"x" * 100_000 for _ in range(size // 100_000)))


def test_a_refusal_before_the_upload_is_over_is_understood() -> None:
    refusal = b'{"error": {"code": "FILE_TOO_LARGE", "message": "At most 25 MB."}}'

    def script(connection: Connection) -> None:
        connection.read_head()
        connection.send(reply(refusal, "413 Content Too Large"))
        while connection.read_some():
            pass

    with client_against(script) as (client, _), pytest.raises(FileTooLargeError) as caught:
        client.documents.submit([large()])
    assert caught.value.scope == "file"
    assert caught.value.limit_bytes == 25 * 1024 * 1024


def test_a_cut_before_the_closing_boundary_is_known_as_not_taken() -> None:
    def script(connection: Connection) -> None:
        connection.read_head()
        connection.reset()

    with client_against(script) as (client, _), pytest.raises(TransportError) as caught:
        client.documents.submit([large()])
    assert caught.value.body_complete is False


def test_a_lost_answer_is_known_as_perhaps_taken() -> None:
    with client_against(hears_out) as (client, server):
        with pytest.raises(TransportError) as caught:
            client.documents.submit([large(200_000)])
        assert caught.value.body_complete is True
        assert bytes(server.connections[0].received).endswith(CLOSING)


class ChangedError(Exception):
    """What a caller raises when the bytes are not the ones it announced."""


def test_what_an_uploads_content_raises_cuts_the_connection() -> None:
    opened: list[str] = []

    def upload(name: str, *, changed: bool = False) -> Upload:
        def chunks() -> Iterator[bytes]:
            opened.append(name)
            yield b"y" * 1000
            if changed:
                raise ChangedError(name)
            yield b"y" * 1000

        return Upload(name, 2000, chunks)

    with client_against(hears_out) as (client, server), pytest.raises(ChangedError, match="b"):
        client.documents.submit([upload("a"), upload("b", changed=True), upload("c")])
    assert opened == ["a", "b"]
    assert not any(CLOSING in bytes(c.received) for c in server.connections)


@pytest.mark.parametrize("told", [0, 999, 1001, 5000])
def test_another_size_than_announced_never_makes_a_whole_request(told: int) -> None:
    uploads = [Upload("first", 3, lambda: [b"abc"]), Upload("a", told, lambda: [b"z" * 500] * 2)]
    with client_against(hears_out) as (client, server), pytest.raises(FlexOrchError) as caught:
        client.documents.submit(uploads)
    assert caught.value.code == "SOURCE_CHANGED"
    assert caught.value.scope == "file"
    assert not any(CLOSING in bytes(c.received) for c in server.connections)


CONTENT = bytes(range(256)) * 4000


def no_wait(seconds: float) -> None:
    """Let tries follow at once."""


def test_an_export_that_breaks_off_starts_again_and_is_whole(tmp_path: Path) -> None:
    whole = reply(CONTENT)
    chunked = reply(b"", "200 OK", "Transfer-Encoding: chunked", framed=False)
    script = answers(whole[:300_000], chunked + b"ff00\r\n" + CONTENT[:1000], whole[:-1], whole)
    target = tmp_path / "export.parquet"
    target.write_bytes(b"the old one")
    with client_against(script, retry_for=60, sleep=no_wait) as (client, server):
        assert client.datasets.export_to("1", "parquet", target) == len(CONTENT)
        assert len(server.connections) == 4
    assert target.read_bytes() == CONTENT
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_object_is_written_from_where_it_stands() -> None:
    buffer = io.BytesIO(b"kept, and this not")
    buffer.seek(4)
    script = answers(reply(CONTENT)[:300_000], reply(CONTENT))
    with client_against(script, retry_for=60, sleep=no_wait) as (client, _):
        assert client.datasets.export_to("1", "parquet", buffer) == len(CONTENT)
    assert buffer.getvalue() == b"kept" + CONTENT


class Pipe(io.RawIOBase):
    """A file object that cannot be rewound."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return len(bytes(data))  # type: ignore[call-overload]


def test_what_cannot_be_rewound_is_not_started_again() -> None:
    script = answers(reply(CONTENT)[:300_000], reply(CONTENT))
    patient = client_against(script, retry_for=60, sleep=no_wait)
    with patient as (client, _), pytest.raises(OSError, match="rewound"):
        client.datasets.export_to("1", "parquet", Pipe())


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (reply(CONTENT)[:-1], TransportError, "lost"),
        (reply(CONTENT, framed=False), UnexpectedAnswerError, "no length"),
    ],
)
def test_an_export_that_cannot_be_had_leaves_the_old_file(
    content: bytes, kind: type, words: str, tmp_path: Path
) -> None:
    target = tmp_path / "export.csv"
    target.write_bytes(b"the old one")
    with client_against(answers(content)) as (client, _), pytest.raises(kind, match=words):
        client.datasets.export_to("1", "csv", target)
    assert target.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [target]
