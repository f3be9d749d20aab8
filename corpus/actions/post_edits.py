"""Texts that people write on top of a translation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from corpus.item_types import digest
from corpus.models import Origin, Translation, TranslationVersion
from people.models import Contributor


@transaction.atomic
def add_post_edit(
    *,
    base: TranslationVersion,
    fields: Mapping[str, str],
    by: Contributor,
    now: datetime,
) -> TranslationVersion:
    """This function will keep `fields` as a new version of the translation, on top of `base`.

    `fields` has every field of the translation, byte for byte; the version that counts as imported stays.
    """
    # Numbers are given one after another: two editors of one translation wait for each other here.
    translation = Translation.objects.select_for_update().get(pk=base.translation_id)
    last = translation.versions.aggregate(last=Max("number"))["last"]
    return TranslationVersion.objects.create(
        translation=translation,
        number=last + 1,
        fields=dict(fields),
        sha256=digest(fields, {}),
        origin=Origin.POST_EDIT,
        based_on=base,
        item_version_id=translation.item.current_version_id,
        created_by=by,
        created_at=now,
    )
