"""One spelling of an address: made in one place, kept by the column, asked for exactly."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.exceptions import FieldError, ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from events.models import PromoCode
from membership.models import Person, User
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
from tests.factories import NOON, make_event, make_order, make_user
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


# --- Columns -------------------------------------------------------------------------------------


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


# --- Rows from before ----------------------------------------------------------------------------


def write_past_the_field(model, row, **values):
    """As a row stood before the column had one spelling."""
    for column, value in values.items():
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, row.pk])


def migrate(app, name):
    import_module(f"{app}.migrations.{name}").normalize(apps, None)


@pytest.mark.django_db
def test_rows_from_before_get_their_one_spelling():
    order, person = make_order(), Person.objects.create(name="Ada", email=BOSS)
    write_past_the_field(Order, order, buyer_email=SAME["capitals"])
    write_past_the_field(Person, person, email=SAME["full width"])

    migrate("orders", "0014_addresses_normalized")
    migrate("membership", "0015_addresses_normalized")

    assert Order.objects.get(buyer_email=BOSS) == order
    assert Person.objects.get(email=BOSS) == person


@pytest.mark.django_db
def test_of_two_sign_ins_of_one_address_the_plain_one_keeps_it_and_the_other_is_closed():
    second, first = make_user("second@else.example", name="Bo"), make_user(BOSS)
    write_past_the_field(User, second, email=SAME["full width"])
    EmailAddress.objects.filter(user=second).update(email=SAME["full width"])

    migrate("membership", "0015_addresses_normalized")

    second.refresh_from_db()
    assert User.objects.get(email=BOSS) == first
    assert (second.is_active, second.name) == (False, f"Bo (was {SAME['full width']})")
    assert list(EmailAddress.objects.filter(verified=True).values_list("user", "email")) == [
        (first.pk, BOSS)
    ]


@pytest.mark.django_db
def test_a_look_alike_that_was_proven_on_the_directors_sign_in_opens_it_no_longer():
    boss = make_user(BOSS)
    EmailAddress.objects.create(
        user=boss, email=OTHERS["a dotless i in the domain"], verified=True
    )

    migrate("membership", "0015_addresses_normalized")

    boss.refresh_from_db()
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [BOSS]
    assert boss.sign_in_round == 1


@pytest.mark.django_db
def test_of_two_subscribers_of_one_address_what_was_said_last_is_true():
    on = Subscriber.objects.create(email=BOSS, asked_at=NOON, confirmed_at=NOON)
    off = Subscriber.objects.create(
        email="x@else.example", asked_at=NOON, left_at=NOON.replace(hour=17)
    )
    write_past_the_field(Subscriber, off, email=SAME["full width"])

    migrate("pages", "0006_addresses_normalized")

    assert list(Subscriber.objects.values_list("pk", "email")) == [(off.pk, BOSS)]
    assert on.pk != off.pk


@pytest.mark.django_db
def test_of_two_codes_of_one_spelling_the_plain_one_is_found():
    event = make_event()
    plain = event.promo_codes.create(code=CODE, percent_off=10)
    other = event.promo_codes.create(code="OTHER", percent_off=50)
    write_past_the_field(PromoCode, other, code="kiss26")

    migrate("events", "0019_addresses_normalized")

    assert PromoCode.objects.get(event=event, code="kiss26") == plain
