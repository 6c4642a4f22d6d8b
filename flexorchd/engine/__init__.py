"""The embedded engine: a FlexOrch-compatible service that processes documents on this machine."""
