"""What a reminder says: chosen when it is written, by how the household stands in that moment."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse

from membership.joining.renewals import make_renewal_link
from membership.models import Chair, Reminder, RenewalLink, Rules, User
from membership.terms.hardship import dues_of
from nsca.lib.mail import mail
from nsca.lib.text.money import dollars
from nsca.lib.timing import NORFOLK, day_of

DAY = timedelta(days=1)
SOON = 14  # days: from then on they are counted


@dataclass(frozen=True)
class Words:
    """Everything a reminder needs to know, on paper and by mail."""

    name: str  # of whom it is written to
    household: str
    level: str
    starts_on: date
    ends_on: date
    grace_until: date
    days_left: int  # until the last day; negative afterwards
    dues_cents: int | None  # of one more year; None where the level is not offered any more
    link: str  # absolute
    chair: Chair | None  # who signs, where a person does
    is_note: bool

    @property
    def is_over(self) -> bool:
        return self.days_left < 0

    @property
    def subject(self) -> str:
        if self.is_note:
            return "We miss you"
        if self.days_left > SOON:
            return f"Your membership holds through {_day(self.ends_on)}"
        if self.days_left > 1:
            return f"Your membership ends in {self.days_left} days"
        if self.days_left >= 0:
            return "Your membership ends " + ("tomorrow" if self.days_left else "today")
        if self.in_grace:
            return f"Your membership has ended; until {_day(self.grace_until)} nothing is lost"
        return f"Your membership ended on {_day(self.ends_on)}"

    @property
    def paragraphs(self) -> list[str]:
        """The letter without greeting, link and signature; the same by mail and on paper."""
        return self._of_a_person() if self.is_note else self._of_the_office()

    def _of_the_office(self) -> list[str]:
        if self.days_left > 1:
            first = (
                f"Your {self.level} membership holds through {_day(self.ends_on)}. One more year "
                "runs on from there, so nothing is lost by being early."
            )
        elif self.days_left >= 0:
            first = (
                f"Your {self.level} membership ends "
                f"{'tomorrow' if self.days_left else 'today'}. One more year runs on from there."
            )
        elif self.in_grace:
            first = (
                f"Your {self.level} membership ended on {_day(self.ends_on)}. Who renews by "
                f"{_day(self.grace_until)} goes on from that day, as if nothing had happened; the "
                "member price rests until then."
            )
        else:
            first = (
                f"Your {self.level} membership ended on {_day(self.ends_on)}. If you would like "
                "to come back, a new year begins on the day you pay."
            )
        return [first, self._price(), "It takes twenty seconds, and no password:"]

    def _of_a_person(self) -> list[str]:
        where = f" of the {self.chair.city.name} committee" if self.chair else ""
        return [
            f"Your membership ended on {_day(self.ends_on)}, and this is no bill. I write as one"
            f"{where or ' of us'} to say that we noticed, and that you are missed.",
            "If something kept you away, or if we could do something better, please answer this "
            "letter; I read it myself. And if it only slipped by, this is the way back:",
        ]

    def _price(self) -> str:
        if self.dues_cents is None:
            return f"{self.level} is not offered any more; you choose another level as you renew."
        if self.dues_cents == 0:
            return f"A year of {self.level} is free for you."
        return f"A year of {self.level} is {dollars(self.dues_cents)}."

    @property
    def in_grace(self) -> bool:
        return self.is_over and self.days_left >= (self.ends_on - self.grace_until).days

    @property
    def chairs_name(self) -> str:
        return self.chair.user.get_full_name() if self.chair else ""


def _day(on: date) -> str:
    return f"{on:%B %-d, %Y}"


def words_of(row: Reminder, *, rules: Rules, at: datetime) -> Words:
    """With a link of its own, made here, that outlives the whole row of reminders."""
    term, on = row.term, day_of(at)
    if row.link is None:
        row.link = _link(row, rules=rules, at=at)
        row.save(update_fields=["link"])
    is_note = row.step == Reminder.Step.NOTE
    return Words(
        name=row.person.name,
        household=term.household.name,
        level=term.tier.name,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        grace_until=term.ends_on + rules.grace,
        days_left=(term.ends_on - on).days,
        dues_cents=dues_of(term.tier, term.household_id, on=on) if term.tier.is_offered else None,
        link=settings.SITE_URL + reverse("membership:renew", args=[row.link.token]),
        chair=chair_of(row) if is_note else None,
        is_note=is_note,
    )


def _link(row: Reminder, *, rules: Rules, at: datetime) -> RenewalLink:
    last = row.term.ends_on + (rules.note_days + 30) * DAY
    until = datetime.combine(last, datetime.min.time(), NORFOLK)
    return make_renewal_link(row.term.household, at=at, valid_until=until)


def chair_of(row: Reminder) -> Chair | None:
    """Who signs the note: the chair of a city that somebody of the household holds dear, else any
    who offered to.
    """
    chairs = Chair.objects.filter(writes_to_lapsed=True).select_related("user", "city")
    chairs = chairs.filter(user__in=User.objects.working()).order_by("pk")
    dear = chairs.filter(city__hearts__person__households=row.term.household_id)
    return dear.first() or chairs.first()


def post(row: Reminder, *, rules: Rules, at: datetime) -> None:
    """Put the letter into the outbox. An answer to a note goes to who signed it."""
    words = words_of(row, rules=rules, at=at)
    headers = {"Reply-To": words.chair.user.email} if words.chair else {}
    mail.post(
        "renewal_note" if words.is_note else "renewal_reminder",
        to=row.person.email,
        to_name=row.person.name,
        context={"words": words},
        headers=headers,
    )
