"""The command line: one module a group of commands. Commands ask and print; the daemon acts."""

from flexorchd.cli.main import main

__all__ = ["main"]
