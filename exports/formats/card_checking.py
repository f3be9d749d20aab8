"""The part of the dataset card that says by what the texts were checked, and what was changed about it."""

from collections.abc import Callable, Iterator

from exports.formats.info import CheckingInfo, PassInfo, ReleaseInfo

Plain = Callable[[str], str]
_INTRODUCTION = """\
The column `flags` of the provenance names what checks found in a text, whether or not its campaign weighed the check
otherwise. Checks order the queue and are shown to annotators; they change no text. Detectors with their versions and
models with their libraries stand in `manifest.json`."""


def checking_section(info: ReleaseInfo, plain: Plain) -> Iterator[str]:
    """This function will give the lines of the section; none for a release that tells nothing of it. ``plain`` makes
    what people typed harmless."""
    if not info.checking:
        return
    yield "## How the texts were checked"
    yield ""
    yield _INTRODUCTION
    yield ""
    for language in info.checking:
        yield from _language(language, plain)
    yield ""


def _language(told: CheckingInfo, plain: Plain) -> Iterator[str]:
    yield f"- {plain(told.language)}: {told.trust or 'how well errors are found here was not measured.'}"
    if not told.passes:
        yield "  - no check was run"
    for one in told.passes:
        yield f"  - {_pass(one, plain)}"
    for change in told.weighed:
        weighs = "was silenced" if change.weight == "silent" else f"weighed {plain(change.weight)}"
        yield f"  - {plain(change.check)} ({plain(change.itself)} by itself) {weighs}: {plain(change.reason)}"


def _pass(one: PassInfo, plain: Plain) -> str:
    told = f"pass {plain(one.id)} over {one.texts} texts, {len(one.detectors)} detectors"
    models = [
        f"{plain(scorer.name)} ({plain(scorer.model)} at {plain(scorer.commit) or 'no commit'}, {plain(scorer.dtype)})"
        for scorer in one.scorers
    ]
    learned = [f"a {plain(fit.kind)} learned from verdicts" for fit in one.fits]
    return "; ".join([told, *models, *learned])
