"""What the API of imports takes and answers."""

from __future__ import annotations

import json
from typing import Any

from rest_framework import serializers

from common.api.errors import ErrorSerializer
from common.api.strict import OneOf, StrictSerializer, Text
from common.languages import UnknownLanguageError, find
from corpus.bounds import LONGEST_COLUMN, MOST_FILES
from corpus.formats import READ, FileError, kind_of
from corpus.item_types import NAMES
from corpus.models import Import, Origin, ReportedRow

MOST_MAPPED = 100
LONGEST_FILE_NAME = 150
ORIGINS = [(origin.value, origin.label) for origin in Origin if origin != Origin.POST_EDIT]


class LanguageField(Text):
    """A tag, or the name under which a release has the language."""

    def to_internal_value(self, data: Any) -> str:
        """This function will return the tag."""
        try:
            return find(super().to_internal_value(data)).tag
        except UnknownLanguageError as error:
            raise serializers.ValidationError(str(error), "unknown_language") from error


class MappingField(Text):
    """Column → field, as one JSON object of texts."""

    def to_internal_value(self, data: Any) -> Any:
        """This function will return the mapping."""
        try:
            mapping = json.loads(super().to_internal_value(data) or "{}")
        except (ValueError, RecursionError) as error:
            raise self._refusal() from error
        sound = isinstance(mapping, dict) and len(mapping) <= MOST_MAPPED
        if not sound or not all(isinstance(field, str) and field for field in mapping.values()):
            raise self._refusal()
        if any(not column.isprintable() or len(column) > LONGEST_COLUMN for column in mapping):
            raise self._refusal()
        return mapping

    @staticmethod
    def _refusal() -> serializers.ValidationError:
        told = (
            f'This is no JSON object of at most {MOST_MAPPED} texts, such as {{"question_sw": "question"}}.'
        )
        return serializers.ValidationError(told, "invalid_mapping")


class SentFileField(serializers.FileField):
    """A file whose name says a kind that is read."""

    def to_internal_value(self, data: Any) -> Any:
        """This function will return the file; its name counts for its kind and for error messages alone."""
        file = super().to_internal_value(data)
        name = file.name or ""
        if not name.isprintable():
            raise serializers.ValidationError("The file's name cannot be printed; rename it.", "file_name")
        try:
            kind_of(name)
        except FileError as error:
            raise serializers.ValidationError(str(error), "file_kind") from error
        return file


class ImportRequest(StrictSerializer):
    """An import: the options of the commands, and the files. No address: files are sent, never fetched."""

    kind = OneOf(choices=Import.Kind.choices)
    benchmark = serializers.SlugField(max_length=80)
    language = LanguageField(max_length=35, allow_blank=False, help_text="Of the rows: a tag (sw, zh-Hans).")
    workspace = Text(max_length=50, default="", help_text="Needed where you manage several.")
    type = OneOf(choices=[(name, name) for name in NAMES], default=NAMES[0])
    split = Text(max_length=200, default="", help_text="Stands where a row names none.")
    system = Text(max_length=200, default="", help_text="Of translations: what or who made them.")
    origin = OneOf(
        choices=ORIGINS, required=False, help_text="Of translations; machine where it is left out."
    )
    mapping = MappingField(
        max_length=50_000, default=dict, help_text='JSON, column to field: {"question_sw": "question"}.'
    )
    licence = Text(max_length=200, default="")
    source_url = Text(max_length=1000, default="", help_text="Where the rows come from; kept, never fetched.")
    maker = Text(max_length=200, default="")
    replace = serializers.BooleanField(default=False, help_text="Take rows that differ as new versions.")
    dry_run = serializers.BooleanField(default=False, help_text="Check everything, change nothing.")
    files = serializers.ListField(
        child=SentFileField(max_length=LONGEST_FILE_NAME),
        min_length=1,
        max_length=MOST_FILES,
        help_text=f"{READ}. One part each, all named `files`.",
    )

    def validate_source_url(self, url: str) -> str:
        """This function will refuse what is no address of a page."""
        if url and not (url.startswith(("https://", "http://")) and url.isprintable() and " " not in url):
            raise serializers.ValidationError("This is no https:// or http:// address.", "invalid_url")
        return url

    def validate_files(self, files: list[Any]) -> list[Any]:
        """This function will refuse two files of one name, which no error message could tell apart."""
        if len({file.name for file in files}) < len(files):
            raise serializers.ValidationError("Two files have the same name; rename one.", "name_twice")
        return files

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """This function will refuse what belongs to translations alone."""
        of_translations = attrs["kind"] == Import.Kind.TRANSLATIONS
        for name in ("system", "origin"):
            if attrs.get(name) and not of_translations:
                told = f"Only translations have this; the kind is {attrs['kind']}."
                raise serializers.ValidationError({name: serializers.ErrorDetail(told, "not_of_this_kind")})
        attrs.setdefault("origin", Origin.MACHINE.value if of_translations else "")
        return attrs


class SentFileShape(serializers.Serializer):
    """A file as it was sent."""

    name = serializers.CharField()
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()


class RowShape(serializers.Serializer):
    """A row that was refused, or that differs from the one kept and was left."""

    what = serializers.ChoiceField(choices=ReportedRow.What.choices)
    file = serializers.CharField()
    line = serializers.IntegerField(help_text="From 1; of Parquet the row's number.")
    message = serializers.CharField()
    cure = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        """This function will add `field`, which a serializer has as an attribute of its own."""
        field = serializers.CharField(allow_null=True, help_text="Null where no one field is at fault.")
        return {**super().get_fields(), "field": field}


class ReportShape(serializers.Serializer):
    """How many refused and changed rows are told of, and the first of them."""

    first = RowShape(many=True)
    rows_kept = serializers.IntegerField(help_text="So many are at `errors_url`.")
    rows_left_out = serializers.IntegerField(help_text="So many more there were.")


class ImportShape(serializers.Serializer):
    """An import that was asked for."""

    id = serializers.UUIDField()
    workspace = serializers.CharField()
    state = serializers.ChoiceField(choices=["waiting", "running", "finished", "failed"])
    kind = serializers.ChoiceField(choices=Import.Kind.choices)
    benchmark = serializers.CharField()
    language = serializers.CharField()
    system = serializers.CharField()
    origin = serializers.CharField()
    replace = serializers.BooleanField()
    dry_run = serializers.BooleanField()
    files = SentFileShape(many=True)
    requested_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    rows_done = serializers.IntegerField(help_text="Rows read so far.")
    counts = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="read, created, changed, replaced, unchanged, refused, votes.",
    )
    warnings = serializers.DictField(child=serializers.IntegerField(), help_text="Rows by kind of warning.")
    error = ErrorSerializer(allow_null=True, help_text="Why it failed; nothing was imported then.")
    url = serializers.URLField()
    errors_url = serializers.URLField()


class ImportDetail(ImportShape):
    """One import, with the first rows that were not taken."""

    report = ReportShape()
