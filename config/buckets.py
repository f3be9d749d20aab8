"""Uploads and the files of releases in an S3 bucket, so that web and workers may be different machines.

A module of its own: importing boto3 takes longer than starting the rest.
"""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from botocore.config import Config
from botocore.exceptions import ClientError
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from config.storages import RandomNames

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

READ_AHEAD_BYTES = 4 * 1024 * 1024
PARAMETERS = frozenset({"endpoint_url", "region", "addressing_style"})


class Bucket(S3Storage):  # type: ignore[misc]
    """A folder of an S3 bucket. Objects take no access list, so they are as private as the bucket is."""

    def __init__(self, *, url: str, folder: str) -> None:
        """This function will read `s3://bucket/prefix?endpoint_url=…&region=…&addressing_style=path`.

        Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or whatever else boto3 finds.
        Raises ImproperlyConfigured for anything else in the address.
        """
        parts, options = urlsplit(url), dict(parse_qsl(urlsplit(url).query))
        unknown = ", ".join(sorted(set(options) - PARAMETERS))
        if parts.scheme != "s3" or not parts.netloc or unknown:
            raise ImproperlyConfigured(
                f"STORAGE_URL has {f'the parameter {unknown}' if unknown else f'{parts.scheme}://'}: write "
                "s3://bucket?endpoint_url=https://storage.example.org&region=eu-central-1, or leave it out "
                "to keep files under DATA_DIR."
            )
        super().__init__(
            bucket_name=parts.netloc,
            location=str(PurePosixPath(parts.path.lstrip("/")) / folder),
            endpoint_url=options.get("endpoint_url"),
            region_name=options.get("region"),
            file_overwrite=False,
            default_acl=None,
            querystring_auth=True,
            client_config=Config(
                s3={"addressing_style": options.get("addressing_style", "auto")},
                signature_version="s3v4",
                connect_timeout=5,
                read_timeout=30,
                retries={"max_attempts": 3, "mode": "standard"},
                # Servers other than Amazon's refuse the checksums that newer clients add unasked.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def write_over(self, name: str, content: File) -> None:
        """This function will save a file under exactly this name, at once in the place of what may be there."""
        self._save(name, content)

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise ValueError(
                f"A file in a bucket is opened with mode 'rb', not {mode!r}: write it with save()."
            )
        stream = ObjectReader(self.bucket.Object(self._normalize_name(name)))
        return File(io.BufferedReader(stream, READ_AHEAD_BYTES), name)


class ObjectReader(io.RawIOBase):
    """An object read by ranges as they are asked for, so that neither memory nor disk holds all of it."""

    def __init__(self, target: Any) -> None:
        """This function will look the object up; raises FileNotFoundError when there is none."""
        self._object = target
        self._position = 0
        try:
            self._size, self._etag = int(target.content_length), target.e_tag
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(f"File does not exist: {target.key}") from error
            raise

    def readable(self) -> bool:
        """This function will say yes."""
        return True

    def seekable(self) -> bool:
        """This function will say yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """This function will move to a byte; nothing is read."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        """This function will return the byte that is read next."""
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        """This function will fill the buffer by one request; the object must be the one that was opened."""
        view = memoryview(buffer)
        length = min(len(view), self._size - self._position)
        if length <= 0:
            return 0
        last = self._position + length - 1
        answer = self._object.get(Range=f"bytes={self._position}-{last}", IfMatch=self._etag)
        body: IO[bytes] = answer["Body"]
        content = body.read()
        view[: len(content)] = content
        self._position += len(content)
        return len(content)


class UploadsBucket(RandomNames, Bucket):
    """Uploads in a bucket."""
