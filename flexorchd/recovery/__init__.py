"""Getting whole again: a ledger set aside, rebuilt from the output, and compared with it."""
