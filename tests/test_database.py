"""What a test leaves in a worker's database is found, named and taken away."""

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, transaction

from orders.models import LedgerEntry
from tests.factories import NOON, make_order, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def database(django_db_setup):
    return django_db_setup


def test_rows_that_were_committed_are_named_and_gone(database):
    make_user("ada@ellery.example")

    assert "membership_user" in database.left_behind()
    assert database.left_behind() == []


def test_a_transaction_that_is_still_open_is_named_and_taken_back(database):
    transaction.atomic().__enter__()
    make_user("ada@ellery.example")

    assert database.left_behind() == ["an open transaction"]
    assert not connection.in_atomic_block


def test_append_only_tables_are_emptied_and_refuse_again(database):
    LedgerEntry.objects.create(order=make_order(), entry="placed", at=NOON)

    database.empty()

    LedgerEntry.objects.create(order=make_order(), entry="placed", at=NOON)
    with pytest.raises(DatabaseError):
        LedgerEntry.objects.all().delete()


def test_permissions_stay_and_those_of_a_test_go(database):
    before = list(Permission.objects.values_list("content_type", "codename"))
    Permission.objects.create(codename="fly", name="Fly", content_type_id=before[0][0])

    database.empty()

    assert sorted(Permission.objects.values_list("content_type", "codename")) == sorted(before)
