"""Events of the kernel, as hints where to look.

Built on watchdog's inotify reader and not on its emitters: these look for the other half of every move
in a list of all that waits, which takes 5 to 12 s for 20 000 files moved in (measured, with 7.1.0;
here 0.5 s), keep all events back for half a second behind a file that was moved out, and do not say
when the limit of watches keeps them from a folder, or when events were lost.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchDescriptor,
)

from flexorchd.rules.naming import display, is_temporary
from flexorchd.watch.hints import Hints
from flexorchd.watch.paths import is_within, join

log = structlog.get_logger()

LIMITS = Path("/proc/sys/fs/inotify")

# The event filter. No openings and no readings: a scan would cause them, and be called by them again.
_FILTER = Mask(
    InotifyConstants.IN_CLOSE_WRITE
    | InotifyConstants.IN_CREATE
    | InotifyConstants.IN_MOVE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_DELETE_SELF
    | InotifyConstants.IN_MOVE_SELF
    | InotifyConstants.IN_ONLYDIR
    | InotifyConstants.IN_DONT_FOLLOW
    | InotifyConstants.IN_EXCL_UNLINK
)
_REFUSED = WatchDescriptor(-1)
"""What watchdog returns for a folder that may not be read."""
_VANISHED = frozenset({errno.ENOENT, errno.ENOTDIR})


class EventLimitError(Exception):
    """The kernel gives this user no more watches or instances; the message says how to raise it."""


class EventsLostError(Exception):
    """The kernel's queue has overflowed."""


class Observer:
    """Tells of all that is made, written, moved and removed in a folder and below it.

    A folder that comes is watched first and told of second, so that what comes into it meanwhile is
    told of or found by whoever looks. An observer that has lost events, or that meets what it cannot
    handle, ends, for a new one to take its place: which folders were moved meanwhile, it cannot know.

    Args:
        root: the folder.
        hints: where to tell.
        recursive: whether folders below it belong to it.
        skips: folders below it that are not watched, with all that is in them.

    Raises:
        EventLimitError: this user has as many observers as the kernel allows.
    """

    def __init__(
        self, root: bytes, hints: Hints, *, recursive: bool, skips: Callable[[bytes], bool]
    ) -> None:
        self.lost_events = False
        self._root = root
        self._hints = hints
        self._recursive = recursive
        self._skips = skips
        self._lock = threading.RLock()
        self._stopped = False
        self._covered: dict[bytes, _Folder] = {}
        self._kernel = _open_kernel(self._on_end)

    def start(self) -> None:
        """Watch the folder and those below it.

        Raises:
            EventLimitError: there are more of them than the kernel watches for this user.
            OSError: the folder itself cannot be watched.
        """
        self._kernel.start()
        try:
            self.cover(b"")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Watch nothing more."""
        with self._lock:
            # From here on nothing is added to a descriptor that may be another's by then.
            self._stopped = True
            self._kernel.stop()
        if self._kernel.is_alive():
            self._kernel.join()

    @property
    def alive(self) -> bool:
        """Whether events are read."""
        return self._kernel.is_alive()

    @property
    def folders(self) -> int:
        """How many folders are watched."""
        return len(self._covered)

    def cover(self, folder: bytes) -> None:
        """Watch a folder and those below it, as far as they are not watched yet.

        Raises:
            EventLimitError: see `start`.
            OSError: the root cannot be watched. Any other folder that cannot, is left out.
        """
        uncovered = [folder]
        while uncovered:
            at = uncovered.pop()
            if self._watch(at) and self._recursive:
                uncovered += [below for below in self._subfolders(at) if not self._skips(below)]

    def _watch(self, path: bytes) -> bool:
        with self._lock:
            if self._stopped or path in self._covered:
                return not self._stopped
            folder = _Folder(path, self._on_event, self._on_deleted)
            try:
                folder.watch(self._kernel, self._location(path))
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    raise EventLimitError(_watches_message(self.folders)) from error
                if not path:
                    raise
                _log_unwatched(path, error)
                return False
            self._covered[path] = folder
            return True

    def _subfolders(self, path: bytes) -> list[bytes]:
        try:
            with os.scandir(self._location(path)) as entries:
                names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError as error:
            _log_unwatched(path, error)
            return []
        return [join(path, name) for name in names]

    def _location(self, path: bytes) -> bytes:
        return join(self._root, path) if path else self._root

    def _on_event(self, path: bytes, event: InotifyEvent) -> None:
        if not event.name:
            # The folder itself: its parent tells of it too, except of the root.
            if not path:
                self._hints.tree(b"")
        elif event.is_directory:
            self._on_subfolder(join(path, event.name), event)
        elif not is_temporary(event.name):
            self._hints.name(path, event.name)

    def _on_subfolder(self, path: bytes, event: InotifyEvent) -> None:
        if not self._recursive or self._skips(path):
            return
        if event.is_moved_from:
            self._uncover(path)
        elif event.is_create or event.is_moved_to:
            self.cover(path)
        self._hints.tree(path)

    def _uncover(self, path: bytes) -> None:
        with self._lock:
            moved = [covered for covered in self._covered if is_within(covered, path)]
            folders = [self._covered.pop(covered) for covered in moved]
            self._kernel.remove_callbacks([(folder.descriptor, folder.id) for folder in folders])

    def _on_deleted(self, folder: _Folder) -> None:
        with self._lock:
            if self._covered.get(folder.path) is folder:
                del self._covered[folder.path]

    def _on_end(self, error: Exception) -> None:
        if isinstance(error, EventsLostError):
            self.lost_events = True
            log.warning("watch.events_lost", folder=display(self._root))
        elif not isinstance(error, EventLimitError):
            # A limit is met again, and told of, by whoever starts the next observer.
            log.error("watch.observer_failed", folder=display(self._root), exc_info=error)
        self._hints.tree(b"")


@dataclass(eq=False, slots=True)
class _Folder:
    """One watched folder, as watchdog's reader calls it back."""

    path: bytes
    tell: Callable[[bytes, InotifyEvent], None]
    deleted: Callable[[_Folder], None]
    descriptor: WatchDescriptor = _REFUSED

    @property
    def id(self) -> CallbackId:
        return CallbackId(id(self))

    def watch(self, kernel: InotifyFD, location: bytes) -> None:
        self.descriptor = kernel.add_callback(location, _FILTER, self, self.id)
        if self.descriptor == _REFUSED:
            kernel.remove_callbacks([(self.descriptor, self.id)])
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), location)

    def on_event(self, event: InotifyEvent) -> None:
        self.tell(self.path, event)

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        self.deleted(self)

    def on_queue_overflow(self) -> None:
        """Of no use here: `_Kernel` has ended by then."""


class _Kernel(InotifyFD):
    """Watchdog's reader, which ends when events were lost or a callback failed, and says so."""

    def __init__(self, on_end: Callable[[Exception], None]) -> None:
        super().__init__()
        self._on_end = on_end

    def handle_event(self, event: InotifyEvent) -> None:
        if event.is_queue_overflow:
            raise EventsLostError
        super().handle_event(event)

    def run(self) -> None:
        try:
            super().run()
        except Exception as error:  # noqa: BLE001  an observer that has ended is replaced
            self._on_end(error)


def _open_kernel(on_end: Callable[[Exception], None]) -> _Kernel:
    try:
        return _Kernel(on_end)
    except OSError as error:
        if error.errno == errno.EMFILE:
            raise EventLimitError(_instances_message()) from error
        raise


def _log_unwatched(path: bytes, error: OSError) -> None:
    if error.errno not in _VANISHED:
        log.warning("watch.folder_unwatched", folder=display(path), error=error.strerror)


def _watches_message(watched: int) -> str:
    return _message("max_user_watches", f"after {watched} folders of this watch, no more watches")


def _instances_message() -> str:
    return _message("max_user_instances", "no more instances")


def _message(name: str, what: str) -> str:
    limit = int((LIMITS / name).read_text())
    return (
        f"The kernel gives this user {what}: fs.inotify.{name} is {limit}. "
        f"Raise it: sysctl -w fs.inotify.{name}={2 * limit} (and in /etc/sysctl.d to keep it)."
    )
