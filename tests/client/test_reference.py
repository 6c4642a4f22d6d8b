"""The Python reference as tables: a line that is missing in the client fails here."""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flexorchd import client as package
from flexorchd.client import Dataset, DatasetProfile, FlexOrch, FlexOrchError, Job
from tests.client.conftest import Backend, client_of
from tests.client.double import Double
from tests.client.test_contract import new_invoice, processed, unique

REQUIRED = inspect.Parameter.empty

CALLS = [
    # where, name, arguments with their defaults, in order
    (
        "",
        "__init__",
        [("api_key", None), ("base_url", "https://api.flexorch.com/v1"), ("timeout", 30)],
    ),
    ("documents", "upload", [("file_path", REQUIRED)]),
    ("documents", "upload_many", [("file_paths", REQUIRED)]),
    ("documents", "upload_from_connector", [("connector_id", REQUIRED), ("keys", REQUIRED)]),
    ("jobs", "get", [("job_id", REQUIRED)]),
    ("jobs", "list", [("limit", 20), ("offset", 0)]),
    ("jobs", "submit_feedback", [("job_id", REQUIRED), ("rating", REQUIRED), ("issue", None)]),
    ("datasets", "build", [("job_ids", REQUIRED), ("name", REQUIRED), ("strict", False)]),
    ("datasets", "export", [("dataset_id", REQUIRED), ("format", REQUIRED)]),
    ("datasets", "profile", [("dataset_id", REQUIRED)]),
    ("datasets", "delete", [("dataset_id", REQUIRED)]),
]

FIELDS = {
    Job: [
        ("id", str),
        ("status", str),
        ("quality_grade", str | None),
        ("quality_score", float | None),
        ("pii_findings_count", int | None),
        ("privacy_applied", bool),
        ("is_duplicate", bool),
        ("original_job_id", str | None),
        ("processing_summary", str | None),
        ("created_at", datetime),
    ],
    Dataset: [
        ("id", str),
        ("name", str),
        ("status", str),
        ("job_count", int),
        ("created_at", datetime),
    ],
    DatasetProfile: [
        ("record_count", int),
        ("total_tokens", int),
        ("avg_quality_score", float),
        ("grade_counts", dict),
        ("pii_type_count", int),
    ],
}

EXCEPTIONS = [
    "AuthenticationError",
    "FileTooLargeError",
    "JobTimeoutError",
    "IncompleteJobError",
    "NotFoundError",
    "RateLimitError",
]

RATINGS = ["positive", "negative"]
ISSUES = ["wrong_fields", "missed_pii", "incorrect_summary", "poor_extraction"]
FORMATS = ["jsonl", "csv", "parquet", "markdown", "arrow"]
BOUNDS = [("limit", 0), ("limit", 101), ("limit", -1), ("offset", -1), ("limit", True)]


def signature(where: str, name: str) -> inspect.Signature:
    if not where:
        return inspect.signature(FlexOrch)
    resource = getattr(client_of(Double("L")), where)
    return inspect.signature(getattr(resource, name))


@pytest.mark.parametrize(("where", "name", "arguments"), CALLS)
def test_every_call_has_its_arguments_by_position_and_by_name(
    where: str, name: str, arguments: list[tuple[str, Any]]
) -> None:
    parameters = list(signature(where, name).parameters.values())
    positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert [(p.name, p.default) for p in positional] == arguments
    beyond = parameters[len(positional) :]
    assert all(p.kind is p.KEYWORD_ONLY and p.default is not REQUIRED for p in beyond)


@pytest.mark.parametrize("model", FIELDS, ids=lambda model: model.__name__)
def test_every_model_has_its_fields_first_and_is_frozen(model: type) -> None:
    names = [field.name for field in dataclasses.fields(model)]
    assert names[: len(FIELDS[model])] == [name for name, _ in FIELDS[model]]
    parameters = model.__dataclass_params__  # type: ignore[attr-defined]
    assert parameters.frozen


@pytest.mark.parametrize("model", FIELDS, ids=lambda model: model.__name__)
def test_every_field_has_its_type(model: type) -> None:
    hints = typing.get_type_hints(model)
    for name, kind in FIELDS[model]:
        assert plain(hints[name]) == kind, name


def plain(hint: Any) -> Any:
    """A type hint as the reference writes it."""
    origin = typing.get_origin(hint)
    if origin is typing.Literal:
        return str
    if origin is types.UnionType or hint in (str, int, float, bool, datetime):
        return hint
    return dict if origin is not None else hint


def values_fit(model: object) -> None:
    for name, kind in FIELDS[type(model)]:
        assert isinstance(getattr(model, name), kind), name


def test_values_have_the_types_of_the_reference(backend: Backend, tmp_path: Path) -> None:
    client = backend.client
    values_fit(client.documents.upload(new_invoice(tmp_path)))
    (job,) = processed(backend, new_invoice(tmp_path))
    values_fit(job)
    values_fit(client.jobs.list()[0])
    dataset = client.datasets.build([job.id], unique("typed"))
    values_fit(dataset)
    values_fit(client.datasets.get(dataset.id))
    values_fit(client.datasets.profile(dataset.id))
    for moment in (job.created_at, dataset.created_at):
        assert moment.utcoffset() is not None
        assert not moment.utcoffset()


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_exception_is_in_the_tree(name: str) -> None:
    kind = getattr(package, name)
    assert issubclass(kind, FlexOrchError)
    assert kind is not FlexOrchError


@pytest.mark.parametrize(("name", "value"), BOUNDS)
def test_bounds_are_checked_before_anything_is_sent(name: str, value: int) -> None:
    double = Double("L")
    with pytest.raises(ValueError, match=name):
        client_of(double).jobs.list(**{name: value})
    assert double.requests == []


def test_ratings_and_issues_are_taken(backend: Backend, tmp_path: Path) -> None:
    (job,) = processed(backend, new_invoice(tmp_path))
    for rating in RATINGS:
        assert backend.client.jobs.submit_feedback(job.id, rating) is None
    for issue in ISSUES:
        assert backend.client.jobs.submit_feedback(job.id, "negative", issue) is None


def test_unknown_words_are_refused_before_anything_is_sent() -> None:
    double = Double("L")
    client = client_of(double)
    with pytest.raises(ValueError, match="positive"):
        client.jobs.submit_feedback("1", "sideways")
    with pytest.raises(ValueError, match="wrong_fields"):
        client.jobs.submit_feedback("1", "negative", "ugly")
    with pytest.raises(ValueError, match="jsonl"):
        client.datasets.export("1", "pdf")
    with pytest.raises(ValueError, match=r"job\.completed"):
        client.webhooks.register("https://example.com", ["nothing.happened"])
    with pytest.raises(ValueError, match="7d"):
        client.usage.history("1y")
    assert double.requests == []


def test_formats_are_exported(backend: Backend, tmp_path: Path) -> None:
    (job,) = processed(backend, new_invoice(tmp_path))
    dataset = backend.client.datasets.build([job.id], unique("formats"))
    for name in FORMATS:
        content = backend.client.datasets.export(dataset.id, name)
        assert isinstance(content, bytes)
        assert content


def test_the_public_names_are_complete_and_sorted() -> None:
    assert package.__all__ == sorted(package.__all__, key=lambda name: (not name.isupper(), name))
    assert all(hasattr(package, name) for name in package.__all__)


def test_every_error_of_the_tree_is_public_and_drawn() -> None:
    from flexorchd.client import errors

    kinds = {
        name
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, FlexOrchError)
    }
    assert kinds <= set(package.__all__)
    assert all(name in (errors.__doc__ or "") for name in kinds)


def test_the_client_knows_nothing_else_of_the_package() -> None:
    import ast

    root = Path(package.__file__).parent
    for source in root.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("flexorchd"):
                assert node.module.startswith("flexorchd.client"), source
