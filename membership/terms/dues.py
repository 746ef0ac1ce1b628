"""Who is a member on a date, and what a payment of dues does.

A term comes only from a completed payment or a named decision of staff, and is never extended by
editing a date. membership/terms/years.py says how long a payment lasts.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.urls import reverse

from membership.models import Household, Person, RenewalLink, Rules, Term, Tier
from membership.people.main_contact import name_payer
from membership.people.welcome import welcome_payer
from membership.terms import after_refund, gift_memberships, upgrades
from membership.terms.coverage import ask_where_too_narrow, refuse_too_narrow
from membership.terms.ending import end, following, rest, wake
from membership.terms.hardship import dues_of
from membership.terms.joining import Joining, Other, add_person, enrol, household_for
from membership.terms.years import next_stretch
from nsca.lib.timing import day_of
from orders.books.ledger import ask
from orders.lines.kinds import Item, Kind, Refusal, Shown
from orders.models import Line
from orders.refunds.refund_amounts import refundable_of, refunded_cents

__all__ = [
    "Joining",
    "add_person",
    "end",
    "enrol",
]  # from joining and ending, for code that sells dues


class NoDuesSet(Refusal):
    """The board has not set this level's dues."""

    def __init__(self, tier: Tier):
        super().__init__(f"You can’t join {tier.name} online yet. Please e-mail us.")


class NotKnownHere(Refusal):
    def __init__(self):
        super().__init__("The membership level is no longer in this database.")


def is_member(user, on: date) -> bool:
    """Whether a signed-in user is a member on the date."""
    return member_household(user, on) is not None


def member_household(user, on: date) -> Household | None:
    """The household through which the user is a member on the date, or None."""
    if not getattr(user, "is_authenticated", False):
        return None
    term = (
        Term.objects.current(on)
        .filter(household__people__user=user)
        .select_related("household")
        .first()
    )
    return term.household if term else None


def has_member(email: str, on: date) -> bool:
    """Whether an address belongs to a member on the date.

    For e-mails only: reading what is sent there proves that the address is theirs.
    """
    return Person.objects.with_address(email).members(on).exists()


def dues_item(tier: Tier, joining: Joining, *, on: date | None = None) -> Item:
    """One year of a level as an order's item; a proven household pays its own dues `on` a day.

    Raises NoDuesSet, and TooNarrow if the level covers too few people.
    """
    if tier.dues_cents is None or not tier.is_offered:
        raise NoDuesSet(tier)
    if on:
        refuse_too_narrow(tier, joining.household_id)
    cents = dues_of(tier, joining.household_id, on=on) if on else tier.dues_cents
    return Item(
        kind=Line.Kind.DUES,
        label=f"{tier.name} membership, one year",
        unit_cents=cents,
        fair_value_cents=tier.worth_for(cents),
        subject_id=tier.pk,
        heading="Dues",
        details={
            **frozen(joining),
            "tier": tier.name,
            "hides_the_buyer": joining.renewal_link_id is not None,
        },
    )


def frozen(joining: Joining) -> dict:
    """A Joining as JSON for an order's line."""
    others = [asdict(Other.of(each)) for each in joining.others]
    return {
        **asdict(joining),
        "others": others,
        "city_ids": list(joining.city_ids),
        "topics": list(joining.topics),
    }


def is_for_life(household: Household) -> bool:
    """Whether a household has a life membership, so that no dues are owed."""
    return household.terms.whole().filter(ends_on=None).exists()


class DuesKind(Kind):
    """Dues. Nothing is scarce or held, and late dues are always accepted.

    Who joins is frozen in the line's details.
    """

    name = Line.Kind.DUES

    def tellable(self, line: Line, *, at: datetime) -> dict:
        """The level only: who joins is private."""
        return {"tier": line.details.get("tier", "")}

    def recovered(self, line: Line, *, at: datetime) -> None:
        """All we know is who paid. Raises NotKnownHere."""
        if not Tier.objects.filter(pk=line.subject_id).exists():
            raise NotKnownHere
        payer = Joining(name=line.order.buyer_name, email=line.order.buyer_email)
        line.details = {**frozen(payer), **line.details}
        line.save(update_fields=["details"])

    def paid(self, line: Line, *, at: datetime) -> None:
        if "upgrade_of" in line.details:
            upgrades.paid(line, at=at)
            return
        if "gift_membership" in line.details:
            gift_memberships.paid(line, at=at)
            return
        household = household_for(line, at=at)
        payer = line.order
        name_payer(household, email=payer.buyer_email, user_id=payer.user_id, at=at)
        RenewalLink.objects.filter(
            pk=line.details.get("renewal_link_id"), used_at__isnull=True
        ).update(used_at=at)
        if is_for_life(household):
            text = (
                f"Order {line.order.number}: {household} paid dues but is a member for life. Ask "
                "them whether to refund the money or book it as a gift."
            )
            ask(f"dues-for-life:{line.pk}", text, at=at, order=line.order)
            return
        starts_on, ends_on = next_stretch(household, day_of(at), rules=Rules.load())
        term = Term.objects.create(
            household=household,
            tier_id=line.subject_id,
            starts_on=starts_on,
            ends_on=ends_on,
            line=line,
            is_sample=line.order.is_sample,
        )
        ask_where_too_narrow(term, line, at=at)

    def confirmed(self, order, *, at: datetime) -> None:
        """A new member's welcome or a change of level has an e-mail beside the receipt."""
        for line in order.lines.all():
            if line.kind != self.name:
                continue
            if "upgrade_of" in line.details:
                upgrades.confirm(line)
            elif order.buyer_email and "gift_membership" not in line.details:
                welcome_payer(line)

    def refunded(self, line: Line, *, at: datetime, units: Sequence[int] | None = None) -> None:
        if "gift_membership" in line.details:
            gift_memberships.refunded(line, at=at)
        for term in Term.objects.filter(line=line):
            if "upgrade_of" in line.details:
                upgrades.take_back(term, at=at)
            else:
                _end_the_year(term, at=at)

    def suspended(self, line: Line, *, at: datetime) -> None:
        """Suspend the year while the check is returned or the payment disputed."""
        for term in Term.objects.filter(line=line):
            rest(term, on=day_of(at))

    def restored(self, line: Line, *, at: datetime) -> None:
        for term in Term.objects.filter(line=line):
            wake(term)

    def after_refund(self, line: Line) -> Sequence[tuple[str, str]]:
        """No question for a change of level: the old one goes on (upgrades.take_back)."""
        return () if "upgrade_of" in line.details else after_refund.answers(line)

    def ended_words(self, line: Line, answer: str = "") -> str:
        term = Term.objects.filter(line=line, ended_on__isnull=False).first()
        if term is None or "gift_membership" in line.details:
            return ""
        if "upgrade_of" in line.details:
            return "Your membership is back at its former level."
        if answer == after_refund.STAYS:
            return "Your membership stays valid, as our gift."
        if term.household.terms.current(term.ended_on).exists():
            return "Your renewal is canceled. Your current membership is still valid."
        return "Your membership has ended today."

    def refund_answered(self, line: Line, answer: str, *, by, at: datetime) -> None:
        if "upgrade_of" not in line.details:
            after_refund.carry_out(line, answer, by=by, at=at)

    def shown(self, line: Line, *, at: datetime) -> Sequence[Shown]:
        """For the order's page: dates only for a proven household.

        Otherwise the dates would show whether we know the address. The e-mail always has them.
        """
        home = reverse("membership:home")
        if _went_back(line):
            return []
        if "gift_membership" in line.details:
            return gift_memberships.shown(line)
        if not line.details.get("household_id"):
            text = "Your receipt gives the dates."
            return [Shown(f"{line.details.get('tier', '')} membership", text, home)]
        term = Term.objects.whole().filter(line=line).select_related("tier").first()
        return [Shown(f"{term.tier} membership", f"Paid {_span(term)}.", home)] if term else []

    def thanks(self, line: Line) -> str:
        """For the receipt e-mail, which goes to the address itself."""
        if "gift_membership" in line.details:
            return gift_memberships.thanks(line)
        term = Term.objects.whole().filter(line=line).select_related("tier").first()
        if term is None and "upgrade_of" in line.details:
            return "Your membership changed in the meantime. We’ll e-mail you about this payment."
        if term is None:
            return (
                "Your membership is for life, so no dues are owed. We’ll e-mail you and refund "
                "them or, if you like, keep them as a gift."
            )
        words = f"Your {term.tier} membership is paid {_span(term)}."
        if "upgrade_of" not in line.details and term.starts_on > day_of(line.order.paid_at):
            words += (
                " It starts right after your current year, so you don’t pay for any day twice."
            )
        return words


def _end_the_year(term: Term, *, at: datetime) -> None:
    """End a refunded term and those that continue it; staff decide about a later upgrade."""
    for each in list(following(term)):
        was_paid_for = each.line_id not in (None, term.line_id) and each.ended_on is None
        end(each, on=day_of(at), because="The dues were refunded.")
        if was_paid_for and each.ended_on is not None:
            text = (
                f"Order {each.line.order.number} paid for {each.tier} in a year whose dues were "
                f"refunded (order {term.line.order.number}). Should this be refunded, too?"
            )
            ask(f"upgrade-left:{each.line_id}", text, at=at, order=each.line.order)


def _span(term: Term) -> str:
    return f"from {term.starts_on:%B %-d, %Y} through {term.ends_on:%B %-d, %Y}"


def _went_back(line: Line) -> bool:
    """Whether a line was refunded, alone or with its whole order."""
    if line.total_cents and refunded_cents(line) >= line.total_cents:
        return True
    was_touched = any(payment.refunds.exists() for payment in line.order.payments.all())
    return was_touched and refundable_of(line.order) <= 0
