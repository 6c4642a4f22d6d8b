"""Watching folders: events as hints, scans as the truth, one door into the ledger for both."""
