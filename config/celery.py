"""The Celery application: JSON messages, late acknowledgement, one queue per kind of work.

Tasks may be delivered twice (a killed worker's task comes back), so every task is safe to run twice; see
docs/decisions for the figures behind these settings.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init, worker_ready, worker_shutdown
from django.conf import settings

from config import metrics, task_log

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("isogloss")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    # An import or a release takes longer than the visibility timeout: it is delivered again, finds the first
    # delivery holding the job's lock and ends. The restore settings make a killed worker's tasks return within
    # seconds instead of minutes.
    broker_transport_options={
        "visibility_timeout": 120,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 5,
        "socket_keepalive": True,
        # Whoever sends does not wait for a broker that is away: the sweeper sends again.
        "socket_connect_timeout": 2,
        "max_retries": 0,
        "interval_start": 0,
    },
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=90,
    task_soft_time_limit=60,
    task_default_queue="checks",
    task_routes={
        "corpus.*": {"queue": "imports"},
        "flagging.serve_pass": {"queue": "model"},
        # Minutes long: not in front of the checks of an import, or a mail.
        "flagging.learn": {"queue": "imports"},
        "flagging.run_long_chunk": {"queue": "imports"},
        "exports.*": {"queue": "imports"},
        # Served in turn with the checks, so that a mail does not wait behind a thousand chunks.
        "people.*": {"queue": "celery"},
        "review.*": {"queue": "celery"},
    },
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    timezone="UTC",
    beat_schedule={
        "resend-lost-jobs": {"task": "common.resend_lost_jobs", "schedule": 30.0},
        "resend-reset-mails": {"task": "people.resend_reset_mails", "schedule": 60.0},
        "forget-old-tallies": {"task": "people.forget_old_tallies", "schedule": 3600.0},
        "forget-old-keys": {"task": "common.forget_old_keys", "schedule": 24 * 3600.0},
        "sweep-imports": {"task": "corpus.sweep_imports", "schedule": 600.0},
        "requeue-waiting-chunks": {
            "task": "flagging.requeue_waiting_chunks",
            "schedule": 30.0,
        },
        "free-expired-leases": {
            "task": "annotation.free_expired_leases",
            "schedule": 3600.0,
        },
        "reopen-stale-slots": {
            "task": "annotation.reopen_stale_slots",
            "schedule": 600.0,
        },
        "open-undecided": {"task": "review.open_undecided", "schedule": 600.0},
        # Pages are exact without it, and slower the later it comes.
        "fold-counts": {"task": "review.fold_counts", "schedule": 5.0, "options": {"expires": 5.0}},
        "order-late-queues": {
            "task": "annotation.order_late_queues",
            "schedule": 60.0,
        },
        "gather-verdicts": {"task": "flagging.gather_verdicts", "schedule": 600.0},
        "check-unchecked-imports": {
            "task": "flagging.check_unchecked_imports",
            "schedule": 60.0,
        },
    },
)
app.autodiscover_tasks()


def refuse_unsafe_servers(**_: Any) -> None:
    """This function will stop a worker or the beat before it starts on servers that may lose writes."""
    from config.startup_checks import check_all

    check_all()
    metrics.empty_folder()


def serves_models(worker: Any) -> bool:
    """This function will say whether a worker serves the queue of the model pass."""
    return "model" in worker.app.amqp.queues.consume_from


def begin_model_work(sender: Any, **_: Any) -> None:
    """This function will let a model worker be seen on the pages."""
    if serves_models(sender):
        from flagging.actions.serving import begin_work

        begin_work()


def end_model_work(sender: Any, **_: Any) -> None:
    """This function will take a model worker that stops off the pages."""
    if serves_models(sender):
        from flagging.actions.serving import end_work

        end_work()


worker_ready.connect(begin_model_work)
worker_shutdown.connect(end_model_work)
worker_init.connect(refuse_unsafe_servers)
beat_init.connect(refuse_unsafe_servers)
task_log.connect()
