"""A ledger and a flexorchd that do not fit each other."""

from __future__ import annotations


class SchemaError(Exception):
    """The ledger's tables are not those of this flexorchd; its words say what to do."""


class NewerSchemaError(SchemaError):
    """A newer flexorchd has written the ledger."""


class OlderSchemaError(SchemaError):
    """An older flexorchd has written the ledger, and may be at work on it."""
