import ast
from pathlib import Path

import pytest

import flagging.checks
from flagging.checks import PAIR_CHECKS, SET_CHECKS, SEVERITIES, TEXT_CHECKS, by_name, evidence
from tests.flagging.checks.helpers import item, pair

ALL = (*PAIR_CHECKS, *TEXT_CHECKS, *SET_CHECKS)
BAD = pair(
    item("Where did the 12 birds go on the first day?", "the oak", "a rose", "wheat and moss", "grass"),
    item(
        "Here is the translation: Where did the 13 birds go 湖在哪里" + "湖在哪里" * 3,
        "Gras",
        "Gras *",
        "",
        "x",
    ),
    answer="B",
)


def test_names_are_unique_slugs():
    names = [check.name for check in ALL]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalpha() and name.islower() for name in names)


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.name)
def test_every_check_says_what_it_is(check):
    assert check.severity in SEVERITIES
    assert check.version >= 1
    assert check.title
    assert by_name(check.name) is check


def test_every_finding_can_be_put_into_words():
    named = [(check.name, one) for check in PAIR_CHECKS for one in check.run(BAD)]
    assert len({name for name, _ in named}) >= 5
    for name, found in named:
        assert "%(" not in evidence(name, found.params)


def test_spans_lie_within_their_texts():
    for check in PAIR_CHECKS:
        for found in check.run(BAD):
            for span in found.spans:
                text = (BAD.source if span.side == "source" else BAD.target)[span.field]
                assert 0 <= span.start <= span.end <= len(text)


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(KeyError, match=r"'spelling' is no check.*options_collide"):
        by_name("spelling")


def test_checks_import_no_django():
    folder = Path(flagging.checks.__file__).parent
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        modules += [
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        ]
        assert not [module for module in modules if module.startswith("django")], path.name
