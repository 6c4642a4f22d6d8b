"""The profile of a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flexorchd.client.dialects import PROFILE
from flexorchd.client.envelope import parse
from flexorchd.client.errors import UnexpectedAnswerError
from flexorchd.client.memory import Memory
from flexorchd.client.models import Dataset, DatasetProfile
from flexorchd.client.operations import datasets, executions
from flexorchd.client.operations.exports import export
from flexorchd.client.reading import Body
from flexorchd.client.wire import Call, Steps, path

TOKENS_A_WORD = 4 / 3


def profile(memory: Memory, dataset_id: str) -> Steps[DatasetProfile]:
    """The profile of a dataset; what the service does not send is derived."""
    answer = yield Call("datasets.profile", "GET", path("datasets", dataset_id, "profile"))
    body = Body(answer.call, answer.data, PROFILE)
    grades = body.counts("grades") or {}
    records, types = body.count("records"), body.count("pii_type_count")
    average = body.score("average", _only_grade(grades))
    if records is None or types is None or average is None:
        dataset = yield from datasets.get(dataset_id)
        records = records if records is not None else _records(grades, dataset)
        types = types if types is not None else _types(body, dataset)
        average = average if average is not None else (yield from _average(dataset))
    tokens = body.count("tokens")
    return DatasetProfile(
        record_count=body.require("records", records),
        total_tokens=(yield from _tokens(memory, dataset_id)) if tokens is None else tokens,
        avg_quality_score=average,
        grade_counts=grades,
        pii_type_count=types,
        raw=body.raw,
    )


def _only_grade(grades: Mapping[str, int]) -> str | None:
    present = [grade for grade, count in grades.items() if count]
    return present[0] if len(present) == 1 else None


def _records(grades: Mapping[str, int], dataset: Dataset) -> int | None:
    return sum(grades.values()) or dataset.row_count


def _types(body: Body, dataset: Dataset) -> int:
    types = body.beyond.counts("pii_types") or dataset.pii_types
    return sum(count > 0 for count in types.values())


def _average(dataset: Dataset) -> Steps[float]:
    """The score of the one execution that a dataset was built from."""
    if dataset.execution_id is not None:
        score = (yield from executions.get(dataset.execution_id)).score
        if score is not None:
            return score
    raise UnexpectedAnswerError("datasets.profile", "the answer has no average quality score")


def _tokens(memory: Memory, dataset_id: str) -> Steps[int]:
    words = WordCount()
    yield from export(memory, dataset_id, "jsonl", words)
    return round(words.total() * TOKENS_A_WORD)


class WordCount:
    """A sink that counts the words of the values in JSON lines."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Count from nothing."""
        self._words = 0
        self._rest = b""

    def write(self, chunk: bytes, /) -> None:
        """Count the whole lines so far."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self._words += sum(map(_words_in_line, lines))

    def total(self) -> int:
        """Words in all, the last line with or without its end."""
        return self._words + _words_in_line(self._rest)


def _words_in_line(line: bytes) -> int:
    if not line.strip():
        return 0
    try:
        return sum(1 for _ in _words(parse(line)))
    except ValueError:
        raise UnexpectedAnswerError("datasets.export", "a line of jsonl is not JSON") from None


def _words(value: Any) -> Iterator[object]:
    if isinstance(value, str):
        yield from value.split()
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _words(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _words(item)
    elif value is not None:
        yield value
