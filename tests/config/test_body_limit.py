"""Long bodies: refused unread wherever no files are imported, whoever sends them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client

MOST = 2_621_440
BOUNDARY = "a-boundary-of-this-test"
HEAD = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="long.bin"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n"
).encode()


class Counted(io.BytesIO):
    """A body that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.taken += len(found)
        return found


def send(path: str, length: int) -> tuple[int, str, int]:
    """Post a file; return the status, the answer, and how many bytes were read."""
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    body = Counted(HEAD + b"x" * (length - len(HEAD) - len(tail)) + tail)
    answer = Client().generic(
        "POST", path, b"",
        **{
            "wsgi.input": body, "CONTENT_LENGTH": str(length),
            "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
        },
    )  # fmt: skip
    return answer.status_code, answer.content.decode(), body.taken


@pytest.fixture
def spooled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that Django began to write."""
    begun: list[str] = []
    new_file = TemporaryFileUploadHandler.new_file

    def noted(self: TemporaryFileUploadHandler, *args: object, **options: object) -> None:
        begun.append(Path(str(args[1])).name)
        new_file(self, *args, **options)

    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", noted)
    return begun


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/i18n/setlang/", "/accounts/login/", "/nowhere/"])
def test_a_page_refuses_a_long_body_unread(path: str, spooled: list[str]) -> None:
    status, page, taken = send(path, 5_000_000)
    assert (status, taken, spooled) == (413, 0, [])
    assert "too long" in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/nowhere/", "/api/v1/imports", "/api/v1/releases/"])
def test_the_api_refuses_a_long_body_unread_in_its_own_shape(path: str, spooled: list[str]) -> None:
    status, told, taken = send(path, 5_000_000)
    assert (status, taken, spooled) == (413, 0, [])
    assert '"code": "body_too_long"' in told
    assert "POST /api/v1/imports/" in told


@pytest.mark.django_db
def test_an_import_without_a_token_is_refused_unread_too(spooled: list[str]) -> None:
    status, _, taken = send("/api/v1/imports/", 5_000_000)
    assert (status, taken, spooled) == (401, 0, [])


@pytest.mark.django_db
def test_the_longest_body_that_a_page_takes_is_read_and_not_written_to_the_disk(spooled: list[str]) -> None:
    status, _, taken = send("/i18n/setlang/", MOST)
    assert (status, spooled) == (302, [])
    assert taken > 0
    assert send("/i18n/setlang/", MOST + 1)[0] == 413
