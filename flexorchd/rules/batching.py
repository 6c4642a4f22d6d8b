"""How many documents one upload request holds, and which.

Requests are scarce on most plans, files are not: a batch starts small and doubles while whole requests
succeed. A document that was in a request which failed as a whole comes back in ever smaller company, so
that a culprit ends up alone and its neighbours pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

FIRST_BATCH, LARGEST_BATCH = 10, 160
LARGEST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BatchSize:
    """The number of files that the service has been shown to take in one request.

    Attributes:
        files: how many the next request may hold.
        ceiling: what it never grows beyond.
        taken: the most that one request was seen to hold.
    """

    files: int = FIRST_BATCH
    ceiling: int = LARGEST_BATCH
    taken: int = 0

    def grown(self, taken: int) -> BatchSize:
        """After a whole request of so many files succeeded."""
        files = min(self.files * 2, self.ceiling)
        return replace(self, files=files, taken=max(self.taken, taken))

    def capped(self, half: int) -> BatchSize:
        """After a request was refused as a whole and both its halves, of so many files, were taken.

        Then no file was the reason but their number, whatever the service called it; what was taken once
        stays allowed, since the reason may have been the size of some.
        """
        most = max(half, self.taken)
        return replace(self, files=most, ceiling=most)


@dataclass(frozen=True, slots=True)
class Item:
    """What packing needs to know of a document."""

    document_id: int
    settings_id: int
    size: int
    attempt: int
    sent_name: str


def company(files: int, attempt: int) -> int:
    """How many documents one may travel with after `attempt` failed requests."""
    return max(1, files >> attempt)


def pack(items: Iterable[Item], batch: BatchSize, credits_left: int | None) -> list[Item]:
    """The next request: the first document, and those after it that may travel with it.

    Args:
        items: documents that are due, in order.
        batch: how many files a request may hold.
        credits_left: never more documents than this; None is unlimited.

    Returns:
        Documents of one set of settings, no two sent under the same name, at most `LARGEST_BYTES`
        together (a larger document travels alone); empty without items or credits.
    """
    chosen: list[Item] = []
    room = batch.files if credits_left is None else min(batch.files, credits_left)
    names: set[str] = set()
    total = 0
    for item in items:
        room = min(room, company(batch.files, item.attempt)) if not chosen else room
        if len(chosen) >= room:
            break
        if chosen and not _fits(item, chosen, names, total, batch):
            continue
        chosen.append(item)
        names.add(item.sent_name.casefold())
        total += item.size
    return chosen


def _fits(item: Item, chosen: list[Item], names: set[str], total: int, batch: BatchSize) -> bool:
    return (
        item.settings_id == chosen[0].settings_id
        and item.sent_name.casefold() not in names
        and total + item.size <= LARGEST_BYTES
        and company(batch.files, item.attempt) > len(chosen)
    )


def halves(items: list[Item]) -> tuple[list[Item], list[Item]]:
    """Two requests for one that was refused as a whole."""
    middle = (len(items) + 1) // 2
    return items[:middle], items[middle:]
