"""What the API of work takes and answers. Requests are read by these; answers are plain dicts of this shape."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotation.labels import CULTURES, LONGEST_NOTE, REASONS, REGIONS, SPAN_LABELS, TAGS, Severity, Verdict
from annotation.models import Annotation, Kind, Standing
from common.api.errors import ErrorSerializer
from common.api.strict import OneOf, Several, StrictSerializer, Text, Texts, Whole, YesNo

LONGEST_ACTIVE_MS = 24 * 3600 * 1000
LONGEST_REASON_TO_SKIP = 500
LONGEST_SYSTEM = 200
MOST_SPANS = 200
BLANK_OR = [("", "none")]


def _choices(values: Any) -> list[tuple[str, str]]:
    return [*BLANK_OR, *((str(value), str(value)) for value in values)]


class ClaimRequest(StrictSerializer):
    """Which queue to take from."""

    kind = OneOf(choices=Kind.choices)
    language = Text(max_length=35, allow_blank=False, help_text="BCP 47 tag; the source's for sensitivity.")


class ActiveTime(StrictSerializer):
    """What the person worked since it was last told."""

    active_ms = Whole(
        default=0, max_value=LONGEST_ACTIVE_MS, help_text="Milliseconds worked since last told."
    )


class VerificationRequest(ActiveTime):
    """A verdict on a translation."""

    item_version = Whole(help_text="Of the item as it was claimed.")
    translation_version = Whole(help_text="Of the translation as it was claimed.")
    system = Text(
        default="",
        max_length=LONGEST_SYSTEM,
        help_text='Whose translation is judged, where `others` were given; "" for the one offered.',
    )
    verdict = OneOf(choices=[(value.value, value.value) for value in Verdict])
    fields = Texts(  # type: ignore[assignment]
        required=False, help_text="With an edit: every field of the translation, mended."
    )
    reason = OneOf(choices=_choices(reason.code for reason in REASONS), default="")
    severity = OneOf(choices=_choices(Severity), default="")
    note = Text(default="", max_length=LONGEST_NOTE)
    next = YesNo(default=False, help_text="Claim the next of the same queue in this request.")


class SpanShape(StrictSerializer):
    """Words of the source question that carry a tag."""

    start = Whole(help_text="Half-open, in Unicode code points of the question.")
    end = Whole()
    label = OneOf(choices=[(one, one) for one in SPAN_LABELS.values()])  # type: ignore[assignment]
    quote = Text(help_text="The words themselves.")


class SensitivityRequest(ActiveTime):
    """What knowledge an item wants."""

    item_version = Whole(help_text="Of the item as it was claimed.")
    tags = Several(
        child=OneOf(choices=[(tag, tag) for tag in TAGS]),
        most=len(TAGS),
        help_text="[] says that no such knowledge is needed, unless not_sure.",
    )
    not_sure = YesNo(default=False)
    spans = Several(child=SpanShape(), default=list, most=MOST_SPANS)
    culture = OneOf(choices=_choices(CULTURES), default="")
    region = OneOf(choices=_choices(REGIONS), default="")
    country = Text(default="", max_length=100, help_text="English name, as in the workbench's list.")
    time_sensitive = YesNo(default=False)
    note = Text(default="", max_length=LONGEST_NOTE)
    next = YesNo(default=False, help_text="Claim the next of the same queue in this request.")

    def validate_tags(self, tags: list[str]) -> list[str]:
        """This function will refuse a tag named twice."""
        if len(set(tags)) < len(tags):
            raise serializers.ValidationError("A tag is named twice.", "repeated")
        return tags


class SkipRequest(StrictSerializer):
    """Why an item is passed by for good."""

    reason = Text(allow_blank=False, max_length=LONGEST_REASON_TO_SKIP)

    def validate_reason(self, reason: str) -> str:
        """This function will refuse a reason of spaces."""
        if not reason.strip():
            raise serializers.ValidationError("Say why.", "blank")
        return reason


class NoBody(StrictSerializer):
    """Nothing is to be sent."""


class ReplacedSerializer(ErrorSerializer):
    """`text_replaced`: the versions that count now."""

    current = serializers.DictField(child=serializers.IntegerField(allow_null=True))


class ItemShape(serializers.Serializer):
    """The source item."""

    id = serializers.CharField(help_text="As the benchmark was published.")
    subject = serializers.CharField()
    language = serializers.CharField()
    version = serializers.IntegerField()
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]
    attributes = serializers.DictField(allow_null=True, help_text="The answer, where the campaign shows it.")


class TranslationShape(serializers.Serializer):
    """The translation to verify."""

    language = serializers.CharField()
    system = serializers.CharField()
    origin = serializers.CharField()
    version = serializers.IntegerField()
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]


class FlagShape(serializers.Serializer):
    """What the checks found."""

    detector = serializers.CharField()
    title = serializers.CharField()
    severity = serializers.CharField()
    field = serializers.CharField(help_text='"" for the item as a whole.')
    evidence = serializers.CharField()
    spans = serializers.ListField(child=serializers.DictField())
    on_source = serializers.BooleanField()


class OtherShape(TranslationShape):
    """Another system's translation of the same item, to be judged instead where it is the better one."""

    flags = FlagShape(many=True, allow_null=True, help_text="null where they are not shown.")


class SaidShape(serializers.Serializer):
    """A judgement as it was said."""

    system = serializers.CharField(allow_null=True, help_text="Whose translation; null for sensitivity.")

    verdict = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    severity = serializers.CharField(allow_blank=True)
    fields = serializers.DictField(child=serializers.CharField(), allow_null=True)  # type: ignore[assignment]
    answers = serializers.DictField(allow_null=True)
    note = serializers.CharField(allow_blank=True)


class Work(serializers.Serializer):
    """A slot that is yours until `lease_until`, and all that is to be seen of it."""

    slot = serializers.UUIDField()
    campaign = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    language = serializers.CharField()
    lease_until = serializers.DateTimeField()
    opened_at = serializers.DateTimeField()
    guideline = serializers.IntegerField()
    item = ItemShape()
    translation = TranslationShape(allow_null=True)
    others = OtherShape(many=True, help_text="Where the campaign offers several systems' translations.")
    flags = FlagShape(
        many=True,
        allow_null=True,
        help_text="null where they are not shown: by the campaign, or for this task, drawn to be judged without.",
    )
    previous = SaidShape(allow_null=True, help_text="What you had said before you took it back.")


class Submitted(serializers.Serializer):
    """A judgement that is kept."""

    annotation = serializers.UUIDField()
    slot = serializers.UUIDField(help_text="The slot it counts for.")
    kept_as = serializers.ChoiceField(choices=["own slot", "another slot", "extra"])
    submitted_at = serializers.DateTimeField()
    next = Work(
        allow_null=True, required=False, help_text="Where it was asked for; null when nothing is left."
    )


class Lease(serializers.Serializer):
    """Until when a slot is yours."""

    lease_until = serializers.DateTimeField()


class Undone(serializers.Serializer):
    """The retraction, and the slot that is yours again."""

    annotation = serializers.UUIDField()
    slot = serializers.UUIDField()
    lease_until = serializers.DateTimeField()


class HeldSlot(serializers.Serializer):
    """A slot you hold."""

    slot = serializers.UUIDField()
    campaign = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    language = serializers.CharField()
    item = serializers.CharField()
    claimed_at = serializers.DateTimeField()
    lease_until = serializers.DateTimeField()


class OwnAnnotation(SaidShape):
    """A row you handed in, or took back."""

    annotation = serializers.UUIDField()
    slot = serializers.UUIDField()
    campaign = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    language = serializers.CharField()
    item = serializers.CharField()
    retraction = serializers.ChoiceField(choices=Annotation.Retraction.choices, allow_blank=True)
    submitted_at = serializers.DateTimeField()


class CampaignShape(serializers.Serializer):
    """A campaign in a list."""

    campaign = serializers.SlugField()
    name = serializers.CharField()
    benchmark = serializers.CharField()
    source_language = serializers.CharField()
    opened_at = serializers.DateTimeField()
    paused_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class CampaignLanguageShape(serializers.Serializer):
    """A language a campaign verifies."""

    language = serializers.CharField()
    system = serializers.CharField()
    systems = serializers.ListField(
        child=serializers.CharField(), help_text="All that may be judged; the offered one differs by task."
    )


class QueueShape(serializers.Serializer):
    """A queue you may take from."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    language = serializers.CharField()
    standing = serializers.ChoiceField(choices=Standing.choices)
    done = serializers.IntegerField()
    held = serializers.BooleanField()
    open = serializers.BooleanField(help_text="Whether something is left for you.")


class CampaignDetail(CampaignShape):
    """A campaign, and what you are to it."""

    kinds = serializers.ListField(child=serializers.ChoiceField(choices=Kind.choices))
    languages = CampaignLanguageShape(many=True)
    overlap = serializers.DictField(child=serializers.IntegerField())
    lease_seconds = serializers.IntegerField()
    shows_answer = serializers.BooleanField()
    shows_flags = serializers.BooleanField()
    guideline = serializers.IntegerField()
    queues = QueueShape(many=True)


class GuidelineShape(serializers.Serializer):
    """The rules in force."""

    number = serializers.IntegerField()
    markdown = serializers.CharField()
    created_at = serializers.DateTimeField()
