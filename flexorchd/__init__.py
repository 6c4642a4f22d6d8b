"""flexorchd: drop a document into a folder; its result lies in another."""

__version__ = "0.1.0"
