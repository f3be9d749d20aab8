"""``manifest.json``: every file with its hash, what is in them, and what made them."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from exports.formats.info import ReleaseInfo
from exports.formats.written import Written

MANIFEST_VERSION = 1


def render_manifest(info: ReleaseInfo, files: Sequence[Written]) -> str:
    """This function will give the manifest's text; equal releases and files give equal text."""
    listed = [
        {"path": file.path, "sha256": file.sha256, "size": file.size, "rows": file.rows}
        for file in sorted(files, key=lambda file: file.path)
    ]
    manifest = {
        "manifest_version": MANIFEST_VERSION,
        "release": info.id,
        "campaign": info.campaign,
        "benchmark": info.benchmark,
        "version": info.version,
        "licence": info.licence,
        "made_at": info.made_at,
        "source_language": info.source_language,
        "languages": [asdict(language) for language in info.languages],
        "versions": asdict(info.versions),
        "options": info.options,
        "counts": info.counts,
        "labels": info.labels,
        "sources": [asdict(source) for source in info.sources],
        "left_out": [asdict(item) for item in info.left_out],
        "files": listed,
    }
    if info.checking:
        manifest["checking"] = [asdict(language) for language in info.checking]
    return json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
