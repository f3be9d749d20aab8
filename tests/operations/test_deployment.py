"""The files that a server is set up from: what they name is there, and what they run is what is tested."""

from __future__ import annotations

import itertools
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import global_settings as django_defaults

from launcher.places import Places
from launcher.programs import programs

PROJECT_ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (PROJECT_ROOT / "config" / "settings.py").read_text()
OPERATIONS = (PROJECT_ROOT / "docs" / "operations.md").read_text()
UPGRADING = (PROJECT_ROOT / "docs" / "upgrading.md").read_text()
# Read elsewhere than in the settings: by gunicorn's configuration, the figures, the releases, boto3, and Python.
READ_ELSEWHERE = {"HOST", "PORT", "PROMETHEUS_MULTIPROC_DIR", "CODE_VERSION"}
READ_BY_LIBRARIES = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "TMPDIR"}
# Not passed on by compose.yaml, and why.
SETTLED = {
    "DEBUG": "off, since there is a SECRET_KEY",
    "DATABASE_POOL": "set by config/gunicorn.py for web alone",
    "BROKER_PERSISTENCE_CHECKED_ELSEWHERE": "this broker can be asked",
    "RELEASES_DIR": "in the volume, or in the bucket",
    "ISOGLOSS_MODELS": "in the volume",
    "PROMETHEUS_MULTIPROC_DIR": "the workers' own; web has its default",
    **dict.fromkeys(("DATA_DIR", "STATIC_ROOT", "HOST", "PORT", "CODE_VERSION"), "set by the image"),
}
MIGRATIONS_OF_0_2 = {
    "common": 2, "people": 1, "corpus": 2, "flagging": 1, "annotation": 2, "review": 2, "exports": 2,
}  # fmt: skip


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((PROJECT_ROOT / "compose.yaml").read_text())


def read_by_the_settings() -> set[str]:
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS))


def variables(text: str) -> Iterator[tuple[str, str]]:
    """Every `${NAME…}` of a text, with what follows the name."""
    return ((found[1], found[2]) for found in re.finditer(r"\$\{([A-Z_]+)(:?[-?][^}]*)?\}", text))


def test_every_variable_that_is_read_stands_in_the_table_and_no_other() -> None:
    table = OPERATIONS.split("## Environment")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall("`([A-Z_]+)`", row)} == (
        read_by_the_settings() | READ_ELSEWHERE
    )


def test_every_variable_given_to_the_site_is_read_by_it(compose) -> None:
    given = {
        name
        for service in compose["services"].values()
        if str(service["image"]).startswith("isogloss:")
        for name in service["environment"]
    }
    assert given - read_by_the_settings() - READ_ELSEWHERE - READ_BY_LIBRARIES == set()
    assert {
        "SECRET_KEY",
        "DATABASE_URL",
        "BROKER_URL",
        "BEHIND_TLS",
        "TRUSTED_PROXIES",
        "COOKIES_SECURE",
    } <= given


def test_every_variable_of_the_table_is_passed_on_but_for_those_that_the_containers_settle(compose) -> None:
    table = OPERATIONS.split("## Environment")[1].split("\n## ")[0]
    told = {
        name for line in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall("`([A-Z_]+)`", line)
    }
    assert told - set(compose["services"]["web"]["environment"]) == set(SETTLED)


SHOW = """
from config import settings as s
hsts = getattr(s, "SECURE_HSTS_SECONDS", None)
levels = s.LOGGING["root"]["level"], s.LOGGING["loggers"]["isogloss"]["level"]
print(s.UPLOAD_MAX_BYTES, hsts, levels, s.METRICS_ALLOWED, s.CSRF_TRUSTED_ORIGINS)
"""


def test_what_is_passed_on_unasked_is_the_default_of_the_settings(compose, tmp_path: Path) -> None:
    passed = production(tmp_path, compose)
    optional = {"UPLOAD_MAX_BYTES", "HSTS_SECONDS", "LOG_LEVEL", "METRICS_ALLOWED", "CSRF_TRUSTED_ORIGINS"}
    assert optional <= set(passed)
    unset = {name: value for name, value in passed.items() if name not in optional}
    shown = [
        subprocess.run(
            [sys.executable, "-c", SHOW],
            cwd=PROJECT_ROOT,
            env=given,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for given in (passed, unset)
    ]
    assert shown[0] == shown[1] != ""


def test_every_variable_asked_of_the_person_is_in_the_example_and_has_a_default_or_a_refusal() -> None:
    example = set(re.findall(r"^([A-Z_]+)=", (PROJECT_ROOT / ".env.example").read_text(), re.M))
    asked = dict(variables((PROJECT_ROOT / "compose.yaml").read_text()))
    assert set(asked) - {"CODE_VERSION"} == example
    assert [name for name, default in asked.items() if not default] == []


def test_the_example_holds_no_secret() -> None:
    lines = (PROJECT_ROOT / ".env.example").read_text().splitlines()
    filled = dict(line.split("=", 1) for line in lines if re.match("[A-Z_]+=", line))
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "METRICS_TOKEN", "AWS_SECRET_ACCESS_KEY"):
        assert filled[name] == ""


def test_the_containers_run_the_very_commands_that_make_run_runs(compose, tmp_path: Path) -> None:
    places = Places(tmp_path)
    tested = {one.name: [str(word) for word in one.command[2:]] for one in programs(PROJECT_ROOT, places, {})}
    tested["beat"] = [
        "/data/beat-schedule" if word == str(tmp_path / "beat-schedule") else word for word in tested["beat"]
    ]
    for name, words in tested.items():
        # An empty word of its own does not survive every shell: --pidfile= is the same.
        assert compose["services"][name]["command"] == re.sub(
            r"--pidfile\0\0", "--pidfile=\0", "\0".join(words)
        ).split("\0")


def test_database_and_broker_keep_what_they_are_given(compose) -> None:
    from launcher import postgres, valkey

    database = compose["services"]["database"]["command"]
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        assert f"--{name}={postgres.SETTINGS[name]}" in database
    health = compose["services"]["database"]["healthcheck"]["test"]
    assert ("-h", "127.0.0.1") in itertools.pairwise(health)
    broker = compose["services"]["broker"]["command"]
    options = valkey._options(Places(Path("/data")))
    pairs = dict(zip(options[::2], options[1::2], strict=True))
    given = dict(zip(broker[1::2], broker[2::2], strict=True))
    assert given == {name: pairs[name] for name in given}
    assert {"--appendonly", "--appendfsync", "--maxmemory-policy"} <= set(given)


def test_every_service_is_started_again_has_a_limit_and_only_caddy_is_reached_from_outside(compose) -> None:
    for name, service in compose["services"].items():
        assert service["restart"] == ("on-failure" if name == "migrate" else "unless-stopped")
        assert name == "migrate" or service["deploy"]["resources"]["limits"]["memory"]
        assert ("ports" in service) == (name == "caddy")
    assert compose["networks"]["inside"] == {"internal": True}
    assert {mount.split(":")[0] for one in compose["services"].values() for mount in one.get("volumes", ())} == {
        *compose["volumes"], "./deploy/Caddyfile",
    }  # fmt: skip


def production(tmp_path: Path, compose: dict[str, Any]) -> dict[str, str]:
    """The environment that the web container gets from an example that was filled in."""
    person = {
        "SECRET_KEY": "k3-" + "a1b2c3d4e5" * 6,
        "SITE_HOST": "isogloss.example.org",
        "POSTGRES_PASSWORD": "p",
    }

    def filled(value: str) -> str:
        return re.sub(
            r"\$\{([A-Z_]+)(?::?([-?])([^}]*))?\}",
            lambda found: person.get(found[1], found[3] if found[2] == "-" else ""),
            value,
        )

    given = {name: filled(str(value)) for name, value in compose["services"]["web"]["environment"].items()}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, **given, "DATA_DIR": str(tmp_path)}


def test_djangos_own_look_at_a_production_site_finds_nothing(compose, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], cwd=PROJECT_ROOT,
        env=production(tmp_path, compose), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


BEHIND_CADDY = """
import django; django.setup()
from django.test import Client
site = Client(HTTP_HOST="isogloss.example.org")
plain = site.get("/accounts/login/")
print(plain.status_code, plain["Location"])
tls = site.get("/api/v1/nowhere/", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"})
print(tls.status_code, tls["Strict-Transport-Security"])
print(Client(HTTP_HOST="web:8000").get("/healthz").status_code)
"""


def test_behind_the_proxy_plain_http_is_sent_on_and_probes_are_not(compose, tmp_path: Path) -> None:
    environment = {**production(tmp_path, compose), "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", BEHIND_CADDY], cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        "301 https://isogloss.example.org/accounts/login/", "404 max-age=31536000", "200",
    ], done.stderr  # fmt: skip


def test_gunicorn_takes_its_configuration(compose, tmp_path: Path) -> None:
    command = compose["services"]["web"]["command"]
    done = subprocess.run(
        [sys.executable, "-m", command[0], "--check-config", *command[1:]], cwd=PROJECT_ROOT,
        env=production(tmp_path, compose), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_image_is_small_runs_as_nobody_in_particular_and_names_files_that_are_there() -> None:
    lines = (PROJECT_ROOT / "Dockerfile").read_text()
    # torch is in the model worker's image alone, which asks for it.
    assert re.search(r"^ARG REQUIREMENTS=requirements.txt$", lines, re.M)
    assert re.search(r"^USER isogloss$", lines, re.M)
    for copied in re.findall(r"^COPY (.+) \S+$", lines, re.M):
        assert all((PROJECT_ROOT / one).exists() for one in copied.split())
    (health,) = re.findall(r'CMD \["python", "([^"]+)"\]', lines)
    assert (PROJECT_ROOT / health).is_file()
    ignored = (PROJECT_ROOT / ".dockerignore").read_text().split()
    assert {".git", ".env", ".venv*", ".data*"} <= set(ignored)


def test_the_health_check_tells_a_living_process_from_none(live_server) -> None:
    port = live_server.url.rpartition(":")[2]

    def ends_with(number: str) -> int:
        return subprocess.run(
            [sys.executable, "deploy/alive.py"],
            cwd=PROJECT_ROOT,
            env={**os.environ, "PORT": number},
            check=False,
        ).returncode

    assert (ends_with(port), ends_with("1")) == (0, 1)


def caddys_version() -> tuple[int, ...]:
    path = shutil.which("caddy")
    said = (
        subprocess.run([path, "version"], capture_output=True, text=True, check=False).stdout if path else ""
    )
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])


@pytest.mark.skipif(caddys_version() < (2, 7), reason="no caddy here, or one older than 2.7")
def test_caddy_takes_its_file() -> None:
    done = subprocess.run(
        ["caddy", "validate", "--config", "deploy/Caddyfile", "--adapter", "caddyfile"], cwd=PROJECT_ROOT,
        env={**os.environ, "SITE_HOST": "isogloss.example.org"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_body_that_the_site_takes_is_taken_by_caddy_and_imports_alone_may_be_long() -> None:
    from corpus.api import OVERHEAD

    text = (PROJECT_ROOT / "deploy" / "Caddyfile").read_text()
    most = {
        place: int(size) * 10**6
        for place, size in re.findall(r"request_body @(\w+) \{\s+max_size (\d+)MB", text)
    }
    (whole,) = re.findall(r'"UPLOAD_MAX_BYTES", default=([\d *]+)', SETTINGS)
    assert most["imports"] > math.prod(int(factor) for factor in whole.split("*")) + OVERHEAD
    assert most["others"] < 2 * django_defaults.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert most["others"] > django_defaults.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_files_that_are_sent_wait_on_the_disk_and_not_in_a_containers_memory(compose) -> None:
    for name in ("web", "imports", "checks"):
        service = compose["services"][name]
        assert service["environment"]["TMPDIR"] == "/data/tmp"
        assert "files:/data" in service["volumes"]
        assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert "mkdir -p /data/tmp" in " ".join(compose["services"]["migrate"]["command"])


def test_every_migration_since_the_last_version_is_told_of() -> None:
    for room, last in MIGRATIONS_OF_0_2.items():
        for path in sorted((PROJECT_ROOT / room / "migrations").glob("0*.py")):
            if int(path.name[:4]) > last:
                assert f"`{room}.{path.stem}`" in UPGRADING, (
                    f"docs/upgrading.md says nothing of {room}.{path.stem}"
                )


def test_every_new_variable_is_told_of() -> None:
    of_0_2 = {
        "SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DATABASE_POOL", "BROKER_URL",
        "BROKER_PERSISTENCE_CHECKED_ELSEWHERE", "DATA_DIR", "RELEASES_DIR", "COOKIES_SECURE", "TRUSTED_PROXIES",
        "EMAIL_URL", "DEFAULT_FROM_EMAIL", "LOG_LEVEL",
    }  # fmt: skip
    told = [part.split("\n\n")[0] for part in UPGRADING.split("**New variables**")[1:]]
    paragraph = "\n".join(told)
    new = read_by_the_settings() | {"HOST", "PROMETHEUS_MULTIPROC_DIR"}
    assert set(re.findall("`([A-Z_]+)`", paragraph)) == new - of_0_2


def test_what_the_documents_lead_to_is_there() -> None:
    for text in (OPERATIONS, UPGRADING):
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (PROJECT_ROOT / "docs" / target).exists()
    makefile = (PROJECT_ROOT / "Makefile").read_text()
    for goal in re.findall(r"(?:^ {4}|`)make ([a-z-]+)", OPERATIONS + UPGRADING, re.M):
        assert re.search(rf"^{goal}:", makefile, re.M), goal
