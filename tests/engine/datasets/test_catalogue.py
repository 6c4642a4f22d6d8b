"""Datasets in the store: built at once, never a copy, in step with what is forgotten."""

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from flexorchd import formats
from flexorchd.engine.datasets import Build, Datasets, Filters, NameTakenError, Query, Taken
from flexorchd.engine.model import Fields
from flexorchd.formats import exact
from tests.engine.datasets.processed import INVOICE, NOTE, NOW, wait_until


def rows_of(datasets, dataset):
    lines = b"".join(datasets.export(dataset, formats.find("jsonl"))).splitlines()
    return [exact.loads(line) for line in lines]


class TestBuilding:
    def test_a_dataset_holds_the_records_of_its_members_in_order(self, datasets, documents, build):
        first, second = documents.add(), documents.add(NOTE)
        dataset = build("Q1 Rechnungen", [second, first])
        assert (dataset.row_count, dataset.job_count, dataset.status) == (2, 2, "ready")
        note, invoice = rows_of(datasets, dataset)
        assert invoice == {
            "job_id": documents.execution(first).job_id,
            "document_type": "invoice",
            "language": "de",
            "quality_grade": "A",
            "quality_score": Decimal("91.5"),
            "pii_masked": True,
            "document_no": "RE-1",
            "total_amount": Decimal("119.00"),
            "line_items": [{"description": "Schraube", "total": Decimal("119.00")}],
        }
        assert note["text"] == "Besprechung über das Gebäude."
        assert note["pii_masked"] is False

    def test_the_job_of_a_build_is_done_when_the_dataset_is_there(self, store, datasets, documents):
        built = datasets.build(Build("a", [documents.add()]), NOW)
        job = store.jobs.get(built.job_id)
        assert (job.type, job.status) == ("dataset_build", "completed")
        assert job.dataset_summary == {
            "dataset_id": built.dataset.id,
            "name": "a",
            "slug": "a",
            "status": "ready",
            "version": 1,
            "row_count": 1,
        }
        assert store.jobs.page(20, 0)[0][0].id == built.job_id

    def test_a_name_is_unique_and_a_refusal_changes_nothing(
        self, store, datasets, documents, build
    ):
        execution = documents.add()
        build("a", [execution])
        _, jobs_before = store.jobs.page(1, 0)
        with pytest.raises(NameTakenError, match="'a'"):
            build("a", [execution])
        assert store.jobs.page(1, 0)[1] == jobs_before
        assert datasets.page(Query(), 10, 0)[1] == 1

    def test_two_names_that_look_alike_get_two_slugs(self, documents, build):
        execution = documents.add()
        slugs = [build(name, [execution]).slug for name in ("Ärger 1", "Arger/1", "発注", "??")]
        assert slugs == ["arger-1", "arger-1-2", "dataset", "dataset-2"]

    def test_adopting_answers_the_same_dataset_only_for_the_same_members(self, documents, build):
        first, second = documents.add(), documents.add()
        dataset = build("a", [first])
        assert build("a", [first], taken=Taken.ADOPT) == dataset
        with pytest.raises(NameTakenError):
            build("a", [first, second], taken=Taken.ADOPT)

    def test_rebuilding_keeps_the_id_and_replacing_does_not(self, datasets, documents, build):
        first, second = documents.add(), documents.add(NOTE)
        dataset = build("a", [first])
        rebuilt = build("a", [second], taken=Taken.REBUILD)
        assert (rebuilt.id, rebuilt.version) == (dataset.id, 2)
        assert [row["document_type"] for row in rows_of(datasets, rebuilt)] == ["general"]
        replaced = build("a", [first], taken=Taken.REPLACE)
        assert replaced.id != dataset.id
        assert datasets.get(dataset.id) is None

    def test_extending_adds_what_is_missing_and_nothing_twice(self, documents, build):
        first, second = documents.add(), documents.add()
        build("a", [first], taken=Taken.EXTEND)
        grown = build("a", [first, second], taken=Taken.EXTEND)
        assert (grown.job_count, grown.version) == (2, 2)
        assert build("a", [second], taken=Taken.EXTEND).version == 2


class TestListing:
    def test_filters_find_by_name_and_by_member(self, datasets, documents, build):
        first, second = documents.add(), documents.add()
        one = build("March invoices", [first])
        both = build("All", [first, second])
        member = documents.execution(second)

        def found(**filters):
            return [dataset.id for dataset in datasets.page(Query(**filters), 10, 0)[0]]

        assert found() == [both.id, one.id]
        assert found(text="INVOICE") == [one.id]
        assert found(execution_id=first) == [both.id, one.id]
        assert found(job_id=member.job_id) == [both.id]
        assert found(document_id=member.document_id) == [both.id]
        assert found(job_id=0) == []
        assert datasets.newest_of(first) == both

    def test_pages_are_cut_and_counted(self, datasets, documents, build):
        execution = documents.add()
        ids = [build(str(number), [execution]).id for number in range(5)]
        page, total = datasets.page(Query(), 2, 2)
        assert ([dataset.id for dataset in page], total) == ([ids[2], ids[1]], 5)

    def test_a_single_source_is_named(self, documents, build):
        first, second = documents.add(), documents.add()
        alone = build("alone", [first])
        assert alone.source_execution_id == first
        assert alone.source_document_id == documents.execution(first).document_id
        assert build("both", [first, second]).source_execution_id is None

    def test_privacy_is_applied_only_if_every_member_was_masked(self, documents, build):
        assert build("a", [documents.add()]).privacy_applied
        assert not build("b", [documents.add(), documents.add(NOTE)]).privacy_applied


class TestReading:
    def many(self, documents, count=507):
        outcomes = [
            replace(
                INVOICE,
                fields=Fields(
                    values={},
                    records=tuple({"no": number, "part": part} for part in range(number % 4)),
                ),
            )
            for number in range(1, count + 1)
        ]
        return documents.add_all(outcomes)

    def test_any_page_is_the_slice_of_all_rows(self, datasets, documents, build):
        dataset = build("a", self.many(documents))
        everything = list(datasets.rows(dataset, 0, 10_000))
        assert len(everything) == dataset.row_count > 700
        for start, size in [
            (0, 7),
            (1, 1),
            (199, 200),
            (200, 50),
            (333, 99),
            (700, 200),
            (9999, 5),
        ]:
            assert datasets.rows(dataset, start, size) == everything[start : start + size]

    def test_text_is_sought_in_values_and_not_in_names(self, datasets, documents, build):
        dataset = build("a", [documents.add(), documents.add(NOTE), documents.add()])
        found, total = datasets.rows_with(dataset, "GEBÄUDE", 0, 10)
        assert (len(found), total) == (1, 1)
        assert datasets.rows_with(dataset, "schraube", 1, 1)[1] == 2
        assert datasets.rows_with(dataset, "document_no", 0, 10) == ([], 0)
        assert datasets.rows_with(dataset, "119.00", 0, 10)[1] == 2

    def test_columns_are_those_of_the_rows(self, datasets, documents, build):
        dataset = build("a", [documents.add(), documents.add(NOTE)])
        assert datasets.columns(dataset) == [
            *formats.METADATA,
            "document_no",
            "total_amount",
            "line_items",
            "text",
        ]

    @pytest.mark.parametrize("format", formats.FORMATS.values(), ids=lambda format: format.name)
    def test_every_format_is_written(self, format, datasets, documents, build):
        dataset = build("a", [documents.add(), documents.add(NOTE)])
        assert b"".join(datasets.export(dataset, format))

    def test_an_export_can_be_narrowed_to_good_rows(self, datasets, documents, build):
        dataset = build("a", [documents.add(), documents.add(NOTE)])
        for min_grade, expected in [("A", 1), ("B", 1), ("C", 2), ("D", 2)]:
            raw = b"".join(datasets.export(dataset, formats.find("csv"), min_grade)).decode()
            assert len(list(csv.DictReader(io.StringIO(raw)))) == expected

    def test_passages_have_the_text_of_the_document_and_its_name(self, datasets, documents, build):
        dataset = build("a", [documents.add(), documents.add(NOTE)])
        chunks, total = datasets.chunks(dataset, 0, 10)
        assert total == 3
        assert "document_no: RE-1" in chunks[0]["text"]
        assert chunks[1]["text"] == INVOICE.text
        assert chunks[2]["metadata"]["source_filename"] == "file1.txt"
        assert json.loads(b"".join(datasets.export(dataset, formats.find("rag")))) == json.loads(
            exact.dumps(chunks)
        )

    def test_passages_are_filtered_and_keep_their_ids(self, datasets, documents, build):
        dataset = build("a", [documents.add(), documents.add(NOTE)])
        everything, _ = datasets.chunks(dataset, 0, 10)
        assert datasets.chunks(dataset, 0, 10, frozenset("CD")) == (everything[2:], 1)
        assert datasets.chunks(dataset, 0, 10, None, True) == (everything[:2], 2)
        assert datasets.chunks(dataset, 1, 1) == (everything[1:2], 3)

    def test_a_dataset_without_members_left_is_empty_but_there(
        self, store, datasets, documents, build
    ):
        execution = documents.add()
        dataset = build("a", [execution])
        store.documents.forget(documents.execution(execution).document_id)
        left = datasets.get(dataset.id)
        assert (left.row_count, left.job_count) == (0, 0)
        assert rows_of(datasets, left) == []


class TestFigures:
    def test_the_profile_has_the_shapes_of_all_clients(self, datasets, documents, build):
        profile = datasets.profile(build("a", [documents.add(), documents.add(NOTE)]))
        assert profile["record_count"] == 2
        assert profile["avg_quality_score"] == pytest.approx(0.7075)
        assert profile["quality"] == {
            "grade_distribution": {"A": 1, "B": 0, "C": 1, "D": 0},
            "avg_score": 70.8,
            "below_threshold_count": 1,
        }
        assert profile["privacy"] == {
            "pii_findings_count": 3,
            "masked_record_count": 1,
            "clean_record_count": 1,
        }
        assert profile["pii_type_summary"] == {"email": 2, "phone_de": 1}
        assert profile["pii_type_count"] == 2
        assert profile["detected_countries"] == ["DE"]
        assert profile["applicable_regulations"] == ["GDPR"]

    def test_the_report_names_categories_and_laws(self, datasets, documents, build):
        found = {"national_id_tr": 1, "iban_tr": 2, "phone_uk": 1, "bagkur_no": 1}
        dataset = build("a", [documents.add(replace(INVOICE, pii_types=found))])
        report = datasets.compliance_report(dataset, "pro")
        assert report["kvkk_categories"] == ["contact", "financial", "identification"]
        assert report["applicable_regulations"] == ["KVKK", "UK GDPR"]
        assert report["pii_findings_count"] == 5


class TestSearch:
    def indexed(self, datasets, dataset):
        datasets.index(dataset)
        wait_until(lambda: datasets.get(dataset.id).index_status == "ready")
        return datasets.get(dataset.id)

    def test_only_indexed_datasets_are_found(self, datasets, documents, build):
        dataset = build("a", [documents.add(), documents.add(NOTE)])
        assert datasets.search("Gebäude", 5, Filters()) == ([], 0)
        dataset = self.indexed(datasets, dataset)
        assert datasets.chunks_indexed(dataset) == dataset.total_chunks == 3
        (hit,), total = datasets.search("gebaude", 5, Filters())
        assert total == 1
        assert hit["dataset_name"] == "a"
        assert 0 < hit["score"] < 1
        assert hit["metadata"]["quality_grade"] == "C"
        assert hit["chunk_id"] == datasets.chunks(dataset, 2, 1)[0][0]["chunk_id"]

    def test_hits_come_best_first_and_longer_words_are_found(self, datasets, documents, build):
        texts = ["kedi köpek kuş", "kedi", "ağaç", "köpekler ve kediler, kedi kedi"]
        outcomes = [
            replace(NOTE, fields=Fields(values={}, records=({"text": t},)), text=t) for t in texts
        ]
        self.indexed(datasets, build("a", documents.add_all(outcomes)))
        hits, total = datasets.search("kedi köpek", 2, Filters())
        assert total == 3
        assert len(hits) == 2
        assert hits[0]["score"] >= hits[1]["score"]

    def test_filters(self, datasets, documents, build):
        self.indexed(datasets, build("a", [documents.add(), documents.add(NOTE)]))

        def found(**filters):
            return datasets.search("RE-1 Gebäude", 50, Filters(**filters))[1]

        assert found() == 3
        assert found(document_type="general") == 1
        assert found(language="fr") == 0
        assert found(pii_masked=True) == 2
        assert found(grades=frozenset("AB")) == 2

    @pytest.mark.parametrize(
        "query", ['"', "AND OR NOT", "a* NEAR(b)", "col:x", "()", "-", "😀", "''"]
    )
    def test_no_query_is_an_error(self, query, datasets, documents, build):
        self.indexed(datasets, build("a", [documents.add()]))
        datasets.search(query, 5, Filters())

    def test_a_grown_dataset_is_indexed_again(self, datasets, documents, build):
        self.indexed(datasets, build("a", [documents.add()]))
        build("a", [documents.add(NOTE)], taken=Taken.EXTEND)
        wait_until(lambda: datasets.search("Gebäude", 5, Filters())[1] == 1)

    def test_indexing_that_was_cut_off_goes_on_at_the_next_start(
        self, store, documents, build, datasets
    ):
        dataset = build("a", documents.add_all([INVOICE] * 50))
        store.connection.write(
            lambda database: database.execute("UPDATE datasets SET index_status = 'indexing'")
        )
        later = Datasets(store.connection)
        wait_until(lambda: datasets.get(dataset.id).index_status == "ready")
        assert datasets.chunks_indexed(dataset) == 100
        later.close()

    def test_a_deleted_dataset_is_found_no_more(self, datasets, documents, build):
        dataset = self.indexed(datasets, build("a", [documents.add()]))
        datasets.delete(dataset.id)
        assert datasets.search("Schraube", 5, Filters()) == ([], 0)

    def test_what_is_forgotten_is_in_no_file(self, store, datasets, documents, build, tmp_path):
        secret = "Zyxwvutschluessel"
        note = replace(NOTE, text=secret, fields=Fields(values={}, records=({"text": secret},)))
        execution = documents.add(note)
        dataset = self.indexed(datasets, build("a", [execution, documents.add(INVOICE)]))
        assert datasets.search(secret, 5, Filters())[1] == 1
        store.documents.forget(documents.execution(execution).document_id)
        store.connection.empty_log()
        assert datasets.search(secret, 5, Filters()) == ([], 0)
        assert datasets.search("Schraube", 5, Filters())[1] == 1
        assert datasets.get(dataset.id).row_count == 1
        for path in (tmp_path / "engine").rglob("*"):
            if path.is_file():
                assert secret.lower().encode() not in path.read_bytes().lower(), path
