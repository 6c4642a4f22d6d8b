"""SIGHUP: what can change while the daemon runs does, what cannot is named, and a mistake changes nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flexorchd.config import Config
from flexorchd.config.models import section_of
from tests.e2e.process import wait_for
from tests.e2e.running import Running

Start = Callable[..., Running]

RESTART = {
    "state_dir": "elsewhere",
    "api.mode": "auto",
    "api.base_url": "http://127.0.0.1:9/v1",
    "api.timeout": 7,
    "output.path": "elsewhere",
    "output.details": False,
    "output.file_mode": "0600",
    "web.listen": "127.0.0.1:0",
    "web.allowed_hosts": ["scans.example.lan"],
    "web.ping_url": "http://127.0.0.1:9/ping",
    "webhook.listen": "127.0.0.1:0",
    "webhook.public_url": "https://example.com/hook",
    "engine.executor": "dask://127.0.0.1:9",
    "engine.plan": "trial",
    "engine.ocr_languages": ["eng"],
    "engine.keep_originals": "1d",
    "engine.connector_roots": ["/mnt"],
}
SECRETS = ("api.key_file", "webhook.secret_file")
LIVE = ("watch", "limits", "export", "route", "log")


def told(one: Running) -> list[dict[str, Any]]:
    return one.told("reload.done", "reload.refused")


def reload(one: Running, **tables: Any) -> list[str]:
    """Change the configuration; the keys that a restart is needed for."""
    before = len(told(one))
    watches = tables.pop("watches", [{"name": "in"}])
    state_dir = tables.pop("state_dir", None)
    one.place.configure(watches, **tables)
    if state_dir:
        text = one.place.file.read_text()
        one.place.file.write_text(text.replace(str(one.place.home / "state"), state_dir))
    needed = len(one.told("reload.needs_restart"))
    os.kill(one.pid, signal.SIGHUP)
    wait_for(lambda: len(told(one)) > before)
    assert told(one)[-1]["event"] == "reload.done", told(one)[-1]
    return [key for line in one.told("reload.needs_restart")[needed:] for key in line["changed"]]


def test_every_key_is_known_here() -> None:
    """A new key has to be thought of: can it change while the daemon runs?"""
    keys = set()
    for name, field in Config.model_fields.items():
        section = section_of(field)
        if (field.alias or name) not in LIVE:
            inner = section.model_fields if section else ()
            keys |= {f"{name}.{key}" for key in inner} or {name}
    assert keys == {*RESTART, *SECRETS}


def test_what_takes_a_restart_is_named(running: Start, tmp_path: Path) -> None:
    one = running()
    secret = tmp_path / "secret"
    secret.write_text(one.place.env["FLEXORCH_API_KEY"])
    tables: dict[str, Any] = {}
    for key, value in (RESTART | dict.fromkeys(SECRETS, secret)).items():
        section, _, name = key.rpartition(".")
        table = tables.setdefault(section, {}) if section else tables
        table[name] = value
    assert sorted(reload(one, **tables)) == sorted({*RESTART, *SECRETS})
    assert reload(one) == []


def test_a_key_that_was_changed_is_not_passed_over(running: Start, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("dfx_" + "a" * 20)
    one = running(api={"key_file": file})
    file.write_text("dfx_" + "b" * 20)
    assert reload(one, api={"key_file": file}) == ["the API key"]
    assert "b" * 20 not in one.place.log.read_text()


def test_watches_come_go_and_change(running: Start) -> None:
    one = running(watches=[{"name": "in", "include": ["*.pdf"]}])
    place = one.place
    place.drop("old.txt", "not yet included")
    two = {"name": "two"}
    assert reload(one, watches=[{"name": "in", "include": ["*.pdf"]}, two]) == []
    place.drop("b.txt", "in a new watch", "two")
    wait_for(lambda: place.result("b.txt", "two"))
    assert not place.results()
    assert reload(one, watches=[{"name": "in", "mask_pii": False}, two]) == []
    wait_for(lambda: place.result("old.txt"))
    assert place.result("old.txt")["settings"]["mask_pii"] is False
    assert reload(one, watches=[{"name": "in", "after": "delete", "locale": "de"}]) == []
    place.drop("c.txt", "in a watch that is gone", "two")
    place.drop("d.txt", "is deleted")
    wait_for(lambda: place.result("d.txt") and not place.source("d.txt").exists())
    assert place.result("d.txt")["settings"]["locale"] == "de"
    assert not place.result("c.txt", "two")


def test_limits_exports_routes_and_the_log_change(running: Start) -> None:
    one = running()
    place = one.place
    assert reload(one, limits={"max_backlog": 1}) == []
    for name in ("a.txt", "b.txt"):
        place.drop(name, name)
    one.says("MAX_BACKLOG")
    exports = [{"name": "all"}]
    assert reload(one, routes=[{"grade": ["A"], "folder": "good"}], exports=exports) == []
    assert place.command("approve", "in")[0] == 0
    wait_for(lambda: len(list((place.output / "good/in").glob("*.json"))) == 2)
    assert place.command("export", "all")[0] == 0
    assert place.datasets("all")
    place.configure(
        [{"name": "in"}], log={"level": "warning", "format": "json"}, api={"timeout": 7}
    )
    os.kill(one.pid, signal.SIGHUP)
    one.tells("reload.needs_restart")
    place.drop("c.txt", "in silence")
    one.delivered("c.txt")
    assert "c.txt" not in [line["path"] for line in one.told("file.delivered")]


@pytest.mark.parametrize(
    "mistake", ["nonsense = 1\n", "[[watch]]\nname = 'in'\npath = 'out'\n", "not TOML"]
)
def test_a_mistake_changes_nothing(running: Start, mistake: str) -> None:
    one = running()
    good = one.place.file.read_text()
    one.place.file.write_text(mistake + good)
    os.kill(one.pid, signal.SIGHUP)
    one.tells("reload.refused")
    one.place.drop("a.txt", "one")
    one.delivered("a.txt")
