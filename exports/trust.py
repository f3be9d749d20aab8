"""How far the figures on a language can be trusted, in the sentence that a release tells."""

from __future__ import annotations

from annotation.models import Campaign


def trust_of(campaign: Campaign, language: str) -> str | None:
    """This function will return what is known of how well the pass finds errors in a language; None where nothing
    is told."""
    return None
