"""A build that was answered is there, whatever happens to the engine after it."""

import signal
import subprocess
import sys

from flexorchd.engine.datasets import Datasets
from flexorchd.engine.store import Store

BUILDER = """
import itertools, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from tests.engine.datasets.processed import Documents, NOW
from flexorchd.engine.datasets import Build, Datasets
from flexorchd.engine.store import Store

store = Store(Path({data!r}))
documents = Documents(store)
datasets = Datasets(store.connection)
members = documents.add_all([__import__("processed").INVOICE] * 300)
for number in itertools.count():
    built = datasets.build(Build(f"set {{number}}", members), NOW)
    datasets.index(built.dataset)
    print(built.job_id, built.dataset.id, flush=True)
"""


def test_what_was_answered_before_a_kill_is_whole_after_it(tmp_path):
    here = __file__.rpartition("/")[0]
    code = BUILDER.format(here=here, data=str(tmp_path / "engine"))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as builder:
        lines = [builder.stdout.readline() for _ in range(8)]
        builder.send_signal(signal.SIGKILL)
        lines += builder.stdout.readlines()
    store = Store(tmp_path / "engine")
    datasets = Datasets(store.connection)
    try:
        for job_id, dataset_id in (map(int, line.split()) for line in lines if line.endswith("\n")):
            assert store.jobs.get(job_id).status == "completed"
            dataset = datasets.get(dataset_id)
            assert dataset.row_count == dataset.job_count == 300
            assert dataset.index_status in ("indexing", "ready")
        assert {job.status for job in store.jobs.page(1000, 0)[0]} == {"completed"}
        assert store.connection.write(_check) == "ok"
    finally:
        datasets.close()
        store.close()


def _check(database):
    database.execute("INSERT INTO chunk_words (chunk_words, rank) VALUES ('integrity-check', 1)")
    return database.execute("PRAGMA integrity_check").fetchone()[0]
