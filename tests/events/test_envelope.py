"""The sealed envelope: what is published early, what is shown at T, and that both agree."""

import hashlib
from datetime import timedelta

import pytest
from django.core import serializers
from django.db import IntegrityError

from events import envelope, place_pictures, reveal, sender
from events.models import Commitment, PlacePicture, VenueLook
from nsca.lib.sealing import seal_bytes, unseal
from tests.events.envelope_kit import LATER, SEALED_ON, page, proof
from tests.events.reveal_kit import DAY, LINK, LONG_BEFORE, OTHER_PLACE, PLACE, TICK, T
from tests.factories import make_event, make_user

pytestmark = pytest.mark.django_db


# --- What is hashed ------------------------------------------------------------------------------


def test_the_text_is_the_one_that_the_page_for_cryptographers_describes():
    text = envelope.text_of(7, PLACE, "00ff" * 8)

    assert text == (
        "Norfolk Sister City Association: what the envelope holds\n"
        "Form: 1\n"
        "Event: 7\n"
        "Place: Chart House Lawn\n"
        "Address: 12 Ropewalk\n"
        "Address: Norfolk, Virginia\n"
        "ZIP: 23510\n"
        "Coordinates: 36.846512, -76.291734\n"
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
    assert envelope.text_of(1, reveal.Place(name=name), "0") == envelope.text_of(
        1, reveal.Place(name=same), "0"
    )


@pytest.mark.parametrize("field", ["phone", "parking", "directions", "plan_b"])
def test_a_better_sentence_about_the_way_does_not_break_the_seal(sealed, keeper, field):
    better = reveal.Place(**{**vars(PLACE), field: "757-555-0111"})

    reveal.write_place(sealed, better, by=keeper, at=LATER)

    assert sealed.commitments.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"name": "Chart House"}, {"lines": ("14 Ropewalk",)}, {"latitude": 36.846513}],
)
def test_every_word_of_the_place_itself_is_under_the_seal(sealed, keeper, change):
    reveal.write_place(sealed, reveal.Place(**vars(PLACE) | change), by=keeper, at=LATER)

    assert sealed.commitments.count() == 2


# --- Publishing is an act of staff ---------------------------------------------------------------


def test_entering_a_place_publishes_nothing_and_seals_nothing(soiree):
    assert Commitment.objects.count() == 0
    assert envelope.published(soiree) is None


def test_publishing_needs_the_permission_and_leaves_a_row(soiree, keeper):
    editor = make_user("editor@nsca.example", is_staff=True)

    with pytest.raises(reveal.NotPermitted):
        reveal.publish_seal(soiree, by=editor, at=SEALED_ON)
    reveal.publish_seal(soiree, by=keeper, at=SEALED_ON)

    assert list(soiree.venue_looks.filter(act="sealed").values_list("user", "at")) == [
        (keeper.pk, SEALED_ON)
    ]


def test_an_empty_envelope_is_not_sealed(keeper):
    event = make_event(starts_at=T + DAY, lead=DAY)

    with pytest.raises(reveal.NoPlace):
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


def test_the_same_place_is_not_sealed_twice(sealed, keeper):
    with pytest.raises(reveal.NotSealed, match="published already"):
        reveal.publish_seal(sealed, by=keeper, at=LATER)

    assert sealed.commitments.count() == 1


def test_a_place_that_is_no_secret_has_no_seal(keeper):
    event = make_event(starts_at=T + DAY)
    reveal.write_place(event, PLACE, by=keeper, at=LONG_BEFORE)

    with pytest.raises(reveal.NotSealed, match="no secret"):
        reveal.publish_seal(event, by=keeper, at=SEALED_ON)


def test_the_database_refuses_a_seal_published_before_it_was_made(soiree):
    with pytest.raises(IntegrityError, match="commitments_are_published_after|constraint"):
        Commitment.objects.create(
            event=soiree, digest="0" * 64, salt=b"", sealed_at=LATER, published_at=SEALED_ON
        )


# --- What lies in the database -------------------------------------------------------------------


def test_the_salt_has_128_bits_and_is_another_each_time(soiree, keeper):
    reveal.publish_seal(soiree, by=keeper, at=SEALED_ON)
    reveal.write_place(soiree, OTHER_PLACE, by=keeper, at=LATER)
    salts = [unseal(row.salt, bound_to=f"salt of event {soiree.pk}") for row in _rows(soiree)]

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
    reveal.write_place(other, OTHER_PLACE, by=keeper, at=LONG_BEFORE)
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


def test_a_cancelled_evening_s_salt_is_wiped_with_the_place(sealed, ticket, settings):
    type(sealed).objects.filter(pk=sealed.pk).update(state="cancelled", cancelled_at=LATER)

    assert reveal.wipe_due(LATER + timedelta(days=settings.CANCELLED_PLACE_DAYS)) == 1

    row = sealed.commitments.get()
    assert (bytes(row.salt), len(row.digest)) == (b"", 64)
    assert VenueLook.objects.filter(event=sealed, act="wiped").count() == 1


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
        PlacePicture.objects.update_or_create(
            event=sealed, defaults={"about": content, "sealed": content, "sealed_at": at}
        )

    put("old", LONG_BEFORE)
    meanwhile(monkeypatch, place_pictures, lambda: put("new", LATER))

    reveal.reseal_all(drop_lost=True)

    assert place_pictures.content_of(sealed.pk) == b"new"


# --- The proof at T ------------------------------------------------------------------------------


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
    assert "Decided on May 2, 2027, not changed since." in html
    assert "re-sealed" not in html


def test_a_change_before_t_is_silent_and_said_honestly_after_it(
    sealed, ticket, keeper, client, travel
):
    addresses = ["/events/soiree/", "/events/soiree/envelope/", ticket.get_absolute_url()]
    travel(LATER + DAY)
    before = [client.get(address).content for address in addresses]

    reveal.write_place(sealed, OTHER_PLACE, by=keeper, at=LATER)
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
    assert "it was not public before the envelope opened" in html


def test_a_new_seal_may_be_published_as_well_and_then_it_was_public(
    sealed, ticket, keeper, client, travel
):
    reveal.write_place(sealed, OTHER_PLACE, by=keeper, at=LATER)
    reveal.publish_seal(sealed, by=keeper, at=LATER + DAY)
    travel(LATER + DAY)

    public = page(client, "/events/soiree/")
    shown = proof(sealed, ticket)

    assert [row.digest in public for row in _rows(sealed)] == [True, True]
    assert "sealed anew on <b>May 15, 2027</b>" in public
    assert (shown.is_unchanged, shown.is_public) == (False, True)
    assert shown.renewed == (LATER,)


def test_there_and_back_is_said_to_have_been_sealed_twice_more(sealed, ticket, keeper):
    reveal.write_place(sealed, OTHER_PLACE, by=keeper, at=LATER)
    reveal.write_place(sealed, PLACE, by=keeper, at=LATER + DAY)

    shown = proof(sealed, ticket)

    assert shown.renewed == (LATER, LATER + DAY)
    assert "Place: Chart House Lawn" in shown.text


def test_a_place_changed_after_t_is_proved_as_changed(sealed, ticket, keeper):
    reveal.publish_due(at=T)
    reveal.write_place(sealed, OTHER_PLACE, by=keeper, at=T + DAY / 8)

    shown = proof(sealed, ticket, T + DAY / 4)

    assert shown.renewed == (T + DAY / 8,)
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
        (0, "It was decided on May 2, 2027 and not changed since; the proof is on your ticket."),
        (1, "It was sealed on May 2, 2027, re-sealed on May 14, 2027; the proof is on your"),
    ],
)
def test_the_letter_that_tells_the_place_says_how_long_it_was_decided(
    sealed, ticket, keeper, letters, changes, words
):
    for _ in range(changes):
        reveal.write_place(sealed, OTHER_PLACE, by=keeper, at=LATER)
    reveal.publish_due(at=T)

    sender.send_due(at=T)

    assert words in letters[0].body
    assert words in letters[0].alternatives[0].content


def test_without_a_seal_the_letter_claims_nothing(soiree, ticket, letters):
    reveal.publish_due(at=T)

    sender.send_due(at=T)

    assert "proof" not in letters[0].body
