"""The venue log: what was altered, dated back, taken out or slipped in is found."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from events import reveal
from events.changes import discarding
from events.models import Commitment, Event, VenueAccess, VenueLogHead, VenueLogRecord
from events.venue import envelope
from events.venue import log as venue_log
from nsca.lib.secrets.hash_chain import BEGINNING, canonical, content_digest, link_digest
from nsca.ops.audit import audit
from tests.events.envelope_kit import LATER, SEALED_ON
from tests.events.reveal_kit import DAY, LONG_BEFORE, OTHER_VENUE, TICK, VENUE, T
from tests.factories import make_event
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def kinds():
    return list(VenueLogRecord.objects.values_list("kind", flat=True))


def faults():
    return list(venue_log.faults())


def by_hand(sql, *values):
    """What somebody does who has the database's password, triggers or not."""
    table = "events_venuelogrecord"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS events_venuelogrecord_refuses_update")
            cursor.execute("DROP TRIGGER IF EXISTS events_venuelogrecord_refuses_delete")
        cursor.execute(sql, values)


# --- What is written ---------------------------------------------------------------------------


def test_each_access_and_each_seal_has_its_record(sealed, keeper):
    reveal.look(sealed, by=keeper, at=LATER)
    reveal.write_venue(sealed, OTHER_VENUE, by=keeper, at=LATER)
    reveal.hold(sealed, by=keeper, at=LATER)

    assert kinds() == [
        "access", "sealed", "published", "access",  # written; sealed on May 2
        "access", "sealed", "access", "access",  # looked; changed and sealed again; held
    ]  # fmt: skip
    assert faults() == []


def test_an_act_that_was_refused_leaves_none(soiree, keeper):
    before = kinds()

    with pytest.raises(reveal.NotSealed):
        reveal.publish_seal(soiree, by=keeper, at=T)

    assert kinds() == before


def test_a_record_says_nothing_of_the_venue(sealed):
    fields = {field.name for field in VenueLogRecord._meta.fields}

    assert fields == {
        "id", "number", "kind", "event_number", "row_number", "content", "at", "digest",
    }  # fmt: skip


def test_the_chain_is_what_its_module_says(sealed):
    first, second = VenueLogRecord.objects.all()[:2]
    access = VenueAccess.objects.earliest("pk")
    content = content_digest(
        {"event": sealed.pk, "user": access.user_id, "link": None, "act": "changed",
         "at": LONG_BEFORE}
    )  # fmt: skip
    fields = {
        "number": 1, "kind": "access", "event": sealed.pk, "row": access.pk, "content": content,
        "at": LONG_BEFORE,
    }  # fmt: skip

    assert first.content == content
    assert first.digest == link_digest(BEGINNING, fields)
    assert second.digest != first.digest


def test_a_text_of_fields_is_always_the_same():
    fields = {"at": T, "number": 3, "act": "é", "link": None}

    assert canonical(fields) == (
        b'{"act":"\\u00e9","at":"2027-05-19T22:00:00.000000Z","link":null,"number":3}'
    )
    assert canonical(dict(reversed(fields.items()))) == canonical(fields)
    with pytest.raises(TypeError):
        canonical({"at": T.replace(tzinfo=None)})


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_once_do_not_break_the_chain(soiree, keeper):
    at_once(*[lambda: reveal.look(soiree, by=keeper, at=LATER) for _ in range(8)])

    assert list(VenueLogRecord.objects.values_list("number", flat=True)) == list(range(1, 10))
    assert faults() == []


def test_the_database_refuses_to_change_or_delete_a_record(sealed):
    for change in (
        "UPDATE events_venuelogrecord SET number = 99",
        "DELETE FROM events_venuelogrecord",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)


# --- What is found -----------------------------------------------------------------------------


def test_a_seal_that_was_dated_back_is_found(soiree, keeper):
    """Somebody with the database's password writes on May 19 that it was sealed on May 2."""
    digest = envelope.digest_of(envelope.text_of(soiree.pk, VENUE, "0" * 32))
    Commitment.objects.create(
        event=soiree, digest=digest, salt=b"", form=2, sealed_at=SEALED_ON, published_at=SEALED_ON
    )

    row = Commitment.objects.get().pk
    past = f"of event {soiree.pk} (row {row}) has no record, so its date can’t be "
    past += "trusted."
    assert faults() == [
        f"The venue log: a seal {past}", f"The venue log: a publication of a seal {past}",
    ]  # fmt: skip


def test_a_seal_dated_back_with_a_record_of_its_own_is_found(soiree, keeper):
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=T - DAY)

    with transaction.atomic():
        row = Commitment.objects.create(
            event=soiree, digest="1" * 64, salt=b"", form=2, sealed_at=SEALED_ON
        )
        venue_log.note_seal(row)

    [fault] = faults()
    assert "says 2027-05-02 22:00 UTC" in fault
    assert fault.endswith("It was backdated.")


@pytest.mark.parametrize(
    ("late", "is_found"),
    [(timedelta(minutes=10), False), (timedelta(minutes=10) + TICK, True)],
)
def test_requests_that_end_in_another_order_are_no_fraud(soiree, keeper, late, is_found):
    reveal.look(soiree, by=keeper, at=LATER)
    reveal.look(soiree, by=keeper, at=LATER - late)

    assert bool(faults()) is is_found


@pytest.mark.parametrize(
    "change",
    [
        {"sealed_at": LONG_BEFORE},
        {"digest": "2" * 64},
        {"form": 1},
        {"published_at": SEALED_ON + TICK},
        {"published_at": None},
    ],
)
def test_a_seal_that_was_altered_is_found(sealed, change):
    Commitment.objects.filter(event=sealed).update(**change)

    assert faults()


@pytest.mark.parametrize(
    "change", [{"at": LATER}, {"act": "changed"}, {"user": None, "act": "wiped"}]
)
def test_an_access_that_was_altered_is_found(soiree, keeper, change):
    reveal.look(soiree, by=keeper, at=SEALED_ON)
    VenueAccess.objects.filter(act="looked").update(**change)

    [fault] = faults()
    assert "was altered: a venue access of event" in fault


def test_an_access_that_was_deleted_is_found(soiree, keeper):
    reveal.look(soiree, by=keeper, at=SEALED_ON)
    VenueAccess.objects.filter(act="looked").delete()

    [fault] = faults()
    assert f"deleted: a venue access of event {soiree.pk}, 2027-05-02 22:00 UTC" in fault


def test_an_access_that_was_slipped_in_is_found(soiree, keeper):
    VenueAccess.objects.create(event=soiree, user=keeper, act="looked", at=SEALED_ON)

    [fault] = faults()
    assert "has no record" in fault


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE events_venuelogrecord SET kind = 'removed' WHERE number = 2", "2 was altered"),
        ("UPDATE events_venuelogrecord SET content = 'x' WHERE number = 2", "2 was altered"),
        ("DELETE FROM events_venuelogrecord WHERE number = 2", "record 2 is missing"),
        ("DELETE FROM events_venuelogrecord WHERE number > 3", "should end at 4"),
        ("UPDATE events_venueloghead SET number = 3", "should end at 3"),
    ],
)
def test_a_log_that_was_tampered_with_is_found(sealed, sql, words):
    by_hand(sql)

    assert any(words in fault for fault in faults())


def test_what_a_director_has_read_is_no_alteration(sealed):
    VenueAccess.objects.update(seen_at=LATER)

    assert faults() == []


# --- What may be forgotten ---------------------------------------------------------------------


def test_a_draft_that_is_deleted_takes_its_rows_and_the_chain_stays_whole(sealed, keeper):
    draft = make_event(starts_at=T + DAY, lead=DAY, state="draft")
    reveal.write_venue(draft, OTHER_VENUE, by=keeper, at=LATER)
    pk = draft.pk

    discarding.discard(draft, at=LATER + DAY)

    assert kinds()[-1] == "removed"
    assert not VenueAccess.objects.filter(event=pk).exists()
    assert faults() == []


def test_it_may_not_say_that_an_event_is_gone_which_is_there(sealed):
    VenueAccess.objects.filter(event=sealed).delete()
    venue_log.note_removal(sealed, at=LATER)

    assert f"The venue log: it says that event {sealed.pk} was deleted, but the event exists." in (
        faults()
    )


def test_a_venue_that_is_wiped_and_keys_that_are_changed_break_nothing(sealed, settings):
    settings.VENUE_KEYS = ["a newer key, long enough to pass for one: 7d1e", *settings.VENUE_KEYS]
    reveal.reseal_all()
    Event.objects.filter(pk=sealed.pk).update(state="canceled", canceled_at=LATER)

    reveal.wipe_due(LATER + timedelta(days=settings.CANCELLED_PLACE_DAYS))

    assert faults() == []


# --- Who can ask -------------------------------------------------------------------------------


def ran(*witnesses):
    out, err = io.StringIO(), io.StringIO()
    options = {"stdout": out, "stderr": err}
    try:
        call_command("audit_books", *[f"--witness={each}" for each in witnesses], **options)
    except SystemExit as end:
        return end.code, out.getvalue() + err.getvalue()
    return 0, out.getvalue() + err.getvalue()


def test_audit_books_says_what_was_dated_back(sealed):
    Commitment.objects.filter(event=sealed).update(published_at=SEALED_ON + DAY)

    code, said = ran()

    assert (code, "was altered: a publication of a seal" in said) == (1, True)


def test_audit_books_prints_a_line_that_is_a_witness_later(sealed, keeper):
    _, said = ran()
    head = VenueLogHead.objects.get()
    assert f"The venue log ends with {head.number}:{head.digest}. Keep this line." in said
    witness = f"{head.number}:{head.digest}"
    reveal.look(sealed, by=keeper, at=LATER)

    assert ran(witness)[0] == 0
    assert ran(f"{head.number}:{'0' * 64}") == (
        1, f"The venue log has no record {head.number}:{'0' * 64}: it was rewritten.\n",
    )  # fmt: skip


def test_an_audit_reads_and_writes_nothing(sealed):
    before = VenueLogHead.objects.get().number

    assert audit(LATER).errors == ()
    assert VenueLogHead.objects.get().number == before
