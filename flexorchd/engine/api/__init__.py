"""The engine's HTTP API: one module a resource, joined in `app`."""
