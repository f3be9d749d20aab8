"""What the API of releases takes and answers. Requests are read by these; answers are plain dicts of this shape."""

from __future__ import annotations

from rest_framework import serializers

from common.api.errors import ErrorSerializer
from common.api.strict import OneOf, StrictSerializer, Text, YesNo
from exports.formats.tables import FORMATS, PARQUET

FORMAT_NAMES = [(name, name) for name in FORMATS]


def _formats() -> serializers.ListField:
    return serializers.ListField(
        child=OneOf(choices=FORMAT_NAMES),
        max_length=len(FORMATS),
        default=[PARQUET.name],
        help_text="Parquet is always one of them.",
    )


class ReleaseRequest(StrictSerializer):
    """A release to make."""

    version = Text(max_length=40, help_text="Letters, digits, dots, dashes and underscores, such as 1.0.")
    formats = _formats()
    allow_open = YesNo(
        default=False,
        help_text="Also release rows that are rejected and not settled, or outdated, with the text as imported.",
    )


class FilesRequest(StrictSerializer):
    """Files of a release to render."""

    formats = _formats()


class JobShape(serializers.Serializer):
    """Work that was asked for."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=["waiting", "running", "finished", "failed"])
    done = serializers.IntegerField(help_text="Items while the release is made, then tables written.")
    total = serializers.IntegerField(allow_null=True)
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    error = ErrorSerializer(allow_null=True)
    release = serializers.UUIDField(allow_null=True, help_text="The release, once it is made.")
    url = serializers.URLField(help_text="Ask here how far the work is.")


class RulesShape(serializers.Serializer):
    """By which rules a release was made."""

    text = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    guidelines = serializers.IntegerField(allow_null=True)
    code = serializers.CharField()


class FileShape(serializers.Serializer):
    """One file of a release."""

    path = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    rows = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField(help_text="Of the file's bytes; its ETag too.")
    url = serializers.URLField()


class ReleaseShape(serializers.Serializer):
    """A release in a list."""

    id = serializers.UUIDField()
    campaign = serializers.CharField()
    version = serializers.CharField()
    name = serializers.CharField()
    benchmark = serializers.CharField()
    licence = serializers.CharField(allow_blank=True)
    made_at = serializers.DateTimeField()
    url = serializers.URLField()


class LanguageShape(serializers.Serializer):
    """A language of a release: the config's name, the BCP 47 tag, the English name."""

    export_name = serializers.CharField()
    tag = serializers.CharField()
    name = serializers.CharField()


class ReleaseDetail(ReleaseShape):
    """One release: what is in it, by which rules, and its files."""

    source_language = serializers.CharField()
    languages = LanguageShape(many=True)
    counts = serializers.DictField(
        child=serializers.DictField(child=serializers.DictField(child=serializers.IntegerField())),
        help_text="Rows by language, split and status.",
    )
    labels = serializers.DictField(child=serializers.IntegerField())
    left_out = serializers.IntegerField(help_text="Rows left out of a language; manifest.json lists them.")
    rules = RulesShape()
    files = FileShape(many=True)
