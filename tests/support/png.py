"""PNG pictures in few colours: what browsers photograph, at a third of its size."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np

COLOURS = 256
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def with_palette(png: bytes) -> bytes:
    """Return the picture in the 256 colours that it has most of, every other colour as the nearest of these.

    ``png`` is what browsers write: 8 bits a channel, RGB or RGBA, not interlaced; transparency is dropped.
    """
    pixels = _pixels(png)
    colours, place, count = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    palette = colours[np.argsort(-count, kind="stable")[:COLOURS]]
    apart = ((colours[:, None, :].astype(np.int32) - palette[None, :, :].astype(np.int32)) ** 2).sum(axis=2)
    indices = apart.argmin(axis=1).astype(np.uint8)[place].reshape(pixels.shape[:2])
    rows = b"".join(b"\x00" + row.tobytes() for row in indices)
    head = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 3, 0, 0, 0)
    return SIGNATURE + b"".join(
        _chunk(name, body)
        for name, body in (
            (b"IHDR", head),
            (b"PLTE", palette.tobytes()),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12


def _pixels(png: bytes) -> np.ndarray:
    """Decode to an array of height x width x 3 (PNG specification, section 9: filtering)."""
    parts = list(_chunks(png))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", parts[0][1])
    assert (depth, interlaced) == (8, 0)
    step = {2: 3, 6: 4}[kind]
    raw = zlib.decompress(b"".join(body for name, body in parts if name == b"IDAT"))
    length = width * step
    above = bytearray(length)
    rows = []
    for number in range(height):
        place = number * (length + 1)
        above = _unfiltered(raw[place], bytearray(raw[place + 1 : place + 1 + length]), above, step)
        rows.append(bytes(above))
    return np.frombuffer(b"".join(rows), np.uint8).reshape(height, width, step)[:, :, :3]


def _unfiltered(method: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    for place in range(len(line) if method else 0):
        left = line[place - step] if place >= step else 0
        corner = above[place - step] if place >= step else 0
        guess = (0, left, above[place], (left + above[place]) // 2, _paeth(left, above[place], corner))[
            method
        ]
        line[place] = (line[place] + guess) & 0xFF
    return line


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda one: abs(guess - one))


def size(png: bytes) -> tuple[int, int]:
    """Width and height, in pixels."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height
