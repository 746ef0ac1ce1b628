"""One spelling of an address: made in one place, kept by the column, asked for exactly."""

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from events.models import PromoCode
from membership.models import User
from nsca.lib.mail import mail
from nsca.lib.mail.addresses import (
    AddressFormField,
    is_same_address,
    normalize_address,
    valid_address,
)
from nsca.lib.secrets.codes import normalize_code
from orders.models import Order
from pages.models import Subscriber
from tests.factories import NOON, make_order
from tests.look_alikes import BOSS, CODE, OTHER_CODES, OTHERS, SAME, SAME_CODES, all_are, each


def test_each_address_has_one_spelling():
    assert each(SAME, normalize_address) == all_are(SAME, BOSS)
    assert BOSS not in each(OTHERS, normalize_address).values()


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("Ada@Müller.example", "ada@xn--mller-kva.example"),
        ("ada@mu\u0308ller.example", "ada@xn--mller-kva.example"),
        ("ada@xn--mller-kva.example", "ada@xn--mller-kva.example"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ada@strasse.example", "ada@strasse.example"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_domains_are_spelled_as_idna_spells_them(typed, spelled):
    assert normalize_address(typed) == spelled


@given(st.text(max_size=40), st.text(max_size=40))
def test_an_address_that_is_spelled_stays_as_it_is(mailbox, domain):
    once = normalize_address(f"{mailbox}@{domain}")

    assert normalize_address(once) == once


@given(st.text(max_size=30))
def test_a_code_that_is_spelled_stays_as_it_is(text):
    assert normalize_code(normalize_code(text)) == normalize_code(text)


def test_each_code_has_one_spelling():
    assert each(SAME_CODES, normalize_code) == all_are(SAME_CODES, CODE)
    assert CODE not in each(OTHER_CODES, normalize_code).values()


def test_what_no_mail_can_reach_is_refused_in_words():
    refused = {}
    for name, typed in OTHERS.items():
        try:
            valid_address(typed)
        except ValidationError as error:
            refused[name] = error.messages[0]

    assert set(OTHERS) - set(refused) == {
        "a dotless i in the domain",
        "a sharp s in the domain",
        "a Cyrillic o in the domain",
        "a combining mark in the domain",
    }
    assert refused["a right-to-left mark"].startswith("This address has a character that")


def test_two_empty_addresses_are_nobodys():
    assert not is_same_address("", " ")


def test_a_form_hands_on_the_one_spelling_and_no_more_than_a_column_holds():
    field = AddressFormField()

    assert field.clean(SAME["full width"]) == BOSS
    with pytest.raises(ValidationError, match="at most 254"):
        field.clean(f"{'a' * 240}@ellery.example")


def test_no_mail_goes_to_what_is_no_address_and_nothing_is_raised(db):
    for typed in OTHERS.values():
        mail.post("sign_in_stranger", to=typed, context={})


# --- Columns -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lookup", ["iexact", "istartswith", "iendswith", "iregex"])
@pytest.mark.parametrize(
    ("model", "column"), [(User, "email"), (Order, "buyer_email"), (PromoCode, "code")]
)
def test_a_column_of_addresses_or_codes_refuses_to_be_folded(model, column, lookup):
    with pytest.raises(FieldError, match="compared exactly"):
        model.objects.filter(**{f"{column}__{lookup}": BOSS})


@pytest.mark.django_db
def test_what_is_saved_updated_or_asked_for_is_spelled_once():
    order = make_order(buyer_email=SAME["full width"])
    Order.objects.bulk_create([])
    Subscriber.objects.create(email=SAME["a long s"], asked_at=NOON)
    Order.objects.filter(pk=order.pk).update(buyer_email=SAME["capitals"])

    assert order.buyer_email == BOSS
    assert Order.objects.get(buyer_email=SAME["the Kelvin sign"]) == order
    assert Subscriber.objects.get(email__in=[SAME["full width"]]).email == BOSS


@pytest.mark.django_db
def test_orders_of_an_address_are_found_by_an_index():
    asked = Order.objects.filter(buyer_email=BOSS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        sql, params = asked.order_by().values("pk").query.sql_with_params()
        verb = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{verb} {sql}", params)
        plan = str(cursor.fetchall())

    assert "orders_by_buyer_address" in plan
