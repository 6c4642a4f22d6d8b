"""``POST /search``: by keyword, over all indexed datasets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from flexorchd.engine.api.dataset_shapes import Grades, grades_of
from flexorchd.engine.api.envelope import Answer
from flexorchd.engine.api.operation import Operation
from flexorchd.engine.api.plan_gate import require
from flexorchd.engine.datasets import MODE, Filters
from flexorchd.engine.service import Engine


class SearchFilters(msgspec.Struct, frozen=True):
    """What the document of a hit must be."""

    document_type: str | None = None
    language: str | None = None
    pii_masked: bool | None = None
    quality_grade: Grades | None = None


class SearchBody(msgspec.Struct, frozen=True):
    """A search. Every mode is answered by keyword, and the answer says so."""

    query: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    top_k: Annotated[int, msgspec.Meta(ge=1, le=50)] = 10
    mode: Literal["auto", "structured", "semantic", "hybrid"] = "auto"
    filters: SearchFilters | None = None


class SearchAnswer(msgspec.Struct, frozen=True):
    """The hits, best first; ``total_results`` counts those beyond ``top_k`` as well."""

    results: list[dict[str, Any]]
    query: str
    total_results: int
    mode: str
    alpha: float | None = None


def routes(engine: Engine) -> list[Operation]:
    """The operations of this resource."""
    return [Operation("POST", "/search", _Search(engine).search, data=SearchAnswer)]


class _Search:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def search(self, body: SearchBody) -> Answer:
        """Find passages that hold the words of the query."""
        require(self._engine.plan, "pro")
        asked = body.filters or SearchFilters()
        filters = Filters(
            document_type=asked.document_type,
            language=asked.language,
            pii_masked=asked.pii_masked,
            grades=grades_of(asked.quality_grade),
        )
        results, total = self._engine.datasets.search(body.query, body.top_k, filters)
        return Answer(SearchAnswer(results, body.query, total, MODE))
