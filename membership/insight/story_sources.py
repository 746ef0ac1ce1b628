"""The sources of a person's history in membership and orders (membership/insight/story.py)."""

from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.urls import reverse
from simple_history.utils import get_history_model_for_model

from membership.insight.story import About, Entry, Source, noon
from membership.models import (
    BenefitUse,
    Bereavement,
    Consent,
    EmailSuppression,
    HardshipPrice,
    HouseholdChange,
    Merge,
    Pause,
    Person,
    Reminder,
    Stamp,
    Term,
)
from nsca.lib.text.money import dollars
from orders.models import LedgerEntry

# Fields whose changes are not listed: other sources already report them.
SILENT = {"is_sample", "merged_into", "id"}


def all_of_ours() -> list[Source]:
    """The sources that nsca/hooks.py registers."""
    money = ("orders.view_order",)
    return [
        Source("memberships", _terms, ("membership.view_term",)),
        Source("money", _money, money),
        Source("changes", _changes),
        Source("household", _household),
        Source("e-mail choices", _consents),
        Source("reminders", _reminders),
        Source("bounced e-mail", _marks),
        Source("stamps", _stamps),
        Source("benefits", _benefits),
        Source("decisions", _decisions, ("membership.view_term",)),
        Source("merged records", _merges),
    ]


def _who(user) -> str:
    return user.get_full_name() if user else "the site"


def _change_url(name: str, pk: int) -> str:
    return reverse(f"admin:{name}_change", args=[pk])


def _terms(about: About, most: int) -> Sequence[Entry]:
    """Each term's start, and its end if it was ended early."""
    terms = (
        Term.objects.filter(household__in=about.household_ids)
        .select_related("tier", "granted_by")
        .order_by("-starts_on", "-pk")[:most]
    )
    entries = []
    for term in terms:
        url = _change_url("membership_term", term.pk)
        until = f"through {term.ends_on:%B %-d, %Y}" if term.ends_on else "for life"
        by = f", granted by {_who(term.granted_by)}" if term.granted_by else ""
        why = f" ({term.reason})" if term.reason else ""
        text = f"{term.tier} membership starts, {until}{by}{why}."
        entries.append(Entry(noon(term.starts_on), "", text, url, is_day=True))
        if term.ended_on:
            text = f"{term.tier} membership was ended: {term.ended_because or 'no reason noted'}"
            entries.append(Entry(noon(term.ended_on), "", text, url, is_day=True))
    return entries


def _money(about: About, most: int) -> Sequence[Entry]:
    """Ledger entries of their orders, and of the orders that paid their household's terms."""
    orders = about.subject.bought("order__") | Q(
        order__lines__term__household__in=about.household_ids
    )
    rows = (
        LedgerEntry.objects.filter(orders)
        .select_related("order")
        .order_by("-at", "-pk")
        .distinct()[:most]
    )
    return [
        Entry(
            row.at,
            "",
            f"Order {row.order.number}: {row.get_entry_display()}"
            + (f", {dollars(row.cents)}" if row.cents else "")
            + (f", {row.text}" if row.text else "")
            + (f" ({row.actor})" if row.actor else ""),
            _change_url("orders_order", row.order_id),
        )
        for row in rows
    ]


def _changes(about: About, most: int) -> Sequence[Entry]:
    """Who changed which fields of the record, never the values: an old address may be secret."""
    history = get_history_model_for_model(Person)
    rows = list(
        history.objects.filter(id=about.person.pk)
        .select_related("history_user")
        .order_by("-history_date", "-history_id")[: most + 1]
    )
    entries = []
    for place, row in enumerate(rows):
        before = rows[place + 1] if place + 1 < len(rows) else None
        text = _said_of(row, before)
        if text:
            entries.append(Entry(row.history_date, "", text))
    return entries[:most]


def _said_of(row, before) -> str:
    who = _who(row.history_user)
    if row.history_type == "+":
        return f"The record was created by {who}."
    if before is None:
        return ""  # the earlier values are unknown
    fields = [f for f in row.tracked_fields if f.name not in SILENT]
    names = [
        str(f.verbose_name)
        for f in fields
        if getattr(row, f.attname, None) != getattr(before, f.attname, None)
    ]
    return f"{who} changed: {', '.join(names)}." if names else ""


def _household(about: About, most: int) -> Sequence[Entry]:
    """Who left, was removed from, or became main contact of their households."""
    rows = HouseholdChange.objects.filter(
        Q(person=about.person) | Q(household__in=about.household_ids)
    ).select_related("person", "household", "by", "staff")
    return [
        Entry(
            row.at,
            "",
            f"{row.person} {row.get_kind_display()} {row.household}{_done_by(row)}.",
            _change_url("membership_household", row.household_id),
        )
        for row in rows.order_by("-at", "-pk")[:most]
    ]


def _done_by(row: HouseholdChange) -> str:
    if row.staff_id:
        return f" ({_who(row.staff)})"
    return f" (by {row.by})" if row.by_id and row.by_id != row.person_id else ""


def _consents(about: About, most: int) -> Sequence[Entry]:
    rows = Consent.objects.filter(person=about.person).select_related("by").order_by("-pk")[:most]
    return [
        Entry(
            row.at,
            "",
            f"{'Agreed to' if row.is_given else 'Declined'} {row.get_topic_display()}, "
            f"{row.get_how_display()}" + (f" ({_who(row.by)})" if row.by else "") + ".",
        )
        for row in rows
    ]


def _reminders(about: About, most: int) -> Sequence[Entry]:
    rows = Reminder.objects.filter(
        Q(person=about.person) | Q(person=None, term__household__in=about.household_ids)
    ).order_by("-at", "-pk")[:most]
    return [
        Entry(
            row.at,
            "",
            f"{row.get_step_display().capitalize()}, {row.get_way_display()}"
            + (f": {row.why_not}" if row.why_not else "."),
        )
        for row in rows
    ]


def _marks(about: About, most: int) -> Sequence[Entry]:
    rows = EmailSuppression.objects.filter(email__in=about.subject.addresses).select_related(
        "cleared_by"
    )
    entries = []
    for row in rows.order_by("-at", "-pk")[:most]:
        source = f" ({row.source})" if row.source else ""
        entries.append(Entry(row.at, "", f"{row.email}: {row.get_kind_display()}{source}."))
        if row.cleared_at:
            text = f"{row.email} is written to again, says {_who(row.cleared_by)}."
            entries.append(Entry(row.cleared_at, "", text))
    return entries


def _stamps(about: About, most: int) -> Sequence[Entry]:
    rows = Stamp.objects.filter(person=about.person).select_related("city", "by")
    return [
        Entry(
            noon(row.on),
            "",
            f"{row.get_kind_display().capitalize()}, {row.city}"
            + (f": {row.words}" if row.words else "")
            + (f" (entered by {_who(row.by)})" if row.by else "")
            + ".",
            is_day=True,
        )
        for row in rows.order_by("-on", "-pk")[:most]
    ]


def _benefits(about: About, most: int) -> Sequence[Entry]:
    rows = BenefitUse.objects.filter(term__household__in=about.household_ids)
    entries = []
    for row in rows.select_related("benefit", "used_by").order_by("-used_at", "-pk")[:most]:
        note = f", {row.note}" if row.note else ""
        undone = ", undone" if row.undone_at else ""
        text = f"Used {row.benefit}{note}{undone} ({_who(row.used_by)})."
        entries.append(Entry(row.used_at, "", text))
    return entries


def _decisions(about: About, most: int) -> Sequence[Entry]:
    """Pauses, lowered dues and a death, with who decided them."""
    theirs = {"household__in": about.household_ids}
    return [
        *_decided(Pause.objects.filter(**theirs), most, _of_pause),
        *_decided(HardshipPrice.objects.filter(**theirs), most, _of_price),
        *_decided(Bereavement.objects.filter(person=about.person), most, _of_death),
    ]


def _decided(rows, most: int, words) -> Iterator[Entry]:
    for row in rows.select_related("by", "undone_by").order_by("-at", "-pk")[:most]:
        text = words(row)
        yield Entry(row.at, "", f"{text} ({_who(row.by)}).")
        if row.undone_at:
            yield Entry(row.undone_at, "", f"Undone: {text} ({_who(row.undone_by)}).")


def _of_pause(row: Pause) -> str:
    return f"Paused from {row.starts_on:%B %-d, %Y} to {row.until_on:%B %-d, %Y}: {row.reason}"


def _of_price(row: HardshipPrice) -> str:
    return f"Dues of {dollars(row.dues_cents)} through {row.valid_until:%B %-d, %Y}"


def _of_death(row: Bereavement) -> str:
    return f"Died on {row.died_on:%B %-d, %Y}"


def _merges(about: About, most: int) -> Sequence[Entry]:
    rows = Merge.objects.filter(kept=about.person).select_related("gone", "by", "undone_by")
    entries = []
    for row in rows.order_by("-at", "-pk")[:most]:
        text = f"{_who(row.by)} merged the record of {row.gone.name} into this one."
        entries.append(Entry(row.at, "", text))
        if row.undone_at:
            text = f"{_who(row.undone_by)} undid the merge with {row.gone.name}."
            entries.append(Entry(row.undone_at, "", text))
    return entries
