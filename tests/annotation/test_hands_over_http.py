"""The short form of `make hands`: many people with two programs each, through gunicorn."""

from __future__ import annotations

import pytest

from tests.many_hands.show import Size, problems, show


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_or_doubled_among_many_hands_with_short_leases(tmp_path):
    size = Size(tasks=40, overlap=3, people=8, lease_seconds=1, limit_seconds=300)
    result = show(size, tmp_path, seed=7)
    assert problems(result) == []
    assert result.book.late, "nobody came late: the test shows less than it says"
    assert len(result.book.acknowledged) >= 120
