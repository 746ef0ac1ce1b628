"""What ties the apps together, on one page: what an app calls without knowing it.

Each line hands something of one app to another. The base class says what it must answer:
`orders.lines.kinds.Kind`, `membership.privacy.personal_data.PersonalData`, and so on.
"""

from allauth.account.signals import authentication_step_completed
from anymail.signals import tracking

from events.night import bounces, preflight, word_check
from events.night.mailings import EventGate, EventOccasions
from events.privacy import bereaved, personal, retention
from events.privacy import story as event_story
from events.tickets.addon_kind import AddOnKind
from events.tickets.kind import TicketKind
from membership.accounts import proofs, sign_in
from membership.giving.gifts import GiftKind
from membership.insight import story, story_sources
from membership.joining.auto_renewal import RecurringDues
from membership.mailings import known as mailings_known
from membership.models import Consent
from membership.people import bereavement, consents, farewell, suppressed, welcome
from membership.privacy import personal_data as records
from membership.privacy import personal_mails, personal_rows
from membership.terms.dues import DuesKind
from nsca.lib.desk import base as desk
from nsca.lib.mail import letterhead, outbox
from nsca.ops import health
from nsca.site import personal as pages_personal
from nsca.site import search_sources
from nsca.site import story as pages_story
from nsca.site.readers import NewsletterReaders
from orders.books import retention as orders_retention
from orders.lines import kinds, recurring_kinds
from pages.content import particulars
from pages.newsletter import subscribing
from pages.search import search


def connect() -> None:
    """Called once, when all apps are loaded."""
    outbox.seal_it()
    letterhead.comes_from(particulars.as_letterhead)

    # What allauth's forms check of the person signed in.
    authentication_step_completed.connect(proofs.heard, dispatch_uid="membership.proofs")

    # What is sold, once or repeatedly.
    kinds.register(TicketKind(), AddOnKind(), DuesKind(), GiftKind())
    recurring_kinds.register(RecurringDues())

    # What staff learn: would something go wrong at T, does a text give a venue away?
    preflight.also_ask(health.troubles)
    preflight.also_ask(word_check.troubles)
    desk.call_after_saving(word_check.after_saving)

    # E-mail that comes back, if a provider reports it, and e-mail to many.
    tracking.connect(bounces.heard, dispatch_uid="events.night.bounces")
    tracking.connect(suppressed.heard, dispatch_uid="membership.people.suppressed")
    mailings_known.register_occasions(EventOccasions())
    mailings_known.register_gate(EventGate())
    mailings_known.register_list("newsletter", NewsletterReaders())
    consents.register(Consent.Topic.NEWSLETTER, pages_personal.NewsletterList())
    subscribing.call_after_leaving(pages_personal.left_the_newsletter)

    # What we store about a person. Whose rows they are must be known until the last is erased.
    records.register(
        pages_personal.PagesPersonalData(),
        personal.EventsPersonalData(),
        personal_rows.OrdersPersonalData(),
        personal_mails.MailPersonalData(),
        personal_mails.SignInPersonalData(),
        personal_rows.PersonPersonalData(),
    )
    story.register(
        *pages_story.all_of_ours(), *event_story.all_of_ours(), *story_sources.all_of_ours()
    )
    orders_retention.also_forget(retention.forget_guests_of)

    # People who sign in for the first time are welcomed.
    sign_in.call_after_first_proof(welcome.after_first_proof)

    # What stops when somebody dies.
    bereavement.register(bereaved.TICKETS, *bereavement.OURS, *farewell.OURS)
    bereavement.register_afterwards(farewell.end_agreements)

    # What the site's search covers.
    search.found_in(search_sources.cities, city="Cities")
    search.found_in(search_sources.events, event="Events")
    search.found_in(search_sources.deeds, deed="What you can do here")
    search.found_in(search_sources.pages, page="The Association")
    search.found_in(search_sources.news, news="News")
    search.found_in(search_sources.welcomes, welcome="In their own language")
