"""The description is true: a tool that believes it finds nothing against it."""

from __future__ import annotations

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.engine.server.conftest import KEY, Running, StartEngine, data_of

# Rules that a schema cannot tell, such as those of cron lines, may refuse what it allows.
_EXCLUDED = [positive_data_acceptance]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def engine(start_engine: StartEngine) -> Running:
    """An engine of its own, for what is left in it is wild."""
    return start_engine(tcp=True)


@pytest.fixture(scope="module")
def description(engine: Running) -> dict:
    return httpx.get(f"{engine.base_url.removesuffix('/v1')}/openapi.json").json()


@pytest.fixture(scope="module")
def api(engine: Running):
    job = engine.process_one("described.txt", b"For the description")
    build = f"/datasets/build-from-execution/{job['execution_id']}"
    data_of(engine.client.post(build))
    return schemathesis.openapi.from_url(f"{engine.base_url.removesuffix('/v1')}/openapi.json")


def test_every_operation_is_as_described(api) -> None:
    wrong = {}
    for result in api.get_all_operations():
        operation = result.ok()
        try:
            _try(operation)
        except (AssertionError, BaseExceptionGroup) as error:
            wrong[operation.label] = str(error)
    assert not wrong, "\n\n".join(f"{label}\n{error}" for label, error in wrong.items())


def _try(operation) -> None:
    @settings(
        max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def check(case) -> None:
        case.call_and_validate(headers={"X-API-KEY": KEY}, excluded_checks=_EXCLUDED)

    check()


def test_every_operation_says_what_it_does(description: dict) -> None:
    operations = [
        operation for item in description["paths"].values() for operation in item.values()
    ]
    assert len(operations) > 40
    assert all(operation["summary"].endswith(".") for operation in operations)
    identifiers = [operation["operationId"] for operation in operations]
    assert len(set(identifiers)) == len(identifiers)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/data-process/async",
        "/v1/jobs/{job_id}",
        "/v1/datasets/{dataset_id}/export/{format}",
        "/v1/connectors/{connector_id}/schedules/{schedule_id}/trigger",
    ],
)
def test_the_operations_that_clients_use_are_described(description: dict, path: str) -> None:
    assert path in description["paths"]
