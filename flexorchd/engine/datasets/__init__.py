"""Datasets of many executions: built, listed, read, indexed and searched."""

from flexorchd.engine.datasets.build import Build, Built, NameTakenError, Taken
from flexorchd.engine.datasets.catalogue import Datasets, Query
from flexorchd.engine.datasets.dataset import Dataset
from flexorchd.engine.datasets.search import MODE, Filters

__all__ = [
    "MODE",
    "Build",
    "Built",
    "Dataset",
    "Datasets",
    "Filters",
    "NameTakenError",
    "Query",
    "Taken",
]
