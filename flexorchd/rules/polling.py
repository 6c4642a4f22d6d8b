"""When to ask for a job, and how: one page of the list for many jobs, or one request for one."""

from __future__ import annotations

PAGE = 100

FREE_FIRST, FREE_LONGEST = 0.02, 2.0
PAID_FIRST, PAID_LONGEST = 2.0, 60.0

VAIN_SHARE = 1 / 3
"""The part of a plan's requests that may go into asking for jobs which have not ended yet."""

GIVE_UP_AFTER = 24 * 3600.0
"""A job unfinished after this many seconds ends the wait (``JOB_UNFINISHED``)."""


def next_poll(age: float, *, unlimited: bool) -> float:
    """Seconds until a job is worth asking for again.

    A tenth of the job's age, so that what is quick is seen quickly and what takes long costs little.

    Args:
        age: seconds since the job was accepted; less than 0 after a clock step counts as 0.
        unlimited: whether requests cost nothing.
    """
    first, longest = (FREE_FIRST, FREE_LONGEST) if unlimited else (PAID_FIRST, PAID_LONGEST)
    return min(max(max(age, 0.0) * 0.1, first), longest)


def page_size(asked: int, got: int, total: int | None) -> int:
    """How many items to ask for on a page, after the first one.

    Args:
        asked: how many were asked for.
        got: how many it held.
        total: how many there are in all, where the service tells.

    Returns:
        What the service gives at most, where it held back some.
    """
    held_back = total is not None and 0 < got < min(asked, total)
    return got if held_back else asked


def pages_worth(due: int, unfinished: int, page: int = PAGE) -> int:
    """How many list pages to read before asking for the jobs that are left singly.

    Args:
        due: how many jobs are due.
        unfinished: how many jobs of ours are unfinished in all.
        page: how many jobs a page holds.

    Returns:
        0 where single requests are cheaper than a page, else the pages that our unfinished jobs can fill,
        and one for what arrived meanwhile.
    """
    if due <= 1:
        return 0
    return -(-unfinished // page) + 1


def rest(vain: int, a_minute: int | None) -> float:
    """Seconds without asking after requests that brought nothing, so that others get their share.

    Args:
        vain: how many there were.
        a_minute: requests that the plan allows in a minute; None = no limit.
    """
    return 0.0 if a_minute is None else vain * 60.0 / a_minute / VAIN_SHARE
