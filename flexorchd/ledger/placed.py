"""What has a place below a watch: a directory and a name, in the file system's own bytes."""

from __future__ import annotations

NOT_IN = "d.watch_id NOT IN (SELECT value FROM json_each(?))"
"""What leaves out the watches whose ids it is given, as JSON; `d` are their directories."""


class Placed:
    """Gives rows with a ``directory`` and a ``name`` their path."""

    __slots__ = ()

    directory: bytes
    name: bytes

    @property
    def path(self) -> bytes:
        """The path below the watch's root."""
        return self.directory + b"/" + self.name if self.directory else self.name
