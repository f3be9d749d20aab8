"""What the API answers of review, shape by shape."""

from __future__ import annotations

from rest_framework import serializers

from annotation.models import Kind


class QueueProgress(serializers.Serializer):
    """How far a queue is."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    language = serializers.CharField()
    tasks = serializers.IntegerField()
    complete = serializers.IntegerField()
    slots = serializers.IntegerField()
    submitted = serializers.IntegerField()
    held = serializers.IntegerField()


class ProgressShape(serializers.Serializer):
    """How far every queue of a campaign is."""

    queues = QueueProgress(many=True)
