"""The request budget of an account: a sliding window, shared fairly between kinds of work.

The window of the service may be fixed or sliding; ``limit - 1`` in any sliding window satisfies both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limit:
    """What the service allows; None requests is no limit."""

    requests: int | None
    window: float = 60.0

    @property
    def usable(self) -> int | None:
        """The requests that we allow ourselves in one window."""
        return None if self.requests is None else max(1, self.requests - 1)


@dataclass(slots=True)
class Window:
    """The requests of the last window, by the monotonic clock."""

    limit: Limit = Limit(None)
    sent: deque[float] = field(default_factory=deque)
    blocked_until: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent; 0 = now."""
        blocked = max(0.0, self.blocked_until - now)
        usable = self.limit.usable
        if usable is None:
            return blocked
        while self.sent and self.sent[0] <= now - self.limit.window:
            self.sent.popleft()
        if len(self.sent) < usable:
            return blocked
        oldest_in_the_way = self.sent[len(self.sent) - usable]
        return max(blocked, oldest_in_the_way + self.limit.window - now)

    def left(self, now: float) -> int | None:
        """Requests that may still be sent in the window that ends now; None = no limit."""
        usable = self.limit.usable
        if usable is None:
            return None
        recent = sum(1 for sent in self.sent if sent > now - self.limit.window)
        return max(0, usable - recent)

    def spend(self, now: float) -> None:
        """A request is sent."""
        if self.limit.usable is not None:
            self.sent.append(now)

    def learn(self, limit: Limit, used: int, now: float) -> None:
        """What the service says: requests that others spent with this key count too.

        Args:
            limit: its limit.
            used: requests it has counted in its present window.
            now: by the monotonic clock.
        """
        self.limit = limit
        for _ in range(used - len(self.sent)):
            self.sent.appendleft(now)

    def block(self, until: float) -> None:
        """The service refused: nothing before `until`."""
        self.blocked_until = max(self.blocked_until, until)


WEIGHTS = {"upload": 4.0, "poll": 2.0, "deliver": 4.0, "export": 2.0, "account": 8.0}
"""The share of each kind of work where all wait; an idle one's share goes to the others."""


def next_in_line(waiting: Collection[str], served: dict[str, float]) -> str:
    """Which kind of work gets the next request: the one that had the least for its weight.

    Args:
        waiting: the kinds that wait, at least one.
        served: requests that each kind has had.
    """
    return min(sorted(waiting), key=lambda kind: served.get(kind, 0.0) / WEIGHTS.get(kind, 1.0))
