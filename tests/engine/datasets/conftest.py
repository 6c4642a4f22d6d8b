"""A store with documents that were processed, and an engine that serves one over HTTP."""

import contextlib
import socket
import threading

import httpx
import pytest

from flexorchd.engine.config import EngineSettings
from flexorchd.engine.datasets import Build, Datasets
from flexorchd.engine.server import serve
from flexorchd.engine.store import Store
from tests.engine.datasets.processed import NOW, Documents

KEY = "dfx_test_key_of_datasets"


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "engine")
    yield store
    store.close()


@pytest.fixture
def documents(store):
    return Documents(store)


@pytest.fixture
def datasets(store):
    datasets = Datasets(store.connection)
    yield datasets
    datasets.close()


@pytest.fixture
def build(datasets):
    def build(name, execution_ids, **options):
        return datasets.build(Build(name, execution_ids, **options), NOW).dataset

    return build


class Served:
    """An engine that answers on loopback, over the same store as `documents`."""

    def __init__(self, base_url: str, documents: Documents) -> None:
        self.base_url = base_url
        self.key = KEY
        self.documents = documents
        self.http = httpx.Client(base_url=base_url, headers={"X-API-KEY": KEY})

    def data(self, method: str, path: str, status: int = 200, **options):
        """The ``data`` of a good answer with this status."""
        response = self.http.request(method, path, **options)
        assert response.status_code == status, response.text
        return response.json()["data"]

    def refused(self, method: str, path: str, **options):
        """Status and ``error`` of a refusal."""
        response = self.http.request(method, path, **options)
        assert response.is_error, response.text
        return response.status_code, response.json()["error"]

    def build(self, name: str, execution_ids) -> int:
        """A dataset; its id."""
        body = {"name": name, "execution_ids": execution_ids}
        job = self.data("POST", "/datasets", 202, json=body)
        return self.data("GET", f"/jobs/{job['job_id']}")["dataset_summary"]["dataset_id"]


@contextlib.contextmanager
def serving(documents, data, **options):
    """An engine in a thread of this process."""
    ready, ends = threading.Event(), []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        settings = EngineSettings(data=data, key=KEY, **options)
        thread = threading.Thread(
            target=serve, args=(settings, listener, lambda store_id: ready.set(), ends.append)
        )
        thread.start()
        try:
            assert ready.wait(20)
            served = Served(base_url, documents)
            with served.http:
                yield served
        finally:
            ends[0]()
            thread.join()


@pytest.fixture
def engine(store, documents, tmp_path):
    """An engine on the unlimited plan, which may write below ``<tmp_path>/connected``."""
    connected = tmp_path / "connected"
    connected.mkdir()
    with serving(documents, tmp_path / "engine", connector_roots=(connected,)) as served:
        yield served


@pytest.fixture
def starter(store, documents, tmp_path):
    """An engine that rehearses the plan starter."""
    with serving(documents, tmp_path / "engine", plan="starter") as served:
        yield served
