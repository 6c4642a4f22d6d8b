"""Connected storage: a small interface, and what speaks it."""
