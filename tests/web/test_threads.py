import asyncio
import threading
import time

import pytest

from flexorchd.web.threads import Threads
from tests.web.conftest import Served


def test_the_same_few_threads_do_all_the_work() -> None:
    async def many(threads: Threads) -> list[int]:
        return await asyncio.gather(*(threads.run(threading.get_ident) for _ in range(50)))

    threads = Threads(3)
    found = {one for _ in range(3) for one in asyncio.run(many(threads))}
    assert len(found) <= 3
    threads.close()


def test_what_is_raised_reaches_the_page() -> None:
    threads = Threads(1)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(threads.run(divmod, 1, 0))
    threads.close()


def test_what_runs_ends_before_the_close_does() -> None:
    ended = []

    def work() -> None:
        started.set()
        time.sleep(0.3)
        ended.append(1)

    async def abandoned() -> None:
        task = asyncio.create_task(threads.run(work))
        while not started.is_set():
            await asyncio.sleep(0.01)
        task.cancel()

    started = threading.Event()
    threads = Threads(1)
    asyncio.run(abandoned())
    threads.close()
    assert ended == [1]


def test_pages_open_no_more_of_the_ledger_than_they_have_threads(page: Served) -> None:
    readers = page.book.ledger.database._readers
    with page.reader() as reader:
        for path in ("/", "/files", "/failures", "/quality", "/datasets", "/metrics") * 4:
            assert reader.get(path).status_code == 200
    # One thread made the figures, and this test reads too.
    assert len(readers) <= 4 + 1 + 1
