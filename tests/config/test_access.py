"""The key decides where documents go, and a broken one stops instead of falling back."""

import os
from pathlib import Path

import pytest

from flexorchd.config import access, for_inbox, load, webhook_secret
from flexorchd.config.models import WebhookConfig
from flexorchd.errors import ConfigError

KEY = "dfx_0123456789abcdef"
MINIMAL = '[[watch]]\nname = "a"\npath = "in"\n[output]\npath = "out"\n'


@pytest.fixture
def accessed(tmp_path):
    def accessed(api="", env=None):
        file = tmp_path / "c.toml"
        file.write_text(f"[api]\n{api}\n{MINIMAL}")
        return access(load(file, env=env or {}, cwd=tmp_path).config, env or {})

    return accessed


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    file.chmod(0o600)
    return file


def test_no_key_is_embedded(accessed):
    assert accessed().mode == "embedded"
    assert accessed().key is None


def test_a_key_is_hosted(accessed):
    found = accessed(env={"FLEXORCH_API_KEY": KEY})
    assert found.mode == "hosted"
    assert found.key.get_secret_value() == KEY
    assert found.hint == "dfx_…cdef"
    assert found.base_url == "https://api.flexorch.com/v1"
    assert not found.warnings


def test_embedded_mode_looks_at_no_key(accessed):
    assert accessed('mode = "embedded"', {"FLEXORCH_API_KEY": KEY}).mode == "embedded"
    assert accessed('mode = "embedded"\nkey_file = "missing"').key is None


def test_an_inbox_is_embedded_whatever_key_is_set(tmp_path):
    env = {"FLEXORCH_API_KEY": KEY}
    assert access(for_inbox(Path("in"), env=env, cwd=tmp_path).config, env).mode == "embedded"


def test_the_file_wins_over_the_variable(accessed, key_file):
    found = accessed(f'key_file = "{key_file}"', {"FLEXORCH_API_KEY": "dfx_another"})
    assert found.key.get_secret_value() == KEY


@pytest.mark.parametrize("content", [None, b"", b" \n", b"dfx_a b", b"dfx_\xc3\xbc", b"dfx_\x07a"])
def test_a_broken_key_file_stops(accessed, tmp_path, content):
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
        file.chmod(0o600)
    with pytest.raises(ConfigError, match=r"api\.key_file") as caught:
        accessed(f'key_file = "{file}"', {"FLEXORCH_API_KEY": KEY})
    assert caught.value.exit_code == 2
    assert "dfx_a" not in str(caught.value)


def test_a_folder_is_no_key_file(accessed, tmp_path):
    with pytest.raises(ConfigError, match=r"api\.key_file"):
        accessed(f'key_file = "{tmp_path}"')


@pytest.mark.parametrize("key", ["", "dfx_a b", "dfx_a\n", "dfx_ü"])
def test_a_broken_variable_stops(accessed, key):
    with pytest.raises(ConfigError, match="FLEXORCH_API_KEY"):
        accessed(env={"FLEXORCH_API_KEY": key})


def test_hosted_without_a_key_stops(accessed):
    with pytest.raises(ConfigError, match="FLEXORCH_API_KEY: is not set"):
        accessed('mode = "hosted"')


def test_an_unusual_prefix_is_warned_of(accessed):
    assert "dfx_" in accessed(env={"FLEXORCH_API_KEY": "sk_0123456789"}).warnings[0]
    assert not accessed(env={"FLEXORCH_API_KEY": "fx_0123456789"}).warnings


def test_a_key_file_that_everyone_can_read_is_warned_of(accessed, key_file):
    assert not accessed(f'key_file = "{key_file}"').warnings
    key_file.chmod(0o644)
    assert "chmod 600" in accessed(f'key_file = "{key_file}"').warnings[0]


def test_the_key_is_in_no_representation(accessed):
    found = accessed(env={"FLEXORCH_API_KEY": KEY})
    assert KEY not in repr(found)
    assert KEY not in found.fingerprint
    assert KEY not in found.hint


def test_a_short_key_gives_no_hint_of_itself(accessed):
    assert accessed(env={"FLEXORCH_API_KEY": "dfx_abcd"}).hint == "dfx_…"


def test_fingerprints_tell_keys_apart(accessed):
    one = accessed(env={"FLEXORCH_API_KEY": KEY}).fingerprint
    other = accessed(env={"FLEXORCH_API_KEY": KEY + "0"}).fingerprint
    assert len(one) == len(other) == 16
    assert one != other
    assert accessed().fingerprint == ""


def test_webhook_secret(tmp_path):
    file = tmp_path / "secret"
    file.write_text("s3cret\n")
    assert webhook_secret(WebhookConfig(secret_file=file)).get_secret_value() == "s3cret"
    assert webhook_secret(WebhookConfig()) is None
    with pytest.raises(ConfigError, match=r"webhook\.secret_file"):
        webhook_secret(WebhookConfig(secret_file=tmp_path / "none"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_key_file_without_the_right_to_read_it_stops(accessed, key_file):
    key_file.chmod(0)
    with pytest.raises(ConfigError, match="Permission denied"):
        accessed(f'key_file = "{key_file}"')
