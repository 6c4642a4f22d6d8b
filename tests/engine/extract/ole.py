"""A writer of OLE compound files (MS-CFB), as small as Outlook's messages need it."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

_SECTOR = 512
_MINI = 64
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5

Tree = dict[str, "bytes | Tree"]


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    child: int = _NONE
    right: int = _NONE
    start: int = _END
    size: int = 0


@dataclass
class _Chains:
    """Sectors and which one follows which."""

    size: int
    data: bytearray = field(default_factory=bytearray)
    following: list[int] = field(default_factory=list)

    def add(self, data: bytes) -> int:
        if not data:
            return _END
        first = len(self.following)
        count = -(-len(data) // self.size)
        self.data += data.ljust(count * self.size, b"\0")
        self.following += [*range(first + 1, first + count), _END]
        return first


def compound(tree: Tree) -> bytes:
    """The file with these streams (bytes) and storages (dicts)."""
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _add_children(entries, tree)
    big, small = _Chains(_SECTOR), _Chains(_MINI)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            entry.start = (small if len(entry.data) < 4096 else big).add(entry.data)
    entries[0].size, entries[0].start = len(small.data), big.add(bytes(small.data))
    mini_fat = big.add(struct.pack(f"<{len(small.following)}I", *small.following))
    directory = big.add(b"".join(_packed(entry) for entry in entries))
    fat_sectors = -(-(len(big.following) + 16) // 127)
    first_fat = len(big.following)
    table = [*big.following, *[_FAT] * fat_sectors]
    table += [_FREE] * (fat_sectors * 128 - len(table))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, fat_sectors, directory, 0, 4096, mini_fat, -(-len(small.following) * 4 // _SECTOR),
        _END, 0, first_fat,
    )  # fmt: skip
    header += struct.pack(
        "<108I", *[first_fat + n if n < fat_sectors else _FREE for n in range(1, 109)]
    )
    return header.ljust(_SECTOR, b"\xff") + bytes(big.data) + struct.pack(f"<{len(table)}I", *table)


def _add_children(entries: list[_Entry], tree: Tree) -> int:
    """Siblings as a list that runs to the right, which is a tree too."""
    before: _Entry | None = None
    first = _NONE
    for name, value in tree.items():
        index = len(entries)
        entry = _Entry(name, _STREAM, value) if isinstance(value, bytes) else _Entry(name, _STORAGE)
        entries.append(entry)
        if isinstance(value, dict):
            entry.child = _add_children(entries, value)
        if before is None:
            first = index
        else:
            before.right = index
        before = entry
    return first


def _packed(entry: _Entry) -> bytes:
    name = (entry.name + "\0").encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16xI8x8xIQ",
        name, len(name), entry.kind, 1, _NONE, entry.right, entry.child, 0, entry.start, entry.size,
    )  # fmt: skip
