"""A daemon in a test's own thread: real folders, ledger and HTTP, its stages stepped one by one.

Its clock is the test's, so that pauses of hours pass at once, and nothing depends on luck.
"""

from tests.house.clock import TestClock
from tests.house.house import House

__all__ = ["House", "TestClock"]
