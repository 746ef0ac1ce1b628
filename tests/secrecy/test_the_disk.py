"""What a thief of the disk has: the files of the database, and its journal during a write.

A module of its own: here everything is committed.
"""

import shutil

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client

from events import reveal
from events.models import Event
from tests.secrecy import world as worlds
from tests.secrecy.canaries import OTHER_VENUE, VENUE, found_in
from tests.secrecy.keeping import files_of_the_database
from tests.secrecy.world import AFTER, SECOND, mail_holders


@pytest.mark.django_db(transaction=True)
def test_the_database_s_files_and_its_journal_hold_nothing_while_it_is_written_and_after(settings):
    """Here all is committed, and a venue is replaced with the transaction still open."""
    if connection.vendor != "sqlite" and not shutil.which("pg_dump"):
        pytest.skip("pg_dump is not on this machine")
    settings.OUTGOING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    world = worlds.build()
    mail_holders(AFTER)
    holder = world.viewers["holder"]
    with time_machine.travel(AFTER, tick=False):
        answer = Client().get(f"/tickets/{holder.ticket}/")
    event = Event.objects.get(pk=world.event.pk)

    with transaction.atomic():
        reveal.write_venue(event, OTHER_VENUE, by=world.keeper, at=AFTER + SECOND)
        under_way = files_of_the_database()
    reveal.write_venue(event, VENUE, by=world.keeper, at=AFTER + 2 * SECOND)
    after = files_of_the_database()

    assert VENUE.name in found_in(answer.content)
    assert b"White lanterns" in under_way + after  # it is this database that was read
    assert found_in(under_way) == []
    assert found_in(after) == []
