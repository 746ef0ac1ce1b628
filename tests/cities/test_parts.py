"""Shared components: accessible forms, safe links, and structured data."""

import re

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from cities.templatetags import site_parts
from tests.markup import flat


class Booking(forms.Form):
    name = forms.CharField(label="Name, as on the place card")
    email = forms.EmailField(label="E-mail address", help_text="Only for your tickets.")
    kind = forms.ChoiceField(
        label="Kind", widget=forms.RadioSelect, choices=[("a", "Guest"), ("b", "Member")]
    )
    white = forms.BooleanField(label="We will all come in white.")
    note = forms.CharField(required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)


REFUSED = Booking({"name": "", "email": "adwoa.example", "note": "n"})


def drawn(name, form=REFUSED):
    return str(form[name].as_field_group())


def test_a_field_has_its_label_its_hint_and_its_error_above_it():
    field = drawn("email")

    order = [field.index(part) for part in ("<label", 'class="hint"', 'class="error"', "<input")]
    assert order == sorted(order)


def test_a_field_names_its_hint_and_its_error_to_screen_readers():
    field = drawn("email")

    assert 'aria-describedby="id_email_helptext id_email_error"' in field
    assert 'aria-invalid="true"' in field
    assert set(re.findall(r'id="(id_email_\w+)"', field)) == {
        "id_email_helptext",
        "id_email_error",
    }


def test_radios_are_a_group_with_a_legend():
    group = drawn("kind")

    assert group.count("<fieldset") == 1
    assert "<legend>Kind</legend>" in group
    assert 'aria-describedby="id_kind_error"' in group
    assert re.findall(r'<label for="(id_kind_\d)"><input type="radio"', flat(group)) == [
        "id_kind_0",
        "id_kind_1",
    ]


def test_a_checkbox_has_its_label_beside_it():
    box = drawn("white")

    assert re.search(r'<label class="check" for="id_white"><input type="checkbox".*?<span>We', box)


def test_optional_fields_say_so_and_hidden_ones_have_no_label():
    assert "(optional)" in drawn("note")
    assert "(optional)" not in drawn("name")
    assert drawn("key").strip() == '<input type="hidden" name="key" id="id_key">'


def test_the_error_summary_links_to_every_field_with_an_error():
    summary = render_to_string("components/form_errors.html", {"form": REFUSED})

    assert "<h2>Four things need another look</h2>" in summary
    assert re.findall(r'href="#(\w+)"', summary) == [
        "id_name",
        "id_email",
        "id_kind_0",
        "id_white",
    ]
    assert "We will all come in white: " in summary


def test_a_form_without_errors_has_no_summary():
    assert render_to_string("components/form_errors.html", {"form": Booking()}).strip() == ""


def test_another_page_of_a_list_keeps_its_filters():
    request = RequestFactory().get("/events/past/", {"kind": "class", "page": "2"})
    page = Paginator(range(100), 10).page(2)

    pager = render_to_string("components/pager.html", {"page_obj": page}, request=request)

    assert 'href="?kind=class&amp;page=3"' in pager
    assert 'aria-current="page"' in pager


@pytest.mark.parametrize(
    "title, attributes",
    [
        ("Tema", ' class="fit" data-len="7"'),
        ("Wilhelmshaven", ' class="fit" data-len="13"'),
        ("A title that is far too long for one line of the band", ' class="long"'),
    ],
)
def test_a_title_is_fitted_to_its_band(title, attributes):
    assert site_parts.fit(title) == attributes


@pytest.mark.parametrize(
    "address, path, mark",
    [
        ("/cities/", "/cities/", ' aria-current="page"'),
        ("/cities/", "/cities/tema/", ' aria-current="true"'),
        ("/cities/", "/", ""),
    ],
)
def test_the_menu_marks_the_current_section(address, path, mark):
    assert site_parts.current({"request": RequestFactory().get(path)}, address) == mark


@pytest.mark.parametrize(
    "typed, links",
    [
        ([["Facebook", "https://f.example"]], [("Facebook", "https://f.example")]),
        ([["Trap", "javascript:alert(1)"], ["One"], "x", None, 7], []),
        ("not a list", []),
    ],
)
def test_only_web_links_are_shown_in_the_footer(typed, links):
    assert site_parts.web_links(typed) == links


def test_structured_data_cannot_end_its_element():
    drawn_data = site_parts.json_ld({"name": "</script><script>alert(1)</script>"})

    assert drawn_data.count("</script>") == 1
    assert drawn_data.count("<script") == 1


def drawn_from(text, **context):
    return " ".join(Template("{% load site_parts %}" + text).render(Context(context)).split())


def test_a_notice_frames_its_words_and_escapes_its_title():
    notice = drawn_from(
        '{% notice title "warn" %}<p>Two seats left.</p>{% endnotice %}', title="<5"
    )

    assert notice == (
        '<div class="notice notice--warn" role="status"> '
        "<h2>&lt;5</h2><p>Two seats left.</p></div>"
    )


def test_a_notice_can_bring_the_reader_to_it():
    notice = drawn_from('{% notice role="alert" focus=True %}<p>No.</p>{% endnotice %}')

    assert notice == '<div class="notice" role="alert" tabindex="-1" data-focus> <p>No.</p></div>'


def test_a_heading_is_sized_to_its_words_and_escapes_them():
    heading = drawn_from("{% heading words %}", words="Ghent & Norfolk")

    assert heading == '<h1 class="fit" data-len="15">Ghent &amp; Norfolk</h1>'


def test_a_section_is_named_by_its_heading():
    section = drawn_from('{% section "way" title %}<p>Left.</p>{% endsection %}', title="Way in")

    assert re.findall(r"<section .*?</h2>", section) == [
        '<section class="sec" aria-labelledby="way"><div class="wrap"> '
        '<div class="sec__head"><h2 id="way">Way in</h2>'
    ]
    assert section.endswith('<div class="sec__body"> <p>Left.</p> </div></div></section>')


def test_an_empty_list_says_so_under_a_heading_of_the_page_s_level():
    words = drawn_from('{% nothing "No card today" level=2 %}<p>Renew.</p>{% endnothing %}')

    assert words == '<div class="empty"><h2>No card today</h2><p>Renew.</p></div>'
