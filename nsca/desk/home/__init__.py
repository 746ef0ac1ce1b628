"""The admin's home page: what needs this person, most urgent first."""

from collections.abc import Callable, Iterable
from datetime import datetime

from events.night.word_check import SEE
from events.reveal.admin_log import SEEN
from nsca.desk.home import of_events, of_orders, of_people, of_values, of_words
from nsca.desk.home.cards import Card, Line
from nsca.desk.home.todo import TodoList, todo_list

__all__ = ["CARDS", "Card", "Line", "TodoList", "cards_for", "todo_list"]

# Most urgent first; each with permissions, any one of which is enough.
CARDS: tuple[tuple[Callable, tuple[str, ...]], ...] = (
    (of_orders.open_tasks, ("orders.view_task",)),
    (of_orders.undelivered_mail, ("post_office.view_email",)),
    (of_events.calls_to_make, ("events.view_revealmail",)),
    (of_events.next_reveals, ("events.change_event",)),
    (of_people.mailings_to_read, (SEE,)),
    (of_events.looks, (SEEN,)),
    (of_orders.unpaid_orders, ("orders.view_order",)),
    (of_words.unanswered_messages, ("pages.view_message",)),
    (of_people.renewals_without_address, ("membership.change_household",)),
    (of_people.in_grace, ("membership.change_person",)),
    (of_orders.failing_renewals, ("orders.view_recurringpayment",)),
    (of_people.bounced, ("membership.view_emailsuppression",)),
    (of_people.unclaimed_gifts, ("membership.change_person",)),
    (of_values.benefits_without_value, ("membership.change_benefit",)),
    (of_values.tickets_without_value, ("events.change_tickettype",)),
    (of_orders.deposits, ("orders.view_deposit",)),
    (of_events.waiting_lists, ("events.view_waitlistentry",)),
    (of_events.next_events, ("events.view_event",)),
    (of_words.to_be_confirmed, ("pages.view_openquestion",)),
    (of_words.unpublished, ("events.change_event", "pages.change_post")),
)


def cards_for(user, *, at: datetime) -> list[Card]:
    """The cards this person may see at an instant: urgent ones first, empty ones last."""
    cards: Iterable[Card] = [
        card(user, at) for card, permissions in CARDS if any(map(user.has_perm, permissions))
    ]
    return sorted(cards, key=lambda card: (not card.is_urgent, card.count == 0))
