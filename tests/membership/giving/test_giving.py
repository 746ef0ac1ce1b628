"""Gifts: funds, honorees, cards, thanks, and the public page."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils.html import escape
from post_office.models import Email

from membership.giving import cards
from membership.giving.gifts import (
    FundIsClosed,
    GiftKind,
    GiftOutOfRange,
    Honoring,
    covering_cents,
    gift_item,
)
from membership.giving.totals import totals_of
from membership.models import GiftFigure, Tribute
from orders.books.report import Period, report
from orders.checkout import confirmations
from orders.models import Line, Order, Payment, RecurringPayment
from tests.factories import make_city, make_order
from tests.markup import flat
from tests.membership.gifts import ADA, MARCH, give, give_back, make_fund, set_card_fee, set_ein
from tests.pdf_text import text_of

pytestmark = pytest.mark.django_db
RUTH = Honoring(
    manner="memory",
    name="Ruth Okoro",
    family_name="The Okoro family",
    family_email="ben@okoro.example",
)


def mails_to(address):
    return [email for email in Email.objects.order_by("pk") if address in str(email.to)]


# --- The item ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cents, is_taken",
    [(99, False), (100, True), (2_500_000, True), (2_500_001, False)],
)
def test_a_gift_online_is_between_1_and_25000_dollars(cents, is_taken):
    try:
        item = gift_item(cents)
    except GiftOutOfRange:
        item = None

    assert (item is not None) is is_taken


def test_a_gift_for_a_city_is_booked_under_its_fund_and_its_committee():
    fund = make_fund("Toulon exchange", city=make_city("toulon"), heading="Gifts for Toulon")

    give(5_000, fund=fund)

    rows = {row.words: row.net for row in report(Period.year_of(MARCH.date())).tables[0].rows}
    assert rows == {"Gifts for Toulon": 5_000}
    assert Line.objects.get().committee == "Toulon"


def test_a_fund_that_is_closed_takes_no_more_and_keeps_what_it_has():
    fund = make_fund()
    order = give(5_000, fund=fund)
    fund.is_open = False
    fund.save()

    with pytest.raises(FundIsClosed):
        gift_item(5_000, fund=fund)
    assert order.lines.get().details["fund"] == "Student scholarships"


def test_renaming_a_fund_rewrites_no_gift():
    fund = make_fund()
    order = give(5_000, fund=fund)
    fund.name = "Something else"
    fund.save()

    [shown] = GiftKind().shown(order.lines.get(), at=MARCH)

    assert shown.text == "$50 for Student scholarships."


# --- The fee -----------------------------------------------------------------------------------


@pytest.mark.parametrize("cents", [100, 2_500, 5_000, 9_999, 10_000, 25_000, 2_500_000])
def test_what_is_added_covers_the_fee_of_the_whole_sum_and_not_a_cent_more(cents):
    set_card_fee()
    added = covering_cents(cents)

    def fee(whole):
        return whole * 290 / 10_000 + 30

    assert added >= fee(cents + added)
    assert added - 1 < fee(cents + added - 1)


def test_the_covered_fee_is_part_of_the_gift_and_only_where_it_was_asked_for():
    set_card_fee()
    with_it = give(5_000, covers_fee=True).lines.get()
    without = give(5_000).lines.get()

    assert (with_it.unit_cents, with_it.details["covered_cents"]) == (5_181, 181)
    assert (without.unit_cents, without.details) == (5_000, {})


def test_until_staff_set_the_card_fee_the_page_mentions_none(client):
    page = client.get("/give/").text
    line = give(5_000, covers_fee=True).lines.get()

    assert "card company" not in page and 'name="covers_fee"' not in page
    assert (line.unit_cents, line.details) == (5_000, {})


@pytest.mark.parametrize(
    "percent, cents, words",
    [("2.9", 30, "2.9% and 30 cents"), ("3.25", 0, "3.25%"), ("2", None, "2%")],
)
def test_the_page_says_the_fee_that_staff_set(client, percent, cents, words):
    set_card_fee(percent, cents)

    assert f"The card company keeps {words} of each payment" in client.get("/give/").text


def test_the_page_shows_the_sum_that_the_order_will_charge(client):
    set_card_fee()
    asked = {"choice": "5000", "amount": "1,250.50", "covers_fee": "on"}

    answer = client.post("/give/sum/", asked)
    without = client.post("/give/sum/", {"choice": "5000"})
    nothing = client.post("/give/sum/", {"amount": "much"})

    assert "<b>$1,288.16</b><span>$1,250.50, and $37.66 for the card fee</span>" in answer.text
    assert "<b>$50</b><span>is your gift</span>" in without.text
    assert '<p data-part="given" hidden></p>' in flat(nothing.text)
    assert (answer.cookies, Order.objects.count()) == ({}, 0)
    assert client.get("/give/sum/").status_code == 405


# --- In honor or memory ------------------------------------------------------------------------


def test_the_family_gets_one_card_that_names_no_amount_and_no_giver():
    order = give(5_000, honoring=RUTH)
    GiftKind().paid(order.lines.get(), at=MARCH + timedelta(days=1))

    [card] = mails_to("ben@okoro.example")
    assert card.subject == "A gift in memory of Ruth Okoro"
    for body in (card.message, card.html_message):
        assert "A gift was made in memory of Ruth Okoro." in body
        assert "50" not in body.replace("850", "")
        assert "Ada" not in body and "ada@" not in body
    assert Tribute.objects.get().mailed_at == MARCH


def test_the_card_names_the_giver_only_if_they_asked():
    give(5_000, honoring=Honoring(**{**RUTH.__dict__, "signed": "Ada Ellery"}))

    [card] = mails_to("ben@okoro.example")
    assert "in memory of Ruth Okoro by Ada Ellery." in card.message


def test_a_gift_that_is_not_paid_sends_no_card():
    give(5_000, honoring=RUTH, channel=Order.Channel.INVOICE)
    held = Order.objects.create(
        buyer_name="A", placed_at=MARCH, held_until=MARCH, buyer_email="a@a.example"
    )
    Line.objects.create(
        order=held, kind="gift", label="Gift", unit_cents=1, details={"honoring": RUTH.__dict__}
    )

    assert Tribute.objects.filter(line__order=held).count() == 0


def test_without_an_address_the_card_waits_to_be_printed_and_names_no_amount():
    by_post = Honoring("honor", "Li Wei", "The Wei family", family_address="1 Main St\nNorfolk")
    give(12_345, honoring=by_post)
    tribute = Tribute.objects.get()

    words = text_of(cards.draw(tribute, at=MARCH))

    assert tribute.wants_paper
    assert "A gift was made in honor of Li Wei." in words
    assert "123" not in words and "Ada" not in words


def test_a_refund_cancels_a_card_not_yet_printed():
    order = give(5_000, honoring=Honoring("honor", "Li Wei", "The Weis", family_address="1 Main"))

    give_back(order)

    assert not Tribute.objects.get().wants_paper


def test_stripe_learns_the_fund_and_nothing_about_the_family():
    order = give(5_000, fund=make_fund(), honoring=RUTH)

    told = GiftKind().tellable(order.lines.get(), at=MARCH)

    assert told == {"fund": "Student scholarships"}
    assert "Okoro" not in order.lines.get().payment_label


# --- Thanks ------------------------------------------------------------------------------------


def test_a_gift_gets_its_own_thank_you_e_mail_at_once():
    set_card_fee()
    order = give(5_000, covers_fee=True, fund=make_fund(), honoring=RUTH)
    confirmations.write_due(order.paid_at)

    [letter] = mails_to(ADA.email)
    assert letter.subject == f"Thank you for your gift of $51.81 ({order.number})"
    assert "Gifts like yours help people" in letter.message
    assert "Student scholarships: $51.81" in letter.message
    assert "In memory of Ruth Okoro" in letter.message
    assert "deduct" not in letter.message + letter.html_message


def test_with_a_ticket_the_usual_confirmation_also_thanks_for_the_gift():
    seat = {"kind": "ticket", "label": "Seat", "unit_cents": 9_500}
    gift = {"kind": "gift", "label": "Gift", "unit_cents": 5_000, "details": {"fund": "Students"}}
    order = make_order(state="paid", lines=[seat, gift])

    confirmations.send(order, at=order.paid_at)

    [letter] = mails_to(ADA.email)
    assert letter.subject.startswith("Your receipt, $145")
    for body in (letter.message, letter.html_message):
        assert "And thank you for your gift: $50 for Students." in body


@pytest.mark.parametrize("is_returned, titles", [(False, ["Thank you for your gift"]), (True, [])])
def test_the_orders_page_says_thanks_until_the_gift_is_refunded(is_returned, titles):
    order = give(5_000)
    if is_returned:
        give_back(order)

    shown = GiftKind().shown(order.lines.get(), at=MARCH)

    assert [each.title for each in shown] == titles


# --- What gifts do -----------------------------------------------------------------------------


def test_the_public_page_says_only_what_staff_put_there(client):
    give(123_400)
    GiftFigure.objects.create(words="students crossed an ocean", number=14, year=2026)
    GiftFigure.objects.create(words="unicorns", number=9, year=2026, is_shown=False)

    page = client.get("/give/what-gifts-do/").text

    assert "14" in page and "students crossed an ocean" in page
    assert "unicorns" not in page and "1,234" not in page


def test_without_figures_the_public_page_says_so_and_names_the_funds(client):
    make_fund()

    page = client.get("/give/what-gifts-do/").text

    assert "We’re gathering the figures." in page
    assert "Student scholarships" in page


def test_a_total_that_staff_show_shrinks_after_a_refund(client):
    GiftFigure.objects.create(words="was given", counted="given", year=2026)
    kept, returned = give(10_000), give(5_000)
    assert "$150" in client.get("/give/what-gifts-do/?1").text

    give_back(returned, cents=2_000)

    assert sum(total.cents for total in totals_of(2026)) == 13_000
    assert kept.payments.get().state == Payment.State.PAID


def test_a_total_counts_only_the_gift_in_an_order():
    other = replace(gift_item(4_000), heading="Something else")
    order = give(items=[gift_item(6_000), other])

    give_back(order, cents=5_000)

    assert {row.heading: row.cents for row in totals_of(2026)} == {
        "Gifts": 3_000,
        "Something else": 2_000,
    }


# --- The page ----------------------------------------------------------------------------------


def form(**changed):
    return {
        "submission_key": "g" * 40,
        "choice": "5000",
        "name": "Ada Ellery",
        "email": "ada@ellery.example",
        **changed,
    }


@pytest.fixture
def sent(client, monkeypatch, transactional_db):
    """Send the form; returns the order's line, or None, and the page."""

    def send(**changed):
        answer = client.post("/give/", form(**changed))
        return Line.objects.first(), answer

    return send


def test_a_typed_amount_beats_a_chosen_one(sent):
    line, _answer = sent(amount="72.50")

    assert line.unit_cents == 7_250


def test_a_typed_zero_leaves_the_chosen_amount(sent):
    line, _answer = sent(amount="0", choice="5000")

    assert line.unit_cents == 5_000


def test_a_form_with_every_field_reaches_the_order(sent):
    set_card_fee()
    make_fund(slug="scholars")

    line, answer = sent(
        fund="scholars", manner="honor", of_name="Li Wei", family_name="The Weis",
        family_email="W@weis.example", signs="on", covers_fee="on",
    )  # fmt: skip

    assert answer.status_code == 302
    assert (line.label, line.unit_cents) == ("Gift: Student scholarships", 5_181)
    assert line.details["honoring"] == {
        "manner": "honor",
        "name": "Li Wei",
        "family_name": "The Weis",
        "family_email": "w@weis.example",
        "family_address": "",
        "signed": "Ada Ellery",
    }


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"choice": "", "amount": ""}, "Choose an amount above"),
        ({"choice": "", "amount": "0"}, "Choose an amount above"),
        ({"amount": "0.50"}, "The minimum is $1"),
        ({"amount": "1e3"}, "Enter an amount in dollars"),
        ({"amount": "１００"}, "Enter an amount in dollars"),
        ({"amount": "99999999"}, "please call us"),
        ({"choice": "7"}, "Select a valid choice"),
        ({"fund": "nowhere"}, "Choose what your gift is for."),
        ({"manner": "honor"}, "Enter the name of the person you are honoring."),
        (
            {"manner": "honor", "of_name": "Li", "family_name": "Weis", "family_address": " "},
            "or postal address",
        ),
        ({"manner": "memory", "of_name": "Buy at http://x.example"}, "Enter a name only"),
        (
            {"manner": "memory", "of_name": "Li", "family_email": "w@weis.example"},
            "Enter who should get the card.",
        ),
        ({"name": ""}, "Enter your name"),
        ({"email": "nobody"}, "with an @ in it"),
    ],
)
def test_an_error_says_what_to_do_and_keeps_what_was_typed(client, changed, words):
    page = client.post("/give/", form(**{"family_address": "12 Boush Street", **changed}))

    assert page.status_code == 422
    assert words in page.text
    assert "family_address" in changed or "12 Boush Street" in page.text
    assert Order.objects.count() == 0


def test_no_checkbox_is_checked_at_first(client):
    page = client.get("/give/").text

    assert 'type="checkbox"' in page
    assert not [tag for tag in page.split("<input")[1:] if "checkbox" in tag and " checked" in tag]


@pytest.mark.parametrize("ein, is_said", [("54-0000000", True), ("", False)])
def test_without_an_ein_the_page_says_nothing_about_deductions(client, ein, is_said):
    set_ein(ein)

    page = client.get("/give/").text

    assert ("tax-deductible" in page) is is_said
    assert ("tax" in page) is is_said


# --- Every month -------------------------------------------------------------------------------


def test_a_gift_comes_again_only_for_who_chose_it_with_the_words_that_were_shown(client, sent):
    set_card_fee()
    page = " ".join(client.get("/give/").text.split())

    sent()
    sent(often="month", submission_key="m" * 40, covers_fee="on")

    again = RecurringPayment.objects.get()
    shown, _, amount = again.consent_text.partition(" The amount: ")
    assert 'value="once" checked' in page and 'value="month" checked' not in page
    assert escape(shown) in page and "until I cancel" in shown
    assert (again.interval, again.cents, amount) == ("month", 5_181, "$51.81.")


def test_the_family_is_told_once_and_not_every_month(sent):
    family = {"family_name": "The Weis", "family_email": "w@weis.example", "signs": "on"}
    line, _answer = sent(often="month", manner="honor", of_name="Li Wei", **family)

    again = RecurringPayment.objects.get()
    assert line.details["honoring"]["family_email"] == "w@weis.example"
    assert again.details["honoring"] == {
        "manner": "honor",
        "name": "Li Wei",
        "family_name": "",
        "family_email": "",
        "family_address": "",
        "signed": "",
    }


def test_one_family_gets_no_heap_of_cards(client, transactional_db):
    honor = {"manner": "honor", "of_name": "Li", "family_name": "W", "family_email": "w@w.example"}
    answers = [
        client.post("/give/", form(submission_key=f"{number}" * 40, **honor)).status_code
        for number in range(6)
    ]

    assert answers == [302] * 5 + [429]
