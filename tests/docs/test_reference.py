"""The reference says what the code does: it is made from it, and the schemas fit what is really written."""

import importlib.util
import json
import subprocess
import sys

import jsonschema
import pytest

from tests.docs.pages import REPOSITORY

SCHEMAS = REPOSITORY / "docs/reference"


def reference():
    spec = importlib.util.spec_from_file_location("reference", REPOSITORY / "scripts/reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_current():
    stale = [path.name for path, text in reference().pages().items() if path.read_text() != text]
    assert stale == [], "run: .venv/bin/python scripts/reference.py"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What a run with a good file, a copy, a damaged file and an export leaves in its output."""
    place = tmp_path_factory.mktemp("written")
    inbox = place / "inbox"
    inbox.mkdir()
    letter = b"Invoice INV-2026-9\nDate: 2026-03-02\nTotal: 12.50 EUR\nMail: erika@example.com\n"
    (inbox / "invoice.txt").write_bytes(letter)
    (inbox / "copy.txt").write_bytes(letter)
    (inbox / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    (place / "flexorchd.toml").write_text(
        'state_dir = "state"\n[[watch]]\nname = "inbox"\npath = "inbox"\nsettle = 0\n'
        '[output]\npath = "outbox"\n[[export]]\nname = "all"\n'
    )
    command = [sys.executable, "-m", "flexorchd"]
    subprocess.run([*command, "run", "--once"], cwd=place, capture_output=True, timeout=90)
    subprocess.run(
        [*command, "export", "all"], cwd=place, capture_output=True, timeout=90, check=True
    )
    return place / "outbox"


@pytest.mark.parametrize(
    ("name", "pattern", "number"),
    [
        ("result", "results/**/*.json", 2),
        ("failure", "failed/**/*.json", 1),
        ("manifest", "datasets/all/2*/manifest.json", 1),
    ],
)
def test_the_schema_fits_what_is_written(written, name, pattern, number):
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    documents = [json.loads(path.read_text()) for path in written.glob(pattern)]
    assert len(documents) == number
    for document in documents:
        jsonschema.validate(document, schema)
        assert undescribed(document, schema) == []


def undescribed(value, schema, above=""):
    """Keys that are written and that the schema does not name."""
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    found = [f"{above}{key}" for key in value if key not in schema["properties"]]
    for key, part in schema["properties"].items():
        found += undescribed(value.get(key), part, f"{above}{key}.")
    return found
