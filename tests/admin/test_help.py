"""Every field a colleague may fill in says what it is for, in words."""

import pytest
from django.contrib import admin

from membership.models import User
from tests.factories import NOON

GLOSSARY_SAYS_OTHERWISE = ("sku", "coupon", "voucher", "attendee", "customer", "cart", "booking")


def forms_of(desk, rf):
    """The add form of a model's admin and of its inlines, as somebody with every permission
    sees them.
    """
    request = rf.get("/")
    request.user = User(is_superuser=True, is_active=True, is_staff=True)
    request.now = NOON
    request.resolver_match = type("Match", (), {"kwargs": {}})()
    if not (desk.has_change_permission(request) or desk.has_add_permission(request)):
        return  # books are read here, not written
    yield desk.model.__name__, desk.get_form(request)
    for inline in desk.get_inline_instances(request):
        yield inline.model.__name__, inline.get_formset(request).form


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_every_field_has_help_in_words(model, rf):
    forms = list(forms_of(admin.site._registry[model], rf))

    mute = [
        f"{name}.{field_name}"
        for name, form in forms
        for field_name, field in form.base_fields.items()
        if not str(field.help_text).strip()
    ]
    assert mute == []


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_labels_and_help_keep_to_the_glossary(model, rf):
    forms = list(forms_of(admin.site._registry[model], rf))

    wrong = [
        (name, field_name, word)
        for name, form in forms
        for field_name, field in form.base_fields.items()
        for word in GLOSSARY_SAYS_OTHERWISE
        if word in f"{field.label} {field.help_text}".lower().split()
    ]
    assert wrong == []


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_no_help_text_is_swallowed_as_markup_or_speaks_of_cents(model, rf):
    forms = list(forms_of(admin.site._registry[model], rf))

    wrong = [
        (name, field_name)
        for name, form in forms
        for field_name, field in form.base_fields.items()
        if "<" in str(field.help_text) or "cents" in f"{field.label} {field.help_text}"
    ]
    assert wrong == []
