"""A FlexOrch service on loopback that a test can script, and break in every way that a network can break.

It keeps what it took and counts what was paid, so that a test can say that nothing was paid for twice. The
shapes are those of the published clients (dialect L) or of the REST guides (D).
"""

from tests.service.faults import (
    BlackHole,
    CutAnswer,
    CutRequest,
    Drip,
    Fault,
    Garble,
    LoseAnswer,
    Refuse,
    Reshape,
    Truncate,
)
from tests.service.server import KEY, Service

__all__ = [
    "KEY",
    "BlackHole",
    "CutAnswer",
    "CutRequest",
    "Drip",
    "Fault",
    "Garble",
    "LoseAnswer",
    "Refuse",
    "Reshape",
    "Service",
    "Truncate",
]
