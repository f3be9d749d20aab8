"""Invented rows of a small release, for tests of what is rendered from them."""

from collections.abc import Iterable
from typing import Any

from exports.formats.info import LanguageInfo, LeftOut, ReleaseInfo, SourceInfo, Table, Versions

LANGUAGES = (
    LanguageInfo("ar", "ar", "Arabic"),
    LanguageInfo("en", "en", "English"),
    LanguageInfo("zh", "zh-Hans", "Chinese (Simplified)"),
)
QUESTIONS = {"ar": "ما عاصمة السويد؟\r\n", "en": " Capital of Sweden? ", "zh": "瑞典的首都是哪里？"}


def data_row(language: str, split: str, number: int) -> dict[str, Any]:
    return {
        "sample_id": f"geography/{split}/{number}",
        "subject": "geography",
        "subject_category": "Social Sciences",
        "question": f"{QUESTIONS[language]}{number}",
        "option_a": "Stockholm",
        "option_b": "=1+1",
        "option_c": "'quoted'",
        "option_d": "",
        "answer": "A",
        "required_knowledge": "['regional', 'none', 'regional']",
        "time_sensitive": "['No', 'No', 'No']",
        "reference": "[{'end': 17, 'label': 'Geographic', 'score': None, 'start': 11}, '-', '-']",
        "culture": "[]",
        "region": "['Europe']",
        "country": "['Sweden']",
        "cultural_sensitivity_label": "CS",
        "is_annotated": True,
    }


def provenance_row(language: str, split: str, number: int) -> dict[str, Any]:
    return {
        "sample_id": f"geography/{split}/{number}",
        "language": language,
        "status": "verified",
        "open": False,
        "verified_by": "community",
        "reason": "one judgement",
        "origin": "post-edit",
        "system": "MT-1",
        "edited": True,
        "edit_distance": 3,
        "edit_distance_normalised": 0.25,
        "question_edit_distance": 3,
        "question_edit_distance_normalised": 0.5,
        "options_edit_distance": 0,
        "options_edit_distance_normalised": 0.0,
        "verdicts": ["edit"],
        "reasons": ["fluency"],
        "flags": [],
        "label_source": "rule",
        "text_sha256": "00" * 32,
    }


def annotation_row(number: int) -> dict[str, Any]:
    return {
        "sample_id": f"geography/test/{number}",
        "language": "en",
        "kind": "sensitivity",
        "annotator": "heron-17",
        "standing": "community",
        "verdict": "",
        "reason": "",
        "severity": "",
        "text": "",
        "tags": ["regional"],
        "not_sure": False,
        "spans": [{"start": 11, "end": 17, "label": "Geographic"}],
        "culture": "",
        "region": "Europe",
        "country": "Sweden",
        "time_sensitive": None,
        "note": "-",
        "submitted_at": "2026-05-01T10:00:00+00:00",
        "current": True,
        "state": "current",
    }


def tables(count: int = 3) -> list[Table]:
    def of(rows: Iterable[dict[str, Any]]) -> Any:
        kept = list(rows)
        return lambda: iter(kept)

    names = [language.export_name for language in LANGUAGES]
    data = [
        Table(name, split, of(data_row(name, split, n) for n in range(count)))
        for name in names
        for split in ("test", "dev")
    ]
    provenance = [
        Table("provenance", split, of(provenance_row(name, split, n) for name in names for n in range(count)))
        for split in ("test", "dev")
    ]
    return [*data, *provenance, Table("annotations", "test", of(annotation_row(n) for n in range(count)))]


def info(release: str = "11111111-2222-3333-4444-555555555555") -> ReleaseInfo:
    return ReleaseInfo(
        id=release,
        name="Capitals | <b>bold</b>",
        campaign="capitals",
        benchmark="capitals",
        version="1.0",
        licence="Apache-2.0",
        made_at="2026-05-02T00:00:00+00:00",
        source_language="en",
        languages=LANGUAGES,
        versions=Versions(guidelines=1, label_rule="1", text_rule="1", code="0.2"),
        counts={
            language.export_name: {"test": {"verified": 3}, "dev": {"machine": 3}} for language in LANGUAGES
        },
        labels={"CS": 6},
        sources=(SourceInfo("ar", "MT-1", "machine", "MIT", "https://example.org/ar", "A. Team"),),
        left_out=(LeftOut("geography/test/9", "ar", "excluded", "excluded in this language"),),
        options={"allow_open": False},
    )
