"""The order of the rooms where imports do not show it: foreign keys and migrations."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

ROOMS = ["common", "people", "corpus", "flagging", "annotation", "review", "exports", "demo"]
MODELS = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_table_points_at_no_later_room(model):
    for field in model._meta.get_fields():
        if field.concrete and field.is_relation and field.related_model._meta.app_label in ROOMS:
            there = ROOMS.index(field.related_model._meta.app_label)
            assert there <= ROOMS.index(model._meta.app_label), f"{model._meta.label}.{field.name}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_migration_waits_for_no_later_room(room):
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    for node in graph.nodes:
        if node[0] == room:
            for parent in graph.node_map[node].parents:
                if parent.key[0] in ROOMS:
                    assert ROOMS.index(parent.key[0]) <= ROOMS.index(room)


def test_the_web_process_loads_no_torch():
    import subprocess
    import sys

    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; django.setup();"
        "import config.urls, config.wsgi; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
