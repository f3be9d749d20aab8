"""Texts in templates."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from common.languages import UnknownLanguageError


def render(source: str, **context: object) -> str:
    return Template("{% load texts %}" + source).render(Context(context))


class TextContent(HTMLParser):
    """Collects what a browser would call `textContent` (references resolved, raw CR made LF first)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.content = ""

    def handle_data(self, data: str) -> None:
        self.content += data


def text_content(html: str) -> str:
    parser = TextContent()
    parser.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
    parser.close()
    return parser.content


def test_an_arabic_text_is_isolated_with_language_direction_and_script() -> None:
    html = render("{% text value 'ar' %}", value="كم؟")
    assert html == '<bdi class="text script-arab" lang="ar" dir="rtl">كم؟</bdi>'


def test_a_language_is_named_as_html_wants_it_whatever_its_export_name() -> None:
    assert render("{% lang_attrs 'zh' %}") == 'lang="zh-Hans" dir="ltr"'


def test_a_language_nobody_knows_is_an_error_not_a_guess() -> None:
    with pytest.raises(UnknownLanguageError):
        render("{% lang_attrs 'tlh' %}")


def test_markup_in_a_text_is_shown_and_not_obeyed() -> None:
    spans = [{"start": 0, "end": 8, "kind": "broken", "title": '"><script>alert(1)</script>'}]
    html = render("{% text value 'en' spans %}", value="<script>alert(1)</script>", spans=spans)
    assert "<script>" not in html


@given(st.text(alphabet="\r\n a<&\"'\x85\u202e\u200e\u0628", max_size=30))
def test_the_text_content_is_the_text(value: str) -> None:
    assert text_content(render("{% text value 'ar' %}", value=value)) == value


def test_a_textarea_is_given_a_line_break_to_drop() -> None:
    html = render("<textarea>{{ value|textarea_value }}</textarea>", value="\r\n</textarea>a")
    assert html == "<textarea>\n&#13;\n&lt;/textarea&gt;a</textarea>"


def test_a_span_is_marked_with_its_kind_and_reason() -> None:
    spans = [{"start": 4, "end": 6, "kind": "suspect", "title": "12 is missing"}]
    html = render("{% text value 'en' spans %}", value="Are 12 left?", spans=spans)
    assert 'Are <mark class="hit hit-suspect" title="12 is missing">12</mark> left?' in html


def test_of_two_marks_on_the_same_words_the_first_lies_innermost() -> None:
    spans = [{"start": 0, "end": 2, "kind": kind, "title": ""} for kind in ("broken", "notice")]
    html = render("{% text value 'en' spans %}", value="12", spans=spans)
    assert html.index("hit-notice") < html.index("hit-broken")


def test_guidelines_keep_their_structure_and_lose_what_could_run() -> None:
    html = render(
        "{{ value|markdown }}",
        value="# Rules\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![y](http://elsewhere/y.png) **z**",
    )
    assert "<h1>Rules</h1>" in html and "<strong>z</strong>" in html
    assert "<script" not in html and "<img" not in html and 'href="javascript' not in html
