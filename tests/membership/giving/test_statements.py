"""Statements: what they say, that they never change, and how they are corrected."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from post_office.models import Email

from membership.giving import corrections, statements, statements_pdf, statements_run
from membership.giving.gifts import gift_item
from membership.giving.givers import giver_of
from membership.giving.statement_words import NOTHING_LEFT
from membership.models import GiftInKind, Person, Statement, StatementLine
from orders.checkout import offline, settling
from orders.checkout.placing import Buyer
from orders.models import Order, Payment
from orders.payments.gateway import Disputed
from orders.reconciling import disputes
from orders.refunds.refund_amounts import refundable_of
from pages.models import SiteSettings
from tests.factories import make_member, make_order, make_user
from tests.membership.gifts import ADA, JANUARY, MARCH, give, give_back, make_treasurer, set_ein
from tests.pdf_text import text_of

pytestmark = pytest.mark.django_db


def run_of(year=2026, *, at=JANUARY):
    """Run a whole year's statements, as the ticker would."""
    run = statements_run.start(year, by=make_treasurer(), at=at)
    while statements_run.tick(at):
        pass
    run.refresh_from_db()
    return run


def cookbook(cents=9_500, value=6_000):
    """Something that is sold for more than its value."""
    return replace(gift_item(cents), label="Cookbook", fair_value_cents=value)


def holding(**filters):
    return Statement.objects.filter(replaced_by__isnull=True, **filters)


def mailed():
    return [email.subject for email in Email.objects.filter(subject__contains="(no. ")]


# --- The words ---------------------------------------------------------------------------------

GOLDEN = """\
January 11, 2027, no. 2026-00002

Dear Ada Ellery,

Thank you. Your gifts in 2026 brought Norfolk and its sister cities a little closer together. \
We received:

  Mar 10, 2026   Gift to the association   $300   $0   $300
  Mar 11, 2026   Cookbook, Gift to the association   $145   $60   $85
  Total   $445   $60   $385
  (Date, For, Paid, Value received, Gift)

Norfolk Sister City Association provided goods or services only where a value is shown above. \
The value is our good-faith estimate. Your deduction is limited to the amount you paid beyond \
that value.

$385 is tax-deductible to the extent allowed by law. Please keep this with your tax records.

With our thanks, Norfolk Sister City Association

View or print it anytime:
"""


def test_a_years_statement_says_what_the_law_requires():
    set_ein()
    give(30_000)
    give(items=[cookbook(), gift_item(5_000)], at=MARCH + timedelta(days=1))

    run_of()

    letter = Email.objects.get(subject="Your gifts in 2026 (no. 2026-00002)")
    assert letter.message.startswith(GOLDEN)
    assert "Norfolk Sister City Association\n" in letter.message
    assert "EIN 54-0000000" in letter.message


def test_a_statement_without_benefits_says_so_and_has_no_value_column():
    set_ein()
    give(5_000)

    run_of()

    content = Statement.objects.get().content
    assert content["columns"] == ["Date", "For", "Paid"]
    assert content["words"][0] == (
        "Norfolk Sister City Association provided no goods or services in return."
    )


def test_without_an_ein_the_statement_lists_gifts_and_says_nothing_about_taxes():
    set_ein("")
    give(30_000)
    give(items=[cookbook(), gift_item(5_000)])

    run_of()

    letter = Statement.objects.get()
    mail = Email.objects.get(subject__startswith="Your gifts")
    paper = text_of(statements_pdf.draw([letter]))
    assert (letter.content["words"], letter.content["columns"]) == ([], ["Date", "For", "Paid"])
    for words in (mail.message, mail.html_message, paper):
        assert "$445" in words
        assert not [word for word in ("tax", "deduct", "EIN", "return") if word in words]


@pytest.mark.parametrize("cents, is_acknowledged", [(24_999, False), (25_000, True)])
def test_a_gift_of_250_dollars_is_acknowledged_automatically(cents, is_acknowledged):
    set_ein()

    order = give(cents)

    letters = statements.acknowledgments_of(order)
    assert [each.kind for each in letters] == ["gift"] * is_acknowledged


def test_two_gifts_of_130_dollars_are_not_one_of_260():
    set_ein()
    give(13_000)
    give(13_000)

    assert Statement.objects.count() == 0


def test_without_an_ein_nothing_is_acknowledged_for_taxes():
    set_ein("")

    order = give(30_000)

    assert statements.acknowledgments_of(order) == []


def test_an_invoiced_gift_is_acknowledged_once_it_is_paid():
    set_ein()
    order = give(30_000, channel=Order.Channel.INVOICE, buyer=Buyer("Acme", "office@acme.example"))
    corrections.tick(MARCH)
    assert Statement.objects.count() == 0

    settling.receive(order.payments.get(), by=make_treasurer(), at=MARCH)
    corrections.tick(MARCH)
    corrections.tick(MARCH)

    assert [each.email for each in Statement.objects.all()] == ["office@acme.example"]
    assert mailed() == ["Your gift (no. 2026-00001)"]


# --- Frozen ------------------------------------------------------------------------------------


def test_a_statement_is_the_same_file_years_later_whatever_was_edited():
    set_ein()
    give(5_000, buyer=Buyer("Zoë Łuczak 王", "zoe@example.org"))
    run_of()
    first = statements_pdf.draw([Statement.objects.get()])

    SiteSettings.objects.update(name="Another name", ein="99-9999999", postal_address="Elsewhere")
    Order.objects.update(buyer_name="Somebody else")
    again = statements_pdf.draw([Statement.objects.get()])

    assert again == first
    assert "Zoë Łuczak 王" in text_of(again)


def test_a_statements_link_opens_its_page_and_pdf(client):
    set_ein()
    give(5_000)
    run_of()
    letter = Statement.objects.get()

    page = client.get(letter.url)
    file = client.get(reverse("membership:statement_pdf", args=[letter.token]))

    assert "Your gifts in 2026 brought" in page.text and letter.number in page.text
    assert file.content == statements_pdf.draw([letter])
    for answer in (page, file):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.get("/giving/" + "x" * 32 + "/").status_code == 404


def test_a_tampered_statement_is_not_shown(client):
    give(5_000)
    run_of()
    letter = Statement.objects.get()
    letter.content["totals"] = ["", "Total", "$5,000,000"]
    letter.save()

    assert client.get(letter.url).status_code == 404


# --- Who gave ----------------------------------------------------------------------------------


def test_a_persons_addresses_are_one_giver_with_one_statement():
    make_member("ada@ellery.example")
    person = Person.objects.get()
    person.addresses.create(email="ada@work.example", confirmed_at=MARCH)
    give(5_000)
    give(2_000, buyer=Buyer("A. Ellery", "Ada@Work.example"))

    run_of()

    letter = Statement.objects.get()
    assert (letter.giver, letter.email) == (f"person:{person.pk}", "ada@ellery.example")
    assert letter.total_cents == 7_000


def test_an_unconfirmed_address_stays_a_giver_of_its_own():
    make_member("ada@ellery.example")
    Person.objects.get().addresses.create(email="mallory@example.org")
    give(5_000)
    give(2_000, buyer=Buyer("Mallory", "mallory@example.org"))

    run_of()

    assert sorted(Statement.objects.values_list("email", "total_cents")) == [
        ("ada@ellery.example", 5_000),
        ("mallory@example.org", 2_000),
    ]


def test_a_sponsors_invoice_is_not_the_gift_of_the_person_who_got_it():
    make_member("ada@ellery.example")
    give(5_000)
    order = give(90_000, channel=Order.Channel.INVOICE, buyer=Buyer("Acme Inc.", ADA.email))
    settling.receive(order.payments.get(), by=make_treasurer(), at=MARCH)

    run_of()

    assert sorted(holding(kind="year").values_list("name", "total_cents")) == [
        ("Acme Inc.", 90_000),
        ("ada", 5_000),
    ]


def test_cash_of_a_household_without_an_address_belongs_to_its_main_contact():
    make_member("ada@ellery.example")
    person = Person.objects.get()
    Person.objects.update(email="", user=None)

    give(5_000, buyer=Buyer("Ada", ""), household_id=person.household.pk)
    run_of()

    letter = Statement.objects.get()
    assert (letter.person, letter.email, letter.mailed_at) == (person, "", None)


def test_the_statement_of_a_deceased_person_is_printed_not_mailed():
    make_member("ada@ellery.example")
    Person.objects.update(died_on=MARCH.date())
    give(5_000)

    run_of()

    assert (Statement.objects.get().email, mailed()) == ("", [])


@pytest.mark.parametrize(
    "at, year",
    [
        (datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC), 2026),  # a second before midnight in Norfolk
        (datetime(2027, 1, 1, 5, 0, tzinfo=UTC), 2027),
        (datetime(2027, 1, 1, 5, 0, 1, tzinfo=UTC), 2027),
    ],
)
def test_a_gift_belongs_to_the_year_it_was_paid_in_norfolk_time(at, year):
    give(5_000, at=at)

    run_of(2026)
    run_of(2027, at=JANUARY + timedelta(days=366))

    assert [each.year for each in Statement.objects.all()] == [year]


# --- January's button --------------------------------------------------------------------------


def test_a_run_writes_one_statement_per_giver_and_a_second_run_none():
    give(5_000)
    give(2_000)
    give(3_000, buyer=Buyer("Ben", "ben@okoro.example"))
    give(4_000, buyer=Buyer("Cash in a box", ""))
    give(items=[cookbook(5_000, 5_000)], buyer=Buyer("Dora", "dora@example.org"))

    first, second = run_of(), run_of(at=JANUARY + timedelta(days=3))

    assert (first.givers, first.written, first.mailed, first.unchanged) == (4, 3, 2, 1)
    assert (second.written, second.mailed, second.unchanged) == (0, 0, 4)
    assert sorted(Statement.objects.values_list("name", "total_cents")) == [
        ("Ada Ellery", 7_000),
        ("Ben", 3_000),
        ("Cash in a box", 4_000),
    ]
    assert len(mailed()) == 2


def test_the_preview_counts_what_the_run_writes():
    give(5_000)
    give(3_000, buyer=Buyer("Cash in a box", ""))
    give(items=[cookbook(5_000, 5_000)], buyer=Buyer("Dora", "dora@example.org"))

    preview = statements_run.preview(2026)
    run = run_of()

    assert (preview.givers, preview.by_mail, preview.on_paper) == (2, 1, 1)
    assert preview.gift_cents == 8_000 == sum(s.total_cents for s in Statement.objects.all())
    assert run.written == preview.givers


def test_an_interrupted_run_continues_where_it_stopped():
    for number in range(7):
        give(5_000, buyer=Buyer("G", f"g{number}@example.org"))
    run = statements_run.start(2026, by=make_treasurer(), at=JANUARY)
    statements_run.write_some(run, at=JANUARY, most=3)
    assert Statement.objects.count() == 3

    statements_run.tick(JANUARY)

    run.refresh_from_db()
    assert (run.written, run.looked_at, run.done_at) == (7, 7, JANUARY)
    assert len(mailed()) == len(set(mailed())) == 7


def test_a_runs_e_mails_have_low_priority():
    give(5_000)

    run_of()

    assert Email.objects.get(subject__startswith="Your gifts in").get_priority_display() == "low"


def test_a_gift_entered_late_brings_a_corrected_statement():
    give(5_000)
    run_of()
    late = give(2_000, at=MARCH + timedelta(days=200))

    run_of(at=JANUARY + timedelta(days=3))

    [letter] = holding()
    assert letter.replaces.number == "2026-00001"
    assert (letter.total_cents, late.pk in letter.lines.values_list("order", flat=True)) == (
        7_000,
        True,
    )


# --- Corrections -------------------------------------------------------------------------------


def test_after_a_refund_a_corrected_statement_names_the_one_it_replaces():
    set_ein()
    order = give(5_000)
    run_of()

    give_back(order, cents=2_000)
    corrections.tick(JANUARY)
    corrections.tick(JANUARY)

    [letter] = holding()
    assert letter.content["replaces"] == (
        "This corrects and replaces no. 2026-00001 of January 11, 2027. Please keep this "
        "one instead."
    )
    assert (letter.number, letter.total_cents) == ("2026-00002", 3_000)
    assert mailed() == [
        "Your gifts in 2026 (no. 2026-00001)",
        "Your gifts in 2026, corrected (no. 2026-00002)",
    ]


def test_a_replaced_statement_links_to_the_new_one(client):
    order = give(5_000)
    run_of()
    old = Statement.objects.get()
    give_back(order, cents=2_000)
    corrections.tick(JANUARY)

    page = client.get(old.url).text

    assert "This has been corrected" in page and holding().get().url in page
    assert "$50" in page


def test_a_full_refund_leaves_a_statement_that_claims_nothing():
    set_ein()
    order = give(30_000)
    run_of()

    give_back(order)
    corrections.tick(JANUARY)

    for letter in holding():
        assert letter.content["opening"] == NOTHING_LEFT
        assert (letter.content["rows"], letter.content["words"]) == ([], [])
    assert [each.total_cents for each in holding()] == [0, 0]


def test_a_bounced_check_made_good_is_on_the_statement_again():
    order = give(5_000, channel=Order.Channel.CHECK)
    run_of()
    payment = order.payments.get()
    tess = make_treasurer()

    offline.bounce(payment, by=tess, at=JANUARY)
    corrections.tick(JANUARY)
    bounced = holding().get().total_cents
    Payment.objects.filter(pk=payment.pk).update(state=Payment.State.PAID)
    give_back(order, cents=1_000)
    corrections.tick(JANUARY)

    assert (bounced, holding().get().total_cents) == (0, 4_000)


def test_the_statement_leaves_out_a_disputed_payment():
    order = make_order(state="paid", at=MARCH, lines=[{"unit_cents": 5_000}])
    payment = order.payments.get()
    Payment.objects.filter(pk=payment.pk).update(intent_id="pi_1")
    run_of()

    def told(status):
        disputes.follow(Disputed("dp_1", "pi_1", status, 5_000, MARCH), at=JANUARY)
        corrections.tick(JANUARY)
        return holding().get().total_cents

    assert [told("needs_response"), told("won")] == [0, 5_000]
    assert Statement.objects.count() == 3


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_statements_add_up_to_orders_less_refunds(seed):
    """After random gifts, purchases, refunds and runs, statements match the books."""
    set_ein("" if seed % 2 else "54-0000000")
    dice = random.Random(seed)
    at, orders = MARCH, []
    for _step in range(14):
        at += timedelta(hours=dice.randint(1, 700))
        act = dice.choice(["give", "give", "buy", "back", "back", "run", "tick"])
        buyer = Buyer("G", dice.choice(["a@a.example", "b@b.example", ""]))
        if act == "give":
            orders.append(give(dice.randint(1, 60) * 1_000, at=at, buyer=buyer))
        elif act == "buy":
            items = [
                cookbook(dice.randint(4, 9) * 1_000, 6_000),
                gift_item(dice.randint(1, 9) * 500),
            ]
            orders.append(give(items=items, at=at, buyer=buyer))
        elif act == "back" and orders:
            order = dice.choice(orders)
            left = refundable_of(Order.objects.get(pk=order.pk))
            if left:
                give_back(order, at=at, cents=dice.choice([left, dice.randint(1, left)]))
        elif act == "run":
            run_of(2026, at=at)
        else:
            corrections.tick(at)
    for year in (2026, 2027):
        run_of(year, at=at)

    lines = StatementLine.objects.filter(
        statement__replaced_by__isnull=True, statement__kind="year"
    )
    stated = {line.order_id: line.gift_cents for line in lines if line.gift_cents}
    books = {}
    for order in Order.objects.filter(state="paid"):
        kept = sum(p.amount_cents - p.returned_cents for p in order.payments.filter(state="paid"))
        is_all_back = kept == 0
        value = 0 if is_all_back else sum(x.total_fair_value_cents for x in order.lines.all())
        if kept - value > 0:
            books[order.pk] = kept - value
    assert stated == books
    assert len([line for line in lines if line.gift_cents]) == len(stated)
    totals = [each.total_cents for each in holding(kind="year")]
    assert sum(totals) == sum(books.values())
    assert all(each.is_intact for each in Statement.objects.all())


# --- What somebody gave ------------------------------------------------------------------------


def test_your_giving_shows_only_your_own_gifts(client):
    ada = make_user("ada@ellery.example")
    give(5_000)
    give(7_700, buyer=Buyer("Ben", "ben@okoro.example"))
    run_of()
    client.force_login(ada)

    page = client.get("/membership/giving/").text

    assert "$50" in page and "$77" not in page
    assert Statement.objects.get(email="ada@ellery.example").url in page
    assert Statement.objects.get(email="ben@okoro.example").url not in page


def test_an_unproven_address_shows_no_gifts(client):
    give(5_000)
    client.force_login(make_user("ada@ellery.example", is_confirmed=False))

    assert "$50" not in client.get("/membership/giving/").text


def test_a_past_years_statement_is_written_once_on_request(client):
    give(5_000, at=MARCH - timedelta(days=365))
    client.force_login(make_user("ada@ellery.example"))

    first = client.post("/membership/giving/2025/")
    again = client.post("/membership/giving/2025/")

    assert first.url == again.url == Statement.objects.get().url


@pytest.mark.parametrize("year, status", [(1975, 404), (9999, 404), (2025, 302)])
def test_no_statement_for_an_unfinished_year_or_one_without_gifts(client, year, status):
    client.force_login(make_user("ada@ellery.example"))

    assert client.post(f"/membership/giving/{year}/").status_code == status
    assert Statement.objects.count() == 0


# --- In kind -----------------------------------------------------------------------------------


@pytest.mark.parametrize("ein, count", [("54-0000000", 2), ("", 0)])
def test_a_gift_in_kind_is_described_and_never_valued(ein, count):
    set_ein(ein)
    gift = GiftInKind.objects.create(
        giver_name="Ben Okoro",
        giver_email="ben@okoro.example",
        description="Twelve folding tables, used.",
        received_on=MARCH.date(),
    )

    letter = statements.issue_in_kind(gift, at=MARCH)
    statements.post(letter, at=MARCH)

    assert letter.content["opening"] == (
        "Thank you for your gift of March 10, 2026: Twelve folding tables, used."
    )
    assert len(letter.content["words"]) == count
    assert "$" not in Email.objects.get().message + text_of(statements_pdf.draw([letter]))


def test_the_giver_of_an_order_is_named_as_on_the_order_where_we_know_nobody():
    order = give(5_000)

    assert (giver_of(order).key, giver_of(order).name) == ("ada@ellery.example", "Ada Ellery")


@pytest.mark.parametrize("days, count", [(59, 1), (60, 0)])
def test_setting_an_ein_acknowledges_what_came_lately_and_not_what_is_long_past(days, count):
    set_ein("")
    give(30_000, at=JANUARY - timedelta(days=days))
    set_ein()

    corrections.tick(JANUARY)

    assert Statement.objects.filter(kind="gift").count() == count


@pytest.mark.parametrize("ein, is_said", [("54-0000000", True), ("", False)])
def test_without_an_ein_the_page_of_what_one_gave_parts_no_ticket(client, ein, is_said):
    set_ein(ein)
    give(items=[cookbook()])
    client.force_login(make_user("ada@ellery.example"))

    page = client.get("/membership/giving/").text

    assert ("Gift part" in page, "$35" in page) == (is_said, is_said)
