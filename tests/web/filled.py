"""A ledger that has seen a day's work, filled through its own methods."""

import hashlib
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from flexorchd.config import Config, remember
from flexorchd.exports.publish import Folder, manifest
from flexorchd.ledger.accounts import SettingsRow
from flexorchd.ledger.files import FoundBy, Sighting
from flexorchd.ledger.following import Fingerprint
from flexorchd.ledger.jobs import JobEnd
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.versions import Delivered
from flexorchd.output import Output, claim

NOW = 1_764_000_000.0  # 2025-11-24T16:00:00Z
HOUR = 3600.0
DAY = 86_400.0


@dataclass
class Book:
    """Writes a ledger's story as the stages would."""

    state_dir: Path
    output_dir: Path
    ledger: Ledger
    account: int
    settings: int
    watches: dict[str, int]
    output: Output
    serial: int = 0
    ids: dict[bytes, int] = field(default_factory=dict)

    def seen(self, watch: str, path: bytes, at: float, *, ignored: str | None = None) -> int:
        directory, _, name = path.rpartition(b"/")
        self.serial += 1
        look = Sighting(
            directory, name, 1000 + self.serial, 1, 1, self.serial, ignored, at,
            None if ignored else at + 2, FoundBy.EVENT,
        )  # fmt: skip
        self.ledger.files.observe(self.watches[watch], [look])
        found = self.ledger.search.at(self.watches[watch], directory, name)
        assert found is not None
        self.ids[path] = found.id
        return found.id

    def queued(self, watch: str, path: bytes, at: float, content: bytes | None = None) -> int:
        file_id = self.seen(watch, path, at)
        self.ledger.files.mark_settled([(file_id, None)], at)
        found = self.ledger.search.by_ids([file_id])[0]
        digest = hashlib.sha256(content or path).digest()
        mark = Fingerprint(
            file_id, found.size, 1, 1, self.serial, digest, self.settings, self.account, None
        )
        self.ledger.documents.fingerprinted([mark], at)
        document_id = self.ledger.search.by_ids([file_id])[0].document_id
        assert document_id is not None
        return document_id

    def sent(self, watch: str, path: bytes, at: float) -> int:
        document_id = self.queued(watch, path, at)
        version_id = self.ledger.search.by_ids([self.ids[path]])[0].version_id
        assert version_id is not None
        self.ledger.uploads.intend([(document_id, version_id, "sent.pdf")], at, at)
        self.ledger.uploads.accepted(
            document_id, str(9000 + self.serial), is_duplicate=False, now=at, poll_at=at + 5
        )
        return document_id

    def delivered(
        self,
        watch: str,
        path: bytes,
        at: float,
        grade: str | None = "A",
        pii: dict[str, int] | None = None,
    ) -> int:
        document_id = self.sent(watch, path, at)
        count = sum((pii or {}).values())
        end = JobEnd(document_id, "{}", grade, False, count)
        self.ledger.jobs.completed([end], at)
        self._written(b"results/" + watch.encode() + b"/" + path + b".json", at, False, pii)
        return document_id

    def copied(self, watch: str, path: bytes, at: float, content: bytes) -> None:
        self.queued(watch, path, at, content)
        self._written(b"results/" + watch.encode() + b"/" + path + b".json", at, False, None)

    def failed(self, watch: str, path: bytes, at: float, code: str, message: str = "No.") -> int:
        document_id = self.sent(watch, path, at)
        self.ledger.jobs.failed(document_id, code, message, at)
        self._written(b"failed/" + watch.encode() + b"/" + path + b".json", at, True, None)
        return document_id

    def _written(self, path: bytes, at: float, failed: bool, pii: dict[str, int] | None) -> None:
        ready = self.ledger.versions.ready(at, 10)
        self.ledger.versions.delivered(
            [
                Delivered(
                    one.version_id, path, bytes(32), failed, False,
                    document_type=None if failed else "invoice",
                    pii_types=json.dumps(pii) if pii else None,
                )
                for one in ready
            ],
            at,
        )  # fmt: skip

    def published(self, export: str, folder: str, at: float, files: dict[str, bytes]) -> int:
        run = self.ledger.exports.start(export, None, folder, "set-{run}", at)
        made = Folder(self.output, export, folder)
        made.begin()
        for name, data in files.items():
            (made.work / name).write_bytes(data)
        profile = {
            "record_count": 3, "total_tokens": 1234, "avg_quality_score": 0.875,
            "grade_counts": {"A": 2, "C": 1}, "pii_type_count": 4, "columns": ["vendor", "total"],
        }  # fmt: skip
        made.write("profile.json", profile)
        made.write(
            "manifest.json",
            manifest(
                export=export, run=run.id, created_at="2025-11-24T16:00:00Z", dataset={},
                assembled="local", files=made.files(), job_ids=["1"], skipped=[], records=3,
            ),
        )  # fmt: skip
        made.appear()
        self.ledger.exports.publish(run.id, assembled="local", records=3, size=100, now=at + 1)
        return run.id


def open_book(tmp: Path, *, mode: str = "hosted") -> Book:
    """The ledger of a configured daemon; an empty one, or what `copy_of` put there."""
    state, output = tmp / "state", tmp / "out"
    for folder in (state, output, tmp / "scans", tmp / "mail"):
        folder.mkdir(exist_ok=True)
    state.chmod(0o700)
    ledger = Ledger(state / "ledger.sqlite3")
    where = (
        ("https://api.flexorch.com/v1", "ab12cd", "dfx_…1234")
        if mode == "hosted"
        else ("engine", "store-1", "this machine")
    )
    account = ledger.accounts.add(mode, *where, NOW - 30 * DAY)
    config = Config(
        state_dir=state,
        watch=[{"name": n, "path": tmp / n} for n in ("scans", "mail")],
        output={"path": output},
        export=[
            {"name": "monthly", "schedule": "0 6 1 * *", "formats": ["jsonl", "csv"]},
            {"name": "by-hand"},
        ],
    )
    ledger.memory.set("account", account)
    ledger.memory.set("run", {"config": remember(config)})
    ledger.memory.set("output", str(output))
    ledger.exports.configure(["monthly", "by-hand"], NOW - 30 * DAY)
    watches = ledger.watches.configure({n: bytes(tmp / n) for n in ("scans", "mail")})
    settings = ledger.accounts.settings_id(SettingsRow("und", True, "redact", "auto"))
    owner = claim(output, "owner-1", state, "", served_before=False)
    return Book(state, output, ledger, account, settings, watches, Output(output, owner))


def copy_of(book: Book, tmp: Path) -> Book:
    """The same story in another place, to be written on."""
    shutil.copytree(book.state_dir.parent, tmp, symlinks=True, dirs_exist_ok=True)
    copy = open_book(tmp)
    copy.serial, copy.ids = book.serial, dict(book.ids)
    return copy


def a_days_work(book: Book) -> Book:
    """Results, failures of three causes, a held backlog, copies, a published dataset."""
    grades = "AAABAACABAADAB"
    kinds = ({"email": 2, "iban": 1}, {"name": 3}, None, {"phone_de": 1, "email": 1},
             {"national_id_tr": 1}, {"tax_id_de": 2, "name": 1}, {"credit_card": 1}, {"ip": 4})  # fmt: skip
    for number in range(84):
        at = NOW - number * 8 * HOUR - 700
        path = b"2025/letter-%03d.pdf" % number
        watch = "mail" if number % 3 == 0 else "scans"
        book.delivered(watch, path, at, grades[number % 14], kinds[number % 8])
    for number in range(30):
        at = NOW - number * 0.7 * HOUR - 60
        book.delivered("scans", b"today/scan %02d.pdf" % number, at, grades[number % 14])
    book.copied("scans", b"copy of letter.pdf", NOW - 500, b"today/scan 00.pdf")
    for number in range(4):
        book.failed("scans", b"locked-%d.pdf" % number, NOW - 3000 - number, "PROTECTED",
                    "The document is protected by a password.")  # fmt: skip
    book.failed("mail", b"noise.eml", NOW - 4000, "MALFORMED", "No message can be read from it.")
    book.failed("mail", b"attached/locked.pdf", NOW - 5000, "PROTECTED")
    book.seen("scans", b"notes.tmp", NOW - 100, ignored="exclude: *.tmp")
    book.seen("scans", b"arriving.pdf", NOW - 3)
    book.sent("scans", b"on-its-way.pdf", NOW - 20)
    book.queued("scans", b"next.pdf", NOW - 10)
    book.ledger.watches.approve(book.watches["mail"], NOW - 2000)
    for number in range(25):
        book.queued("mail", b"import/old-%02d.pdf" % number, NOW - 1000)
    book.queued("mail", b"import/old-00 again.pdf", NOW - 990, content=b"import/old-00.pdf")
    ledger = book.ledger
    ledger.watches.hold(
        book.watches["mail"],
        "MAX_BACKLOG",
        "26 new files are more than max_backlog (20).",
        NOW - 900,
    )
    ledger.watches.watched(book.watches["scans"], "events", "the file system tells of changes")
    ledger.watches.watched(book.watches["mail"], "polling", "nfs4 tells of no changes")
    for name, ago in (("scans", 130), ("mail", 12)):
        ledger.watches.scanned(book.watches[name], NOW - ago, 0.4)
    ledger.accounts.usage(book.account, "starter", 770, 1200, 430, NOW - 60)
    book.published("monthly", "20251101T060000Z", NOW - 23 * DAY, {"monthly.jsonl": b"{}\n" * 9})
    book.published(
        "monthly",
        "20251124T060000Z",
        NOW - 10 * HOUR,
        {"monthly.jsonl": b'{"a": 1}\n' * 3, "monthly.csv": b"a\n1\n1\n1\n"},
    )
    return book
