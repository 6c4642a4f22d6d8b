"""Whose answer is whose. The one thing that must never happen: one file's answer for another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexorchd.client import FileTooLargeError, FlexOrchError, Submission, UnsupportedFileError
from flexorchd.client.operations.assignment import assign
from flexorchd.client.wire import Answer

NOW = datetime(2026, 5, 6, tzinfo=UTC)


def assigned(names: list[str], data: Any) -> Submission:
    return assign(names, Answer("documents.upload", data, NOW, 0.0))


def jobs_of(submission: Submission) -> dict[int, str]:
    return {index: accepted.job_id for index, accepted in submission.accepted.items()}


def test_names_are_matched_whatever_the_order() -> None:
    answer = {
        "accepted": 2,
        "rejected": [{"filename": "b.csv", "error": "UNSUPPORTED_FILE"}],
        "jobs": [{"filename": "c.pdf", "job_id": 3}, {"filename": "a.pdf", "job_id": 1}],
    }
    submission = assigned(["a.pdf", "b.csv", "c.pdf"], answer)
    assert jobs_of(submission) == {0: "1", 2: "3"}
    assert isinstance(submission.refused[1], UnsupportedFileError)
    assert submission.unassigned == ()
    assert submission.accepted[0].created_at == NOW


def test_order_counts_when_all_were_accepted_and_the_counts_agree() -> None:
    assert jobs_of(assigned(["a", "b"], {"job_ids": ["job_1", "job_2"]})) == {
        0: "job_1",
        1: "job_2",
    }
    unnamed = {"accepted": 2, "rejected": [], "jobs": [{"job_id": 1}, {"job_id": 2}]}
    assert jobs_of(assigned(["a", "b"], unnamed)) == {0: "1", 1: "2"}
    renamed = {"jobs": [{"filename": "A_.pdf", "job_id": 1}, {"filename": "B_.pdf", "job_id": 2}]}
    assert jobs_of(assigned(["a.pdf", "b.pdf"], renamed)) == {0: "1", 1: "2"}


@pytest.mark.parametrize(
    "answer",
    [
        {"job_ids": ["1"]},
        {"job_ids": ["1", "2", "3"]},
        {"accepted": 1, "jobs": [{"job_id": 1}], "rejected": [{"error": "too large"}]},
        {"accepted": 1, "jobs": [{"job_id": 1}, {"job_id": 2}]},
        {"jobs": [{"filename": "b", "job_id": 1}, {"filename": "b", "job_id": 2}]},
        {"jobs": [{"job_id": 1}, {"status": "queued"}]},
        {"jobs": [], "rejected": [{"error": "too large"}, {"error": "not supported"}]},
    ],
)
def test_what_is_not_certain_stays_unassigned(answer: dict[str, Any]) -> None:
    submission = assigned(["a", "b"], answer)
    assert submission.unassigned == (0, 1)


def test_a_name_that_is_out_of_place_speaks_against_the_order() -> None:
    answer = {"jobs": [{"filename": "b", "job_id": 1}, {"job_id": 2}, {"job_id": 3}]}
    submission = assigned(["a", "b", "c"], answer)
    assert jobs_of(submission) == {1: "1"}
    assert submission.unassigned == (0, 2)


def test_a_lone_file_takes_the_lone_answer() -> None:
    assert jobs_of(assigned(["a"], {"jobs": [{"filename": "other", "job_id": 1}]})) == {0: "1"}
    refused = assigned(["a"], {"jobs": [], "rejected": [{"error": "File exceeds limit of 10 MB"}]})
    assert isinstance(refused.refused[0], FileTooLargeError)
    assert refused.refused[0].limit_bytes == 10 * 1024 * 1024
    assert refused.refused[0].scope == "file"


def test_repeats_of_known_content_are_told() -> None:
    answer = {"is_duplicate": True, "existing_document_id": "doc_1", "existing_job_id": "job_1"}
    accepted = assigned(["a"], answer).accepted[0]
    assert (accepted.job_id, accepted.is_duplicate) == ("job_1", True)
    assert (accepted.existing_job_id, accepted.document_id) == ("job_1", "doc_1")
    entry = {"filename": "a", "job_id": 9, "is_duplicate": True, "existing_job_id": 4}
    accepted = assigned(["a"], {"jobs": [entry]}).accepted[0]
    assert (accepted.job_id, accepted.existing_job_id) == ("9", "4")


names = st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=6, unique=True)


@settings(deadline=None)
@given(names, st.data())
def test_a_truthful_answer_never_goes_to_another_file(
    names: list[str], data: st.DataObject
) -> None:
    """Names that are echoed are true, or the answer is in the order of the files; parts may lack."""
    kept_order = data.draw(st.booleans())
    places = list(range(len(names)))
    entries = []
    for place in places if kept_order else data.draw(st.permutations(places)):
        if data.draw(st.sampled_from(["whole", "whole", "whole", "absent"])) == "absent":
            continue
        echoes = data.draw(st.booleans()) if kept_order else True
        echo = {"filename": names[place]} if echoes else {}
        refused = data.draw(st.sampled_from([False, False, True]))
        entries.append((place, refused, echo))
    answer = {
        "accepted": sum(not refused for _, refused, _ in entries),
        "jobs": [{"job_id": f"job_{p}", **echo} for p, refused, echo in entries if not refused],
        "rejected": [{"error": f"reason {p}", **echo} for p, refused, echo in entries if refused],
    }
    submission = assigned(names, answer)
    assert all(job_id == f"job_{place}" for place, job_id in jobs_of(submission).items())
    if len(names) > 1:
        assert all(str(e) == f"reason {place}" for place, e in submission.refused.items())
    ends = [*submission.accepted, *submission.refused, *submission.unassigned]
    assert sorted(ends) == places


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["jobs", "rejected", "job_ids", "job_id", "filename", "error", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(names, json_values)
def test_any_answer_gives_each_file_one_end_or_an_error(names: list[str], data: Any) -> None:
    try:
        submission = assigned(names, data)
    except FlexOrchError:
        return
    ends = [*submission.accepted, *submission.refused, *submission.unassigned]
    assert sorted(ends) == list(range(len(names)))
