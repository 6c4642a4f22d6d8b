"""What people ask of flexorchd and what befalls it, one scene each: to be ended at every point of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.e2e.story import Story
from tests.service import Garble, LoseAnswer, Refuse
from tests.service.operations import refusal

Do = Callable[[Story], None]
ONCE = ("run", "--once")


@dataclass(frozen=True)
class Scene:
    """One of them; it may be played again and again in the same place.

    Attributes:
        name: what happens.
        before: makes ready for it.
        act: the command at whose points the process is ended; the daemon, if it is none other.
        after: what has to be so once flexorchd has run again; people may repeat their command before.
    """

    name: str
    before: Do
    act: Callable[[Story], Sequence[str]] = lambda story: ONCE
    after: Do = Story.once


def asked(*argv: str) -> Callable[[Story], Sequence[str]]:
    """A command, with ``{file}`` for the turn's file and ``{turn}`` for its number."""

    def act(story: Story) -> Sequence[str]:
        file = story.place.source(f"{story.turn}.txt")
        return [word.format(file=file, turn=story.turn) for word in argv]

    return act


def a_file(story: Story) -> None:
    story.drop(f"{story.turn}.txt", f"document {story.turn}")


def delivered(story: Story) -> None:
    a_file(story)
    story.drop(f"copy/{story.turn}.txt", f"document {story.turn}")
    assert story.once() in (0, 1)


def failed(story: Story) -> None:
    story.drop(f"{story.turn}.txt", f"fate: failed MALFORMED\n{story.turn}")
    assert story.once() in (0, 1)


def damaged(story: Story) -> None:
    delivered(story)
    story.promise.failures_are_paid_again()
    story.ledger.write_bytes(b"not a database at all" * 100)


def lost(story: Story) -> None:
    delivered(story)
    story.promise.failures_are_paid_again()
    shutil.rmtree(story.ledger.parent)


def hours_later(story: Story) -> None:
    a_file(story)
    story.hour += 7


def trouble(operation: str, fault: Any, times: int = 1) -> Do:
    """A file, and a service that gives such answers."""

    def before(story: Story) -> None:
        a_file(story)
        story.drop(f"also {story.turn}.txt", f"another document {story.turn}")
        story.service.fault(operation, fault, times=times)

    return before


def an_ended_trial(story: Story) -> None:
    a_file(story)
    story.service.plan.refusal = refusal(402, "TRIAL_EXPIRED")


def a_backlog(story: Story) -> None:
    story.configure(limits={"max_backlog": 2})
    for n in range(4):
        story.drop(f"{story.turn}/{n}.txt", f"document {n} of {story.turn}")
    assert story.once() in (0, 1)


def a_copy_is_sound(story: Story) -> None:
    copy = story.place.home / f"copy-{story.turn}.sqlite3"
    assert copy.exists() or story.run("ledger", "backup", str(copy)) == 0
    assert story.is_sound(copy)


def is_released(story: Story) -> None:
    assert story.run("approve", "in") == 0
    story.configure()
    assert story.once() in (0, 1)


def is_well_again(story: Story) -> None:
    story.service.plan.refusal = None
    assert story.once() in (0, 1)


def with_other_settings(story: Story) -> None:
    delivered(story)
    story.configure(locale="de" if story.turn % 2 else "en")


def costs_twice(story: Story) -> None:
    """Under other settings it is another document."""
    story.promise.may_cost[f"document {story.turn}".encode()] = 2
    story.once()


def a_lost_job(story: Story) -> None:
    story.drop(f"{story.turn}.txt", f"fate: gone\n{story.turn}")
    story.promise.may_cost[story.promise.dropped["in", f"{story.turn}.txt"]] = 2


def a_rejected_file(story: Story) -> None:
    a_file(story)
    story.drop(f"odd {story.turn}.txt", f"fate: rejected Unsupported file type.\n{story.turn}")


def a_far_archive(story: Story) -> None:
    story.drop(f"{story.turn}.txt", f"to be archived far away {story.turn}", "far")
    taken = story.far / "far" / f"{story.turn}.txt"
    taken.parent.mkdir(exist_ok=True)
    taken.write_text("something else")


def a_command(story: Story) -> None:
    story.configure(routes=[{"command": ["true"]}])
    a_file(story)


def nothing_yet(story: Story) -> None:
    """No state, no output, no documents: the first start."""
    for folder in (story.ledger.parent, story.place.output, story.place.source("")):
        shutil.rmtree(folder, ignore_errors=True)
    story.promise.dropped.clear()
    story.configure()
    a_file(story)


def a_renewed_trial(story: Story) -> None:
    an_ended_trial(story)
    assert story.once() == 1
    story.service.plan.refusal = None


def a_small_budget(story: Story) -> None:
    story.configure(limits={"credits_per_day": 1})
    a_file(story)
    story.drop(f"also {story.turn}.txt", f"another document {story.turn}")
    story.hour += 24


def a_day_later(story: Story) -> None:
    story.configure()
    story.hour += 24
    story.once()


def a_clock_set_back(story: Story) -> None:
    delivered(story)
    a_file(story)
    story.hour -= 6


def a_clock_set_right(story: Story) -> None:
    story.hour += 6
    story.once()


def is_forgotten(story: Story) -> None:
    """The request that was left is answered, or the command is given again; nothing holds the content."""
    content = f"document {story.turn}".encode()
    story.once()
    argv = asked("forget", "{file}")(story)
    assert story.run(*argv) in (0, 1)
    for path in (f"{story.turn}.txt", f"copy/{story.turn}.txt"):
        story.promise.dropped.pop(("in", path))
        assert story.place.result(path) is None
        story.place.source(path).rename(story.place.source(f"forgotten {path.replace('/', ' ')}"))
    story.once()
    assert story.service.workspace.payments(content) == 1
    assert story.place.result(f"forgotten {story.turn}.txt") is None


def was_tried_again(story: Story) -> None:
    """The request that was left is answered; given again, it is one more."""
    content = story.promise.dropped["in", f"{story.turn}.txt"]
    story.once()
    assert story.service.workspace.payments(content) <= 2
    story.promise.may_cost[content] = 2


SCENES = (
    Scene("forget", delivered, asked("forget", "{file}"), is_forgotten),
    Scene("retry", failed, asked("retry", "{file}"), was_tried_again),
    Scene("an export by hand", delivered, asked("export", "hourly")),
    Scene("approve", a_backlog, asked("approve", "in"), is_released),
    Scene("a damaged ledger", damaged),
    Scene("a lost state", lost),
    Scene("rebuild", lost, asked("ledger", "rebuild")),
    Scene("backup", delivered, asked("ledger", "backup", "copy-{turn}.sqlite3"), a_copy_is_sound),
    Scene("a copy of the ledger now and then", hours_later),
    Scene("a lost answer", trouble("documents.upload", LoseAnswer())),
    Scene("a refused upload", trouble("documents.upload", Refuse(500))),
    Scene("an odd answer", trouble("jobs.list", Garble(), 2)),
    Scene("an outage", trouble("*", Refuse(503), 4)),
    Scene("missing details", trouble("executions.get", Refuse(404, "NOT_FOUND"), 2)),
    Scene("a dataset that fails", trouble("datasets.build", Refuse(503), 2)),
    Scene("an ended trial", an_ended_trial, after=is_well_again),
    Scene("a renewed trial", a_renewed_trial),
    Scene("reprocess", with_other_settings, asked("retry", "{file}", "--reprocess"), costs_twice),
    Scene("other settings", with_other_settings, after=costs_twice),
    Scene("a lost job", a_lost_job),
    Scene("a rejected file", a_rejected_file),
    Scene("a far archive", a_far_archive),
    Scene("a command", a_command),
    Scene("the first start", nothing_yet),
    Scene("a small budget", a_small_budget, after=a_day_later),
    Scene("a clock set back", a_clock_set_back, after=a_clock_set_right),
)
