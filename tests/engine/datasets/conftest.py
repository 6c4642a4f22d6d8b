"""A store with documents that were processed."""

import pytest
from processed import NOW, Documents

from flexorchd.engine.datasets import Build, Datasets
from flexorchd.engine.store import Store


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
