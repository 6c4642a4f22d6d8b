"""Every status that HTTP knows, met by every kind of request: nothing is lost, nothing paid for twice."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus

import pytest

from tests.house import House
from tests.service import Refuse, Service

REFUSALS = [int(status) for status in HTTPStatus if status >= 400]
ODD = [420, 460, 499, 509, 520, 522, 524, 525, 526, 530, 599]
"""Such as proxies and content networks have made up."""
STATUSES = [*REFUSALS, *ODD]
OF_THE_FILE = {400, 413, 415, 422}
"""What a lone file is refused with for good."""
LASTING = (401, 402, 403, 408, 429, 500, 502, 503, 504, 520)
ALL = ("documents.upload", "jobs.list", "jobs.get", "executions.get", "usage.current")
OPERATIONS = [
    "documents.upload",
    "executions.get",
    *(
        pytest.param(o, marks=pytest.mark.soak)
        for o in ALL
        if o not in ("documents.upload", "executions.get")
    ),
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_whatever_the_status_the_file_reaches_its_end(
    house: House, service: Service, operation: str
) -> None:
    service.workspace.knows_repeats = False
    ends_badly = set[str]()
    for status in STATUSES:
        path = f"{status}.txt"
        service.fault(operation, Refuse(status))
        house.drop(path, f"met {status}")
        house.run()
        service.recover()
        if operation == "documents.upload" and status in OF_THE_FILE:
            ends_badly.add(path)
    assert set(house.failures()) == ends_badly
    assert set(house.results()) == {f"{status}.txt" for status in STATUSES} - ends_badly
    # A job that is gone is sent once more; the service has no other memory of it.
    resent = 2 if operation == "jobs.get" else 0
    assert Counter(service.workspace.paid.values())[2] == resent
    assert max(service.workspace.paid.values()) <= 2


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        ("documents.upload", (500,)),
        *(pytest.param(o, LASTING, marks=pytest.mark.soak) for o in ALL),
    ],
)
def test_a_refusal_that_lasts_is_waited_out(
    house: House, service: Service, operation: str, statuses: tuple[int, ...]
) -> None:
    """For an hour nothing else is answered; no status is taken for an end of what can pass."""
    house.drop("before.txt", "taken before the trouble began")
    house.run()
    for status in statuses:
        path = f"{status}.txt"
        service.fault(operation, Refuse(status), times=10_000)
        house.drop(path, f"met {status}")
        house.run(seconds=3600)
        assert house.failure(path) is None, status
        service.recover()
        house.run(seconds=7200)
        assert house.result(path), status
    assert not house.failures()
    assert set(service.workspace.paid.values()) == {1}
