"""How gunicorn serves the site: `gunicorn -c config/gunicorn.py config.wsgi`."""

import os
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

# In a container everything else stands outside: HOST=0.0.0.0 there, and nowhere without a proxy in front.
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = 2
threads = 4
# Above the longest request (a release is made by a job, not by a page), below a person's patience.
timeout = 60
graceful_timeout = 20
max_requests = 5000
max_requests_jitter = 500
# Sockets of workers must not depend on a disk: a heartbeat file on a slow one looks like a dead worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112
accesslog = None
# Its socket lies in the home folder, where two installations of one user would meet.
control_socket_disable = True
errorlog = "-"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Both are read when the settings and the figures are first imported, which the logger below does before
# gunicorn would set `raw_env`: web workers share pooled connections (Celery's must not), and the figures of all
# workers come together in files.
os.environ["DATABASE_POOL"] = "true"
_data = Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parent.parent / ".data")
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(_data / "metrics" / "web"))


class Lines(Logger):  # type: ignore[misc]
    """gunicorn's own messages in the form of all the others."""

    def setup(self, cfg: Any) -> None:
        """This function will set up gunicorn's log with our formatter."""
        from django.conf import settings

        from config.logs import formatter

        super().setup(cfg)
        line = formatter(as_json=settings.LOGGING["formatters"]["line"]["as_json"])
        for handler in self.error_log.handlers:
            handler.setFormatter(line)


logger_class = Lines


def on_starting(_server: Any) -> None:
    """This function will refuse to serve on servers that may lose writes, before a worker starts."""
    from config.metrics import empty_folder
    from config.startup_checks import check_all

    check_all()
    empty_folder()
