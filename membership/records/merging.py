"""Merging two records of one person into the one that is kept, and undoing it.

What belongs to a person or household is found by its foreign keys, so that what later features
add (stamps, consents) follows without being named here.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, models, transaction

from membership.models import (
    Address,
    FavoriteCity,
    Household,
    HouseholdMember,
    ImportRow,
    Merge,
    NotTheSame,
    Person,
)
from membership.records.journal import ChangedSince, Journal, undo
from membership.security import address_mail
from orders.models import Order, RecurringPayment

# Staff choose which value to keep of these fields; the older member number always stays.
CHOSEN = ("name", "email", "phone", "born_on", "member_since")
STAYS = {Merge, NotTheSame, ImportRow}  # rows about the records themselves


class CannotMerge(Exception):
    """The records cannot be merged; the text tells staff why."""


def merge(kept: Person, gone: Person, *, chosen: Mapping[str, str], by, at: datetime) -> Merge:
    """Merge `gone` into `kept`. Raises CannotMerge.

    `chosen` says "kept" or "gone" for each of CHOSEN: whose value to keep. A field that is not
    named keeps the kept record's value, or takes the other's if that is empty.
    """
    with transaction.atomic():
        kept, gone = _locked(kept, gone)
        _refuse(kept, gone)
        before = address_mail.addresses_of([kept.pk])
        journal = Journal(by)
        emptied = _households(journal, kept, gone)
        _rows_of(journal, Person, gone.pk, kept.pk)
        _sign_in(journal, kept, gone)
        _number(journal, kept, gone)
        _fields(journal, kept, gone, chosen, at)
        journal.change(gone, email="", user_id=None, merged_into_id=kept.pk)
        address_mail.addresses_changed(before, at=at, by=by)
        return Merge.objects.create(
            kept=kept, gone=gone, emptied=emptied, moved=journal.entries, by=by, at=at
        )


def part(row: Merge, *, by, at: datetime) -> bool:
    """Undo a merge, so that both records are as they were; False if it was undone before.

    Anything new since then stays with the kept record. Raises ChangedSince.
    """
    with transaction.atomic():
        row = Merge.objects.select_for_update().get(pk=row.pk)
        if row.undone_at is not None:
            return False
        later = Merge.objects.filter(gone=row.kept_id, undone_at__isnull=True).first()
        if later:
            raise ChangedSince([f"{row.kept} was then merged into {later.kept}. Undo that first."])
        before = address_mail.addresses_of([row.kept_id])
        undo(row.moved, by=by)
        address_mail.addresses_changed(before, at=at, by=by)
        row.undone_at, row.undone_by = at, by
        row.save(update_fields=["undone_at", "undone_by"])
        return True


def tell_apart(one: Person, other: Person, *, by, at: datetime) -> None:
    """Mark two records as two people, so that they are not offered again."""
    first, second = sorted((one.pk, other.pk))
    NotTheSame.objects.get_or_create(
        first_id=first, second_id=second, defaults={"by": by, "at": at}
    )


# --- Step by step ------------------------------------------------------------------------------


def _locked(kept: Person, gone: Person) -> tuple[Person, Person]:
    both = Person.every.select_for_update().filter(pk__in=(kept.pk, gone.pk)).order_by("pk")
    by_key = {person.pk: person for person in both}
    if len(by_key) < 2:
        raise CannotMerge("Choose two different records.")
    return by_key[kept.pk], by_key[gone.pk]


def _refuse(kept: Person, gone: Person) -> None:
    if kept.merged_into_id or gone.merged_into_id:
        raise CannotMerge("One of them was already merged into another record.")
    if kept.erased_at or gone.erased_at:
        raise CannotMerge("One of them was erased at their own request.")
    if gone.pk == kept.guardian_id or kept.pk == gone.guardian_id:
        raise CannotMerge("One is the other’s parent or guardian. Correct that first.")
    if kept.born_on and gone.born_on and kept.born_on != gone.born_on:
        raise CannotMerge("Their birthdays differ. Correct that first.")


def _households(journal: Journal, kept: Person, gone: Person) -> Household | None:
    """Merge their households; one that nobody else belongs to joins the other's."""
    mine = {b.household_id: b for b in kept.household_members.all()}
    has_home = any(b.is_home for b in mine.values())
    home = kept.household
    emptied = None
    for household_member in gone.household_members.select_related("household").order_by("pk"):
        household = household_member.household
        others = household.people.exclude(pk__in=(gone.pk, kept.pk)).exists()
        if household.pk in mine:
            journal.delete(household_member)
        elif home and not others and emptied is None:
            journal.delete(household_member)
            _rows_of(journal, Household, household.pk, home.pk)
            emptied = household
        else:
            is_home = household_member.is_home and not has_home
            journal.change(household_member, person_id=kept.pk, is_home=is_home)
            has_home = has_home or is_home
    return emptied


def _rows_of(journal: Journal, model: type[models.Model], old: int, new: int) -> None:
    """Move all rows that refer to one record to the other.

    What the other already has is not moved: it stays where it was, out of sight.
    """
    for field in _pointing_at(model):
        for row in field.model._base_manager.filter(**{field.name: old}).order_by("pk"):
            if row._meta.model in (FavoriteCity, Address) and _has_alike(row, new):
                journal.delete(row)
                continue
            written = len(journal.entries)
            try:
                with transaction.atomic():
                    journal.change(row, **{field.attname: new})
            except IntegrityError:
                del journal.entries[written:]
                if isinstance(row, RecurringPayment):
                    raise CannotMerge(
                        "Both have auto-renewal. Cancel one of them first."
                    ) from None


def _pointing_at(model: type[models.Model]) -> Iterator[models.ForeignKey]:
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and relation.is_relation and not relation.concrete):
            continue
        field = relation.field
        is_own = isinstance(field, models.ForeignKey) and not hasattr(field.model, "instance_type")
        if not is_own or field.model in STAYS or field.model is HouseholdMember:
            continue
        if field.model is Person and field.name == "merged_into":
            continue
        yield field


def _has_alike(row, person_id: int) -> bool:
    if isinstance(row, FavoriteCity):
        return FavoriteCity.objects.filter(person_id=person_id, city_id=row.city_id).exists()
    return Address.objects.filter(person_id=person_id, email=row.email).exists()


def _sign_in(journal: Journal, kept: Person, gone: Person) -> None:
    """Keep one sign-in, with the proven addresses and the orders of both."""
    if gone.user_id is None or gone.user_id == kept.user_id:
        return
    if kept.user_id is None:
        journal.change(kept, user_id=gone.user_id)
        return
    theirs = gone.user
    shared = Person.objects.filter(user=theirs).exclude(pk=gone.pk).exists()
    if shared or theirs.is_staff or kept.user.is_staff:
        return  # only the director may give an address that opens a staff sign-in
    for address in EmailAddress.objects.filter(user=theirs, verified=True).order_by("pk"):
        mine = EmailAddress.objects.filter(user=kept.user_id, email=address.email)
        if not mine.exists():
            journal.change(address, user_id=kept.user_id, primary=False)
    for model in (Order, RecurringPayment):
        for row in model._base_manager.filter(user=theirs).order_by("pk"):
            journal.change(row, user_id=kept.user_id)


def _number(journal: Journal, kept: Person, gone: Person) -> None:
    """Keep the older member number; the other stays on the gone record, retired."""
    numbers = sorted(n for n in (kept.member_number, gone.member_number) if n is not None)
    if not numbers or kept.member_number == numbers[0]:
        return
    journal.change(gone, member_number=None)
    later = kept.member_number
    journal.change(kept, member_number=numbers[0])
    journal.change(gone, member_number=later)


def _fields(journal: Journal, kept: Person, gone: Person, chosen, at: datetime) -> None:
    values = {}
    for name in CHOSEN:
        mine, theirs = getattr(kept, name), getattr(gone, name)
        if chosen.get(name) == "gone" or (name not in chosen and not mine):
            values[name] = theirs
    if not kept.guardian_id and gone.guardian_id:
        values["guardian_id"] = gone.guardian_id
    former = kept.email
    journal.change(kept, **values)
    further = {a.email for a in kept.addresses.all()} | {kept.email, ""}
    user_email = gone.user.email if gone.user_id and gone.user_id != kept.user_id else ""
    for email in (former, gone.email, user_email):
        if email in further:
            continue
        further.add(email)
        proven = EmailAddress.objects.filter(email=email, verified=True).exists()
        confirmed_at = at if proven else None
        journal.make(Address(person=kept, email=email, confirmed_at=confirmed_at))
