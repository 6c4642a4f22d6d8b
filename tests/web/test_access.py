import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexorchd.web.access import Door, read_or_make_token
from flexorchd.web.origin import host_name, is_allowed_host, is_same_origin

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
texts = st.text(max_size=80)


def test_the_token_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    os.umask(0)
    token = read_or_make_token(tmp_path)
    os.umask(0o022)
    facts = (tmp_path / "web.token").stat()
    assert stat.S_IMODE(facts.st_mode) == 0o600
    assert len(token) >= 43
    assert read_or_make_token(tmp_path) == token
    assert (tmp_path / "web.token").read_text() == token + "\n"


def test_two_state_directories_have_two_tokens(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert read_or_make_token(tmp_path / "a") != read_or_make_token(tmp_path / "b")


def test_a_file_that_a_crash_left_empty_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "web.token").touch(0o644)
    token = read_or_make_token(tmp_path)
    assert token
    assert stat.S_IMODE((tmp_path / "web.token").stat().st_mode) == 0o600


def test_a_token_that_others_could_read_is_closed(tmp_path: Path) -> None:
    (tmp_path / "web.token").write_text("kept\n")
    (tmp_path / "web.token").chmod(0o644)
    assert read_or_make_token(tmp_path) == "kept"
    assert stat.S_IMODE((tmp_path / "web.token").stat().st_mode) == 0o600


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("of another\n")
    (tmp_path / "web.token").symlink_to("elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        read_or_make_token(tmp_path)


@given(texts, texts)
def test_nothing_but_the_token_opens(token: str, other: str) -> None:
    door = Door(token)
    assert door.opens_with(token)
    assert door.opens_with(other) == (other == token)
    assert door.has_bearer(f"Bearer {other}") == (other.strip() == token)


@given(texts)
def test_cookie_and_form_field_are_neither_the_token_nor_each_other(token: str) -> None:
    door = Door(token)
    assert len({token, door.cookie, door.form_token}) == 3
    assert door.has_cookie({door.cookie_name: door.cookie})
    assert not door.has_cookie({door.cookie_name: door.form_token})
    assert not door.has_cookie({door.cookie_name: token})
    assert not door.has_cookie({})
    assert door.has_form_token({"form_token": door.form_token})
    assert not door.has_form_token({"form_token": door.cookie})
    assert not door.has_form_token({})


@given(texts, texts)
def test_a_new_token_ends_the_cookies_of_the_old_one(old: str, new: str) -> None:
    door = Door(new)
    assert door.has_cookie({door.cookie_name: Door(old).cookie}) == (old == new)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic dG9rZW4=", "token", "Bearertoken"])
def test_what_is_no_bearer_token_does_not_open(header: str | None) -> None:
    assert not Door("token").has_bearer(header)


def test_door_takes_any_bytes_that_a_header_can_carry() -> None:
    assert not Door("token").opens_with("\udcff\x00ü")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST:8620", "localhost"),
        ("localhost.:8620", "localhost"),
        ("127.0.0.1:8620", "127.0.0.1"),
        ("[::1]:8620", "[::1]"),
        ("docs.example.com", "docs.example.com"),
        (None, None),
        ("", None),
        (":8620", None),
        ("::1", None),
        ("a b", None),
        ("localhost:8620:1", None),
        ("localhost:port", None),
        ("user@localhost", None),
        ("localhost/..", None),
        ("localhost, evil.example", None),
    ],
)
def test_the_name_in_a_host_header(header: str | None, name: str | None) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8620", "LocalHost.:80"])
def test_loopback_names_are_served(host: str) -> None:
    assert is_allowed_host(host, LOOPBACK)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "127.0.0.10", "::1", None],
)
def test_a_name_that_was_pointed_here_is_not(host: str | None) -> None:
    assert not is_allowed_host(host, LOOPBACK)


def test_a_bare_ipv6_address_may_be_configured() -> None:
    assert is_allowed_host("[fd00::1]:8620", ("fd00::1",))


@given(texts, st.lists(texts, max_size=4))
def test_only_names_that_are_listed_are_served(host: str, allowed: list[str]) -> None:
    bare = {one.lower().strip("[]").removesuffix(".") for one in allowed}
    name = host_name(host)
    served = is_allowed_host(host, allowed)
    assert served == (name is not None and name.strip("[]").removesuffix(".") in bare)


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("http://localhost:8620", None),
        ("http://localhost:8620", "same-origin"),
        (None, "same-origin"),
        ("https://localhost:8620", "same-origin"),
    ],
)
def test_a_form_of_our_own(origin: str | None, site: str | None) -> None:
    assert is_same_origin("localhost:8620", origin, site)


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        (None, None),
        ("null", None),
        ("null", "same-origin"),
        ("http://evil.example", None),
        ("http://localhost:9999", None),
        ("http://localhost:8620.evil.example", None),
        ("http://localhost:8620", "cross-site"),
        ("http://localhost:8620", "same-site"),
        (None, "none"),
        ("file://localhost:8620", None),
        ("http://[", None),
    ],
)
def test_a_form_of_another_page(origin: str | None, site: str | None) -> None:
    assert not is_same_origin("localhost:8620", origin, site)


@given(texts, texts)
def test_an_origin_is_ours_only_if_it_names_our_host(host: str, origin: str) -> None:
    if is_same_origin(host, origin, None):
        assert (
            origin.lower()
            .removesuffix(":80")
            .removesuffix(":443")
            .endswith(host.lower().removesuffix(":80").removesuffix(":443"))
        )
