"""The file is found, the environment wins over it, and every value says where it came from."""

import json
import os
from pathlib import Path

import pytest

from flexorchd.config import Address, for_inbox, load, recall, remember, sources
from flexorchd.errors import ConfigError

WATCH = '[[watch]]\nname = "scans"\npath = "in"\n'
OUTPUT = '[output]\npath = "out"\n'
MINIMAL = WATCH + OUTPUT


@pytest.fixture
def write(tmp_path):
    def write(text, name="flexorchd.toml"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return write


def test_defaults(write, tmp_path):
    loaded = load(write(MINIMAL), env={}, cwd=tmp_path)
    config = loaded.config
    assert loaded.mode == "embedded"
    assert config.state_dir == Path("/var/lib/flexorchd")
    assert config.api.base_url == "https://api.flexorch.com/v1"
    watch = config.watches[0]
    assert (watch.locale, watch.mask_pii, watch.mask_strategy) == ("und", True, "redact")
    assert (watch.settle, watch.after, watch.polling, watch.rescan) == (2.0, "keep", "auto", 300)
    assert config.output.details is True
    assert config.output.file_mode == 0o640
    assert config.web.listen == Address("127.0.0.1", 8620)
    assert config.webhook.listen is None
    assert config.engine.keep_originals == 7 * 86_400
    assert (config.log.level, config.log.format) == ("info", "auto")


@pytest.mark.parametrize(
    ("api", "env", "backlog", "versions", "takes_p7m"),
    [
        ("", {}, 0, 0, True),
        ("", {"FLEXORCH_API_KEY": "dfx_1"}, 1_000, 10, False),
        ('[api]\nkey_file = "key"\n', {}, 1_000, 10, False),
        ('[api]\nmode = "hosted"\n', {}, 1_000, 10, False),
        ('[api]\nmode = "embedded"\n', {"FLEXORCH_API_KEY": "dfx_1"}, 0, 0, True),
    ],
)
def test_defaults_that_depend_on_the_mode(write, tmp_path, api, env, backlog, versions, takes_p7m):
    config = load(write(api + MINIMAL), env=env, cwd=tmp_path).config
    assert config.limits.max_backlog == backlog
    assert config.limits.versions_per_day == versions
    assert ("*.p7m" in config.watches[0].include) is takes_p7m


def test_what_is_given_wins_over_the_modes_defaults(write, tmp_path):
    text = MINIMAL.replace('"in"', '"in"\ninclude = ["*.x"]') + "[limits]\nmax_backlog = 0\n"
    config = load(write(text), env={"FLEXORCH_API_KEY": "dfx_1"}, cwd=tmp_path).config
    assert config.limits.max_backlog == 0
    assert config.limits.versions_per_day == 10
    assert config.watches[0].include == ("*.x",)


@pytest.mark.parametrize(("scope", "keep"), [("new", 0), ("all", 30)])
def test_keep_depends_on_scope(write, tmp_path, scope, keep):
    export = f'[[export]]\nname = "e"\nscope = "{scope}"\n'
    config = load(write(MINIMAL + export), env={}, cwd=tmp_path).config
    assert config.exports[0].keep == keep


def test_order_in_which_the_file_is_found(write, tmp_path):
    here = write(MINIMAL)
    by_variable = write(MINIMAL, "variable.toml")
    by_option = write(MINIMAL, "option.toml")
    env = {"FLEXORCHD_CONFIG": "variable.toml"}
    assert load(Path("option.toml"), env=env, cwd=tmp_path).file == by_option
    assert load(env=env, cwd=tmp_path).file == by_variable
    assert load(env={}, cwd=tmp_path).file == here


def test_no_file(tmp_path):
    with pytest.raises(ConfigError, match="flexorchd run INBOX") as caught:
        load(env={}, cwd=tmp_path)
    assert caught.value.exit_code == 2


def test_a_named_file_that_is_missing_is_not_passed_over(write, tmp_path):
    write(MINIMAL)
    with pytest.raises(ConfigError, match=r"other\.toml: cannot be read"):
        load(Path("other.toml"), env={}, cwd=tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root sees everything")
def test_a_file_that_may_not_be_seen_is_not_passed_over(write, tmp_path):
    write(MINIMAL)
    tmp_path.chmod(0)
    try:
        with pytest.raises(ConfigError, match="Permission denied"):
            load(env={}, cwd=tmp_path)
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(os.geteuid() == 0, reason="root sees everything")
def test_in_a_folder_that_is_closed_the_systems_file_is_taken(write, tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    monkeypatch.setattr(sources, "SYSTEM_FILE", write(MINIMAL, "system.toml"))
    assert load(env={}, cwd=closed).file == tmp_path / "system.toml"


def test_home_folders_are_known_and_unknown_users_left_as_they_are(write, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/x")
    file = write(WATCH.replace('"in"', '"~/in"') + OUTPUT.replace('"out"', '"~nobody-here/out"'))
    config = load(file, env={}, cwd=tmp_path).config
    assert config.watches[0].path == Path("/home/x/in")
    assert config.output.path == tmp_path / "~nobody-here/out"


def test_broken_toml_names_the_line(write, tmp_path):
    with pytest.raises(ConfigError, match="line 2"):
        load(write("[api]\nmode = = 1\n"), env={}, cwd=tmp_path)


def test_relative_paths_start_at_the_file_or_at_the_working_directory(write, tmp_path):
    file = write(
        'state_dir = "state"\n' + WATCH + 'archive_dir = "../archive"\n' + OUTPUT, "etc/c.toml"
    )
    cwd = tmp_path / "elsewhere"
    config = load(file, env={"FLEXORCHD_API__KEY_FILE": "key"}, cwd=cwd).config
    assert config.state_dir == tmp_path / "etc/state"
    assert config.watches[0].path == tmp_path / "etc/in"
    assert config.watches[0].archive_dir == tmp_path / "etc/../archive"
    assert config.api.key_file == cwd / "key"


def test_the_environment_wins_over_the_file(write, tmp_path):
    env = {
        "FLEXORCHD_STATE_DIR": "/s",
        "FLEXORCHD_LOG__LEVEL": "debug",
        "FLEXORCHD_LIMITS__RESERVE": "5",
        "FLEXORCHD_OUTPUT__DETAILS": "false",
        "FLEXORCHD_OUTPUT__FILE_MODE": "0600",
        "FLEXORCHD_ENGINE__KEEP_ORIGINALS": "12h",
        "FLEXORCHD_ENGINE__CONNECTOR_ROOTS": "a, /b",
        "FLEXORCHD_WEB__LISTEN": "",
        "FLEXORCHD_WEB__ALLOWED_HOSTS": '["a", "b"]',
    }
    file = write("[log]\nlevel = 'error'\nformat = 'json'\n" + MINIMAL)
    loaded = load(file, env=env, cwd=tmp_path)
    config = loaded.config
    assert config.state_dir == Path("/s")
    assert (config.log.level, config.log.format) == ("debug", "json")
    assert config.limits.reserve == 5
    assert config.output.details is False
    assert config.output.file_mode == 0o600
    assert config.engine.keep_originals == 43_200
    assert config.engine.connector_roots == (tmp_path / "a", Path("/b"))
    assert config.web.listen is None
    assert config.web.allowed_hosts == ("a", "b")
    assert loaded.origin["log.level"].place == "FLEXORCHD_LOG__LEVEL"
    assert loaded.origin["log.format"].place == str(file)


def test_origins_tell_given_from_default(write, tmp_path):
    loaded = load(write(MINIMAL), env={"FLEXORCHD_WEB__LISTEN": "127.0.0.1:8620"}, cwd=tmp_path)
    assert loaded.origin["watch.scans.name"].source == "file"
    assert loaded.origin["watch.scans.settle"].source == "default"
    assert loaded.origin["watch.scans.settle"].value == "2.0"
    assert loaded.given("web.listen")
    assert not loaded.given("api.mode")


def test_origins_hide_the_key(write, tmp_path):
    key = "dfx_thisisthekey1234"
    loaded = load(write(MINIMAL), env={"FLEXORCH_API_KEY": key}, cwd=tmp_path)
    assert loaded.origin["api.key"].place == "FLEXORCH_API_KEY"
    assert key not in repr(loaded)


@pytest.mark.parametrize(
    "name",
    ["FLEXORCHD_LIMIT__RESERVE", "FLEXORCHD_LIMITS__RESRVE", "FLEXORCHD_WATCH", "FLEXORCHD_LOG"],
)
def test_a_variable_that_names_no_key_is_refused(write, tmp_path, name):
    with pytest.raises(ConfigError, match=name):
        load(write(MINIMAL), env={name: "1"}, cwd=tmp_path)


def test_other_peoples_variables_are_let_be(write, tmp_path):
    env = {"FLEXORCHD_PORT": "tcp://10.0.0.1:8620", "FLEXORCHD_SERVICE_HOST": "10.0.0.1"}
    assert not load(write(MINIMAL), env=env, cwd=tmp_path).warnings


def test_a_variable_that_was_probably_meant_for_us_is_warned_of(write, tmp_path):
    loaded = load(write(MINIMAL), env={"FLEXORCHD_STATEDIR": "/s"}, cwd=tmp_path)
    assert "FLEXORCHD_STATE_DIR" in loaded.warnings[0]


def test_a_mistake_in_a_variable_is_refused(write, tmp_path):
    with pytest.raises(ConfigError, match=r"limits\.reserve.*-1"):
        load(write(MINIMAL), env={"FLEXORCHD_LIMITS__RESERVE": "-1"}, cwd=tmp_path)


def test_inbox_needs_no_file(tmp_path):
    (tmp_path / "Rechnungen 2024").mkdir()
    loaded = for_inbox(Path("Rechnungen 2024"), env={"FLEXORCH_API_KEY": "dfx_1"}, cwd=tmp_path)
    config = loaded.config
    assert loaded.mode == "embedded"
    assert loaded.file is None
    assert config.watches[0].name == "rechnungen-2024"
    assert config.watches[0].path == tmp_path / "Rechnungen 2024"
    assert config.output.path == tmp_path / "outbox"
    assert config.state_dir == tmp_path / ".outbox.flexorchd"


def test_inbox_takes_what_a_watch_would_set(tmp_path):
    loaded = for_inbox(
        Path("/data/in"),
        Path("../results"),
        settle=0.5,
        locale="tr",
        mask_pii=False,
        env={"FLEXORCHD_OUTPUT__PATH": "/elsewhere", "FLEXORCHD_API__MODE": "hosted"},
        cwd=tmp_path,
    )
    watch = loaded.config.watches[0]
    assert (watch.settle, watch.locale, watch.mask_pii) == (0.5, "tr", False)
    assert loaded.config.output.path == tmp_path / "../results"
    assert loaded.config.state_dir == tmp_path / "../.results.flexorchd"
    assert loaded.mode == "hosted"
    assert loaded.origin["watch.in.settle"].source == "command line"
    assert loaded.origin["api.mode"].source == "environment"


def test_inbox_state_stands_beside_the_output_that_the_environment_gives(tmp_path):
    env = {"FLEXORCHD_OUTPUT__PATH": "/data/out"}
    config = for_inbox(Path("in"), env=env, cwd=tmp_path).config
    assert config.state_dir == Path("/data/.out.flexorchd")
    explicit = for_inbox(Path("in"), state_dir=Path("s"), env=env, cwd=tmp_path).config
    assert explicit.state_dir == tmp_path / "s"


def test_inbox_reads_no_file(write, tmp_path):
    write(MINIMAL + '[log]\nlevel = "debug"\n')
    assert for_inbox(Path("in"), env={}, cwd=tmp_path).config.log.level == "info"


def test_inbox_of_any_name(tmp_path):
    odd = Path(os.fsdecode(b"\xff \n"))
    loaded = for_inbox(odd, env={}, cwd=tmp_path)
    assert loaded.config.watches[0].path == tmp_path / odd
    assert "\n" not in loaded.origin["watch.inbox.path"].value


def test_a_remembered_configuration_is_the_same(write, tmp_path):
    config = for_inbox(Path(os.fsdecode(b"in-\xff")), env={}, cwd=tmp_path).config
    assert recall(remember(config)) == config
    hosted = load(write(MINIMAL), env={"FLEXORCH_API_KEY": "dfx_1"}, cwd=tmp_path).config
    assert recall(remember(hosted)) == hosted


def test_a_memory_of_unknown_keys_is_refused(write, tmp_path):
    memory = json.loads(remember(load(write(MINIMAL), env={}, cwd=tmp_path).config))
    with pytest.raises(ConfigError, match="future"):
        recall(json.dumps(memory | {"future": 1}))
