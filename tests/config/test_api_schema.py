"""The schema says what the API takes, and its examples are taken."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from annotation import api_examples, serializers
from annotation.models import Kind


def test_the_schema_is_made_without_a_warning(tmp_path):
    call_command("spectacular", "--fail-on-warn", "--validate", file=str(tmp_path / "schema.yml"))


@pytest.mark.parametrize("example", [*api_examples.CLAIM, *api_examples.SUBMISSION], ids=lambda one: one.name)
def test_every_example_of_the_schema_has_its_shape(example):
    if example.response_only:
        shape = serializers.Work if "item" in example.value else serializers.Submitted
        optional = {name for name, field in shape().fields.items() if not field.required}
        assert set(example.value) | optional == set(shape().fields)
        return
    if "kind" in example.value:
        shape = serializers.ClaimRequest
    else:
        shape = serializers.SensitivityRequest if "tags" in example.value else serializers.VerificationRequest
    read = shape(data=example.value)
    assert read.is_valid(), read.errors
    assert example.value.get("kind", Kind.SENSITIVITY) in Kind.values
