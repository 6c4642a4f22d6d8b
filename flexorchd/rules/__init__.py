"""The rules: pure functions over frozen data. No clock, no I/O; `now` and chance are passed in."""
