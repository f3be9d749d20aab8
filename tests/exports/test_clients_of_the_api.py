"""What programs do with a release that they fetch from a running server."""

from __future__ import annotations

import io
import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pyarrow.parquet as pq
import pytest

from exports.formats.schema import GLOBAL_MMLU
from exports.models import Release
from exports.orders import order_release
from exports.publishing import publish_release
from people.scopes import Scope
from people.tokens import make_token
from tests.exports.conftest import Work
from tests.exports.test_render import CLIENT, LOAD

pytestmark = pytest.mark.django_db(transaction=True)


class Remote(io.RawIOBase):
    """A file read by ranges over HTTP, as fsspec and its like do."""

    def __init__(self, address: str, headers: dict[str, str]) -> None:
        self.address, self.headers, self.position, self.asked = address, headers, 0, 0
        with urlopen(Request(address, headers=headers, method="HEAD")) as answer:
            self.size, self.tag = int(answer.headers["Content-Length"]), answer.headers["ETag"]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.position = (0, self.position, self.size)[whence] + offset
        return self.position

    def read(self, size: int = -1) -> bytes:
        last = self.size - 1 if size < 0 else min(self.position + size, self.size) - 1
        if last < self.position:
            return b""
        wanted = {"Range": f"bytes={self.position}-{last}", "If-Range": self.tag}
        with urlopen(Request(self.address, headers={**self.headers, **wanted})) as answer:
            assert answer.status == 206
            content: bytes = answer.read()
        self.position += len(content)
        self.asked += len(content)
        return content


@pytest.fixture
def headers(campaign: Any, cast: Any, work: Work, now: Any) -> dict[str, str]:
    job = order_release(
        campaign=campaign,
        version="1.0",
        formats=["jsonl", "csv"],
        allow_open=False,
        by=cast.mia,
        now=work.now,
    )
    publish_release(job.pk, now=work.later())
    _row, token = make_token(
        contributor=cast.mia, name="client", scopes=[Scope.RELEASES_READ], now=now,
        expires_at=now + timedelta(days=3650),
    )  # fmt: skip
    return {"Authorization": f"Bearer {token}"}


def fetch(address: str, headers: dict[str, str]) -> bytes:
    with urlopen(Request(address, headers=headers)) as answer:
        content: bytes = answer.read()
        return content


def test_the_datasets_client_loads_what_the_api_sent(
    headers: dict[str, str], live_server: Any, tmp_path: Path
) -> None:
    if not CLIENT.exists():
        pytest.skip("NO .venv-clients: the datasets client reads nothing here. Build it with `make test`.")
    release = Release.objects.get()
    detail = json.loads(fetch(f"{live_server.url}/api/v1/releases/{release.public_id}/", headers))
    for file in detail["files"]:
        place = tmp_path / "release" / file["path"]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(fetch(file["url"], headers))
    command = [
        str(CLIENT),
        "-c",
        LOAD,
        str(tmp_path / "release"),
        str(tmp_path / "cache"),
        "ar",
        "de",
        "en",
        "provenance",
    ]
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, env=offline, check=False)
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout)
    for language in ("ar", "de", "en"):
        rows = release.rows.filter(config="data", language=language).order_by("number")
        assert loaded[language]["test"] == [dict(row) for row in rows.values_list("row", flat=True)]
    assert len(loaded["provenance"]["test"]) == 12


def test_one_column_of_a_split_is_read_over_http_by_ranges(headers: dict[str, str], live_server: Any) -> None:
    release = Release.objects.get()
    address = f"{live_server.url}/api/v1/releases/{release.public_id}/files/de/test-00000-of-00001.parquet"
    remote = Remote(address, headers)
    file = pq.ParquetFile(remote, pre_buffer=False)
    assert file.schema_arrow.names == GLOBAL_MMLU.names
    before = remote.asked
    column = file.read(columns=["question"]).column("question").to_pylist()
    rows = release.rows.filter(config="data", language="de").order_by("number")
    assert column == [row["question"] for row in rows.values_list("row", flat=True)]
    assert remote.asked - before < remote.size / 4
