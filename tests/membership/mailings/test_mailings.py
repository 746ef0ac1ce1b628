"""Mailings: who gets one, that each gets exactly one, and how to leave."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from post_office.models import STATUS, Email

from membership.mailings import known as mailings_known
from membership.mailings import mailings
from membership.mailings.mailings import choose
from membership.mailings.rendering import read_token, rendered, token_of
from membership.mailings.sending import tick
from membership.models import (
    Consent,
    FavoriteCity,
    Household,
    HouseholdMember,
    Mailing,
    MailingRecipient,
    Person,
    Term,
    Tier,
)
from membership.people import suppressed
from nsca.desk.groups import ensure_groups
from pages.models import SiteSettings, Subscriber
from tests.factories import make_city, make_event, make_person, make_ticket, make_user

NOON = datetime(2027, 4, 1, 16, 0, tzinfo=UTC)  # noon in Norfolk
TODAY = date(2027, 4, 1)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    """Give the association the postal address that news needs."""
    SiteSettings(pk=1, postal_address="1 Bay Street\nNorfolk, VA 23510").save()


@pytest.fixture
def writer():
    return make_user("members@staff.example", is_staff=True)


def tier(slug="family"):
    found, _ = Tier.objects.get_or_create(slug=slug, defaults={"name": slug.title()})
    return found


def member(name, *, ends_on=date(2028, 3, 31), level="family", agrees=(), **fields):
    fields.setdefault("email", f"{name.split()[0].lower()}@norfolk.example")
    person = make_person(name=name, **fields)
    Term.objects.create(
        household=person.household, tier=tier(level), starts_on=date(2026, 4, 1), ends_on=ends_on,
        reason="for a test",
    )  # fmt: skip
    for topic in agrees:
        decide(person, topic, True)
    return person


def decide(person, topic, is_given):
    Consent.objects.create(
        person=person, topic=topic, is_given=is_given, at=NOON - DAY, words="w", how="member"
    )


def mailing(writer, *, tiers=(), cities=(), **fields):
    fields = {"about": "membership", "subject": "Dues", "body": "<p>Dear {name}</p>", **fields}
    made = Mailing.objects.create(created_by=writer, created_at=NOON, **fields)
    made.tiers.set(tiers)
    made.cities.set(cities)
    return made


def names(made, at=NOON) -> list[str]:
    return [reader.name or reader.email for reader in choose(made, at=at).readers]


def reasons(made, at=NOON) -> dict[str, str]:
    return {name: reason for name, _pk, reason in choose(made, at=at).left_out}


def send_all(at=NOON):
    """Tick until nothing moves, emptying the outbox in between."""
    for _ in range(20):
        tick(at)
        Email.objects.update(status=STATUS.sent)
        if not Mailing.objects.filter(state="sending").exists():
            return


# --- Who ---------------------------------------------------------------------------------------


def test_filters_combine(writer):
    toulon = make_city("toulon")
    ada = member("Ada")
    bo = member("Bo", ends_on=TODAY - DAY)
    cy = member("Cy", ends_on=date(2026, 12, 31), level="student")
    make_person(name="Dee", email="dee@norfolk.example")  # a prospect
    for person in (ada, cy):
        FavoriteCity.objects.create(person=person, city=toulon)

    assert names(mailing(writer)) == ["Ada", "Bo", "Cy"]
    assert names(mailing(writer, statuses=["grace"])) == ["Bo"]
    assert names(mailing(writer, tiers=[tier("student")])) == ["Cy"]
    assert names(mailing(writer, cities=[toulon])) == ["Ada", "Cy"]
    assert names(mailing(writer, cities=[toulon], statuses=["current"])) == ["Ada"]
    assert names(mailing(writer, expired_since=date(2026, 12, 31))) == ["Bo", "Cy"]
    assert names(mailing(writer, expired_since=date(2027, 1, 1))) == ["Bo"]
    assert bo.name == "Bo"


def test_a_members_current_level_counts_not_an_earlier_one(writer):
    ada = member("Ada", level="student")
    Term.objects.filter(household=ada.household).update(ends_on=TODAY - DAY)
    Term.objects.create(
        household=ada.household, tier=tier("family"), starts_on=TODAY, ends_on=None, reason="x"
    )

    assert names(mailing(writer, tiers=[tier("student")])) == []
    assert names(mailing(writer, tiers=[tier("family")])) == ["Ada"]


def test_the_events_app_knows_who_attended(writer):
    soiree = make_event(starts_at=NOON - 30 * DAY)
    member("Ada")
    member("Bo")
    make_ticket(soiree, guest_email="ADA@norfolk.example", guest_name="Ada")

    assert mailings_known.occasions(at=NOON) == [(f"event-{soiree.pk}", str(soiree))]
    assert mailings_known.occasions(at=NOON - 31 * DAY) == []
    assert names(mailing(writer, came_to=f"event-{soiree.pk}")) == ["Ada"]
    assert names(mailing(writer, came_to="event-0")) == []


def test_everybody_left_out_has_a_reason(writer, office):
    member("Ada", agrees=["events"])
    member("Bo")
    member("Cy", agrees=["events"], email="")
    member("Dee", agrees=["events"], died_on=TODAY)
    member("Eve", agrees=["events"], born_on=date(2015, 1, 1))
    member("Fay", agrees=["events"])
    member("Gus", agrees=["events"])
    hal = member("Hal", agrees=["events"])
    member("Ida", agrees=["events"], email="ADA@norfolk.example")
    decide(hal, "events", False)
    suppressed.note("fay@norfolk.example", suppressed.Kind.BOUNCED, at=NOON)
    suppressed.note("gus@norfolk.example", suppressed.Kind.COMPLAINED, at=NOON)

    made = mailing(writer, about="events")

    assert names(made) == ["Ada"]
    assert reasons(made) == {
        "Bo": mailings.NO_CONSENT,
        "Cy": mailings.NO_ADDRESS,
        "Dee": mailings.DEAD,
        "Eve": mailings.MINOR,
        "Fay": mailings.BOUNCED,
        "Gus": mailings.COMPLAINED,
        "Hal": mailings.UNSUBSCRIBED,
        "Ida": mailings.SHARED,
    }


def test_membership_e_mail_needs_no_consent_and_goes_only_to_members(writer):
    member("Ada")
    make_person(name="Dee", email="dee@norfolk.example")

    assert names(mailing(writer)) == ["Ada"]


def test_a_person_in_two_households_gets_one_e_mail(writer):
    ada = member("Ada")
    other = Household.objects.create(name="The Youngs")
    HouseholdMember.objects.create(person=ada, household=other, is_home=False)
    Term.objects.create(
        household=other, tier=tier(), starts_on=TODAY, ends_on=None, reason="for a test"
    )

    assert names(mailing(writer)) == ["Ada"]


@pytest.mark.parametrize(
    ("confirmed", "left", "gets_it"),
    [(False, False, False), (True, False, True), (True, True, False)],
)
def test_the_newsletter_goes_only_to_confirmed_addresses(confirmed, left, gets_it, writer):
    Subscriber.objects.create(
        email="zoe@norfolk.example", asked_at=NOON,
        confirmed_at=NOON if confirmed else None, left_at=NOON if left else None,
    )  # fmt: skip
    member("Ada", agrees=["newsletter"])  # the box alone is not the mailbox's yes

    assert names(mailing(writer, about="newsletter")) == (
        ["zoe@norfolk.example"] if gets_it else []
    )


def test_a_filter_leaves_out_subscribers_without_a_record(writer):
    Subscriber.objects.create(email="zoe@norfolk.example", asked_at=NOON, confirmed_at=NOON)
    Subscriber.objects.create(email="ada@norfolk.example", asked_at=NOON, confirmed_at=NOON)
    member("Ada")

    assert names(mailing(writer, about="newsletter", statuses=["current"])) == ["Ada"]
    assert names(mailing(writer, about="newsletter")) == ["Ada", "zoe@norfolk.example"]


# --- Sending -----------------------------------------------------------------------------------


@pytest.fixture
def director():
    return make_user("director@staff.example", is_staff=True, permissions=["events.see_venue"])


def test_news_is_not_sent_without_a_postal_address(writer):
    member("Ada", agrees=["events"])
    made = mailing(writer, about="events")

    with pytest.raises(mailings.CannotSend, match="postal address"):
        mailings.send_off(made, typed=None, by=writer, at=NOON)

    mailings.send_off(mailing(writer), typed=None, by=writer, at=NOON)  # no news: it may


@pytest.mark.parametrize(("people", "typed"), [(50, None), (51, 51)])
def test_above_fifty_staff_type_the_number(people, typed, writer):
    for number in range(people):
        member(f"P{number}")

    mailings.send_off(mailing(writer), typed=typed, by=writer, at=NOON)

    assert MailingRecipient.objects.count() == people


@pytest.mark.parametrize("typed", [None, 50, 52])
def test_a_wrong_number_sends_nothing(typed, writer):
    for number in range(51):
        member(f"P{number}")

    with pytest.raises(mailings.Counted):
        mailings.send_off(mailing(writer), typed=typed, by=writer, at=NOON)

    assert MailingRecipient.objects.count() == 0
    assert Mailing.objects.get().state == "draft"


def test_a_mailing_is_sent_once(writer):
    member("Ada")
    made = mailing(writer)
    mailings.send_off(made, typed=None, by=writer, at=NOON)

    with pytest.raises(mailings.CannotSend):
        mailings.send_off(made, typed=None, by=writer, at=NOON)

    send_all()
    send_all()
    assert Email.objects.count() == 1
    assert Mailing.objects.get().state == "sent"


def test_e_mails_go_a_few_at_a_time_so_that_stop_stops(writer, settings):
    settings.MAIL_PER_HOUR = 20  # a quarter of it waits in the outbox at the most
    for number in range(12):
        member(f"P{number}")
    made = mailings.send_off(mailing(writer), typed=None, by=writer, at=NOON)

    tick(NOON)
    tick(NOON)
    assert Email.objects.count() == 5

    assert mailings.stop(made, because="By Ada.", at=NOON) == 7
    send_all()
    assert Email.objects.count() == 5
    assert Mailing.objects.get().state == "stopped"


def test_after_a_crash_each_e_mail_is_there_once_or_still_waits(writer, monkeypatch):
    for number in range(3):
        member(f"P{number}")
    mailings.send_off(mailing(writer), typed=None, by=writer, at=NOON)
    from membership.mailings import sending as mailings_sending

    real = mailings_sending.post
    tried = []

    def dies(*args, **kwargs):
        tried.append(kwargs["to"])
        if len(tried) == 2:
            raise KeyboardInterrupt
        real(*args, **kwargs)

    monkeypatch.setattr(mailings_sending, "post", dies)
    with pytest.raises(KeyboardInterrupt):
        tick(NOON)
    states = list(MailingRecipient.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["handed", "waiting", "waiting"]
    Mailing.objects.update(leased_until=NOON + timedelta(minutes=2))  # kill -9 leaves the lease
    tick(NOON + timedelta(minutes=1))
    assert Email.objects.count() == 1

    tick(NOON + timedelta(minutes=2))

    assert sorted(email.to[0] for email in Email.objects.all()) == [
        "P0 <p0@norfolk.example>", "P1 <p1@norfolk.example>", "P2 <p2@norfolk.example>",
    ]  # fmt: skip


def test_people_who_leave_die_or_bounce_meanwhile_are_left_out(writer, office):
    people = [member(f"P{number}", agrees=["events"]) for number in range(4)]
    mailings.send_off(mailing(writer, about="events"), typed=None, by=writer, at=NOON)
    decide(people[0], "events", False)
    Person.objects.filter(pk=people[1].pk).update(died_on=TODAY)
    suppressed.note(people[2].email, suppressed.Kind.BOUNCED, at=NOON)

    send_all()

    states = list(MailingRecipient.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["spared", "spared", "spared", "handed"]


@pytest.mark.parametrize(
    ("before_t", "emails"),
    [(timedelta(minutes=91), 1), (timedelta(minutes=90), 0), (timedelta(0), 0)],
)
def test_reveal_e_mails_go_first(before_t, emails, writer):
    make_event(starts_at=NOON + DAY + before_t, lead=DAY)
    member("Ada")
    reader = make_user("reader@staff.example", permissions=["events.see_venue"])
    mailings.send_off(mailing(writer), typed=None, by=reader, at=NOON)

    tick(NOON)

    assert Email.objects.count() == emails


# --- The e-mail --------------------------------------------------------------------------------


def test_the_e_mail_has_a_name_full_links_and_plain_text(writer, office):
    made = mailing(
        writer,
        about="events",
        body='<h2>Come</h2><p>Dear {name}, <a href="/events/">see</a> & come.</p>'
        "<ul><li><p>one</p></li><li><p>two</p></li></ul><script>x</script>",
    )

    read = rendered(made, name="Ada <b>Ellery", token="test")

    assert "Dear Ada &lt;b&gt;Ellery" in read.html
    assert 'href="http://testserver/events/"' in read.html.replace("https", "http") or (
        "/events/" in read.html and 'href="/events/"' not in read.html
    )
    assert "<script" not in read.html
    assert "Dear Ada <b>Ellery, see (" in read.text
    assert "- one\n- two" in read.text
    assert "1 Bay Street" in read.text and "1 Bay Street" in read.html


def test_a_reader_without_a_name_is_a_friend(writer):
    assert "Dear friend" in rendered(mailing(writer), name="", token="test").text


def sent(writer, about="events"):
    made = mailing(writer, about=about)
    mailings.send_off(made, typed=None, by=writer, at=NOON)
    send_all()
    return Email.objects.get()


def test_news_has_a_leave_link_and_membership_e_mail_says_why_it_came(writer, office):
    member("Ada", agrees=["events"])

    news = sent(writer)
    assert news.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert news.headers["List-Id"].startswith("<events.")
    link = news.headers["List-Unsubscribe"].strip("<>")
    assert link in news.message and link in news.html_message
    Email.objects.all().delete()
    dues = sent(writer, about="membership")
    assert "List-Unsubscribe" not in dues.headers
    assert "because it is about your membership" in dues.message


def path_of(email: Email) -> str:
    return re.sub(r"^https?://[^/]+", "", email.headers["List-Unsubscribe"].strip("<>"))


def test_one_click_leaves_without_cookies_and_a_get_does_not(writer, office):
    ada = member("Ada", agrees=["events", "news_flash"])
    path = path_of(sent(writer))
    client = Client(enforce_csrf_checks=True)

    page = client.get(path)
    assert "Yes, take me off" in page.content.decode()
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not page.cookies
    assert Consent.objects.agreeing("events").filter(pk=ada.pk).exists()

    answer = client.post(path, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert not Consent.objects.agreeing("events").exists()
    assert Consent.objects.agreeing("news_flash").filter(pk=ada.pk).exists(), "one list alone"
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_the_page_offers_the_other_lists_with_their_own_links(writer, office):
    member("Ada", agrees=["events", "news_flash"])
    path = path_of(sent(writer))
    client = Client(enforce_csrf_checks=True)

    page = client.post(path).content.decode()
    [other] = re.findall(r'action="https?://[^/"]+(/e-mails/leave/[^"]+)"', page)
    client.post(other)

    assert not Consent.objects.agreeing("events").exists()
    assert not Consent.objects.agreeing("news_flash").exists()


def test_leaving_the_newsletter_unsubscribes_the_address(writer, office):
    Subscriber.objects.create(email="zoe@norfolk.example", asked_at=NOON, confirmed_at=NOON)
    path = path_of(sent(writer, about="newsletter"))

    Client().post(path, {"List-Unsubscribe": "One-Click"})

    assert not Subscriber.objects.get().is_subscribed


def test_a_token_works_for_one_list_and_cannot_be_forged(writer, office):
    member("Ada", agrees=["events"])
    sent(writer)
    row = MailingRecipient.objects.get()
    token = token_of(row, "events")

    assert read_token(token) == (row, "events")
    assert row.email not in token
    for other in (
        token[:-2] + "n" + token[-1:], token[:43] + "e" + str(row.pk + 1), "x" * 50, "", "e1",
        token + "0", token_of(row, "events")[:43],
    ):  # fmt: skip
        assert read_token(other) is None, other
        assert Client().get(f"/e-mails/leave/{other or 'x'}/").status_code == 404


# --- A sealed venue ----------------------------------------------------------------------------


def test_while_a_venue_is_sealed_a_colleague_with_access_releases_it(writer, director):
    make_event(starts_at=NOON + 40 * DAY, lead=DAY)
    member("Ada")
    made = mailing(writer)

    made = mailings.send_off(made, typed=None, by=writer, at=NOON)
    assert made.state == "reading"
    with pytest.raises(mailings.CannotSend):
        mailings.send_off(made, typed=None, by=writer, at=NOON)
    send_all()
    assert Email.objects.count() == 0

    mailings.send_off(made, typed=None, by=director, at=NOON)
    send_all()
    assert Email.objects.count() == 1


def test_without_a_sealed_venue_nothing_waits(writer):
    make_event(starts_at=NOON + 40 * DAY)
    member("Ada")

    assert mailings.send_off(mailing(writer), typed=None, by=writer, at=NOON).state == "sending"


# --- The admin ---------------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    ensure_groups()
    user = make_user("m@staff.example", is_staff=True)
    user.groups.add(Group.objects.get(name="members"))
    client.force_login(user)
    return client


def test_from_the_form_to_the_last_e_mail(desk, office):
    member("Ada Ellery", agrees=["events"])
    desk.post(
        "/admin/membership/mailing/add/",
        {"about": "events", "subject": "Come", "body": "<p>Dear {name}</p>", "came_to": ""},
    )
    made = Mailing.objects.get()
    page = f"/admin/membership/mailing/{made.pk}"

    assert "As Ada Ellery gets it" in desk.get(f"{page}/preview/").content.decode()
    shown = desk.get(f"{page}/mail/?person={Person.objects.get().pk}")
    assert "Dear Ada Ellery" in shown.content.decode()
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    desk.post(f"{page}/test/")
    test = Email.objects.get()
    assert (test.to, test.subject) == (["m@staff.example"], "Test: Come")
    assert "Send 1 e-mail" in desk.get(f"{page}/send/").content.decode()
    assert Mailing.objects.get().state == "draft", "a GET sends nothing"

    desk.post(f"{page}/send/")
    send_all()

    assert "1 of 1" in desk.get(f"{page}/progress/").content.decode()
    assert desk.get(f"{page}/change/").status_code == 200
    refused = desk.post(f"{page}/change/", {"subject": "Other"})
    assert refused.status_code == 403
    assert Mailing.objects.get().subject == "Come"


def test_a_wrong_number_keeps_the_page_and_shows_the_right_one(desk):
    for number in range(51):
        member(f"P{number}")
    made = mailing(make_user("w@staff.example"))

    answer = desk.post(f"/admin/membership/mailing/{made.pk}/send/", {"typed": "500"})

    assert answer.status_code == 422
    assert "It goes to 51." in answer.content.decode()


def test_membership_e_mail_cannot_go_to_prospects(desk):
    answer = desk.post(
        "/admin/membership/mailing/add/",
        {
            "about": "membership", "subject": "S", "body": "<p>b</p>", "statuses": ["prospect"],
            "came_to": "",
        },
    )  # fmt: skip

    assert answer.status_code == 200
    assert "can’t get e-mail about membership" in answer.content.decode()
    assert not Mailing.objects.exists()
