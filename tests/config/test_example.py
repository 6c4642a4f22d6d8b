"""`config.example.toml` shows every key, with its true default, and starts as it is."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from flexorchd.config import Config, check_folders, load
from flexorchd.config.models import section_of
from flexorchd.errors import ConfigError

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def uncommented() -> str:
    """The example with the keys that it only shows switched on."""
    return re.sub(r"^#(?=\w+ = |\[\[)", "", EXAMPLE.read_text(), flags=re.MULTILINE)


def keys() -> list[tuple[str, str]]:
    """Every (table, key) of the models."""
    found = []
    for name, field in Config.model_fields.items():
        section = section_of(field)
        if section is None:
            found.append(("", name))
        else:
            found += [(field.alias or name, key) for key in section.model_fields]
    return found


def example_tables() -> dict[str, list[dict]]:
    whole = tomllib.loads(uncommented())
    top = {key: value for key, value in whole.items() if not isinstance(value, (dict, list))}
    tables = {"": [top]}
    for key, value in whole.items():
        if isinstance(value, (dict, list)):
            tables[key] = value if isinstance(value, list) else [value]
    return tables


@pytest.mark.parametrize(("table", "key"), keys())
def test_it_shows_every_key(table, key):
    assert any(key in section for section in example_tables()[table])


@pytest.mark.parametrize(("table", "key"), keys())
def test_every_key_is_explained_in_the_models(table, key):
    field = Config.model_fields.get(key) if not table else None
    for name, candidate in Config.model_fields.items():
        if (candidate.alias or name) == table:
            field = section_of(candidate).model_fields[key]
    assert field is not None
    assert field.description


def test_it_loads_as_it_is():
    loaded = load(EXAMPLE, env={}, cwd=Path("/"))
    assert loaded.mode == "embedded"
    assert [watch.name for watch in loaded.config.watches] == ["inbox"]
    assert not loaded.warnings


def test_it_loads_with_everything_that_it_shows(tmp_path):
    file = tmp_path / "all.toml"
    file.write_text(uncommented().replace('listen = ""', 'listen = "0.0.0.0:8621"'))
    config = load(file, env={}, cwd=tmp_path).config
    assert config.exports[0].name == "nightly"
    assert [route.folder for route in config.routes] == ["review", None]


def test_the_defaults_it_shows_are_the_true_ones(tmp_path):
    bare = tmp_path / "bare.toml"
    bare.write_text(
        '[[watch]]\nname = "inbox"\npath = "/srv/flexorchd/inbox"\n'
        '[output]\npath = "/srv/flexorchd/outbox"\n'
    )
    assert load(EXAMPLE, env={}, cwd=tmp_path).config == load(bare, env={}, cwd=tmp_path).config


def test_the_line_that_makes_its_folders_makes_them(tmp_path):
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(
        EXAMPLE.read_text().replace('"/srv', f'"{tmp_path}/a b').replace('"/var', f'"{tmp_path}/v')
    )
    config = load(elsewhere, env={}, cwd=tmp_path).config
    with pytest.raises(ConfigError) as caught:
        check_folders(config)
    line = caught.value.remedy.partition("mkdir")
    subprocess.run("".join(line[1:]), shell=True, check=True)
    check_folders(config)
