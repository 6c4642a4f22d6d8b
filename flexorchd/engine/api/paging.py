"""One page of a list, asked for in either of the two ways that clients have."""

from __future__ import annotations

from typing import Annotated

import msgspec

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
_Size = Annotated[int, msgspec.Meta(ge=1, le=100)]


class Paging(msgspec.Struct, frozen=True):
    """``page`` and ``page_size``, or ``limit`` and ``offset``, which win where both are sent."""

    page: _Number = 1
    page_size: _Size = 20
    limit: _Size | None = None
    offset: _Count | None = None

    @property
    def size(self) -> int:
        """Items on the page."""
        return self.limit or self.page_size

    @property
    def start(self) -> int:
        """Items before the page."""
        if self.offset is not None:
            return self.offset
        return (self.page - 1) * self.size

    @property
    def number(self) -> int:
        """The page's number, from 1."""
        return self.start // self.size + 1
