"""The envelope in the admin: who may open it, that it is logged, and that it leaves no trace."""

import html
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.urls import reverse

from events import reveal
from events.models import Event, VenueAccess
from nsca.lib.timing import NORFOLK
from tests.admin.conftest import CANARY, press

SECOND = timedelta(seconds=1)

FORM = {
    "kind": "venue",
    "name": CANARY,
    "lines": "7 Canary Street\nNorfolk, Virginia",
    "postcode": "23510",
    "latitude": "36.85",
    "longitude": "-76.29",
    "phone": "757-555-0142",
    "parking": "",
    "directions": "",
    "plan_b": "",
    "join_url": "",
    "seal": "yes",
}


def venue_page(event):
    return reverse("admin:events_event_venue", args=[event.pk])


def test_the_venue_is_sealed_through_the_page_and_the_change_is_logged(sign_in, soiree, at):
    client = sign_in("events")

    response = press(client, venue_page(soiree), FORM)

    assert response.status_code == 302
    assert [(look.act, look.user.email) for look in soiree.venue_accesses.all()] == [
        ("changed", "events@nsca.example")
    ]
    user = soiree.venue_accesses.get().user
    assert reveal.look(soiree, by=user, at=at).name == CANARY


def test_opening_the_page_is_no_look_and_a_look_is_logged(sign_in, sealed_soiree):
    VenueAccess.objects.all().delete()
    client = sign_in("events")

    closed = client.get(venue_page(sealed_soiree))
    assert CANARY not in closed.content.decode()
    assert not VenueAccess.objects.exists()

    opened = client.post(venue_page(sealed_soiree), {"look": "yes"})
    assert CANARY in opened.content.decode()
    assert [look.act for look in VenueAccess.objects.all()] == ["looked"]


def test_the_page_of_the_venue_is_kept_nowhere(sign_in, sealed_soiree):
    response = sign_in("events").post(venue_page(sealed_soiree), {"look": "yes"})

    assert {"private", "no-store"} <= set(response.headers["Cache-Control"].split(", "))
    assert response.headers["Referrer-Policy"] == "same-origin"  # nothing goes to another site


def test_the_venue_leaves_no_trace_in_any_table_of_the_admin(sign_in, soiree):
    client = sign_in("events")
    press(client, venue_page(soiree), FORM)
    press(client, venue_page(soiree), {**FORM, "postcode": "23511"})

    assert not LogEntry.objects.exists()
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [
                table for row in cursor.fetchall() if any(CANARY in str(cell) for cell in row)
            ]
    assert found == []


@pytest.mark.parametrize("name", ["change", "history", "reveal", "duplicate", "preview"])
def test_no_other_page_of_the_event_tells_the_venue(name, sign_in, sealed_soiree):
    client = sign_in("director")

    response = client.get(reverse(f"admin:events_event_{name}", args=[sealed_soiree.pk]))

    assert response.status_code == 200
    assert CANARY not in response.content.decode()


def test_an_editor_s_pages_are_the_same_with_and_without_a_venue(sign_in, soiree, staff, at):
    client = sign_in("editor")
    urls = [reverse("admin:index"), reverse("admin:events_event_changelist")]
    before = [_without_tokens(client.get(url)) for url in urls]

    reveal.write_venue(soiree, reveal.VenueDetails(name=CANARY), by=staff("director"), at=at)

    assert [_without_tokens(client.get(url)) for url in urls] == before


def _without_tokens(response):
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_an_error_in_the_venue_does_not_repeat_it(sign_in, soiree):
    response = press(sign_in("events"), venue_page(soiree), {**FORM, "longitude": ""})

    body = response.content.decode()
    assert response.status_code == 422
    assert "Enter both latitude and longitude, or neither." in body
    assert body.count(CANARY) == 1  # in its own field, and nowhere else


def test_hold_release_and_reveal_now_are_asked_before_they_are_done(sign_in, sealed_soiree):
    client = sign_in("events")
    VenueAccess.objects.all().delete()

    client.get(reverse("admin:events_event_hold", args=[sealed_soiree.pk]))
    assert Event.objects.get().reveal_held_at is None
    press(client, reverse("admin:events_event_hold", args=[sealed_soiree.pk]))
    assert Event.objects.get().reveal_held_at is not None
    press(client, reverse("admin:events_event_release", args=[sealed_soiree.pk]))
    assert Event.objects.get().reveal_held_at is None
    press(client, reverse("admin:events_event_reveal_now", args=[sealed_soiree.pk]))

    acts = list(VenueAccess.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["held", "released", "opened"]


@pytest.mark.parametrize("name", ["hold", "release", "reveal_now", "venue"])
@pytest.mark.parametrize("group", ["editor", "treasurer", "members", "door"])
def test_others_have_no_hand_in_the_reveal(group, name, sign_in, sealed_soiree):
    response = sign_in(group).post(reverse(f"admin:events_event_{name}", args=[sealed_soiree.pk]))

    assert response.status_code == 403


def preview(client, event, instant, who):
    local = instant.astimezone(NORFOLK)
    asked = {"at_0": f"{local:%Y-%m-%d}", "at_1": f"{local:%H:%M:%S}", "who": who}
    return client.get(reverse("admin:events_event_preview", args=[event.pk]), asked)


def test_a_preview_of_a_later_instant_keeps_the_envelope_shut(sign_in, sealed_soiree):
    Event.objects.update(audience=Event.Audience.EVERYONE_AT_T)
    client = sign_in("director")

    page = preview(client, sealed_soiree, sealed_soiree.starts_at, "visitor").content.decode()
    ticket = preview(client, sealed_soiree, sealed_soiree.starts_at, "holder").content.decode()

    assert "This is a preview" in page
    assert "This is a preview" in ticket
    assert CANARY not in page + ticket


@pytest.mark.parametrize(
    ("before_t", "shown", "hidden"),
    [
        (SECOND, "The location is sealed", "An Example Hall"),
        (0 * SECOND, "The location is revealed", "The location is sealed"),
        (-SECOND, "How to get there", "The location is sealed"),
    ],
)
def test_the_preview_as_a_holder_shows_what_a_holder_sees_at_the_reveal(
    sign_in, sealed_soiree, before_t, shown, hidden
):
    """It once showed the visitor's page, and a ticket that stayed sealed for ever."""
    client = sign_in("editor")

    answer = preview(client, sealed_soiree, sealed_soiree.opens_at - before_t, "holder")

    page = answer.content.decode()
    assert "You’re coming" in page
    assert shown in page
    assert hidden not in page
    assert CANARY not in page


@pytest.mark.parametrize("who", ["visitor", "holder"])
def test_each_moment_of_the_preview_is_offered_for_both_and_leads_back(
    sign_in, sealed_soiree, who
):
    client = sign_in("editor")
    url = reverse("admin:events_event_preview", args=[sealed_soiree.pk])

    asked = client.get(url).content.decode()
    links = [html.unescape(link) for link in re.findall(r'class="button"\s+href="([^"]+)"', asked)]
    mine = [link for link in links if link.endswith(f"who={who}")]
    pages = [client.get(url + link).content.decode() for link in mine]

    assert len(mine) == 6
    assert [f'<a href="{url}">Another instant</a>' in page for page in pages] == [True] * 6


def test_a_move_that_would_reveal_at_once_needs_an_explicit_yes(sign_in, sealed_soiree, at):
    client = sign_in("events")
    url = reverse("admin:events_event_change", args=[sealed_soiree.pk])
    data = form_data(client, url) | {"lead": "240"}

    asked = client.post(url, data)
    assert "has passed: saving reveals the venue at once, to 0 people." in asked.content.decode()
    yes = data | {"confirmed": asked.context["outlook"].key}
    assert client.post(url, yes).status_code == 422
    assert Event.objects.get().lead.days == 1

    client.post(url, yes | {"yes_reveal": "on"})
    assert Event.objects.get().lead.days == 10


def test_an_editor_cannot_move_the_reveal(sign_in, sealed_soiree):
    client = sign_in("editor")
    url = reverse("admin:events_event_change", args=[sealed_soiree.pk])

    response = client.post(
        url, form_data(client, url) | {"lead": "240", "starts_at_0": "2020-01-01"}
    )

    assert response.status_code == 302
    kept = Event.objects.get()
    assert (kept.lead, kept.starts_at) == (sealed_soiree.lead, sealed_soiree.starts_at)


def test_a_hold_survives_a_form_that_was_open_meanwhile(sign_in, sealed_soiree, staff, at):
    client = sign_in("editor")
    url = reverse("admin:events_event_change", args=[sealed_soiree.pk])
    data = form_data(client, url)
    reveal.hold(sealed_soiree, by=staff("director"), at=at)

    client.post(url, data | {"summary": "New words."})

    kept = Event.objects.get()
    assert (kept.summary, kept.reveal_held_at) == ("New words.", at)


def test_an_old_version_brings_back_words_and_not_the_reveal(sign_in, sealed_soiree, staff, at):
    """Its lead was ten days then, and nothing was held: neither comes back with the words."""
    old = sealed_soiree.history.first()
    old.lead, old.summary = 10 * old.lead, "Old words."
    old.save()
    Event.objects.filter(pk=sealed_soiree.pk).update(reveal_version=1)
    reveal.hold(sealed_soiree, by=staff("director"), at=at)
    client = sign_in("editor")
    url = reverse("admin:events_event_simple_history", args=[sealed_soiree.pk, old.pk])

    data = {}
    for bound in client.get(url).context["adminform"].form:
        data |= sent(bound)
    response = client.post(url, data)

    assert response.status_code == 302
    kept = Event.objects.get()
    assert (kept.summary, kept.lead, kept.reveal_held_at, kept.reveal_version) == (
        "Old words.", sealed_soiree.lead, at, 1,
    )  # fmt: skip


def test_an_old_version_that_would_reveal_at_once_is_asked_about(sign_in, sealed_soiree):
    old = sealed_soiree.history.first()
    old.lead = 10 * old.lead
    old.save()
    client = sign_in("events")
    url = reverse("admin:events_event_simple_history", args=[sealed_soiree.pk, old.pk])
    data = {}
    for bound in client.get(url).context["adminform"].form:
        data |= sent(bound)

    response = client.post(url, data)

    assert "saving reveals the venue at once" in response.content.decode()
    assert Event.objects.get().lead == sealed_soiree.lead


def test_an_old_version_does_not_call_a_canceled_event_back_to_life(sign_in, sealed_soiree):
    old = sealed_soiree.history.first()
    Event.objects.update(state=Event.State.CANCELED)
    client = sign_in("director")
    url = reverse("admin:events_event_simple_history", args=[sealed_soiree.pk, old.pk])
    data = {}
    for bound in client.get(url).context["adminform"].form:
        data |= sent(bound)

    client.post(url, data | {"state": "published"})

    assert Event.objects.get().is_canceled


def form_data(client, url) -> dict:
    """What a browser would send back from a change form, unchanged."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    data = {}
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            data |= sent(bound)
    return data


def sent(bound) -> dict:
    value, name = bound.value(), bound.html_name
    widget = bound.field.widget
    inner = getattr(widget, "widget", widget)  # the related-object wrapper
    if hasattr(inner, "decompress"):
        parts = value if isinstance(value, list) else inner.decompress(value)
        return {f"{name}_{i}": part or "" for i, part in enumerate(parts)}
    if value is None or value is False or getattr(inner, "needs_multipart_form", False):
        return {}
    return {name: "on" if value is True else value}


def test_an_editor_cannot_ask_the_list_which_envelopes_somebody_has_filled(
    sign_in, soiree, staff, at
):
    client = sign_in("editor")
    lists = reverse("admin:events_event_changelist")
    questions = [
        "venue_accesses__isnull=0", "venue_accesses__isnull=1", "venue_accesses__gt=0",
        "reveal_mails__isnull=0", "reveal_version__gte=0",
    ]  # fmt: skip
    before = [client.get(f"{lists}?{question}").status_code for question in questions]
    reveal.write_venue(soiree, reveal.VenueDetails(name=CANARY), by=staff("director"), at=at)

    after = [client.get(f"{lists}?{question}") for question in questions]

    assert [answer.status_code for answer in after] == before
    assert [answer for answer in after if b"Soir" in answer.content] == []


def test_no_list_of_events_can_be_asked_for_what_hangs_on_an_event_behind_its_page(sign_in):
    """What the word check found lies where a venue is kept, a second seal where it was changed:
    rows that whoever may list events could count with “?word_findings__isnull=0” or
    “?commitments__gt=7”.
    """
    client = sign_in("editor")
    lists = reverse("admin:events_event_changelist")
    every = Event._meta.get_fields(include_hidden=True)
    # "+" is what Django calls a relation without a way back: the envelope's own.
    hanging = {quote(field.name) for field in every if field.auto_created and not field.concrete}

    answers = {
        f"{name}{question}": client.get(f"{lists}?{name}{question}").status_code
        for name in sorted(hanging)
        for question in ("__isnull=0", "__gt=0", "=1")
    }

    assert {"%2B", "word_findings", "commitments", "venue_accesses"} <= hanging
    assert {question: code for question, code in answers.items() if code != 400} == {}
    assert client.get(f"{lists}?state__exact=published").status_code == 200
