"""A copy of the database names links and opens none; a changed key ends none that was mailed."""

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection

from membership.models import GiftMembership
from nsca.lib.secrets import link_tokens
from orders.models import Order
from pages.models import Subscriber
from tests.factories import NOON

FIRST, SECOND = "the first key, long enough for a test", "the second key, long enough as well"


@pytest.fixture(autouse=True)
def first_key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = FIRST, []


@pytest.fixture
def reader(db):
    return Subscriber.objects.create(email="ada@ellery.example", asked_at=NOON)


def raw(row, column="token"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {row._meta.db_table} WHERE id = %s", [row.pk])  # noqa: S608
        return cursor.fetchone()[0]


def test_the_database_keeps_the_name_and_never_the_digest(reader):
    assert raw(reader) == reader.token[: link_tokens.NAME]
    assert Subscriber.objects.get(token=reader.token) == reader
    assert Subscriber.objects.values_list("token", flat=True).get() == reader.token


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda token: token[: link_tokens.NAME], id="what the database holds"),
        pytest.param(lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"), id="a letter"),
        pytest.param(lambda token: token + "A", id="one too many"),
        pytest.param(lambda token: token[:-1], id="one too few"),
        pytest.param(lambda token: token.swapcase(), id="other case"),
        pytest.param(lambda token: "A" * 16 + token[16:], id="another name"),
        pytest.param(lambda token: link_tokens.of_name("ticket", token[:16]), id="a ticket's"),
        pytest.param(lambda token: "", id="nothing"),
        pytest.param(lambda token: "\x00", id="a NUL"),
        pytest.param(lambda token: "é" * 40, id="no ASCII"),
    ],
)
def test_what_is_not_the_whole_token_opens_nothing(reader, spoil):
    assert not Subscriber.objects.filter(token=spoil(reader.token)).exists()
    assert not Subscriber.objects.filter(token__in=[spoil(reader.token)]).exists()


def test_a_mailed_link_survives_a_change_of_the_key_until_the_old_key_is_dropped(settings, reader):
    mailed = reader.token

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = SECOND, [FIRST]
    present = Subscriber.objects.get(token=mailed)
    assert present.token != mailed and Subscriber.objects.get(token=present.token) == reader

    settings.SECRET_KEY_FALLBACKS = []
    assert not Subscriber.objects.filter(token=mailed).exists()
    assert Subscriber.objects.get(token=present.token) == reader


@pytest.mark.parametrize("lookup", ["startswith", "contains", "iexact", "gt", "regex", "length"])
def test_a_token_is_not_read_letter_by_letter(reader, lookup):
    with pytest.raises(FieldError):
        Subscriber.objects.filter(**{f"token__{lookup}": reader.token}).exists()


def test_a_token_of_somebody_elses_making_is_not_written(reader):
    reader.token = "x" * 40
    with pytest.raises(ValueError):
        reader.save()


def test_djangos_own_dump_holds_no_more_than_the_database_and_can_be_loaded(reader):
    token, text = reader.token, serializers.serialize("json", [reader])
    assert token not in text
    reader.delete()

    [loaded] = serializers.deserialize("json", text)
    loaded.save()

    assert Subscriber.objects.get(token=token).email == "ada@ellery.example"


def test_a_forms_key_is_kept_as_a_digest_and_finds_its_order(db):
    key = "k" * 32
    order = Order.objects.create(submission_key=key, placed_at=NOON, held_until=NOON)

    assert raw(order, "submission_key") == link_tokens.digest_of_key(key)
    again = Order.objects.get(submission_key=key)
    again.save()
    assert Order.objects.get(submission_key=key) == order and order.is_of_form(key)
    assert not Order.objects.filter(submission_key=raw(order, "submission_key")).exists()


def test_a_gifts_code_is_typed_from_a_card_and_not_read_from_the_database(settings):
    field = GiftMembership._meta.get_field("code")
    code = field.get_default()
    assert len(code) == 13 and field.get_prep_value(code) == code.replace("-", "")[:5]

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = SECOND, [FIRST]
    assert field.get_prep_value(code) and field.whole(code.replace("-", "")[:5]) != code

    settings.SECRET_KEY_FALLBACKS = []
    assert field.get_prep_value(code) == ""
    assert field.get_prep_value("") == field.get_prep_value("CDF4") == ""
