"""Personal data in membership and orders: export and erasure."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from membership.models import (
    Consent,
    EmailSuppression,
    GiftInKind,
    GiftMembership,
    ImportRow,
    Person,
    Statement,
    StatementDue,
    Tribute,
)
from membership.privacy.forgetting import rewritten, words_without
from membership.privacy.personal_data import PersonalData, Subject, Wait, exported
from nsca.lib.timing import day_of
from orders.models import Line, Order, RecurringPayment

# The IRS may ask about a gift until three years after the return that named it (26 U.S.C.
# §6501(a)): for 2026, until October 2030 with the extension. The same goes for a charity's list of
# those who gave $5,000 or more (Form 990, Schedule B). So statements stay as issued until the end
# of the fourth year after.
STATEMENTS_STAY_YEARS = 4


class PersonPersonalData(PersonalData):
    """The record itself, and what belongs to it."""

    title = "Your record, households and membership"

    def export(self, subject: Subject, *, at: datetime) -> Sequence[dict[str, Any]]:
        person = subject.person
        rows = [{"what": "Your record", **exported(person)}]
        for old in person.history.all():
            rows.append(
                {
                    "what": "Version of your record",
                    "since": old.history_date,
                    **exported(old, leave_out=HISTORY),
                }
            )
        rows += [{"what": "Further address", **exported(row)} for row in person.addresses.all()]
        rows += [
            {"what": "Favorite city", "city": row.city.name, **exported(row)}
            for row in person.favorite_cities.select_related("city")
        ]
        for household_member in person.household_members.select_related("household"):
            household = household_member.household
            rows.append({"what": "Household", **exported(household, leave_out=["note"])})
            rows += [
                {"what": "Term", "level": term.tier.name, **exported(term)}
                for term in household.terms.select_related("tier")
            ]
        rows += [
            {"what": "Change of a household", **exported(row)}
            for row in person.household_changes.all()
        ]
        rows += [{"what": "E-mail choice", **exported(row)} for row in person.consents.all()]
        rows += [
            {"what": "Stamp in your passport", "city": row.city.name, **exported(row)}
            for row in person.stamps.select_related("city")
        ]
        for name, what in (
            ("listing", "Directory listing"),
            ("passport_link", "Shared passport"),
        ):
            row = getattr(person, name, None)
            rows += [{"what": what, **exported(row)}] if row else []
        rows += [
            {"what": "Statement", **exported(row, leave_out=["giver", "serial"])}
            for row in Statement.objects.filter(_statements_of(subject))
        ]
        rows += [
            {"what": "Gift in kind", **exported(row)}
            for row in GiftInKind.objects.filter(_in_kind_of(subject))
        ]
        rows += [
            {"what": "Gift membership", **exported(row, leave_out=["code"])}
            for row in GiftMembership.objects.filter(_given_to(subject))
        ]
        return rows

    def erase(self, subject: Subject, *, at: datetime) -> None:
        person = subject.person
        for name in ("addresses", "favorite_cities", "stamps"):
            getattr(person, name).all().delete()
        for name in ("listing", "passport_link", "erasure_request"):
            row = getattr(person, name, None)
            if row:
                row.delete()
        _withdraw_all(person, at=at)
        _leave_households(subject)
        _forget_gifts(subject, on=day_of(at))
        person.wards.update(guardian=None)
        _forget_records(subject)
        person.history.all().update(
            name=subject.pseudonym, email="", phone="", born_on=None, history_change_reason=None
        )
        Person.objects.filter(pk=person.pk).update(
            name=subject.pseudonym,
            email="",
            phone="",
            born_on=None,
            guardian=None,
            user=None,
            erased_at=at,
        )


HISTORY = ["history_date", "history_change_reason", "history_type", "history_id"]


def _withdraw_all(person: Person, *, at: datetime) -> None:
    """End all consents; what was agreed to before is kept, since it names nobody."""
    for topic, last in Consent.objects.last_of(person).items():
        if last.is_given:
            Consent.objects.create(
                person=person,
                topic=topic,
                is_given=False,
                at=at,
                words="The record was erased.",
                how=Consent.How.ERASED,
            )


def _leave_households(subject: Subject) -> None:
    """Take them out of their households; an empty one keeps its paid terms but no name."""
    for household_member in subject.person.household_members.select_related("household"):
        household = household_member.household
        others = household.people.living().exclude(pk=subject.person.pk)
        rest = others.order_by("pk").first()
        household.name = words_without(household.name, subject, rest.name if rest else None)
        if rest is None:
            household.name, household.postal_address = subject.pseudonym, ""
        household.note = words_without(household.note, subject)
        if household.main_contact_id == subject.person.pk:
            household.main_contact = None
        household.save(update_fields=["name", "postal_address", "note", "main_contact"])
        for term in household.terms.all():
            rewritten(term, ["reason", "ended_because"], subject)
        for many in ("pauses", "hardship_prices"):
            for row in getattr(household, many).all():
                rewritten(row, ["reason"], subject)
        if rest is not None:
            household_member.delete()


def _forget_records(subject: Subject) -> None:
    """Erase records merged into this one, import lines, and suppressed addresses."""
    person = subject.person
    gone = Person.every.filter(merged_into=person)
    for one in gone:
        one.history.all().update(name=subject.pseudonym, email="", phone="", born_on=None)
    gone.update(name=subject.pseudonym, email="", phone="", born_on=None, guardian=None, user=None)
    for merge in person.merges.all():
        rewritten(merge, ["moved"], subject)
    lines = Q(person=person)
    for address in subject.own:
        lines |= Q(cells__icontains=address) | Q(found__icontains=address)
    for line in ImportRow.objects.filter(lines):
        line.cells, line.found, line.done, line.why = [], {}, [], ""
        line.save(update_fields=["cells", "found", "done", "why"])
    for row in person.bereavements.all():
        rewritten(row, ["stopped"], subject)
    for address in subject.own:
        EmailSuppression.objects.filter(email=address).delete()


def _statements_of(subject: Subject) -> Q:
    return Q(person=subject.person) | subject.theirs("email", "name")


def _in_kind_of(subject: Subject) -> Q:
    return Q(person=subject.person) | subject.theirs("giver_email", "giver_name")


def _given_to(subject: Subject) -> Q:
    return subject.theirs("recipient_email", "recipient_name") | subject.theirs("asked_email")


def _forget_gifts(subject: Subject, *, on: date) -> None:
    old = Q(year__lt=on.year - STATEMENTS_STAY_YEARS)
    for statement in Statement.objects.filter(_statements_of(subject) & old):
        _forget_statement(statement, subject.pseudonym)
    StatementDue.objects.filter(giver=f"person:{subject.person.pk}").delete()
    for address in subject.own:
        StatementDue.objects.filter(giver=address).delete()
    for gift in GiftMembership.objects.filter(_given_to(subject)):
        gift.recipient_name, gift.message, gift.asked_email = subject.pseudonym, "", ""
        gift.recipient_email = ""  # so no e-mail about it goes out anymore
        gift.save(update_fields=["recipient_name", "message", "asked_email", "recipient_email"])
    for gift in GiftInKind.objects.filter(_in_kind_of(subject)):
        gift.giver_name, gift.giver_email, gift.postal_address = subject.pseudonym, "", ""
        gift.save(update_fields=["giver_name", "giver_email", "postal_address"])


def _forget_statement(statement: Statement, pseudonym: str) -> None:
    """Erase a statement's text and digest; number, year and amount stay."""
    statement.name, statement.email, statement.content, statement.sha256 = pseudonym, "", {}, ""
    statement.giver = f"forgotten:{statement.pk}"
    statement.save(update_fields=["name", "email", "content", "sha256", "giver"])


def forget_old_statements(*, on: date) -> int:
    """Erase old statements of erased people that nobody may ask for anymore; return how many."""
    old = Statement.objects.filter(
        person__erased_at__isnull=False, year__lt=on.year - STATEMENTS_STAY_YEARS
    ).exclude(giver__startswith="forgotten:")
    for statement in old:
        _forget_statement(statement, f"Former giver {statement.number}")
    return len(old)


class OrdersPersonalData(PersonalData):
    """Purchases: the amounts stay for the books, the names do not."""

    title = "Your orders, payments and gifts"

    def export(self, subject: Subject, *, at: datetime) -> Sequence[dict[str, Any]]:
        rows = []
        orders = Order.objects.filter(subject.bought())
        for order in orders.prefetch_related("lines", "payments__refunds"):
            rows.append({"what": "Order", **exported(order, leave_out=["note", "terms_text"])})
            rows += [
                {"what": f"Line of {order.number}", **exported(line)} for line in order.lines.all()
            ]
            for payment in order.payments.all():
                rows.append(
                    {"what": f"Payment of {order.number}", **exported(payment, leave_out=STRIPE)}
                )
                rows += [
                    {"what": f"Refund of {order.number}", **exported(refund, leave_out=STRIPE)}
                    for refund in payment.refunds.all()
                ]
        rows += [
            {"what": "Automatic payment", **exported(row, leave_out=STRIPE)}
            for row in RecurringPayment.objects.filter(subject.bought())
        ]
        return rows

    def waits(self, subject: Subject, *, at: datetime) -> Sequence[Wait]:
        waits = []
        for order in Order.objects.filter(subject.bought(), state=Order.State.HELD):
            if order.is_held(at):
                waits.append(
                    Wait(
                        f"Order {order.number} is not paid yet.",
                        order.held_until,
                        order.get_absolute_url(),
                    )
                )
        for recurring_payment in RecurringPayment.objects.filter(
            subject.bought(), ended_at__isnull=True
        ):
            if recurring_payment.began_at is None:
                continue
            waits.append(
                Wait(
                    f"“{recurring_payment.label}” is charged automatically. Cancel it first, so "
                    "that no card is charged after you are gone.",
                    None,
                    recurring_payment.get_absolute_url(),
                )
            )
        return waits

    def erase(self, subject: Subject, *, at: datetime) -> None:
        for gift in GiftMembership.objects.filter(subject.bought("line__order__")):
            gift.giver_name = subject.pseudonym
            gift.message = words_without(gift.message, subject)[:400]
            gift.save(update_fields=["giver_name", "message"])
        for order in Order.objects.filter(subject.bought() | subject.nameless()):
            order.buyer_name, order.buyer_email, order.buyer_phone = subject.pseudonym, "", ""
            order.note = words_without(order.note, subject)
            order.user = None
            order.save(update_fields=["buyer_name", "buyer_email", "buyer_phone", "note", "user"])
            Tribute.objects.filter(line__order=order, signed__iexact=subject.person.name).update(
                signed=""
            )
        for line in Line.objects.filter(self._lines(subject)):
            rewritten(line, ["details"], subject)
        for recurring_payment in RecurringPayment.objects.filter(subject.bought()):
            recurring_payment.buyer_name, recurring_payment.buyer_email = subject.pseudonym, ""
            recurring_payment.user = None
            recurring_payment.save(update_fields=["buyer_name", "buyer_email", "user"])
            rewritten(recurring_payment, ["details", "ended_by", "ended_because"], subject)

    @staticmethod
    def _lines(subject: Subject) -> Q:
        """Order lines with their details: dues of their households, no matter who paid."""
        homes = subject.person.household_members.values("household")
        found = Q(term__household__in=homes) | Q(order__buyer_name=subject.pseudonym)
        for address in subject.addresses:
            found |= Q(details__icontains=address)
        return found


STRIPE = [
    "idempotency_key",
    "session_id",
    "intent_id",
    "provider_id",
    "customer_id",
]
