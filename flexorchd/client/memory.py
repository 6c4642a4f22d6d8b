"""What a client has learned about the service that it talks to."""

from __future__ import annotations

import itertools
import math
from collections import OrderedDict

from flexorchd.client.errors import FlexOrchError
from flexorchd.client.wire import Answer, Call, Steps

OTHER_DIALECT = (404, 405, 415, 422)
"""A request refused so may have been said in the wrong dialect."""

REMEMBERED_JOBS = 10_000


class Memory:
    """Learned once, used by all threads; losing it costs a request.

    Attributes:
        spoken: the dialect in which a topic's requests were understood, by topic.
        heard: the dialect of the last answer's envelope, by operation.
        unsupported: what this service cannot do.
    """

    def __init__(self) -> None:
        self.spoken: dict[str, str] = {}
        self.heard: dict[str, str] = {}
        self.unsupported: set[str] = set()
        self._jobs: OrderedDict[str, int] = OrderedDict()
        self._order = itertools.count()

    def speak(self, topic: str, *, first: Call, second: Call) -> Steps[Answer]:
        """Say it in L, and if that is not understood in D; remember what was.

        Args:
            topic: what the two calls differ about.
            first: in L.
            second: in D.

        Raises:
            FlexOrchError: neither was understood; the refusal of the first is raised.
        """
        if topic in self.spoken:
            return (yield first if self.spoken[topic] == "L" else second)
        try:
            answer = yield first
        except FlexOrchError as refusal:
            if refusal.status not in OTHER_DIALECT:
                raise
            answer = yield from _second_try(second, refusal)
            self.spoken[topic] = "D"
        else:
            self.spoken[topic] = "L"
        return answer

    def meet(self, job_id: str) -> None:
        """Note that an upload was answered with this job."""
        self._jobs.setdefault(job_id, self.mark())
        if len(self._jobs) > REMEMBERED_JOBS:
            self._jobs.popitem(last=False)

    def has_met(self, job_id: str, before: float = math.inf) -> bool:
        """Whether an upload of this client was answered with this job, before a mark if given."""
        return self._jobs.get(job_id, math.inf) < before

    def mark(self) -> int:
        """This point in the order of meetings."""
        return next(self._order)


def _second_try(call: Call, refusal: FlexOrchError) -> Steps[Answer]:
    try:
        return (yield call)
    except FlexOrchError as second:
        if second.status in (400, *OTHER_DIALECT):
            raise refusal from None
        raise
