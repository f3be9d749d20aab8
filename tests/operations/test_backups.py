"""The drill: a site at work is saved, restored into an empty one, and goes on working."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.core.management import call_command
from psycopg import sql

from common.backups import manifest as manifests
from common.backups.manifest import BackupError, Kept, Manifest
from config.storages import UploadsFolder
from launcher.hosting import ensure

PROJECT_ROOT = Path(__file__).resolve().parents[2]


def environment(data: Path, addresses: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BROKER_URL")}
    return {**kept, **addresses, "DATA_DIR": str(data)}


def manage(data: Path, addresses: dict[str, str], *arguments: str, fails: bool = False) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=PROJECT_ROOT, env=environment(data, addresses),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def python(data: Path, addresses: dict[str, str], program: str) -> str:
    start = "import django; django.setup()\n"
    done = subprocess.run(
        [sys.executable, "-c", start + program], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
        env={**environment(data, addresses), "DJANGO_SETTINGS_MODULE": "config.settings"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def state(addresses: dict[str, str]) -> dict[str, tuple[int, str]]:
    """Of every table the number of rows and the sha256 over all of them; triggers, constraints and indexes too."""
    with psycopg.connect(addresses["DATABASE_URL"]) as session:
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        names = [name for (name,) in session.execute(tables) if not name.startswith("twin")]
        found = {}
        for name in names:
            rows = session.execute(
                sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(name))
            ).fetchall()
            found[name] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
        for what, statement in {
            # Not their definitions: PostgreSQL writes down the same expression otherwise the second time.
            "triggers": "SELECT tgrelid::regclass::text, tgname, tgtype, tgenabled::text, tgdeferrable, "
            "tginitdeferred, tgfoid::regproc::text FROM pg_trigger WHERE NOT tgisinternal",
            "constraints": "SELECT conname, contype::text, conrelid::regclass::text, convalidated, "
            "condeferrable, condeferred, (SELECT array_agg(attname::text ORDER BY attname) FROM pg_attribute "
            "WHERE attrelid = conrelid AND attnum = ANY (conkey)) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace",
            "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "sequences": "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'",
        }.items():
            rows = sorted(session.execute(statement).fetchall())
            found[what] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    return found


@contextmanager
def servers(data: Path) -> Iterator[dict[str, str]]:
    with ensure(data, wanted=("DATABASE_URL", "BROKER_URL")) as running:
        yield running.addresses


SAVE_FILES = """
from django.core.files.base import ContentFile
from django.core.files.storage import storages
print(storages["uploads"].save("votes.jsonl", ContentFile(b'{"vote": 1}')))
print(storages["releases"].save("lab/1.0/card.md", ContentFile(b"A card.")))
"""

WRITE = """
import itertools, sys
import psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as session:
    session.execute("CREATE TABLE IF NOT EXISTS twin_a (n int); CREATE TABLE IF NOT EXISTS twin_b (n int)")
    print("writing", flush=True)
    for n in itertools.count():
        with session.transaction():
            session.execute("INSERT INTO twin_a VALUES (%s)", [n])
            session.execute("INSERT INTO twin_b VALUES (%s)", [n])
"""

GO_ON = """
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from annotation.models import Annotation
from demo.lab import PASSWORD
from demo.script import people
from tests.annotation.test_views import form_of

email = next(person.email for person in people() if "fr" in person.annotates)
person = Client(HTTP_HOST="localhost")
signed = person.post("/accounts/login/", {"login": email, "password": PASSWORD})
assert signed.status_code == 302, signed.status_code
before = Annotation.objects.count()
taken = person.post("/campaigns/sample/fr/verification/next/")["Location"]
done = person.post(taken, {**form_of(person.get(taken).content.decode()), "verdict": "accept"})
assert Annotation.objects.count() == before + 1, (taken, done.status_code)
for statement in ("UPDATE annotation_annotation SET note = 'changed'", "DELETE FROM common_auditevent"):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except IntegrityError as error:
        print("kept:", "never changed" in str(error))
"""


def render(data: Path, addresses: dict[str, str], folder: Path) -> dict[str, str]:
    manage(data, addresses, "make_release", "sample", "1.0", "--allow-open", "--output", str(folder))
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@contextmanager
def somebody_writing(data: Path, addresses: dict[str, str]) -> Iterator[None]:
    """Two tables that always hold the same numbers, written to as fast as can be."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE, addresses["DATABASE_URL"]], stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout.readline() == "writing\n"
        yield
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.communicate()


def twins(addresses: dict[str, str]) -> tuple[int, int]:
    with psycopg.connect(addresses["DATABASE_URL"]) as session:
        return session.execute(
            "SELECT (SELECT count(*) FROM twin_a), (SELECT count(*) FROM twin_b)"
        ).fetchone()


@pytest.mark.long
def test_a_site_at_work_is_saved_restored_elsewhere_and_goes_on_working(tmp_path: Path) -> None:
    first, second, saved = tmp_path / "first", tmp_path / "second", tmp_path / "saved"
    with servers(first) as here:
        manage(first, here, "migrate")
        manage(first, here, "load_sample")
        rendered = render(first, here, tmp_path / "rendered-1")
        upload, card = python(first, here, SAVE_FILES).split()
        before = state(here)
        with somebody_writing(first, here):
            assert "rows of" in manage(first, here, "backup", str(saved))
        written = twins(here)
        assert state(here) == before
    with servers(second) as there:
        assert "Restored" in manage(second, there, "restore", str(saved))
        assert state(there) == before
        numbers = twins(there)
        assert numbers[0] == numbers[1] < written[0]
        assert (second / "uploads" / upload).read_bytes() == b'{"vote": 1}'
        assert (second / "releases" / card).read_bytes() == b"A card."
        assert render(second, there, tmp_path / "rendered-2") == rendered != {}
        assert python(second, there, GO_ON).splitlines() == ["kept: True", "kept: True"]

        after = state(there)
        assert after != before
        whole = (saved / "database.dump").read_bytes()
        cut_off(saved)
        assert "what was there is as it was" in manage(
            second, there, "restore", str(saved), "--replace", fails=True
        )
        assert state(there) == after
        (saved / "database.dump").write_bytes(whole)
        describe_anew(saved)
        manage(second, there, "restore", str(saved), "--replace")
        assert state(there) == before


def cut_off(folder: Path) -> None:
    """Take the end off a dump, in a way that no hash tells."""
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-2000])
    describe_anew(folder)


def describe_anew(folder: Path) -> None:
    files = manifests.read(folder).files
    anew = [manifests.kept(folder, folder / one.path) for one in files]
    change_manifest(folder, files=[one.__dict__ for one in anew])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A backup as far as its manifest goes."""
    made = tmp_path / "backup"
    (made / "files" / "releases").mkdir(parents=True)
    (made / "database.dump").write_bytes(b"rows")
    (made / "files" / "releases" / "card.md").write_bytes(b"A card.")
    files = [manifests.kept(made, path) for path in sorted(made.rglob("*")) if path.is_file()]
    Manifest(
        "2026-11-02T09:00:00+00:00", "0.3.0", 18, ("people.0001_initial",), {"a": 1}, tuple(files)
    ).write(made)
    return made


def test_a_manifest_is_read_as_it_was_written(folder: Path) -> None:
    found = manifests.read(folder)
    assert found.files[1] == Kept("files/releases/card.md", 7, hashlib.sha256(b"A card.").hexdigest())
    assert (found.migrations, found.tables) == (("people.0001_initial",), {"a": 1})
    manifests.check_files(folder, found)


def test_a_backup_with_a_changed_a_missing_or_a_foreign_file_is_refused_by_name(folder: Path) -> None:
    found = manifests.read(folder)
    card = folder / "files" / "releases" / "card.md"
    card.write_bytes(b"A cart.")
    with pytest.raises(BackupError, match=r"card\.md is not what was written"):
        manifests.check_files(folder, found)
    card.unlink()
    with pytest.raises(BackupError, match=r"card\.md is missing"):
        manifests.check_files(folder, found)
    outside = Manifest("", "", 18, (), {}, (Kept("../elsewhere", 1, ""),))
    with pytest.raises(BackupError, match="lies outside the backup"):
        manifests.check_files(folder, outside)


def test_a_folder_without_a_manifest_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"holds no manifest\.json"):
        manifests.read(tmp_path)


def test_a_manifest_of_a_later_form_or_of_no_form_is_refused(folder: Path) -> None:
    path = folder / "manifest.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "format": 2}))
    with pytest.raises(BackupError, match="a backup of form 2"):
        manifests.read(folder)
    for broken in ("{", "[]", json.dumps({"format": 1})):
        path.write_text(broken)
        with pytest.raises(BackupError, match="cannot be read"):
            manifests.read(folder)


def change_manifest(folder: Path, **change: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"migrations": ["people.0001_initial", "people.0999_later"]}, "newer version .*people.0999_later"),
        ({"postgres": 99}, "comes from PostgreSQL 99"),
        ({}, "tables already"),
    ],
    ids=["a newer version", "a newer PostgreSQL", "a site that is not empty"],
)
def test_what_cannot_be_restored_is_refused_before_anything_changes(folder, change, said, settings) -> None:
    from common.backups.restoring import restore_backup
    from people.models import User

    change_manifest(folder, **change)
    with pytest.raises(BackupError, match=said):
        restore_backup(folder, replace=False, say=lambda line: None)
    assert User.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_site_in_use_is_not_restored_over(folder: Path) -> None:
    from common.backups import postgres
    from common.backups.restoring import restore_backup

    with postgres.connect(), pytest.raises(BackupError, match="other sessions use this database"):
        restore_backup(folder, replace=True, say=lambda line: None)


@pytest.mark.django_db
def test_a_backup_writes_over_nothing(tmp_path: Path, now) -> None:
    from common.backups.making import make_backup

    with pytest.raises(BackupError, match="is there already"):
        make_backup(tmp_path, code="0.3.0", now=now, say=lambda line: None)


class Worked(UploadsFolder):
    """A folder whose first file a worker deletes just before it is copied."""

    def _open(self, name: str, mode: str = "rb") -> File:
        if name.endswith(".first"):
            self.delete(name)
        return super()._open(name, mode)


@pytest.fixture
def uploads(settings, tmp_path: Path) -> UploadsFolder:
    """Storages in folders of this test's own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "uploads": {"BACKEND": f"{__name__}.Worked", "OPTIONS": {"location": tmp_path / "uploads"}},
        "releases": {"BACKEND": "config.storages.Folder", "OPTIONS": {"location": tmp_path / "releases"}},
    }
    return storages["uploads"]


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_is_deleted_while_the_backup_is_made_is_named(uploads, tmp_path: Path, capsys) -> None:
    gone, there = (uploads.save(f"imports/upload.{end}", ContentFile(b"x")) for end in ("first", "jsonl"))
    call_command("backup", str(tmp_path / "saved"))
    made = manifests.read(tmp_path / "saved")
    manifests.check_files(tmp_path / "saved", made)
    assert made.missing == (f"uploads/{gone}",)
    assert [kept.path for kept in made.files] == ["database.dump", f"files/uploads/{there}"]
    assert f"not in the backup: uploads/{gone}. " in capsys.readouterr().out


def test_a_manifest_from_before_missing_files_were_named_names_none(folder: Path) -> None:
    path = folder / "manifest.json"
    told = json.loads(path.read_text())
    del told["missing"]
    path.write_text(json.dumps(told))
    assert manifests.read(folder).missing == ()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "there", [None, b"A card.", b"Another card."], ids=["nothing", "the same", "another"]
)
def test_a_restore_whose_rows_cannot_be_loaded_leaves_the_files_that_were_there(
    there: bytes | None, folder: Path, uploads, tmp_path: Path
) -> None:
    from common.backups.restoring import restore_backup

    card = tmp_path / "releases" / "card.md"
    if there is not None:
        storages["releases"].save("card.md", ContentFile(there))
    written = card.stat().st_ino if there is not None else None
    with pytest.raises(BackupError, match="what was there is as it was"):
        restore_backup(folder, replace=True, say=lambda line: None)
    assert card.read_bytes() == (there or b"A card.")
    assert written in (None, card.stat().st_ino)


@pytest.mark.django_db(transaction=True)
def test_once_the_rows_are_in_a_file_of_the_same_name_gives_way(
    folder: Path, uploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from common.backups import restoring

    seen = []
    card = tmp_path / "releases" / "card.md"
    storages["releases"].save("card.md", ContentFile(b"Another card."))
    monkeypatch.setattr(restoring.postgres, "load", lambda *_, **__: seen.append(card.read_bytes()))
    change_manifest(folder, tables={})
    restoring.restore_backup(folder, replace=True, say=lambda line: None)
    assert (seen, card.read_bytes()) == ([b"Another card."], b"A card.")
