"""Recording a death: one act ends all e-mail to the name and keeps the history; undo restores it.

nsca/hooks.py registers what each part of the site stops. People who share the address or the
household are not affected.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from membership.accounts import sessions
from membership.models import Bereavement, Person
from nsca.lib.timing import day_of


class CannotBe(Exception):
    """The date is wrong or a death is already recorded; the text is for staff."""


@dataclass(frozen=True)
class Stopping:
    """What one part of the site stops for somebody who died. Both run in the transaction.

    `stop` returns what `undo` needs (JSON), or None if there was nothing to stop.
    """

    name: str
    stop: Callable[..., Any]  # (person, *, at)
    undo: Callable[..., None]  # (person, kept, *, at)


_stoppings: dict[str, Stopping] = {}
_afterwards: list[Callable[..., None]] = []  # (person, *, by, at), after the commit


def register(*stoppings: Stopping) -> None:
    """Called by nsca/hooks.py with everything to stop."""
    _stoppings.update({stopping.name: stopping for stopping in stoppings})


def register_afterwards(act: Callable[..., None]) -> None:
    """For acts that call payments or take their own locks; `undo` does not reverse them."""
    _afterwards.append(act)


def record(person: Person, *, died_on: date, by, at: datetime) -> Bereavement:
    """Record a person's death and stop all e-mail to the name. Raises CannotBe."""
    if died_on > day_of(at):
        raise CannotBe("That date is in the future. Check the date.")
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if person.died_on is not None:
            raise CannotBe("Their death is already recorded.")
        person.died_on = died_on
        person._change_reason = "bereavement"
        person.save(update_fields=["died_on"])
        stopped = {}
        for name in sorted(_stoppings):
            kept = _stoppings[name].stop(person, at=at)
            if kept is not None:
                stopped[name] = kept
        row = Bereavement.objects.create(
            person=person, died_on=died_on, stopped=stopped, by=by, at=at
        )
    for act in _afterwards:
        act(person, by=by, at=at)
    return row


def undo(row: Bereavement, *, by, at: datetime) -> None:
    """Undo a record made by mistake and restore everything. A second time changes nothing."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=row.person_id)
        row = Bereavement.objects.get(pk=row.pk)
        if row.undone_at is not None:
            return
        person.died_on = None
        person._change_reason = "bereavement undone"
        person.save(update_fields=["died_on"])
        for name, kept in sorted(row.stopped.items()):
            if name in _stoppings:
                _stoppings[name].undo(person, kept, at=at)
        row.undone_by, row.undone_at = by, at
        row.save(update_fields=["undone_by", "undone_at"])


def address_alone(person: Person) -> bool:
    """Whether no living person shares the address we wrote to."""
    if not person.email:
        return False
    others = Person.objects.with_address(person.email).living().exclude(pk=person.pk)
    return not others.exists()


# --- What membership itself stops --------------------------------------------------------------


def _stop_favorite_cities(person: Person, *, at: datetime) -> list[int] | None:
    """Committee chairs no longer see them."""
    seen = list(person.favorite_cities.filter(may_be_seen=True).values_list("pk", flat=True))
    person.favorite_cities.filter(pk__in=seen).update(may_be_seen=False)
    return seen or None


def _undo_favorite_cities(person: Person, kept: list[int], *, at: datetime) -> None:
    person.favorite_cities.filter(pk__in=kept).update(may_be_seen=True)


def _stop_sign_in(person: Person, *, at: datetime) -> int | None:
    """Deactivate their user, unless it is shared or staff."""
    user = person.user
    if user is None or user.is_staff or not user.is_active:
        return None
    if user.people.living().exclude(pk=person.pk).exists():
        return None
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end_all(user, at=at, because="no longer active")
    return user.pk


def _undo_sign_in(person: Person, kept: int, *, at: datetime) -> None:
    if person.user_id == kept:
        person.user.is_active = True
        person.user.save(update_fields=["is_active"])


OURS = (
    Stopping("favorite_cities", _stop_favorite_cities, _undo_favorite_cities),
    Stopping("sign-in", _stop_sign_in, _undo_sign_in),
)
