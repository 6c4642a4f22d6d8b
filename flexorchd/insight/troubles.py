"""What a person should know of: what is the matter, and what to do about it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from flexorchd.config import Config, recall, state_dir_beside
from flexorchd.filesystem.room import no_room
from flexorchd.insight.words import many
from flexorchd.ledger.figures import Figures, Held
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.watches import WatchRow
from flexorchd.rules import causes, retry
from flexorchd.rules.naming import display

UNIT_FOLDER = Path("/etc/flexorchd")
"""Where the configurations of the systemd units lie."""
OF_DOCUMENTS = frozenset({"CREDITS_PER_DAY", "RESERVE", "QUOTA_EXCEEDED"})
"""Holds that are the documents' own, not their watch's, and that somebody may want to lift."""

_BY_ITSELF = "It is tried again by itself; nothing is lost."


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that a person should know of.

    Attributes:
        code: stable and upper case.
        what: what is the matter, in a sentence.
        remedy: what to do, in a sentence; where it mends itself, that is said.
    """

    code: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Failures:
    """Files that failed for one reason.

    Attributes:
        code: the reason.
        files: how many.
        meaning: the reason in a few words.
        remedy: what to do, in a sentence.
    """

    code: str
    files: int
    meaning: str
    remedy: str


def troubles(
    ledger: Ledger, account: Mapping[str, Any], failed: int, *, running: bool
) -> Iterator[Trouble]:
    """All of them, the farthest reaching first.

    Args:
        ledger: to read from.
        account: of `flexorchd.insight.status.Status`.
        failed: how many files are in the state `failed`.
        running: whether a daemon holds the lock.
    """
    if not running:
        start = start_command(ledger.memory.get("run"))
        yield Trouble("NOT_RUNNING", "No daemon is running.", f"Start it: `{start}`.")
    yield from _of_the_account(account, running)
    yield from _of_the_state(ledger.database.path.parent)
    if held := ledger.memory.get("output_hold"):
        yield Trouble(held["code"], held["message"], retry.remedy(held["code"]))
    for watch in ledger.watches.all():
        if watch.hold_code and watch.active:
            yield _of_a_watch(watch)
    yield from _held_documents(ledger)
    yield from _unreadable(ledger)
    yield from _failed_exports(ledger)
    if failed:
        what = f"{many(failed, 'file')} failed."
        yield Trouble(
            "FILES_FAILED", what, "See which, and what to do: `flexorchd files --state failed`."
        )


def _of_the_account(account: Mapping[str, Any], running: bool) -> Iterator[Trouble]:
    if code := account.get("paused"):
        what = f"The account is paused, nothing is sent: {causes.meaning(code)} ({code})."
        yield Trouble(code, what, retry.remedy(code))
    if running and (away := account.get("away")):
        remedy = retry.remedy(account.get("away_code") or "CONNECTION_LOST")
        yield Trouble("SERVICE_AWAY", f"The service cannot be reached: {away}", remedy)


def _of_the_state(state_dir: Path) -> Iterator[Trouble]:
    # Looked at and not remembered: a ledger on a full disk can remember nothing.
    if (short := no_room(state_dir)) is not None:
        yield Trouble(short.code, short.message, retry.remedy(short.code))


def _of_a_watch(watch: WatchRow) -> Trouble:
    code = watch.hold_code or ""
    what = f"{watch.name} is held: {watch.hold_message}"
    return Trouble(code, what, retry.remedy(code, watch.name))


def _held_documents(ledger: Ledger) -> Iterator[Trouble]:
    held = [one for one in held_documents(ledger) if one.code in OF_DOCUMENTS]
    for code, same in groupby(sorted(held, key=lambda one: one.code), lambda one: one.code):
        files = many(sum(one.files for one in same), "file")
        yield Trouble(code, f"{files} held: {causes.meaning(code)}.", retry.remedy(code))


def held_documents(ledger: Ledger) -> Sequence[Held]:
    """What is held, by watch and reason, and what of it the account's plan would refuse."""
    account_id = ledger.memory.get("account")
    if account_id is None:
        return []
    return Figures(ledger.database).held(ledger.accounts.get(account_id).takes)


def _unreadable(ledger: Ledger) -> Iterator[Trouble]:
    for one in Figures(ledger.database).unreadable():
        example = f"{one.watch}/{display(one.path)}"
        others = f" and {one.others} more" if one.others else ""
        what = f"{example}{others}: {causes.meaning(one.code)} ({one.code})."
        yield Trouble(one.code, what, retry.remedy_for_file(one.code))


def _failed_exports(ledger: Ledger) -> Iterator[Trouble]:
    """Of exports that are still configured, and have not gone well since."""
    run = ledger.memory.get("run")
    for export in recall(run["config"]).exports if run else ():
        for last in ledger.exports.runs(export.name, 1):
            if last.state == "failed":
                what = f"The export {export.name} failed: {last.error_message} ({last.error_code})."
                again = f"Once that is mended: `flexorchd export {export.name}`."
                yield Trouble("EXPORT_FAILED", what, again)


def failures(ledger: Ledger) -> Sequence[Failures]:
    """Why files failed, the most frequent reason first."""
    by_code: dict[str, int] = {}
    for cause in Figures(ledger.database).causes():
        by_code[cause.code] = by_code.get(cause.code, 0) + cause.files
    return [
        Failures(code, files, causes.meaning(code), retry.remedy(code))
        for code, files in sorted(by_code.items(), key=lambda one: -one[1])
    ]


def start_command(run: Mapping[str, Any] | None) -> str:
    """What starts the daemon again as it ran last."""
    if not run:
        return "flexorchd run"
    if run.get("config_file") is None:
        return _start_of_inbox(recall(run["config"]))
    file = Path(run["config_file"])
    if file.parent == UNIT_FOLDER:
        return f"systemctl start flexorchd{'' if file.stem == 'config' else '@' + file.stem}"
    return shlex.join(["flexorchd", "run", "-c", str(file)])


def _start_of_inbox(config: Config) -> str:
    inbox, output = config.watches[0].path.resolve(), config.output.path.resolve()
    command = ["flexorchd", "run", str(inbox), "--output", str(output)]
    if (state_dir := config.state_dir.resolve()) != state_dir_beside(output):
        command += ["--state-dir", str(state_dir)]
    return shlex.join(command)
