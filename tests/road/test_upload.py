"""Upload: batches, whose answer is whose, and what is paid when answers get lost."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.house import House, TestClock
from tests.house.clock import START
from tests.road.conftest import Build
from tests.service import (
    BlackHole,
    CutAnswer,
    CutRequest,
    Fault,
    Garble,
    LoseAnswer,
    Refuse,
    Reshape,
    Service,
    Truncate,
)

Answer = dict[str, Any]

LARGE = b"- " * 10_000_000
"""More than socket buffers hold, so that a request is under way for a while."""


def jobs_of(answer: Answer) -> list[Answer]:
    jobs: list[Answer] = answer["data"]["jobs"]
    return jobs


def in_another_order(answer: Answer) -> Answer:
    jobs_of(answer).reverse()
    return answer


def without_names(answer: Answer) -> Answer:
    for job in jobs_of(answer):
        del job["filename"]
    return answer


def with_fewer_entries(answer: Answer) -> Answer:
    without_names(answer)
    jobs_of(answer).pop()
    return answer


def with_a_name_twice(answer: Answer) -> Answer:
    jobs_of(answer)[1]["filename"] = jobs_of(answer)[0]["filename"]
    return answer


def each_has_its_own(house: House, contents: dict[str, bytes]) -> None:
    """Every file has the result of its very content, and that content was paid for once."""
    results = house.results()
    assert set(results) == set(contents)
    for path, content in contents.items():
        text = results[path]["document"]["records"][0]["text"]
        assert text in content.decode(), path
        assert results[path]["file"]["sha256"] == hashlib.sha256(content).hexdigest(), path
        assert house.service.workspace.payments(content) == 1, path
        assert not results[path]["job"]["is_duplicate"], path


# -- batches --------------------------------------------------------------------------------------------


def test_many_files_travel_in_few_requests(house: House, service: Service) -> None:
    contents = {f"{n}.txt": house.drop(f"{n}.txt", f"document {n}") for n in range(50)}
    house.run()
    each_has_its_own(house, contents)
    assert service.count("documents.upload") <= 4


def test_a_file_is_sent_under_its_stem_and_its_documents_key(
    house: House, service: Service
) -> None:
    house.drop("Rechnung März 2026, final.txt", "one")
    house.drop("folder/Rechnung März 2026, final.txt", "two")
    house.drop("ş" * 90 + ".txt", "three")
    house.run()
    ((*names,),) = service.uploads()
    assert len({name.casefold() for name in names}) == 3
    for name in names:
        assert re.fullmatch(r"[ -~]{1,60}\.[0-9a-f]{10}\.txt", name)


def test_a_request_holds_documents_of_one_set_of_settings(build: Build, service: Service) -> None:
    house = build(
        watches=[{"name": "in"}, {"name": "de", "locale": "de"}, {"name": "fr", "locale": "fr"}]
    )
    for watch in ("in", "de", "fr"):
        for n in range(5):
            house.drop(f"{n}.txt", f"{watch} {n}", watch)
    house.run()
    uploads = [request for request in service.requests if request.operation == "documents.upload"]
    sent = {}
    for request in uploads:
        files, form = request.parts()
        for _, content in files:
            sent[content] = form["locale"]
    assert len(sent) == 15
    assert all(
        locale == content.split()[0].decode().replace("in", "und")
        for content, locale in sent.items()
    )
    assert house.results("de")["1.txt"]["settings"]["locale"] == "de"


@pytest.mark.parametrize("credits_left", [1, 3])
def test_a_request_never_holds_more_than_the_credits_left(
    house: House, service: Service, credits_left: int
) -> None:
    service.workspace.credits = credits_left
    for n in range(8):
        house.drop(f"{n}.txt", f"document {n}")
    house.run()
    assert len(house.results()) == credits_left
    assert [len(names) for names in service.uploads()] == [credits_left]
    assert "QUOTA_EXCEEDED" in {
        file.hold_code for file in house.parts.ledger.search.files(state="held")
    }
    service.workspace.credits = 100
    house.run(lambda: len(house.results()) == 8)


# -- whose answer is whose ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [in_another_order, without_names, with_fewer_entries, with_a_name_twice]
)
def test_an_odd_answer_gives_no_file_anothers_result(
    house: House, service: Service, clock: TestClock, change: Callable[[Answer], Answer]
) -> None:
    service.fault("documents.upload", Reshape(change))
    contents = {f"{n}.txt": house.drop(f"{n}.txt", f"document {n}") for n in range(6)}
    house.run()
    each_has_its_own(house, contents)
    assert clock.monotonic() < 30, "an answer that came need not be waited for"


@pytest.mark.parametrize("service", [{"dialect": "D"}], indirect=True)
def test_the_guides_dialect_answers_in_the_order_of_the_files(
    house: House, service: Service
) -> None:
    contents = {f"{n}.txt": house.drop(f"{n}.txt", f"document {n}") for n in range(6)}
    house.run()
    each_has_its_own(house, contents)
    assert service.count("documents.upload") == 1


def test_what_an_unclear_answer_left_out_and_nobody_knows_goes_again_alone(
    house: House, service: Service
) -> None:
    service.fault("documents.upload", Reshape(with_fewer_entries))
    service.fault(
        "documents.list", Reshape(lambda answer: answer | {"data": {"items": [], "total": 0}})
    )
    for n in range(3):
        house.drop(f"{n}.txt", f"document {n}")
    house.run()
    assert len(house.results()) == 3
    assert [len(names) for names in service.uploads()][1:] == [1, 1, 1]


def test_a_part_of_a_request_can_be_refused(house: House, service: Service) -> None:
    house.drop("good.txt", "good")
    house.drop("bad.txt", "fate: rejected Unsupported file type: bad")
    house.drop("large.txt", "fate: rejected File too large: the limit is 25 MB")
    house.run()
    assert set(house.results()) == {"good.txt"}
    codes = {path: failure["error"]["code"] for path, failure in house.failures().items()}
    assert codes == {"bad.txt": "UNSUPPORTED_FILE", "large.txt": "FILE_TOO_LARGE"}
    assert service.count("documents.upload") == 1


# -- requests that are refused as a whole ---------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_a_refused_request_is_halved_until_the_culprit_is_alone(
    house: House, service: Service, status: int
) -> None:
    contents = {f"{n}.txt": house.drop(f"{n}.txt", f"document {n}") for n in range(9)}
    house.drop("culprit.txt", f"fate: poison {status}")
    house.run()
    each_has_its_own(house, contents)
    assert set(house.failures()) == {"culprit.txt"}
    assert service.count("documents.upload") <= 10


def test_one_bad_file_does_not_make_later_requests_small(house: House, service: Service) -> None:
    house.drop("culprit.txt", "fate: poison 422")
    house.drop("neighbour.txt", "neighbour")
    house.run()
    before = service.count("documents.upload")
    for n in range(40):
        house.drop(f"{n}.txt", f"document {n}")
    house.run()
    assert service.count("documents.upload") - before <= 4


@pytest.mark.parametrize("status", [400, 413, 422])
@pytest.mark.parametrize("most", [7, 10, 20])
def test_how_many_files_a_request_may_hold_is_learned(
    house: House, service: Service, most: int, status: int
) -> None:
    service.plan.files, service.plan.too_many = most, status
    contents = {f"{n}.txt": house.drop(f"{n}.txt", f"document {n}") for n in range(150)}
    house.run()
    each_has_its_own(house, contents)
    sizes = [len(names) for names in service.uploads()]
    refused = [size for size in sizes if size > most]
    assert len(refused) <= 2, f"{refused} files after it was clear that {most} are taken"
    assert len(sizes) - len(refused) <= 150 / (most // 2) + 2


def test_a_file_that_is_too_large_makes_no_later_request_small(
    house: House, service: Service
) -> None:
    for n in range(10):
        house.drop(f"{n}.txt", f"document {n}")
    house.run()
    for n in range(3):
        house.drop(f"culprit {n}.txt", f"fate: poison 413 {n}")
        house.drop(f"neighbour {n}.txt", f"neighbour {n}")
        house.run()
    before = service.count("documents.upload")
    for n in range(40):
        house.drop(f"later {n}.txt", f"later {n}")
    house.run()
    assert service.count("documents.upload") - before <= 2


def test_a_lone_file_that_meets_5xx_while_others_pass_ends(
    house: House, service: Service, clock: TestClock
) -> None:
    contents = {f"{n}.txt": house.drop(f"{n}.txt", f"document {n}") for n in range(9)}
    house.drop("culprit.txt", "fate: poison 500")
    for minute in range(200):
        contents[f"later {minute}.txt"] = house.drop(f"later {minute}.txt", f"later {minute}")
        house.run(seconds=60)
        if house.failures():
            break
    each_has_its_own(house, contents)
    assert house.failures()["culprit.txt"]["error"]["code"] == "SERVICE_CANNOT_READ"
    lone = [
        names for names in service.uploads() if len(names) == 1 and names[0].startswith("culprit")
    ]
    assert len(lone) >= 10


def test_5xx_for_all_is_the_services_trouble_and_never_the_files(
    house: House, service: Service
) -> None:
    service.fault("documents.upload", Refuse(503), times=12)
    contents = {f"{n}.txt": house.drop(f"{n}.txt", f"document {n}") for n in range(3)}
    house.run(seconds=20 * 3600)
    each_has_its_own(house, contents)
    assert not house.failures()


@pytest.mark.parametrize("status", [301, 404, 405, 409, 418, 451, 501])
def test_an_answer_that_makes_no_sense_is_met_with_growing_pauses(
    house: House, service: Service, status: int
) -> None:
    service.fault("documents.upload", Refuse(status), times=1000)
    house.drop("a.txt", "one")
    house.run(seconds=3600)
    assert service.count("documents.upload") < 25
    assert house.states()["a.txt"] in ("queued", "failed")
    service.recover()
    if house.states()["a.txt"] == "queued":
        house.run()
        assert house.result("a.txt")


# -- answers that get lost ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        LoseAnswer(),
        CutAnswer(30),
        CutAnswer(200),
        BlackHole(processed=True),
        Truncate(),
        Garble(),
        Garble(b""),
        Refuse(500, processed=True),
        Refuse(502, processed=True),
        Refuse(504, processed=True),
    ],
    ids=str,
)
def test_a_lost_answer_is_looked_for_and_adopted(
    house: House, service: Service, fault: Fault
) -> None:
    service.fault("documents.upload", fault)
    contents = {f"{n}.txt": house.drop(f"{n}.txt", f"document {n}") for n in range(3)}
    house.run()
    each_has_its_own(house, contents)
    assert service.count("documents.upload") == 1


@pytest.mark.parametrize("fault", [BlackHole(), Garble(b"{}", 200)], ids=str)
def test_what_was_looked_for_twice_in_vain_is_sent_again(
    house: House, service: Service, clock: TestClock, fault: Fault
) -> None:
    service.fault("documents.upload", fault)
    service.fault(
        "documents.list",
        Reshape(lambda answer: answer | {"data": {"items": [], "total": 0}}),
        times=2,
    )
    house.drop("a.txt", "one")
    house.run()
    assert house.result("a.txt")
    assert service.count("documents.list") == 2
    assert service.count("documents.upload") == 2
    assert clock.monotonic() >= 60, "a minute lies between the two looks"


@pytest.mark.parametrize(("refusals", "sent", "minutes"), [(4, 1, 4), (10_000, 2, 10)])
def test_a_service_that_refuses_to_be_asked_is_asked_for_a_while(
    house: House, service: Service, clock: TestClock, refusals: int, sent: int, minutes: int
) -> None:
    service.fault("documents.upload", LoseAnswer())
    service.fault("documents.list", Refuse(404, "NOT_FOUND"), times=refusals)
    house.drop("a.txt", "one")
    house.run()
    assert house.result("a.txt")
    assert service.count("documents.upload") == sent
    assert clock.monotonic() >= minutes * 60


@pytest.mark.parametrize("seconds", [86_400.0, -86_400.0])
@pytest.mark.parametrize("restart", [True, False])
def test_a_lost_answer_is_found_though_our_clock_is_wrong(
    house: House, service: Service, clock: TestClock, seconds: float, restart: bool
) -> None:
    service.clock = lambda: START + clock.monotonic()
    service.workspace.knows_repeats = False
    house.run()
    clock.step(seconds)
    if restart:
        house.reopen()
    service.fault("documents.upload", LoseAnswer())
    content = house.drop("a.txt", "one")
    house.run()
    house.run()
    each_has_its_own(house, {"a.txt": content})


def test_an_answer_lost_before_a_restart_is_looked_for_after_it(
    house: House, service: Service
) -> None:
    service.fault("documents.upload", LoseAnswer())
    content = house.drop("a.txt", "one")
    house.run(lambda: service.count("documents.upload") == 1)
    house.reopen()
    house.run()
    each_has_its_own(house, {"a.txt": content})


@pytest.mark.parametrize("after", [0, 100, 5000])
def test_a_body_that_was_cut_off_needs_no_look_up(
    house: House, service: Service, after: int
) -> None:
    service.fault("documents.upload", CutRequest(after))
    content = house.drop("a.txt", LARGE)
    house.run()
    each_has_its_own(house, {"a.txt": content})
    assert service.count("documents.list") == 0


def test_a_service_that_cannot_be_reached_loses_nothing(house: House, service: Service) -> None:
    port, _ = service.port, service.close()
    contents = {f"{n}.txt": house.drop(f"{n}.txt", f"document {n}") for n in range(3)}
    house.run(seconds=600)
    assert set(house.states().values()) == {"queued"}
    assert "SERVICE_AWAY" in house.troubles()
    with Service(clock=service.clock, port=port) as again:
        house.service = again
        house.run()
        each_has_its_own(house, contents)
    assert "SERVICE_AWAY" not in house.troubles()


# -- what is hashed is what is sent ---------------------------------------------------------------------


def test_a_file_that_changes_while_it_is_sent_settles_again(house: House, service: Service) -> None:
    old, new = LARGE, LARGE[:-3] + b"new"

    def change(_: object) -> bool:
        if house.source("a.txt").read_bytes() == old:
            house.drop("a.txt", new)
        return False

    service.fault("documents.upload", LoseAnswer(), where=change)
    house.drop("a.txt", old)
    house.run()
    house.run()
    each_has_its_own(house, {"a.txt": new})
    assert service.workspace.payments(old) == 0


def test_a_file_that_goes_before_it_is_sent_has_vanished(house: House, service: Service) -> None:
    service.fault("documents.upload", Refuse(503), times=1)
    house.drop("a.txt", "one")
    house.run(lambda: service.count("documents.upload") == 1)
    house.source("a.txt").unlink()
    house.run()
    assert house.states() == {"a.txt": "vanished"}
    assert service.count("documents.upload") == 1
    assert not house.results()


def test_when_the_first_of_two_equal_files_goes_the_other_carries_on(
    house: House, service: Service
) -> None:
    service.fault("documents.upload", Refuse(503), times=1)
    house.drop("a.txt", "one")
    house.drop("b.txt", "one")
    house.run(lambda: service.count("documents.upload") == 1)
    house.source("a.txt").unlink()
    house.run()
    assert house.states() == {"a.txt": "vanished", "b.txt": "delivered"}
    result = house.result("b.txt")
    assert result
    assert not result["job"]["is_duplicate"]


# -- one document, many files ---------------------------------------------------------------------------


def test_a_copy_is_a_duplicate_of_its_original(house: House, service: Service) -> None:
    content = house.drop("a.txt", "one")
    house.run()
    house.drop("copy/b.txt", "one")
    house.run()
    first, second = house.result("a.txt"), house.result("copy/b.txt")
    assert first
    assert second
    assert service.workspace.payments(content) == 1
    assert not first["job"]["is_duplicate"]
    assert first["job"]["original_job_id"] is None
    assert second["job"]["is_duplicate"]
    assert second["job"]["id"] == second["job"]["original_job_id"] == first["job"]["id"]
    assert second["document"] == first["document"]
    assert second["file"]["path"] == "copy/b.txt"


def test_the_same_content_under_other_settings_is_another_document(
    build: Build, service: Service
) -> None:
    house = build(watches=[{"name": "in", "mask_pii": False}, {"name": "masked"}])
    house.drop("a.txt", "jane@example.com")
    house.run()
    house.drop("a.txt", "jane@example.com", "masked")
    house.run()
    plain, masked = house.result("a.txt"), house.result("a.txt", "masked")
    assert plain
    assert masked
    assert "jane@example.com" in str(plain)
    assert "jane@example.com" not in str(masked)
    assert masked["settings"]["mask_pii"]
    assert masked["job"]["id"] != plain["job"]["id"]


@pytest.mark.parametrize("service", [{"dialect": "L"}, {"dialect": "D"}], indirect=True)
@pytest.mark.parametrize("together", [True, False])
def test_other_settings_are_never_answered_with_the_job_of_the_first(
    build: Build, service: Service, together: bool
) -> None:
    house = build(watches=[{"name": "in"}, {"name": "german", "locale": "de"}])
    house.drop("a.txt", "one")
    if not together:
        house.run()
    house.drop("a.txt", "one", "german")
    house.run()
    first, german = house.result("a.txt"), house.result("a.txt", "german")
    assert first
    assert german
    assert first["job"]["id"] != german["job"]["id"]
    assert not german["job"]["is_duplicate"]


def known_unmasked(service: Service, content: bytes) -> None:
    """The service processed this content for somebody else, without masking."""
    service.workspace.take([("theirs.txt", content)], {"pipeline_config": '{"mask_pii": false}'})


@pytest.mark.parametrize("service", [{"dialect": "L"}, {"dialect": "D"}], indirect=True)
def test_a_masking_watch_never_gets_what_was_processed_without_masking(
    house: House, service: Service, clock: TestClock
) -> None:
    content = b"write to jane@example.com"
    known_unmasked(service, content)
    clock.advance(100)
    house.drop("a.txt", content)
    house.run()
    result = house.result("a.txt")
    assert result
    assert "[MASKED_EMAIL]" in result["document"]["records"][0]["text"]
    assert "jane" not in str(result)


@pytest.mark.parametrize("service", [{"dialect": "L"}, {"dialect": "D"}], indirect=True)
def test_where_it_cannot_be_masked_no_text_is_written(
    house: House, service: Service, clock: TestClock
) -> None:
    content = b"write to jane@example.com"
    known_unmasked(service, content)
    service.fault("documents.reprocess", Refuse(400, "DOCUMENT_FILE_NOT_AVAILABLE"), times=99)
    clock.advance(100)
    house.drop("a.txt", content)
    house.run()
    failure = house.failure("a.txt")
    assert failure
    assert failure["error"]["code"] == "DUPLICATE_WITH_OTHER_SETTINGS"
    assert "jane" not in str(failure)
    assert not house.results()


@pytest.mark.parametrize("service", [{"dialect": "D"}], indirect=True)
def test_what_the_service_knew_before_is_a_duplicate(house: House, service: Service) -> None:
    content = b"nothing personal"
    known_unmasked(service, content)
    house.drop("a.txt", content)
    house.run()
    result = house.result("a.txt")
    assert result
    assert result["job"]["is_duplicate"]
    assert result["job"]["original_job_id"] == result["job"]["id"]
    assert service.workspace.payments(content) == 1
