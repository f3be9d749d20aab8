"""Files of releases over HTTP: whole or one range, revalidated by hash, with nothing that runs in a browser."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from common.api.errors import ApiError
from exports import storing
from exports.formats.folder import MANIFEST
from exports.formats.manifest import render_manifest
from exports.formats.written import Written, sha256_of
from exports.models import Release
from exports.queries import info_of
from exports.ranges import Part, UnsatisfiableRangeError, names_tag, wanted_range

TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
}
# Whatever a text of a release holds, and whatever a browser takes the file for: no script, no origin.
INERT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A file to send: its path in the release, its size in bytes, its sha256, and its bytes where they are at hand."""

    path: str
    size: int
    sha256: str
    content: bytes | None = None

    @property
    def tag(self) -> str:
        """This function will return the strong entity tag."""
        return f'"{self.sha256}"'


def file_of(release: Release, path: str) -> Sent | None:
    """This function will return the file of that path, None where the release has none. One statement.

    The manifest lists the files there are now, so it is written anew each time.
    """
    if path == MANIFEST:
        return manifest_of(release)
    row = None if "\0" in path else release.files.filter(path=path).first()
    return None if row is None else Sent(row.path, row.size, row.sha256)


def manifest_of(release: Release) -> Sent | None:
    """This function will return the manifest of a release, None as long as it has no files. One statement."""
    files = [Written(row.path, "", "", row.rows or 0, row.size, row.sha256) for row in release.files.all()]
    if not files:
        return None
    content = render_manifest(info_of(release), files).encode()
    return Sent(MANIFEST, len(content), sha256_of(content), content)


def type_of(path: str) -> str:
    """This function will return the media type of a file, never one whose texts a browser would run."""
    return TYPES.get(path.rpartition(".")[2], "application/octet-stream")


def answer(request: HttpRequest, release: Release, file: Sent) -> HttpResponseBase:
    """This function will answer a GET or HEAD for a file: 200, 206, 304, or 412.

    Raises ApiError 416, and FileNotFoundError where the storage has the file no longer.
    """
    # A proxy that compresses would change the tag and drop the ranges.
    caching = "private, no-cache, no-transform"
    shared = {"ETag": file.tag, "Accept-Ranges": "bytes", "Cache-Control": caching}
    status = _precondition(request, file.tag)
    if status:
        return HttpResponse(status=status, headers={**shared, **INERT})
    name = f"{release.options['campaign']}-{release.version}-{file.path.replace('/', '-')}"
    headers = {
        **shared,
        **INERT,
        "Content-Type": type_of(file.path),
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
    }
    part = _part(request, file)
    start, end = part or (0, file.size)
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    stream = _open(release, file)
    if request.method == "HEAD":
        stream.close()
        return HttpResponse(headers=headers)
    body: Any = Part(stream, start, end)
    return StreamingHttpResponse(body, status=206 if part else 200, headers=headers)


def _open(release: Release, file: Sent) -> BinaryIO:
    if file.content is not None:
        return io.BytesIO(file.content)
    return cast("BinaryIO", storing.open_kept(release, file.sha256))


def _precondition(request: HttpRequest, tag: str) -> int | None:
    match, none_match = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if match is not None and not names_tag(match, tag, weakly=False):
        return 412
    if none_match is not None and names_tag(none_match, tag, weakly=True):
        return 304
    return None


def _part(request: HttpRequest, file: Sent) -> tuple[int, int] | None:
    header = request.headers.get("Range")
    if header is None or request.method != "GET" or request.headers.get("If-Range", file.tag) != file.tag:
        return None
    try:
        return wanted_range(header, file.size)
    except UnsatisfiableRangeError as error:
        raise BehindTheEndError(file.size) from error


class BehindTheEndError(ApiError):
    """A range of a file that has no such bytes; `size` is what it has."""

    def __init__(self, size: int) -> None:
        told = f"The file has {size:,} bytes, and the range begins behind them."
        super().__init__(
            416, "range_not_satisfiable", told, field="Range", cure="Ask for bytes that the file has."
        )
        self.size = size
