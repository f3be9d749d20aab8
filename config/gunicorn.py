"""How gunicorn serves the site: `gunicorn -c config/gunicorn.py config.wsgi`."""

import os
from typing import Any

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = 2
threads = 4
# Above the longest request (a release is made by command, not by a page), below a person's patience.
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
# Read by config/settings.py: web workers share pooled connections, Celery's must not.
raw_env = ["DATABASE_POOL=true"]


def on_starting(_server: Any) -> None:
    """This function will refuse to serve on servers that may lose writes, before a worker starts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.startup_checks import check_all

    check_all()
