"""The sealed envelope: what is published early, what is shown at T, and that both agree."""

import hashlib
import io
import secrets
from datetime import timedelta

import pytest
from django.core import serializers
from django.db import IntegrityError
from PIL import Image

from events import reveal
from events.models import Commitment, VenueAccess, VenuePicture
from events.reveal import sender
from events.venue import envelope
from events.venue import pictures as venue_pictures
from events.venue.details import Picture
from nsca.lib.secrets.sealing import seal, seal_bytes, unseal
from tests.events.envelope_kit import LATER, SEALED_ON, page, proof
from tests.events.reveal_kit import DAY, LINK, LONG_BEFORE, OTHER_VENUE, TICK, VENUE, T
from tests.factories import make_event, make_user
from tests.markup import flat

pytestmark = pytest.mark.django_db
# Of OTHER_PLACE against PLACE.
ALL_OTHER = (
    "the name, the address, the coordinates, the directions, the parking, the plan for rain and "
    "the phone number); the proof is on your"
)


# --- What is hashed ----------------------------------------------------------------------------


def test_the_text_is_the_one_that_the_page_for_cryptographers_describes():
    picture = Picture(alt="The gate", width=4, height=3, sha256="abc123")

    text = envelope.text_of(7, VENUE, "00ff" * 8, picture)

    assert text == (
        "Norfolk Sister City Association: what the envelope holds\n"
        "Form: 2\n"
        "Event: 7\n"
        "Place: Chart House Lawn\n"
        "Address: 12 Ropewalk\n"
        "Address: Norfolk, Virginia\n"
        "ZIP: 23510\n"
        "Coordinates: 36.846512, -76.291734\n"
        "Directions: The gate is on the river side.\n"
        "Parking: The garage on Boush Street\n"
        "If it rains: The boat house next door\n"
        "Telephone: 757-555-0142\n"
        "Picture: abc123\n"
        "Picture in words: The gate\n"
        "Salt: 00ff00ff00ff00ff00ff00ff00ff00ff\n"
    )


def test_a_link_to_join_is_what_is_sealed_of_a_class_online():
    assert "Link: https://meet.example/j/998877\n" in envelope.text_of(7, LINK, "0" * 32)


@pytest.mark.parametrize(
    "name, same",
    [
        ("Café  Rouge", "Café Rouge"),  # two spaces
        ("Cafe\u0301 Rouge", "Café Rouge"),  # the accent as a sign of its own
        ("Café\u00a0Rouge", "Café Rouge"),
        ("Café\nSalt: 1", "Café Salt: 1"),  # no value can look like two
    ],
)
def test_what_looks_the_same_is_sealed_the_same(name, same):
    assert envelope.text_of(1, reveal.VenueDetails(name=name), "0") == envelope.text_of(
        1, reveal.VenueDetails(name=same), "0"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Chart House"}, "the name"),
        ({"lines": ("14 Ropewalk",)}, "the address"),
        ({"postcode": "23507"}, "the ZIP code"),
        ({"latitude": 36.846513}, "the coordinates"),
        ({"directions": "Go to the other park."}, "the directions"),
        ({"parking": "In the other park"}, "the parking"),
        ({"plan_b": "The other park"}, "the plan for rain"),
        ({"phone": "757-555-0111"}, "the phone number"),
        (
            {"name": "The Park", "directions": "North", "parking": "There"},
            "the name, the directions and the parking",
        ),
    ],
)
def test_a_guest_cannot_be_led_elsewhere_under_an_unbroken_seal(
    sealed, keeper, ticket, client, travel, change, words
):
    """Directions alone, to another park, once passed for "not changed since"."""
    reveal.write_venue(sealed, reveal.VenueDetails(**vars(VENUE) | change), by=keeper, at=LATER)

    travel(T)
    html = page(client, ticket.get_absolute_url())

    assert sealed.commitments.count() == 2
    assert [(each.at, each.words) for each in proof(sealed, ticket).renewed] == [(LATER, words)]
    assert f"Friday, May 14, 2027 at 6:00 p.m. EDT</time>: {words}</li>" in html
    assert "not changed since" not in html


def another_picture(sealed, keeper, at, colour="white"):
    file = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "JPEG")
    file.seek(0)
    reveal.write_picture(sealed, file, "A plan", by=keeper, at=at)


def test_a_plan_of_the_way_is_under_the_seal_like_the_venue(sealed, keeper, ticket):
    another_picture(sealed, keeper, LATER)

    shown = proof(sealed, ticket)

    content = venue_pictures.content_of(sealed.pk)
    assert [(each.at, each.words) for each in shown.renewed] == [(LATER, "the picture")]
    assert f"Picture: {hashlib.sha256(content).hexdigest()}\n" in shown.text
    assert "Picture in words: A plan\n" in shown.text


def test_a_picture_that_was_there_when_it_was_sealed_breaks_nothing(soiree, keeper, ticket):
    another_picture(soiree, keeper, LONG_BEFORE)
    reveal.publish_seal(soiree, by=keeper, at=SEALED_ON)

    assert proof(soiree, ticket).is_unchanged
    reveal.remove_picture(soiree, by=keeper, at=LATER)
    assert [each.words for each in proof(soiree, ticket).renewed] == ["the picture"]


def test_what_was_changed_is_told_to_nobody_before_t(sealed, keeper):
    reveal.write_venue(
        sealed, reveal.VenueDetails(**vars(VENUE) | {"parking": "There"}), by=keeper, at=LATER
    )

    dump = serializers.serialize("json", Commitment.objects.all())

    assert "parking" not in dump
    assert envelope.published(sealed).is_renewed is False


def of_the_first_form(sealed, **changes):
    """As a seal was made before directions were under it."""
    salt = secrets.token_hex(16)
    text = envelope.text_of(sealed.pk, VENUE, salt, form=1)
    row = Commitment.objects.get(event=sealed)
    row.digest, row.form = envelope.digest_of(text), 1
    row.salt = seal(salt, bound_to=f"salt of event {sealed.pk}", at=SEALED_ON)
    row.save()


def test_a_seal_of_the_first_form_is_not_said_to_cover_the_directions(
    sealed, ticket, client, travel
):
    of_the_first_form(sealed)
    travel(T)

    html = page(client, ticket.get_absolute_url())

    assert "unchanged since" not in html
    assert "The name, address and coordinates have not changed since." in html
    assert "Form: 1" in proof(sealed, ticket).text
    assert "Directions" not in proof(sealed, ticket).text


def test_a_seal_of_the_first_form_can_be_replaced_by_a_full_one(sealed, keeper, ticket):
    of_the_first_form(sealed)

    reveal.publish_seal(sealed, by=keeper, at=LATER)

    shown = proof(sealed, ticket)
    assert (shown.is_public, shown.is_full, [each.at for each in shown.renewed]) == (
        True, True, [LATER],
    )  # fmt: skip


# --- Publishing is an act of staff -------------------------------------------------------------


def test_entering_a_venue_publishes_nothing_and_seals_nothing(soiree):
    assert Commitment.objects.count() == 0
    assert envelope.published(soiree) is None


def test_publishing_needs_the_permission_and_leaves_a_row(soiree, keeper):
    editor = make_user("editor@nsca.example", is_staff=True)

    with pytest.raises(reveal.NotPermitted):
        reveal.publish_seal(soiree, by=editor, at=SEALED_ON)
    reveal.publish_seal(soiree, by=keeper, at=SEALED_ON)

    assert list(soiree.venue_accesses.filter(act="sealed").values_list("user", "at")) == [
        (keeper.pk, SEALED_ON)
    ]


def test_an_empty_envelope_is_not_sealed(keeper):
    event = make_event(starts_at=T + DAY, lead=DAY)

    with pytest.raises(reveal.NoVenue):
        reveal.publish_seal(event, by=keeper, at=SEALED_ON)
    assert Commitment.objects.count() == 0


@pytest.mark.parametrize("at, is_allowed", [(T - TICK, True), (T, False), (T + TICK, False)])
def test_from_t_on_no_seal_is_published_for_it_would_prove_nothing(soiree, keeper, at, is_allowed):
    if is_allowed:
        reveal.publish_seal(soiree, by=keeper, at=at)
    else:
        with pytest.raises(reveal.NotSealed, match="would prove nothing"):
            reveal.publish_seal(soiree, by=keeper, at=at)

    assert soiree.commitments.count() == is_allowed


def test_the_same_venue_is_not_sealed_twice(sealed, keeper):
    with pytest.raises(reveal.NotSealed, match="already published"):
        reveal.publish_seal(sealed, by=keeper, at=LATER)

    assert sealed.commitments.count() == 1


def test_a_venue_that_is_no_secret_has_no_seal(keeper):
    event = make_event(starts_at=T + DAY)
    reveal.write_venue(event, VENUE, by=keeper, at=LONG_BEFORE)

    with pytest.raises(reveal.NotSealed, match="not secret"):
        reveal.publish_seal(event, by=keeper, at=SEALED_ON)


def test_the_database_refuses_a_seal_published_before_it_was_made(soiree):
    with pytest.raises(IntegrityError, match="commitments_are_published_after|constraint"):
        Commitment.objects.create(
            event=soiree,
            digest="0" * 64,
            salt=b"",
            form=2,
            sealed_at=LATER,
            published_at=SEALED_ON,
        )


# --- What lies in the database -----------------------------------------------------------------


def test_the_salt_has_128_bits_and_is_another_each_time(soiree, keeper):
    reveal.publish_seal(soiree, by=keeper, at=SEALED_ON)
    reveal.write_venue(soiree, OTHER_VENUE, by=keeper, at=LATER)
    inside = [unseal(row.salt, bound_to=f"salt of event {soiree.pk}") for row in _rows(soiree)]
    salts = [text.splitlines()[0] for text in inside]

    assert [len(bytes.fromhex(salt)) for salt in salts] == [16, 16]
    assert len(set(salts)) == 2


def _rows(event):
    return event.commitments.order_by("pk")


def test_before_t_neither_salt_nor_text_is_in_the_database_in_the_clear(sealed, ticket):
    salt = proof(sealed, ticket).text.splitlines()[-1].removeprefix("Salt: ")

    dump = serializers.serialize("json", Commitment.objects.all())

    assert len(salt) == 32
    assert salt not in dump
    assert "Chart House" not in dump
    assert proof(sealed, ticket).digest in dump  # the test does look at the rows


def test_a_salt_under_another_event_opens_nothing(sealed, soiree, keeper, ticket):
    other = make_event(starts_at=T + DAY, lead=DAY)
    reveal.write_venue(other, OTHER_VENUE, by=keeper, at=LONG_BEFORE)
    reveal.publish_seal(other, by=keeper, at=SEALED_ON)
    stolen = other.commitments.get().salt

    sealed.commitments.update(salt=stolen)

    assert proof(sealed, ticket) is None


def test_the_key_is_changed_and_the_proof_still_fits(sealed, ticket, settings):
    before = proof(sealed, ticket).digest
    settings.VENUE_KEYS = ["a newer key, long enough to pass for one: 7d1e", *settings.VENUE_KEYS]
    old = bytes(sealed.commitments.get().salt)

    reveal.reseal_all()

    assert bytes(sealed.commitments.get().salt) != old
    assert proof(sealed, ticket).digest == before


def test_where_the_key_is_lost_there_is_no_proof_and_no_trace(sealed, ticket, client, travel):
    sealed.commitments.update(salt=b"nothing that any key opens")
    travel(T)

    html = page(client, ticket.get_absolute_url())

    assert "Chart House Lawn" in html
    assert "The seal, opened" not in html


def test_a_canceled_evening_s_salt_is_wiped_with_the_venue(sealed, ticket, settings):
    type(sealed).objects.filter(pk=sealed.pk).update(state="canceled", canceled_at=LATER)

    assert reveal.wipe_due(LATER + timedelta(days=settings.CANCELLED_PLACE_DAYS)) == 1

    row = sealed.commitments.get()
    assert (bytes(row.salt), len(row.digest)) == (b"", 64)
    assert VenueAccess.objects.filter(event=sealed, act="wiped").count() == 1


def meanwhile(monkeypatch, module, act):
    """Somebody else does something while a row is sealed anew."""
    seal_anew = module.resealed

    def slow(sealed):
        act()
        return seal_anew(sealed)

    monkeypatch.setattr(module, "resealed", slow)


def test_a_salt_that_is_wiped_while_keys_are_rotated_stays_wiped(sealed, monkeypatch):
    meanwhile(monkeypatch, envelope, lambda: envelope.forget(sealed))

    reveal.reseal_all()

    assert bytes(sealed.commitments.get().salt) == b""


@pytest.mark.parametrize("key_is_lost", [False, True])
def test_a_picture_that_is_replaced_while_keys_are_rotated_is_the_new_one(
    sealed, monkeypatch, key_is_lost
):
    def put(sign, at):
        old = b"nothing that any key opens" if key_is_lost and sign == "old" else None
        content = old or seal_bytes(sign.encode(), bound_to=f"picture of event {sealed.pk}", at=at)
        VenuePicture.objects.update_or_create(
            event=sealed, defaults={"about": content, "sealed": content, "sealed_at": at}
        )

    put("old", LONG_BEFORE)
    meanwhile(monkeypatch, venue_pictures, lambda: put("new", LATER))

    reveal.reseal_all(drop_lost=True)

    assert venue_pictures.content_of(sealed.pk) == b"new"


# --- The proof at T ----------------------------------------------------------------------------


@pytest.mark.parametrize("at, is_there", [(T - TICK, False), (T, True), (T + DAY, True)])
def test_the_proof_is_there_from_t_on(sealed, ticket, at, is_there):
    assert (proof(sealed, ticket, at) is not None) is is_there


def test_it_fits_what_was_published_by_anybody_s_arithmetic(sealed, ticket):
    shown = proof(sealed, ticket)

    public = envelope.published(sealed).first.digest
    assert shown.text.startswith("Norfolk Sister City Association")
    assert "Place: Chart House Lawn\nAddress: 12 Ropewalk\n" in shown.text
    assert hashlib.sha256(shown.text.encode()).hexdigest() == public == shown.digest


def test_decided_on_the_second_of_may_not_changed_since(sealed, ticket, client, travel):
    travel(T)

    html = page(client, ticket.get_absolute_url())

    assert proof(sealed, ticket).is_unchanged
    assert "Sealed on May 2, 2027, unchanged since." in html
    assert "re-sealed" not in html


def test_a_change_before_t_is_silent_and_said_honestly_after_it(
    sealed, ticket, keeper, client, travel
):
    addresses = ["/events/soiree/", "/events/soiree/envelope/", ticket.get_absolute_url()]
    travel(LATER + DAY)
    before = [client.get(address).content for address in addresses]

    reveal.write_venue(sealed, OTHER_VENUE, by=keeper, at=LATER)
    travel(LATER + DAY)
    silent = [client.get(address).content for address in addresses]
    travel(T)
    html = page(client, ticket.get_absolute_url())

    assert silent == before
    assert "Sealed on May 2, 2027, re-sealed on May 14, 2027." in html
    assert "not changed since" not in html
    shown = proof(sealed, ticket)
    assert (shown.is_unchanged, shown.is_public) == (False, False)
    for digest in (shown.digest, shown.first.digest):
        assert digest in html
    assert "Place: Pagoda Garden" in shown.text
    assert "was not public before the envelope opened" in html


def test_a_new_seal_may_be_published_as_well_and_then_it_was_public(
    sealed, ticket, keeper, client, travel
):
    reveal.write_venue(sealed, OTHER_VENUE, by=keeper, at=LATER)
    reveal.publish_seal(sealed, by=keeper, at=LATER + DAY)
    travel(LATER + DAY)

    public = page(client, "/events/soiree/")
    shown = proof(sealed, ticket)

    assert [row.digest in public for row in _rows(sealed)] == [True, True]
    assert "re-sealed on <b>May 15, 2027</b>" in public
    assert (shown.is_unchanged, shown.is_public) == (False, True)
    assert [each.at for each in shown.renewed] == [LATER]


def test_there_and_back_is_said_to_have_been_sealed_twice_more(sealed, ticket, keeper):
    reveal.write_venue(sealed, OTHER_VENUE, by=keeper, at=LATER)
    reveal.write_venue(sealed, VENUE, by=keeper, at=LATER + DAY)

    shown = proof(sealed, ticket)

    assert [each.at for each in shown.renewed] == [LATER, LATER + DAY]
    assert "Place: Chart House Lawn" in shown.text


def test_a_venue_changed_after_t_is_proved_as_changed(sealed, ticket, keeper):
    reveal.publish_due(at=T)
    reveal.write_venue(sealed, OTHER_VENUE, by=keeper, at=T + DAY / 8)

    shown = proof(sealed, ticket, T + DAY / 4)

    assert [each.at for each in shown.renewed] == [T + DAY / 8]
    assert "Place: Pagoda Garden" in shown.text


def test_where_no_seal_was_published_the_ticket_claims_none(soiree, ticket, client, travel):
    travel(T)

    html = page(client, ticket.get_absolute_url())

    assert proof(soiree, ticket) is None
    assert "The seal, opened" not in html
    assert client.get(f"/tickets/{ticket.token}/envelope.txt").status_code == 404


@pytest.mark.parametrize(
    "changes, words",
    [
        (
            0,
            "It was sealed on May 2, 2027 and has not changed since; the proof is on your ticket.",
        ),
        (1, "It was sealed on May 2, 2027, re-sealed on May 14, 2027 (" + ALL_OTHER),
    ],
)
def test_the_email_that_tells_the_venue_says_how_long_it_was_decided(
    sealed, ticket, keeper, emails, changes, words
):
    for _ in range(changes):
        reveal.write_venue(sealed, OTHER_VENUE, by=keeper, at=LATER)
    reveal.publish_due(at=T)

    sender.send_due(at=T)

    assert words in emails[0].body
    assert words in flat(emails[0].alternatives[0].content)


def test_without_a_seal_the_email_claims_nothing(soiree, ticket, emails):
    reveal.publish_due(at=T)

    sender.send_due(at=T)

    assert "proof" not in emails[0].body
