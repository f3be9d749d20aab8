"""Where sockets lie and how they are addressed."""

import os
import stat
from pathlib import Path

import pytest

from launcher import Places, broker_url, database_url
from launcher.errors import LauncherError
from launcher.places import close_to_others


def test_sockets_lie_in_the_data_directory() -> None:
    assert Places(Path("/srv/isogloss")).sockets == Path("/srv/isogloss/run")


def test_sockets_of_a_deep_data_directory_lie_in_a_short_folder_of_their_own() -> None:
    deep = Places(Path("/srv") / ("deep" * 20))
    other = Places(Path("/srv") / ("deep" * 21))
    assert len(str(deep.broker_socket)) < 100
    assert deep.sockets != other.sockets


def test_addresses_carry_a_path_with_spaces() -> None:
    folder = Path("/srv/two words")
    assert database_url(folder) == "postgresql:///isogloss?host=/srv/two%20words/run&user=isogloss"
    assert broker_url(folder) == "redis+socket:///srv/two%20words/run/valkey.sock?virtual_host=0"


def test_folders_are_closed_to_others_at_every_start(places: Places) -> None:
    places.root.chmod(0o777)
    places.sockets.chmod(0o755)
    places.create()
    assert stat.S_IMODE(places.root.stat().st_mode) == 0o700
    assert stat.S_IMODE(places.sockets.stat().st_mode) == 0o700


def test_a_socket_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(LauncherError, match="is not a folder of this user"):
        close_to_others(tmp_path / "link")


@pytest.mark.skipif(os.getuid() != 0, reason="only a superuser can give a folder away")
def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12345)
    with pytest.raises(LauncherError, match="owner 12345"):
        close_to_others(tmp_path)
