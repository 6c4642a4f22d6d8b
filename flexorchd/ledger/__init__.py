"""The ledger: one SQLite file that is the only state, and the queue between the stages."""
