"""E-mails by choice: each decision is a row, the last one counts, silence is no consent."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from membership.models import Consent, Person
from membership.people import consents
from pages.models import Subscriber
from pages.newsletter import subscribing
from tests.factories import NOON, make_member, make_person

pytestmark = pytest.mark.django_db
NEWSLETTER, FLASH = Consent.Topic.NEWSLETTER, Consent.Topic.NEWS_FLASH
DAY = timedelta(days=1)


def decide(person, *, at=NOON, **wanted):
    return consents.decide(person, wanted, at=at)


def test_nobody_agrees_by_joining_or_paying():
    make_member()

    assert list(Consent.objects.agreeing(FLASH)) == []


@pytest.mark.parametrize(
    "answers, agrees", [([True], True), ([True, False], False), ([True, False, True], True)]
)
def test_the_last_decision_holds(answers, agrees):
    ada = make_person()
    for number, answer in enumerate(answers):
        decide(ada, at=NOON + number * DAY, news_flash=answer)

    assert (ada in Consent.objects.agreeing(FLASH)) is agrees
    assert Consent.objects.count() == len(answers)


def test_each_topic_is_decided_apart():
    ada = make_person()

    decide(ada, news_flash=True, events=False)

    assert list(Consent.objects.agreeing(FLASH)) == [ada]
    assert list(Consent.objects.agreeing(Consent.Topic.EVENTS)) == []


def test_what_stays_as_it_is_leaves_no_row():
    ada = make_person()
    decide(ada, news_flash=True)

    again = decide(ada, at=NOON + DAY, news_flash=True, events=False)

    assert again == []
    assert Consent.objects.get().at == NOON


def test_a_decision_keeps_the_words_the_instant_and_the_way():
    ada = make_person()

    decide(ada, events=True)

    row = Consent.objects.get()
    assert (
        row.words
        == "Invitations to events. When tickets go on sale, and when there are seats left."
    )
    assert (row.at, row.is_given, row.how) == (NOON, True, "member")


def test_the_database_refuses_to_change_a_decision():
    decide(make_person(), events=True)

    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.update(is_given=False)

    assert Consent.objects.get().is_given is True


def test_a_decision_may_follow_its_person_into_another_record():
    ada, twin = make_person(), make_person(name="Ada E.")
    decide(twin, events=True)

    Consent.objects.update(person=ada)

    assert list(Consent.objects.agreeing("events")) == [ada]


@pytest.mark.parametrize("fields", [{"died_on": NOON.date()}, {"erased_at": NOON}])
def test_nobody_who_died_or_was_erased_is_written_to(fields):
    ada = make_person()
    decide(ada, news_flash=True)
    Person.objects.filter(pk=ada.pk).update(**fields)

    assert list(Consent.objects.agreeing(FLASH)) == []


def test_the_newsletter_asks_the_mailbox_before_it_comes():
    ada = make_person(email="ada@ellery.example")

    decide(ada, newsletter=True)

    subscriber = Subscriber.objects.get()
    assert subscriber.email == "ada@ellery.example"
    assert subscriber.confirmed_at is None


def test_whoever_unticks_the_newsletter_is_off_its_list():
    ada = make_person(email="ada@ellery.example")
    decide(ada, newsletter=True)
    subscribing.confirm(token=Subscriber.objects.get().token, at=NOON)

    decide(ada, at=NOON + DAY, newsletter=False)

    assert Subscriber.objects.get().left_at == NOON + DAY
    assert [(row.is_given, row.how) for row in Consent.objects.order_by("pk")] == [
        (True, "member"),
        (False, "member"),
    ]


def test_whoever_leaves_by_the_link_of_an_email_has_decided_as_a_member_too():
    ada = make_person(email="ada@ellery.example")
    decide(ada, newsletter=True)

    subscribing.leave(token=Subscriber.objects.get().token, at=NOON + DAY)

    assert Consent.objects.last_of(ada)[NEWSLETTER].how == "link"
    assert [choice.is_given for choice in consents.choices_of(ada)] == [False, False, False]


def test_a_reader_from_before_sees_that_the_newsletter_comes():
    ada = make_person(email="ada@ellery.example")
    Subscriber.objects.create(email="ada@ellery.example", asked_at=NOON, confirmed_at=NOON)

    ticked = {choice.topic: choice.is_given for choice in consents.choices_of(ada)}

    assert ticked == {"newsletter": True, "news_flash": False, "events": False}


def test_the_page_saves_what_is_ticked_and_shows_what_was_decided(client):
    client.force_login(make_member())

    page = client.post("/membership/e-mails/", {"news_flash": "yes"}, follow=True).text

    assert Consent.objects.get().topic == "news_flash"
    assert "The News flash: yes" in page or "The News Flash: yes" in page
    assert "Receipts, tickets, sign-in codes" in page
