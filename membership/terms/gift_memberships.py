"""Gift memberships: a year paid by one person and claimed by another.

It begins on the day the giver chose or, if later, the day it is claimed. It never expires before
that, and for a member it is the next year. The e-mail goes out on the chosen morning; if the gift
stays unclaimed, the recipient is reminded once, and later staff get a task.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from membership.accounts.sign_in import digits_of, disguised
from membership.models import GiftMembership, Household, Person, Rules, Term, Tier
from membership.terms.coverage import refuse_too_narrow
from membership.terms.joining import Joining, household_for, household_members_at
from membership.terms.years import next_stretch
from nsca.lib.mail import mail
from nsca.lib.mail.addresses import normalize_address
from nsca.lib.secrets import codes
from nsca.lib.timing import day_of
from nsca.lib.web.throttle import spend
from orders.books.ledger import ask
from orders.lines.kinds import Item, Refusal, Shown
from orders.models import Line

FARTHEST = timedelta(days=366)  # the chosen day is within a year
REMIND_AFTER = timedelta(days=30)  # after the e-mail, once
ASK_STAFF_AFTER = timedelta(days=90)  # after the chosen day
CODE_LASTS = timedelta(minutes=10)
DIGITS, TRIES = 8, 5
QUARTER, DAY = 900, 86_400  # seconds
MAILS_A_QUARTER, MAILS_A_DAY = 5, 20  # codes to one address, and for one gift a day


class GiftUnavailable(Refusal):
    """It was claimed or refunded."""

    def __init__(self):
        super().__init__("This gift has already been claimed or refunded.")


class HasLife(Refusal):
    """The recipient is already a member for life."""

    def __init__(self):
        super().__init__(
            "You’re already a member for life, so you don’t need this year. The gift stays open. "
            "Please tell the giver or us who should get it instead."
        )


class Over(Exception):
    """The code was used, tried too often, or has expired."""


# --- Giving ------------------------------------------------------------------------------------


def gift_item(
    tier: Tier,
    giver: Joining,
    *,
    recipient_name: str,
    recipient_email: str,
    message: str,
    begins_on: date,
) -> Item:
    """A year of a level for somebody else, as an order's item. Raises NoDuesSet."""
    from membership.terms.dues import dues_item

    item = dues_item(tier, giver)
    gift = {
        "recipient_name": recipient_name,
        "recipient_email": normalize_address(recipient_email),
        "message": message,
        "begins_on": begins_on.isoformat(),
    }
    return Item(
        kind=item.kind,
        label=f"{tier.name} gift membership, one year",
        unit_cents=item.unit_cents,
        fair_value_cents=item.fair_value_cents,
        subject_id=tier.pk,
        heading="Dues",
        details={**item.details, "gift_membership": gift},
    )


def paid(line: Line, *, at: datetime) -> None:
    """Create the gift once it is paid."""
    gift = line.details["gift_membership"]
    GiftMembership.objects.create(
        line=line,
        tier_id=line.subject_id,
        giver_name=line.details["name"],
        recipient_name=gift["recipient_name"],
        recipient_email=gift["recipient_email"],
        message=gift["message"],
        begins_on=date.fromisoformat(gift["begins_on"]),
        created_at=at,
        is_sample=line.order.is_sample,
    )


def refunded(line: Line, *, at: datetime) -> None:
    """End a refunded gift, so that nobody can claim it."""
    GiftMembership.objects.filter(line=line, taken_back_at=None).update(taken_back_at=at)


def shown(line: Line) -> list[Shown]:
    """For the giver, on the order's page."""
    gift = GiftMembership.objects.filter(line=line, taken_back_at=None).first()
    if gift is None:
        return []
    card = reverse("membership:gift_card", args=[gift.token])
    return [Shown(f"A year for {gift.recipient_name}", f"{how_it_goes(gift)}.", card)]


def thanks(line: Line) -> str:
    """For the giver's receipt e-mail."""
    gift = GiftMembership.objects.get(line=line)
    card = settings.SITE_URL + reverse("membership:gift_card", args=[gift.token])
    return f"{how_it_goes(gift)}. Print the card with its code here: {card}"


def how_it_goes(gift: GiftMembership) -> str:
    """What happens next, for the giver."""
    if gift.claimed_at:
        return "It has been claimed"
    day = f"{gift.begins_on:%B %-d, %Y}"
    if gift.mailed_at and gift.recipient_email:
        return f"We e-mailed {gift.recipient_email} on {day}"
    if gift.recipient_email and gift.mail_from <= gift.created_at:
        return f"We’re e-mailing {gift.recipient_email} now"
    if gift.recipient_email:
        return f"We’ll e-mail {gift.recipient_email} on the morning of {day}"
    return f"Print the card with its code and hand it over. The year can start from {day}"


# --- E-mails -----------------------------------------------------------------------------------


def tick(at: datetime) -> int:
    """Send what is due, remind once, and create tasks; return how many e-mails were sent."""
    count = 0
    for gift in GiftMembership.objects.mails_due(at).select_related("tier"):
        count += _write_to(gift, "mailed_at", at=at)
    slow = GiftMembership.objects.waiting().filter(
        mailed_at__lte=at - REMIND_AFTER, reminded_at=None
    )
    slow = slow.exclude(recipient_email="")  # erased since, at their request
    for gift in slow.select_related("tier"):
        count += _write_to(gift, "reminded_at", at=at)
    late = day_of(at - ASK_STAFF_AFTER)
    for gift in GiftMembership.objects.waiting().filter(begins_on__lte=late):
        order = gift.line.order
        text = (
            f"Order {order.number}: {gift} from {gift.giver_name} has not been claimed yet. Call "
            "them. It doesn’t expire, and it can be refunded."
        )
        ask(f"gift-membership:{gift.pk}", text, at=at, order=order)
    return count


def _write_to(gift: GiftMembership, when: str, *, at: datetime) -> int:
    """Send one e-mail once; 0 if another ticker was quicker or the recipient has died."""
    with transaction.atomic():
        mine = GiftMembership.objects.waiting().filter(pk=gift.pk, **{when: None})
        if not mine.update(**{when: at}):
            return 0
        reached = Person.objects.with_address(gift.recipient_email)
        if reached.exists() and not reached.living().exists():
            order = gift.line.order
            text = (
                f"Order {order.number}: {gift} from {gift.giver_name} is for somebody who has "
                "died. We sent no e-mail. Call the giver: it can be refunded or go to somebody "
                "else."
            )
            ask(f"gift-membership-died:{gift.pk}", text, at=at, order=order)
            return 0
        mail.post(
            "gift_membership",
            to=gift.recipient_email,
            to_name=gift.recipient_name,
            context={
                "gift": gift,
                "is_reminder": when == "reminded_at",
                "claim_url": settings.SITE_URL + gift.get_absolute_url(),
            },
        )
    return 1


# --- Proving the recipient's address -----------------------------------------------------------


def ask_for_proof(gift: GiftMembership, email: str, *, at: datetime) -> None:
    """E-mail a code to the address, known or not. Raises TooOften."""
    email = normalize_address(email)
    spend("gift-claim-of", str(gift.pk), limit=MAILS_A_DAY, seconds=DAY, at=at)
    spend("gift-claim-to", disguised(email), limit=MAILS_A_QUARTER, seconds=QUARTER, at=at)
    gift.asked_email, gift.asked_at, gift.tries = email, at, 0
    gift.save(update_fields=["asked_email", "asked_at", "tries"])
    context = {"code": _code_of(gift), "gift": gift}
    mail.post("gift_claim_code", to=email, context=context, urgent=True)


def is_asked(gift: GiftMembership, email: str, *, at: datetime) -> bool:
    """Whether a valid code for this address is on its way."""
    return (
        gift.asked_at is not None
        and gift.asked_email == normalize_address(email)
        and gift.asked_at > at - CODE_LASTS
        and gift.tries < TRIES
    )


@sensitive_variables("typed")
def is_proof(gift: GiftMembership, typed: str, *, at: datetime) -> bool:
    """Whether that is the code we sent; each try counts. Raises Over."""
    if gift.asked_at is None or gift.asked_at <= at - CODE_LASTS:
        raise Over
    counted = GiftMembership.objects.filter(
        pk=gift.pk, asked_at=gift.asked_at, tries__lt=TRIES
    ).update(tries=F("tries") + 1)
    if not counted:
        raise Over
    return constant_time_compare(digits_of(typed), _code_of(gift))


def _code_of(gift: GiftMembership) -> str:
    return codes.derived_digits(
        "gift membership", gift.pk, gift.asked_email, gift.asked_at.isoformat(), length=DIGITS
    )


# --- Claiming ----------------------------------------------------------------------------------


def find(typed: str) -> GiftMembership | None:
    """The gift with a code as typed; spaces, dashes and case don't matter."""
    letters = "".join(sign for sign in codes.normalize_code(typed) if sign.isalnum())
    return GiftMembership.objects.filter(code=f"{letters[:4]}-{letters[4:]}").first()


@transaction.atomic
def take_up(gift: GiftMembership, who: Joining, *, at: datetime) -> Term:
    """Give the term to the recipient, whose address is proven.

    Raises GiftUnavailable, HasLife and, if the level covers too few people, TooNarrow.
    """
    from membership.terms.dues import frozen, is_for_life

    gift = GiftMembership.objects.select_for_update().select_related("line__order").get(pk=gift.pk)
    if not gift.is_waiting:
        raise GiftUnavailable
    on = max(day_of(at), gift.begins_on)
    applicant = frozen(who)
    if not who.household_id:
        known = household_members_at(who.email, who.name, on=day_of(at))
        applicant["household_id"] = known[0].household_id if known else None
    known = Household.objects.filter(pk=applicant["household_id"]).first()
    if known and is_for_life(known):
        raise HasLife
    refuse_too_narrow(gift.tier, applicant["household_id"])
    household = household_for(gift.line, at=at, applicant=applicant)
    starts_on, ends_on = next_stretch(household, on, rules=Rules.load())
    term = Term.objects.create(
        household=household,
        tier_id=gift.tier_id,
        starts_on=starts_on,
        ends_on=ends_on,
        line=gift.line,
        is_sample=gift.is_sample,
    )
    gift.claimed_at, gift.claimed_by, gift.asked_email = at, household, ""
    gift.save(update_fields=["claimed_at", "claimed_by", "asked_email"])
    mail.post(
        "gift_claimed",
        to=who.email,
        to_name=who.name,
        context={
            "gift": gift,
            "term": term,
            "home_url": settings.SITE_URL + reverse("membership:home"),
        },
    )
    giver = gift.line.order
    if giver.buyer_email:
        mail.post(
            "gift_taken_up",
            to=giver.buyer_email,
            to_name=giver.buyer_name,
            context={"gift": gift, "on": day_of(at)},
        )
    return term
