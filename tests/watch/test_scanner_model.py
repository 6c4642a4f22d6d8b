"""Whatever is done to a tree, after a scan the ledger holds what is there, and settles what changed."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from flexorchd.ledger.files import FoundBy
from tests.watch.inbox import Inbox

names = st.sampled_from(["a.txt", "b.txt", "c", "d", "not\udcff.txt", "ignored.raw"])
places = st.lists(names, min_size=1, max_size=3).map("/".join)


class Tree(RuleBasedStateMachine):
    """A model of the tree is the tree itself: walked the plain way, beside what the ledger says."""

    @initialize()
    def start(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="flexorchd-"))
        self.inbox = Inbox(self.base)
        self.root = self.inbox.root
        self.scanned: dict[bytes, tuple[int, ...]] = {}

    def teardown(self) -> None:
        if hasattr(self, "inbox"):
            self.inbox.ledger.close()
            shutil.rmtree(self.base)

    @rule(place=places, content=st.sampled_from(["", "x", "longer"]))
    def write(self, place: str, content: str) -> None:
        file = self.root / place
        if not any(parent.is_file() for parent in file.parents) and not file.is_dir():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)

    @rule(place=places)
    def remove(self, place: str) -> None:
        target = self.root / place
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        else:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                target.unlink()

    @rule(source=places, place=places)
    def move(self, source: str, place: str) -> None:
        with contextlib.suppress(OSError):
            (self.root / source).rename(self.root / place)

    @rule(place=places)
    def link(self, place: str) -> None:
        with contextlib.suppress(OSError):
            os.symlink(self.root, self.root / place)

    @rule(folders=st.booleans())
    def scan(self, folders: bool) -> None:
        if folders:
            self.inbox.scan(found_by=FoundBy.SCAN)
        else:
            self.look_everywhere()
        documents = self.documents()
        states = self.inbox.states()
        assert {path for path, state in states.items() if state != "ignored"} == documents.keys()
        changed = {path for path, look in documents.items() if self.scanned.get(path) != look}
        assert {path for path, state in states.items() if state == "settling"} == changed
        assert self.inbox.gone().isdisjoint(documents)
        self.inbox.follow_all()
        self.scanned = documents

    def look_everywhere(self) -> None:
        """As if an event had told of every entry, and of every folder that the ledger knows."""
        known = self.inbox.ledger.files.directories(self.inbox.id)
        hints = {
            folder: {os.path.basename(path) for path in self.inbox.states()} for folder in known
        }
        report = self.inbox.scanner.look(hints)
        for tree in (*report.trees, b""):
            self.inbox.scan(tree, FoundBy.EVENT)

    def documents(self) -> dict[bytes, tuple[int, ...]]:
        found = {}
        for folder, _, files in os.walk(os.fsencode(self.root)):
            for name in files:
                location = os.path.join(folder, name)
                path = os.path.relpath(location, os.fsencode(self.root))
                status = os.lstat(location)
                # A glob without a slash may match any part of a path.
                if b".txt" in path and not os.path.islink(location):
                    look = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
                    found[path] = look
        return found

    @invariant()
    def nothing_outside_is_known(self) -> None:
        if hasattr(self, "inbox"):
            assert not any(path.startswith((b"/", b"..")) for path in self.inbox.states())


TestTree = Tree.TestCase
TestTree.settings = settings(
    max_examples=40,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
