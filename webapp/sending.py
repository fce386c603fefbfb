"""Sends a stored file that has been opened, with what a file sent by its path would have: length, parts on request, a mark."""

from __future__ import annotations

import os
from typing import IO

from flask import Response, request, send_file


def send_opened(
    file: IO[bytes], media: str, name: str, sha256: str, *, as_attachment: bool = True
) -> Response:
    """Answer with the file, whole or in the part that was asked for; it is closed when it has been sent."""
    size = os.fstat(file.fileno()).st_size
    answer: Response = send_file(
        file,
        mimetype=media,
        as_attachment=as_attachment,
        download_name=name,
        max_age=0,
        etag=sha256,
        conditional=False,
    )
    answer.content_length = size
    return answer.make_conditional(request.environ, accept_ranges=True, complete_length=size)  # type: ignore[return-value]
