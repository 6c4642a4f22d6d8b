"""No folder of ours inside a watch, no watch inside one of ours, by real path; missing ones are named."""

import subprocess

import pytest

from flexorchd.checks.machine import check_machine
from flexorchd.config import access, check_folders, load
from flexorchd.errors import ConfigError


@pytest.fixture
def config(tmp_path):
    """A configuration out of folders, which may be links; the watches exist unless told otherwise."""

    def config(*, state="state", output="out", watches=("in",), archive=None, make=True):
        text = f'state_dir = "{tmp_path}/{state}"\n[output]\npath = "{tmp_path}/{output}"\n'
        for number, path in enumerate(watches):
            text += f'[[watch]]\nname = "w{number}"\npath = "{tmp_path}/{path}"\n'
            text += f'archive_dir = "{tmp_path}/{archive}"\n' if archive else ""
            if make:
                (tmp_path / path).mkdir(parents=True, exist_ok=True)
        file = tmp_path / "c.toml"
        file.write_text(text)
        return load(file, env={}, cwd=tmp_path).config

    return config


def test_folders_beside_one_another_are_right(config):
    check_folders(config(watches=("in", "inbox", "more/in"), archive="archive"))


@pytest.mark.parametrize(
    ("folders", "key"),
    [
        ({"output": "in"}, "output.path"),
        ({"output": "in/out"}, "output.path"),
        ({"state": "in/.state"}, "state_dir"),
        ({"archive": "in/archive"}, r"watch\.w0\.archive_dir"),
        ({"watches": ("in", "in/deeper")}, r"watch\.w1\.path"),
        ({"watches": ("in", "in")}, r"watch\.w\d\.path"),
        ({"watches": ("out/in",)}, r"watch\.w0\.path"),
        ({"watches": ("state/in",)}, r"watch\.w0\.path"),
        ({"watches": ("archive/in",), "archive": "archive"}, r"watch\.w0\.path"),
    ],
)
def test_overlap(config, folders, key):
    with pytest.raises(ConfigError, match=rf"{key}: .* lies inside") as caught:
        check_folders(config(**folders))
    assert caught.value.exit_code == 2


def test_check_finds_an_overlap(config):
    folders = config(watches=("in", "in/deeper"))
    bad = [found for found in check_machine(folders, access(folders, {})) if not found.good]
    assert ["watch.w1.path" in found.what and bool(found.remedy) for found in bad] == [True]


def test_a_name_that_only_begins_alike_is_no_overlap(config):
    check_folders(config(watches=("in",), output="in-out"))


def test_links_are_seen_through(config, tmp_path):
    folders = config(output="link/out")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    with pytest.raises(ConfigError, match=r"output\.path"):
        check_folders(folders)


def test_a_missing_watch_is_refused_with_the_line_that_makes_it(config, tmp_path):
    folders = config(watches=("my scans/in",), make=False)
    with pytest.raises(ConfigError, match="mkdir -p") as caught:
        check_folders(folders)
    assert caught.value.key == "watch.w0.path"
    subprocess.run(caught.value.remedy.removeprefix("Make it with: "), shell=True, check=True)
    check_folders(folders)


def test_a_missing_watch_that_was_there_once_is_waited_for(config):
    check_folders(config(make=False), known_watches={"w0"})


def test_a_file_is_no_folder_to_watch(config, tmp_path):
    folders = config(make=False)
    (tmp_path / "in").write_text("")
    with pytest.raises(ConfigError, match=r"watch\.w0\.path: .* is no folder"):
        check_folders(folders)


def test_the_daemon_makes_the_last_part_of_its_own_folders_only(config, tmp_path):
    check_folders(config(output="new"))
    with pytest.raises(ConfigError, match=r"output\.path: no such folder"):
        check_folders(config(output="not/mounted"))


def test_an_output_that_is_gone_after_the_first_run_is_waited_for(config):
    check_folders(config(output="not/mounted"), known_watches={"w0"})


def test_all_is_told_at_once(config):
    with pytest.raises(ConfigError) as caught:
        check_folders(config(output="in/out", watches=("in", "gone"), make=False))
    assert len(caught.value.mistakes) == 2
