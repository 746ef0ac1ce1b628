"""A family joins on a phone, a member renews by the link in an e-mail, and somebody gives a
year to somebody else: each with and without scripts, on a screen of 360 pixels.
"""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from membership.joining.renewals import make_renewal_link
from membership.models import (
    FavoriteCity,
    GiftMembership,
    Household,
    Person,
    RenewalLink,
    Term,
    Tier,
)
from membership.terms import gift_memberships
from nsca.lib import clock as site_clock
from nsca.lib.web.caching import content_changed
from tests.factories import NOON, make_city, make_member

pytestmark = pytest.mark.django_db(transaction=True)

TELEPHONE = {"width": 360, "height": 740}


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(request, open_page, clock):
    return open_page(java_script_enabled=request.param, viewport=TELEPHONE)


@pytest.fixture
def tiers(clock):
    Tier.objects.create(name="Individual", slug="individual", dues_cents=4000, position=1)
    return Tier.objects.create(
        name="Family", slug="family", dues_cents=6500, max_people=4, position=2
    )


def fits(page):
    """Nothing stands out to the right of the screen."""
    return page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]


def test_a_family_joins_on_a_phone(phone, tiers):
    make_city("toulon")
    content_changed()
    phone.goto("/join/")
    phone.get_by_role("radio", name="Family").check()
    phone.get_by_label("Your name", exact=True).fill("Ada Ellery")
    phone.get_by_label("E-mail address", exact=True).fill("ada@ellery.example")
    phone.get_by_label("I am 18 or older").check()
    phone.get_by_label("Name of person 2").fill("Ben Ellery")
    phone.get_by_label("E-mail of person 2").fill("ben@ellery.example")
    phone.get_by_role("button", name="Add another person").click()
    phone.get_by_label("Name of person 3").fill("Cleo Ellery")
    phone.get_by_label("Person 3 is a child").check()
    phone.get_by_label("Person 3: date of birth").fill("2016-05-14")
    phone.get_by_label("Toulon").check()
    phone.get_by_label("Their committees may contact me").check()
    assert fits(phone)

    phone.get_by_role("complementary").get_by_role("button", name="Go to payment").click()
    phone.get_by_role("button", name="Pay $65").click()

    expect(phone.get_by_role("heading", level=1)).to_have_text("Paid. Thank you.")
    household = Household.objects.get()
    ada, ben, cleo = household.people.order_by("pk")
    assert [ada.name, ben.email, cleo.guardian] == ["Ada Ellery", "ben@ellery.example", ada]
    assert cleo.born_on == date(2016, 5, 14)
    assert FavoriteCity.objects.get(person=ada).may_be_seen
    assert Term.objects.get().household == household


def test_the_household_is_asked_for_only_where_the_level_covers_one(phone, tiers):
    phone.goto("/join/")

    phone.get_by_role("radio", name="Individual").check()
    expect(phone.get_by_label("Name of person 2")).to_be_hidden()
    phone.get_by_role("radio", name="Family").check()
    expect(phone.get_by_label("Name of person 2")).to_be_visible()
    expect(phone.get_by_label("Person 2: date of birth")).to_be_hidden()
    phone.get_by_label("Person 2 is a child").check()

    expect(phone.get_by_label("E-mail of person 2")).to_be_hidden()
    expect(phone.get_by_label("Person 2: date of birth")).to_be_visible()


def test_enter_in_a_field_goes_on_and_adds_nobody(phone, tiers):
    phone.goto("/join/")
    phone.get_by_role("radio", name="Family").check()
    phone.get_by_label("I am 18 or older").check()
    phone.get_by_label("E-mail address", exact=True).fill("ada@ellery.example")
    phone.get_by_label("Your name", exact=True).fill("Ada Ellery")

    phone.get_by_label("Your name").press("Enter")

    expect(phone.get_by_role("button", name="Pay $65")).to_be_visible()


def test_a_member_renews_by_the_link_in_an_email(phone, tiers):
    user = make_member("ada@ellery.example", ends_on=date(2027, 5, 1))
    link = make_renewal_link(Person.objects.get(user=user).household, at=NOON)
    phone.goto(f"/renew/{link.token}/")
    expect(phone.locator("main")).to_contain_text("From May 2, 2027 through May 1, 2028.")
    assert fits(phone)

    phone.get_by_role("button", name="Go to payment").click()
    phone.get_by_role("button", name="Pay $40").click()

    expect(phone.locator("main")).to_contain_text("Paid from May 2, 2027 through May 1, 2028.")
    assert RenewalLink.objects.get().used_at is not None
    phone.goto(f"/renew/{link.token}/")
    expect(phone.locator("main")).to_contain_text("This link has already been used.")


def test_a_year_is_given_to_somebody_who_takes_it_up(phone, tiers):
    phone.goto("/join/gift/")
    phone.get_by_label("Who it is for").fill("Ruth Okoro")
    phone.get_by_label("Their e-mail address").fill("ruth@okoro.example")
    phone.get_by_label("A few words from you").fill("Happy birthday!")
    phone.get_by_role("radio", name="Individual").check()
    phone.get_by_label("Your name", exact=True).fill("Ada Ellery")
    phone.get_by_label("Your e-mail address").fill("ada@ellery.example")
    assert fits(phone)
    phone.get_by_role("button", name="Go to payment").click()
    phone.get_by_role("button", name="Pay $40").click()
    phone.get_by_role("link", name="A year for Ruth Okoro", exact=True).click()
    gift = GiftMembership.objects.get()
    expect(phone.locator("main")).to_contain_text(gift.code)
    assert fits(phone)

    gift_memberships.tick(site_clock.now())
    mailbox = phone.context.new_page()
    mailbox.goto("/demo/mail/")
    expect(mailbox.get_by_role("link", name="gave you a year with us").first).to_be_visible()

    phone.goto("/join/claim/")
    phone.get_by_label("The code on the card").fill(gift.code.lower())
    phone.get_by_role("button", name="Continue").click()
    phone.get_by_label("I am 18 or older").check()
    phone.get_by_role("button", name="E-mail me a code").click()
    mailbox.goto("/demo/mail/")
    mailbox.get_by_role("link", name="Your code to claim your gift").first.click()
    mail = mailbox.locator("pre").first.inner_text()
    phone.get_by_label("The code from our e-mail").fill(re.search(r"\b\d{8}\b", mail).group())
    phone.get_by_role("button", name="Claim it").and_(phone.locator(":visible")).first.click()

    expect(phone.get_by_role("heading", level=1)).to_have_text("Welcome")
    assert Term.objects.get().household.people.get().email == "ruth@okoro.example"
