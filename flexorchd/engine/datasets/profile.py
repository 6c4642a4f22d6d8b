"""A dataset's figures in the shapes of the reference, the guides and the published clients at once."""

from __future__ import annotations

from typing import Any

from flexorchd import formats
from flexorchd.engine.datasets import compliance
from flexorchd.engine.datasets.dataset import Dataset
from flexorchd.engine.datasets.rows import DatasetRows
from flexorchd.engine.store.connection import Connection

_GRADES = "ABCD"
_BELOW_THRESHOLD = "CD"


def pii_types(connection: Connection, dataset: Dataset) -> dict[str, int]:
    """PII type to number of findings in all members, most frequent first."""
    with connection.read() as database:
        rows = database.execute(
            "SELECT j.key, sum(j.value) AS findings FROM dataset_members AS m"
            " JOIN executions AS e ON e.id = m.execution_id,"
            " json_each(CAST(e.detail AS TEXT), '$.pii_types') AS j"
            " WHERE m.dataset_id = ? GROUP BY j.key ORDER BY findings DESC, j.key",
            (dataset.id,),
        ).fetchall()
    return {row["key"]: row["findings"] for row in rows}


def profile(connection: Connection, dataset: Dataset) -> dict[str, Any]:
    """All figures, from one reading of the rows.

    ``avg_quality_score`` is that of the reference, 0.0 to 1.0; ``quality.avg_score`` is that of the
    wire, 0 to 100.
    """
    found = pii_types(connection, dataset)
    counted = formats.profile(DatasetRows(connection, dataset.id), found)
    mean = counted["avg_quality_score"] or 0.0
    grades = dict.fromkeys(_GRADES, 0) | counted["grade_counts"]
    lands = compliance.countries(found)
    return {
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
        **counted,
        "avg_quality_score": mean,
        "grade_counts": grades,
        "quality": {
            "grade_distribution": grades,
            "avg_score": round(mean * 100, 1),
            "below_threshold_count": sum(grades[grade] for grade in _BELOW_THRESHOLD),
        },
        "privacy": {
            "pii_findings_count": dataset.pii_findings_count,
            "masked_record_count": dataset.masked_record_count,
            "clean_record_count": counted["record_count"] - dataset.masked_record_count,
        },
        "formats": [format.wire_name for format in formats.FORMATS.values()],
        "quality_distribution": grades,
        "pii_type_summary": found,
        "detected_countries": lands,
        "applicable_regulations": compliance.regulations(lands),
        "gdpr_categories": compliance.categories(found),
    }


def compliance_report(connection: Connection, dataset: Dataset, plan: str) -> dict[str, Any]:
    """What personal data was found in the documents, and what was done about it."""
    found = pii_types(connection, dataset)
    lands = compliance.countries(found)
    kinds = compliance.categories(found)
    return {
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
        "row_count": dataset.row_count,
        "pii_findings_count": dataset.pii_findings_count,
        "pii_type_summary": found,
        "privacy_applied": dataset.privacy_applied,
        "masked_record_count": dataset.masked_record_count,
        "kvkk_categories": kinds if "TR" in lands else [],
        "gdpr_categories": kinds,
        "detected_countries": lands,
        "applicable_regulations": compliance.regulations(lands),
        "plan_coverage": f"{plan}_countries",
    }
