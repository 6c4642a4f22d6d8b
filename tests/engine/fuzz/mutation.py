"""Damage to files, the same for the same seed."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]


def flipped(data: bytes, chance: random.Random) -> bytes:
    """A few bits the other way."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def truncated(data: bytes, chance: random.Random) -> bytes:
    """Only the beginning."""
    return data[: chance.randint(1, len(data))]


def spliced(data: bytes, chance: random.Random) -> bytes:
    """A piece of the file over another piece of it."""
    size = chance.randint(1, max(len(data) // 4, 1))
    source, target = chance.randrange(len(data)), chance.randrange(len(data))
    return data[:target] + data[source : source + size] + data[target + size // 2 :]


def overwritten(data: bytes, chance: random.Random) -> bytes:
    """A piece replaced by noise, or by what numbers fear."""
    piece = chance.choice(
        (chance.randbytes(16), b"\xff" * 8, b"\0" * 8, b"-1", b"99999999999", b"%s%n")
    )
    target = chance.randrange(len(data))
    return data[:target] + piece + data[target + len(piece) :]


def repeated(data: bytes, chance: random.Random) -> bytes:
    """A piece of the file, many times over."""
    start = chance.randrange(len(data))
    piece = data[start : start + chance.randint(1, 40)]
    return data[:start] + piece * chance.randint(2, 2000) + data[start:]


MUTATIONS: tuple[Mutation, ...] = (flipped, truncated, spliced, overwritten, repeated)


def mutated(data: bytes, seed: int) -> bytes:
    """The file with one to three kinds of damage; in a zip, to a part of it every other time."""
    chance = random.Random(seed)
    if data.startswith(b"PK") and seed % 2:
        return _within(data, chance)
    for _ in range(chance.randint(1, 3)):
        data = chance.choice(MUTATIONS)(data, chance)
    return data


def _within(data: bytes, chance: random.Random) -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        unlucky = chance.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            new.writestr(
                name, chance.choice(MUTATIONS)(part, chance) if name == unlucky and part else part
            )
    return file.getvalue()
