"""The embedded servers and the processes of one installation: what `make run` and `make test` stand on.

Nothing here imports Django, so that settings and manage.py can ask it where the servers are.
"""

from launcher.environment import data_dir, ensure_environment
from launcher.hosting import Servers, ensure
from launcher.places import Places, broker_url, database_url

__all__ = ["Places", "Servers", "broker_url", "data_dir", "database_url", "ensure", "ensure_environment"]
