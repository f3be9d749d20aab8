"""Settings, root addresses and the process entry points. It sees every room; no room imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
