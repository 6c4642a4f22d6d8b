"""The unit files, as far as they can be judged without booting: `test_systemd_live.py` boots."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from flexorchd.config.sources import read_environment

REPOSITORY = Path(__file__).parents[2]
SYSTEMD = REPOSITORY / "systemd"
UNITS = [SYSTEMD / "flexorchd.service", SYSTEMD / "flexorchd@.service"]
DROP_INS = sorted((SYSTEMD / "examples").glob("*.conf"))
MOST_EXPOSURE = 12

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze"
)


def installed(unit, folder, *drop_ins):
    """The unit in a folder, calling a program that is there."""
    copy = folder / unit.name.replace("@", "@proof")
    text = re.sub(
        r"^ExecStart=flexorchd", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE
    )
    copy.write_text(text)
    for drop_in in drop_ins:
        place = folder / f"{copy.name}.d"
        place.mkdir(exist_ok=True)
        shutil.copy(drop_in, place)
    return copy


@needs_systemd
@pytest.mark.parametrize("drop_ins", [(), DROP_INS], ids=["alone", "with the examples"])
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_has_nothing_to_say_of_it(unit, drop_ins, tmp_path):
    copy = installed(unit, tmp_path, *drop_ins)
    ended = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
    said = [line for line in ended.stderr.splitlines() if "flexorchd" in line]
    assert (ended.returncode, said) == (0, [])


@needs_systemd
@pytest.mark.parametrize("drop_ins", [(), DROP_INS], ids=["alone", "with the examples"])
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_exposure_is_small(unit, drop_ins, tmp_path):
    copy = installed(unit, tmp_path)
    for drop_in in drop_ins:
        copy.write_text(copy.read_text() + "\n" + drop_in.read_text())
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSURE}"]
    ended = subprocess.run([*command, "--json=short", copy], capture_output=True, text=True)
    open_doors = [one["name"] for one in json.loads(ended.stdout) if one["set"] is False]
    assert ended.returncode == 0, open_doors


def test_an_instance_is_the_same_but_for_its_places():
    one, many = (unit.read_text().splitlines() for unit in UNITS)
    differing = {line for line in set(one) ^ set(many) if not line.startswith("#")}
    assert {line.partition("=")[0] for line in differing} == {
        "Description", "ExecStart", "ExecStartPre", "StateDirectory", "ReadWritePaths",
    }  # fmt: skip


def test_variables_in_the_examples_are_keys():
    for drop_in in DROP_INS:
        shown = re.findall(
            r"^#?Environment=(FLEXORCHD_\w+)=(\S+)$", drop_in.read_text(), re.MULTILINE
        )
        read_environment({name: value.replace("%d", "/run") for name, value in shown}, Path("/"))


def test_the_folders_are_those_of_the_example_configuration():
    example = (REPOSITORY / "config.example.toml").read_text()
    made = re.findall(
        r"^d (\S+)", (SYSTEMD / "tmpfiles.d/flexorchd.conf").read_text(), re.MULTILINE
    )
    assert set(re.findall(r'^path = "(.*)"$', example, re.MULTILINE)) <= set(made)
    assert 'state_dir = "/var/lib/flexorchd"' in example
