"""Every mistake is refused with the key's name, what is wrong, and what to do; never with a secret."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexorchd.config import Config, load
from flexorchd.config.models import section_of
from flexorchd.errors import ConfigError, ConfigErrors

WATCH = '[[watch]]\nname = "scans"\npath = "in"\n'
OUTPUT = '[output]\npath = "out"\n'
EXPORT = '[[export]]\nname = "nightly"\n'
ROUTE = "[[route]]\n"


@pytest.fixture
def refused(tmp_path):
    def refused(text):
        file = tmp_path / "c.toml"
        file.write_text(text)
        with pytest.raises(ConfigError) as caught:
            load(file, env={}, cwd=tmp_path)
        error = caught.value
        assert error.exit_code == 2
        for mistake in getattr(error, "mistakes", (error,)):
            assert mistake.message
            assert mistake.remedy
            assert "pydantic" not in str(mistake).lower()
            assert "validation" not in str(mistake)
        return error

    return refused


CASES = [
    ("[limit]\n" + WATCH + OUTPUT, "limit", "limits"),
    ("state_dri = 'x'\n" + WATCH + OUTPUT, "state_dri", "state_dir"),
    (WATCH + "settel = 1\n" + OUTPUT, "watch.scans.settel", "settle"),
    (WATCH + 'settle = "soon"\n' + OUTPUT, "watch.scans.settle", "default"),
    (WATCH + "settle = -1\n" + OUTPUT, "watch.scans.settle", "default"),
    (WATCH + "settle = nan\n" + OUTPUT, "watch.scans.settle", "default"),
    (WATCH + "settle = true\n" + OUTPUT, "watch.scans.settle", "number"),
    (WATCH + "rescan = 0\n" + OUTPUT, "watch.scans.rescan", "300"),
    (WATCH + 'after = "move"\n' + OUTPUT, "watch.scans.after", "keep"),
    (WATCH + 'include = ["*.pdf", "/"]\n' + OUTPUT, "watch.scans.include[2]", "glob"),
    (WATCH + 'exclude = ["a/../b"]\n' + OUTPUT, "watch.scans.exclude[1]", "glob"),
    (WATCH + 'include = "*.pdf"\n' + OUTPUT, "watch.scans.include", "*.pdf"),
    ("limits = 3\n" + WATCH + OUTPUT, "limits", "[limits]"),
    (WATCH + 'document_type = "bill"\n' + OUTPUT, "watch.scans.document_type", "auto"),
    (WATCH + 'locale = "german!"\n' + OUTPUT, "watch.scans.locale", '"de"'),
    (WATCH.replace("scans", "Scans") + OUTPUT, "watch.Scans.name", "lower-case"),
    (WATCH.replace("scans", "a" * 64) + OUTPUT, f"watch.{'a' * 64}.name", "63"),
    (WATCH.replace('"in"', '""') + OUTPUT, "watch.scans.path", "path"),
    (WATCH.replace('"in"', '"a\\u0000b"') + OUTPUT, "watch.scans.path", "path"),
    ("[[watch]]\nname = 'a'\n" + OUTPUT, "watch.a.path", "Add"),
    ("[[watch]]\npath = 'a'\n" + OUTPUT, "watch[1].name", "Add"),
    (OUTPUT, "watch", "[[watch]]"),
    (WATCH, "output.path", "Add"),
    (WATCH + OUTPUT + EXPORT + "keep = -1\n", "export.nightly.keep", "Correct it."),
    (WATCH + OUTPUT + EXPORT + "formats = []\n", "export.nightly.formats", "jsonl"),
    ("[watch]\nname = 'a'\n" + OUTPUT, "watch", "[[watch]]"),
    (WATCH + WATCH + OUTPUT, "watch.scans", "own"),
    (WATCH + 'after = "archive"\n' + OUTPUT, "watch.scans.archive_dir", "folder"),
    (WATCH + 'after = "delete"\n' + OUTPUT + "details = false\n", "watch.scans.after", "details"),
    (WATCH + OUTPUT + "file_mode = 640\n", "output.file_mode", '"0640"'),
    (WATCH + OUTPUT + 'file_mode = "0440"\n', "output.file_mode", '"0640"'),
    (WATCH + OUTPUT + 'file_mode = "rw-r"\n', "output.file_mode", '"0640"'),
    ('[api]\nbase_url = "http://api.example.com"\n' + WATCH + OUTPUT, "api.base_url", "https"),
    ('[api]\nbase_url = "api.example.com"\n' + WATCH + OUTPUT, "api.base_url", "https"),
    ('[api]\nbase_url = "https://u:p@x.com"\n' + WATCH + OUTPUT, "api.base_url", "password"),
    ('[api]\nmode = "cloud"\n' + WATCH + OUTPUT, "api.mode", "auto"),
    ("[api]\ntimeout = 0\n" + WATCH + OUTPUT, "api.timeout", "30"),
    ('[api]\nkey_file = ""\n' + WATCH + OUTPUT, "api.key_file", "leave the key out"),
    ("[limits]\nreserve = -1\n" + WATCH + OUTPUT, "limits.reserve", "0"),
    ("[limits]\nreserve = 1.5\n" + WATCH + OUTPUT, "limits.reserve", "0"),
    (WATCH + OUTPUT + EXPORT + 'schedule = "0 6 * *"\n', "export.nightly.schedule", "five"),
    (WATCH + OUTPUT + EXPORT + 'schedule = "@daily"\n', "export.nightly.schedule", "five"),
    (WATCH + OUTPUT + EXPORT + 'schedule = "0 25 * * *"\n', "export.nightly.schedule", "five"),
    (WATCH + OUTPUT + EXPORT + 'schedule = "0 0 30 2 *"\n', "export.nightly.schedule", "five"),
    (WATCH + OUTPUT + EXPORT + 'timezone = "Berlin"\n', "export.nightly.timezone", "IANA"),
    (WATCH + OUTPUT + EXPORT + 'timezone = "../etc"\n', "export.nightly.timezone", "IANA"),
    (WATCH + OUTPUT + EXPORT + 'formats = ["jsonn"]\n', "export.nightly.formats[1]", "jsonl"),
    (WATCH + OUTPUT + EXPORT + "formats = []\n", "export.nightly.formats", "jsonl"),
    (WATCH + OUTPUT + EXPORT + 'formats = ["md", "markdown"]\n', "export.nightly.formats", "once"),
    (WATCH + OUTPUT + EXPORT + 'min_grade = "E"\n', "export.nightly.min_grade", "Correct"),
    (WATCH + OUTPUT + EXPORT + 'watches = ["scan"]\n', "export.nightly.watches", "scans"),
    (WATCH + OUTPUT + EXPORT + EXPORT, "export.nightly", "own"),
    (WATCH + OUTPUT + ROUTE, "route[1]", "folder or a command"),
    (WATCH + OUTPUT + ROUTE + 'folder = "a"\ncommand = ["b"]\n', "route[1]", "folder or a command"),
    (WATCH + OUTPUT + ROUTE + "command = []\n", "route[1]", "folder or a command"),
    (WATCH + OUTPUT + ROUTE + 'command = "run me"\n', "route[1].command", "Correct"),
    (WATCH + OUTPUT + ROUTE + 'folder = "../a"\n', "route[1].folder", "relative"),
    (WATCH + OUTPUT + ROUTE + 'folder = "/a"\n', "route[1].folder", "relative"),
    (WATCH + OUTPUT + ROUTE + 'folder = "results/a"\n', "route[1].folder", "name"),
    (
        WATCH + OUTPUT + ROUTE + 'name = "r"\nfailed = true\nfolder = "a"\n',
        "route.r.folder",
        "command",
    ),
    (
        WATCH + OUTPUT + ROUTE + 'failed = true\ngrade = ["A"]\ncommand = ["b"]\n',
        "route[1].failed",
        "Leave",
    ),
    ('[web]\nlisten = "8620"\n' + WATCH + OUTPUT, "web.listen", "host:port"),
    ('[web]\nlisten = "localhost:99999"\n' + WATCH + OUTPUT, "web.listen", "host:port"),
    ('[webhook]\nlisten = "0.0.0.0:1"\n' + WATCH + OUTPUT, "webhook.secret_file", "secret"),
    ('[webhook]\npublic_url = "https://a.b"\n' + WATCH + OUTPUT, "webhook.listen", "port"),
    ('[engine]\nexecutor = "ray"\n' + WATCH + OUTPUT, "engine.executor", "dask://"),
    ('[engine]\nplan = "gold"\n' + WATCH + OUTPUT, "engine.plan", "starter"),
    ('[engine]\nkeep_originals = "a week"\n' + WATCH + OUTPUT, "engine.keep_originals", '"7d"'),
    ('[log]\nlevel = "loud"\n' + WATCH + OUTPUT, "log.level", "info"),
    ("_env_file = 'x'\n" + WATCH + OUTPUT, "_env_file", "Keys here"),
]


@pytest.mark.parametrize(("text", "key", "remedy"), CASES)
def test_mistake(refused, text, key, remedy):
    error = refused(text)
    assert not isinstance(error, ConfigErrors)
    assert error.key == key
    assert remedy in error.remedy


def test_all_mistakes_are_told_at_once(refused):
    error = refused(WATCH + "settle = -1\nlocal = 'de'\n" + OUTPUT + "detail = true\n")
    assert isinstance(error, ConfigErrors)
    assert [mistake.key for mistake in error.mistakes] == [
        "watch.scans.settle",
        "watch.scans.local",
        "output.detail",
    ]
    assert str(error).count("\n") == 2


@pytest.mark.parametrize(
    "text",
    [
        '[api]\nkey = "{}"\n',
        '[api]\napi_key = "{}"\n',
        '[api]\nmode = "{}"\n',
        '[api]\nkey_file = "{}"\n',
        '[web]\nlisten = "{}"\n',
        '[log]\nlevel = "{}"\n',
    ],
)
def test_a_key_in_the_wrong_place_is_not_repeated(refused, text):
    secret = "dfx_0123456789abcdefSECRET"
    assert secret not in str(refused(text.format(secret) + WATCH + OUTPUT))


def test_a_file_for_the_key_may_be_named_after_it(tmp_path):
    file = tmp_path / "c.toml"
    file.write_text('[api]\nkey_file = "/run/secrets/dfx_key"\n' + WATCH + OUTPUT)
    assert load(file, env={}, cwd=tmp_path).config.api.key_file.name == "dfx_key"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [('"7d"', 604_800), ('"1.5h"', 5_400), ('"30m"', 1_800), ('"45s"', 45), ("10", 10), ('"0"', 0)],
)
def test_durations(tmp_path, text, seconds):
    file = tmp_path / "c.toml"
    file.write_text(f"[engine]\nkeep_originals = {text}\n" + WATCH + OUTPUT)
    assert load(file, env={}, cwd=tmp_path).config.engine.keep_originals == seconds


values = st.recursive(
    st.booleans().map(lambda flag: str(flag).lower())
    | st.integers(-(10**6), 10**6).map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.sampled_from(['""', '"a"', '"dfx_0123456789abcdef"', "inf", "2024-01-01", "'{x}'"]),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
        | inner.map(lambda item: f"{{ name = {item} }}")
    ),
    max_leaves=3,
)
keys = st.sampled_from(
    [
        key
        for field in Config.model_fields.values()
        if (section := section_of(field))
        for key in section.model_fields
    ]
    + ["nothing"]
)
arrays = st.sampled_from(["watch", "export", "route"]).map("[[{}]]".format)
sections = st.sampled_from(["api", "output", "limits", "web", "webhook", "engine", "x"]).map(
    "[{}]".format
)
entries = st.dictionaries(keys, values, max_size=3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.dictionaries(arrays | sections, entries, max_size=4))
def test_any_file_is_loaded_or_refused_in_words(tmp_path, content):
    content = {"[[watch]]": {"name": '"a"', "path": '"a"'}, "[output]": {"path": '"o"'}} | content
    file = tmp_path / "any.toml"
    file.write_text(
        "\n".join(
            "\n".join([table, *(f"{key} = {value}" for key, value in pairs.items())])
            for table, pairs in content.items()
        )
    )
    with contextlib.suppress(ConfigError):
        load(file, env={}, cwd=tmp_path)
