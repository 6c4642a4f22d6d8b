"""The status page, metrics and health checks of a running daemon."""
