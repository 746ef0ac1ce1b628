"""The six groups of staff and their permissions. Each sees only its own work.

`ensure_groups` applies this file to the database after migrations and when content is loaded: to
change what a group may do, change it here. To let one person do more, check it on their sign-in.
"""

from django.apps import apps
from django.contrib.auth.models import Group, Permission

OUR_APPS = ("events", "cities", "membership", "orders", "pages")
NEVER_DELETED = {
    "order", "line", "payment", "refund", "ledgerentry", "stripeevent", "payout", "movement",
    "dispute", "deposit", "deposited", "recurringpayment", "task", "ticket", "add_on_sold", "scan",
    "doorlink",
    "revealmail", "venueaccess",
    "emailsuppression", "mailing", "sitesettings", "fund", "tribute", "giftinkind", "statement",
    "term",
    "benefituse", "reminder", "giftmembership", "rules", "consent", "keeping",
    "user", "securityevent",
}  # fmt: skip
OF_NOBODY = {
    "venue",
    "loadedcontent",
    "heartbeat",
    "renewallink",
    "mailingrecipient",
    "mondaymail",
    "merge",
    "notthesame",
    "importbatch",
    "importrow",
    "importmap",
    "erasurerequest",
    "listing",
    "passportlink",
    "pause",
    "hardshipprice",
    "bereavement",
    "statementrun",
    "statementdue",
    "statementline",
    "dryrun",
    "wordfindings",
    "savedtext",
    "catererlink",
    "formervenue",
    "move",
    "movemail",
    "mailserver",
    "departure",
    "call",
    "preflight",
    "commitment",
    "venuepicture",
    "optin",
    "signincode",
    "browsersession",
    "hintmail",
    "chargemail",
    "recurringcharge",
}  # shown by no admin


def _may(verbs: str, *models: str) -> set[str]:
    """ "view change" and "events.hint" make events.view_hint and events.change_hint."""
    return {
        f"{model.partition('.')[0]}.{verb}_{model.partition('.')[2]}"
        for verb in verbs.split()
        for model in models
    }


ALL = "view add change delete"
VENUE_PERMISSIONS = {"events.see_venue", "events.hold_reveal"}

EVENTS = (
    _may(
        ALL,
        "events.event",
        "events.hint",
        "events.choice",
        "events.addon",
        "events.tickettype",
        "events.promocode",
        "events.eventpicture",
    )
    | _may("view add change", "events.doorlink")
    | _may("view change", "events.ticket", "events.waitlistentry", "orders.task", "pages.message")
    | _may(
        "view",
        "events.addonsold",
        "events.venueaccess",
        "events.revealmail",
        "events.scan",
        "orders.order",
        "orders.line",
    )
    | VENUE_PERMISSIONS
)
TREASURER = (
    _may("view add change", "orders.order")
    | _may("view add", "orders.refund", "orders.payment")
    | _may("view change", "orders.task", "orders.recurringpayment")
    | _may("view", "orders.line", "orders.ledgerentry", "orders.stripeevent")
    | _may("view", "orders.payout", "orders.movement", "orders.depositline")
    | _may("view add change", "orders.deposit")
    | _may("view", "events.event", "events.tickettype", "events.ticket", "events.choice")
    | _may("view", "events.addon", "events.addonsold")
    | _may(
        "view",
        "membership.person",
        "membership.household",
        "membership.term",
        "membership.tier",
    )
    | _may("view", "membership.householdmember", "membership.address")
    | _may("view add change", "membership.fund", "membership.giftinkind")
    | _may("view change", "membership.tribute")
    | _may("view add", "membership.statement")
    | _may("view", "membership.giftfigure", "membership.giftmembership")
    | _may("view", "post_office.email")
)
MEMBERS = (
    _may(ALL, "membership.household", "membership.person", "membership.householdmember")
    | _may(ALL, "membership.address", "membership.favoritecity", "membership.committeechair")
    | _may("view add change", "membership.term", "membership.tier", "membership.benefit")
    | _may("view change", "membership.rules", "orders.recurringpayment")
    | _may("view add change", "membership.emailsuppression", "membership.mailing")
    | {"membership.see_minors", "membership.add_benefituse"}
    | _may("view", "membership.consent", "membership.reminder")
    | _may(ALL, "membership.stamp")
    | _may("view add change", "membership.giftinkind")
    | _may("view change", "membership.tribute")
    | _may("view", "membership.fund", "membership.statement")
    | _may("view", "membership.giftmembership")
    | _may("view", "membership.user", "orders.order", "orders.line")
    | _may("view change", "pages.message", "pages.subscriber", "orders.task")
)
EDITOR = (
    _may(ALL, "pages.page", "pages.post", "pages.redirect", "pages.synonym")
    | _may("view change", "pages.sitesettings", "pages.openquestion", "pages.message")
    | _may("view", "pages.subscriber")
    | _may(
        ALL,
        "cities.city",
        "cities.milestone",
        "cities.citylink",
        "cities.welcome",
        "cities.photograph",
    )
    | _may("view add change", "events.event", "events.tickettype")
    | _may(ALL, "events.hint", "events.choice", "events.addon", "events.eventpicture")
    | _may("view change", "membership.tier", "membership.benefit")
    | _may(ALL, "membership.giftfigure")
    | _may("view change", "membership.fund")
)
DOOR = _may("view", "events.event", "events.ticket", "events.doorlink", "events.scan") | _may(
    "view", "events.addonsold"
)

GROUPS = {
    "events": EVENTS,
    "treasurer": TREASURER,
    "members": MEMBERS,
    "editor": EDITOR,
    "door": DOOR,
}


def of_director() -> set[str]:
    """Everything except deleting what must be kept."""
    names = set(VENUE_PERMISSIONS) | {"post_office.view_email", "membership.see_minors"}
    for label in OUR_APPS:
        for model in apps.get_app_config(label).get_models():
            name = model._meta.model_name
            if name in OF_NOBODY or name.startswith("historical"):
                continue
            verbs = "view add change" if name in NEVER_DELETED else ALL
            names |= _may(verbs, f"{label}.{name}")
    return names


def ensure_groups() -> list[str]:
    """Give the six groups exactly their permissions. Returns the names of changed groups.

    Raises LookupError if a permission does not exist, e.g. a model was renamed.
    """
    rows = Permission.objects.values_list("pk", "content_type__app_label", "codename")
    known = {f"{app}.{codename}": pk for pk, app, codename in rows}
    changed = []
    for group_name, names in {"director": of_director(), **GROUPS}.items():
        missing = sorted(names - known.keys())
        if missing:
            raise LookupError(f"The group {group_name} names what does not exist: {missing}")
        group, created = Group.objects.get_or_create(name=group_name)
        wanted = {known[name] for name in names}
        if created or wanted != set(group.permissions.values_list("pk", flat=True)):
            group.permissions.set(wanted)
            changed.append(group_name)
    return changed
