"""Rebuild a ledger from results and datasets in the output: losing the state costs time, not money."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import structlog

from flexorchd import results
from flexorchd.exports.publish import MANIFEST
from flexorchd.formats import exact
from flexorchd.ledger.accounts import ENGINE_URL, SettingsRow
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.restore import Receipt, restore
from flexorchd.output import Output
from flexorchd.rules import naming

log = structlog.get_logger()

AT_ONCE = 500


def rebuild(ledger: Ledger, output: Output, now: float) -> int:
    """Put back what every result in the output says; what the ledger knows already stays as it is.

    Args:
        ledger: open for writing.
        output: the folder that holds the results.
        now: seconds since the epoch.

    Returns:
        How many files were put back.
    """
    receipts = _receipts(ledger, output, now)
    restored = 0
    while some := list(islice(receipts, AT_ONCE)):
        restored += restore(ledger.database, some, now)
    _put_back_runs(ledger, output)
    if restored:
        log.info("ledger.rebuilt", files=restored, output=str(output.root))
    return restored


def _put_back_runs(ledger: Ledger, output: Output) -> None:
    """What published folders hold is not exported again."""
    for path in sorted((output.root / "datasets").glob(f"*/*/{MANIFEST}")):
        folder = path.parent
        if folder.is_symlink():
            continue
        try:
            said = exact.loads(path.read_bytes())
            ledger.exports.put_back(
                folder.parent.name,
                folder.name,
                said["job_ids"],
                records=int(said["records"]),
                at=datetime.fromisoformat(said["created_at"]).timestamp(),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("manifest.unreadable", path=str(path), reason=str(error))


def _receipts(ledger: Ledger, output: Output, now: float) -> Iterator[Receipt]:
    root = os.fsencode(output.root)
    skipped = {os.path.join(root, b"failed"), os.path.join(root, b"datasets")}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in skipped]
        for name in names:
            if name.endswith(b".json") and not naming.is_temporary(name) and folder != root:
                path = os.path.relpath(os.path.join(folder, name), root)
                if receipt := _receipt(ledger, path, output.read(path), now):
                    yield receipt


def _receipt(ledger: Ledger, path: bytes, data: bytes | None, now: float) -> Receipt | None:
    found = results.parse(data) if data is not None else None
    if found is None or data is None:
        return None
    try:
        return _read(ledger, path, data, found, now)
    except (KeyError, TypeError, ValueError) as error:
        log.warning("result.unreadable", path=naming.display(path), reason=str(error))
        return None


def _read(ledger: Ledger, path: bytes, data: bytes, found: dict[str, Any], now: float) -> Receipt:
    file, job, settings = found["file"], found["job"], found["settings"]
    directory, _, name = naming.path_from_fields(file).rpartition(b"/")
    return Receipt(
        watch=file["watch"],
        directory=directory,
        name=name,
        size=int(file["size"]),
        mtime_ns=int(datetime.fromisoformat(file["modified_at"]).timestamp() * 1e9),
        sha256=bytes.fromhex(file["sha256"]) if file["sha256"] else None,
        settings_id=ledger.accounts.settings_id(SettingsRow(**settings)),
        account_id=_account(ledger, found["account"], now),
        job_id=job["id"],
        is_duplicate=bool(job["is_duplicate"]),
        grade=job["quality_grade"],
        document_type=(found["document"] or {}).get("type"),
        pii_count=job["pii_findings_count"],
        has_records=bool((found["document"] or {}).get("records")),
        output_path=path,
        output_sha256=hashlib.sha256(data).digest(),
        delivered_at=datetime.fromisoformat(found["delivered_at"]).timestamp(),
    )


def _account(ledger: Ledger, name: str, now: float) -> int:
    for account in ledger.accounts.all():
        if account.name == name:
            return account.id
    base_url, has_key, fingerprint = name.rpartition("#")
    if has_key:
        return ledger.accounts.add("hosted", base_url, fingerprint, "", now)
    return ledger.accounts.add("embedded", ENGINE_URL, name, "", now)
