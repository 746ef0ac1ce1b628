"""The admin site: what needs attention first, and models grouped by job."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import path, reverse

from membership.accounts import reauthenticate
from membership.accounts.views import sign_out
from membership.security import alarms
from membership.security import log as security_log
from pages.models import SiteSettings

# Third-party packages have admins of their own (second-factor secrets, e-mail texts): only ours
# are let in.
OUR_PACKAGES = {"nsca", "events", "cities", "membership", "orders", "pages"}

JOBS = (
    (
        "Events",
        (
            "events.Event",
            "events.Ticket",
            "events.AddOnSold",
            "events.WaitlistEntry",
            "events.DoorLink",
            "events.Scan",
            "events.VenueAccess",
        ),
    ),
    ("Box office", ("orders.Order", "orders.Task")),
    (
        "People",
        (
            "membership.Person",
            "membership.Household",
            "membership.Term",
            "membership.Tier",
            "membership.GiftMembership",
            "membership.Benefit",
            "membership.Reminder",
            "membership.Mailing",
            "membership.EmailSuppression",
            "membership.CommitteeChair",
            "membership.Stamp",
            "membership.Rules",
            "pages.Message",
            "pages.Subscriber",
        ),
    ),
    ("Words", ("pages.Page", "pages.Post", "cities.City", "cities.Welcome")),
    (
        "Giving",
        (
            "membership.Statement",
            "membership.Fund",
            "membership.Tribute",
            "membership.GiftInKind",
            "membership.GiftFigure",
        ),
    ),
    (
        "Money",
        (
            "orders.RecurringPayment",
            "orders.Deposit",
            "orders.Payment",
            "orders.Refund",
            "orders.Payout",
            "orders.LedgerEntry",
        ),
    ),
    (
        "Settings",
        (
            "pages.SiteSettings",
            "pages.OpenQuestion",
            "pages.Redirect",
            "pages.Synonym",
            "pages.RetentionRule",
            "membership.User",
            "membership.SecurityEvent",
            "post_office.Email",
        ),
    ),
)

# Pages that are not a model's list: their group, their name and view, the permissions they need.
PAGES = {
    "Money": (
        "Treasurer's report",
        "admin:orders_ledgerentry_report",
        ("orders.view_ledgerentry", "orders.view_payment"),
    ),
    "People": ("Reports", "admin:membership_term_reports", ("membership.view_term",)),
    "Settings": ("All settings", "admin:settings", ("membership.view_tier",)),
}

# Models whose lists have a better-known name.
NAMES = {
    "events.AddOnSold": "Add-ons sold",
    "membership.Statement": "Gift statements",
    "membership.User": "Sign-ins",
    "post_office.Email": "Outbox",
}


class StaffSite(AdminSite):
    site_header = "Norfolk Sister City Association"
    site_title = "NSCA staff"
    index_title = "What needs you"
    empty_value_display = "–"
    enable_nav_sidebar = True

    def register(self, model_or_iterable, admin_class=None, **options):
        package = admin_class.__module__.partition(".")[0] if admin_class else ""
        if package in OUR_PACKAGES:
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self):
        """Without Django's redirect to an object's page: a ticket's address is its guest's key."""
        jump = "view_on_site"
        own = [
            path("monday/", self.admin_view(self.monday), name="monday"),
            path("settings/", self.admin_view(self.all_settings), name="settings"),
        ]
        return own + [each for each in super().get_urls() if getattr(each, "name", "") != jump]

    def get_app_list(self, request, app_label=None):
        """Models grouped by job; jobs without a visible model are left out."""
        models = {
            f"{app['app_label']}.{model['object_name']}": model
            for app in super().get_app_list(request, app_label)
            for model in app["models"]
        }
        jobs = []
        for name, keys in JOBS:
            found = [
                models[key] | {"name": NAMES.get(key, models[key]["name"])}
                for key in keys
                if key in models
            ]
            if name in PAGES and app_label is None:  # an app's own page lists only its models
                found = [*_page(request, *PAGES[name]), *found]
            if found:
                jobs.append(
                    {
                        "name": name,
                        "app_label": name.lower().replace(" ", "-"),
                        "app_url": reverse("admin:index") + f"#{name.lower().replace(' ', '-')}",
                        "has_module_perms": True,
                        "models": found,
                    }
                )
        return jobs

    def index(self, request, extra_context=None):
        # Imported here: the cards read every app's tables, and this module is loaded first.
        from nsca.desk.home import cards_for, todo_list

        cards = cards_for(request.user, at=request.now)
        context = {"cards": cards, "todo": todo_list(cards), **(extra_context or {})}
        return super().index(request, context)

    def all_settings(self, request):
        """Every setting as a sentence, and what is missing."""
        from nsca.desk.settings_page import sections_for

        sections = sections_for(request.user)
        if not sections:
            raise PermissionDenied
        missing = sum(each.is_missing for section in sections for each in section.settings)
        context = {"title": "Settings", "sections": sections, "missing": missing}
        return render(request, "admin/settings.html", {**self.each_context(request), **context})

    def monday(self, request):
        """Whether this person gets the Monday e-mail; a POST toggles it."""
        if request.method == "POST":
            user = request.user
            user.monday_mail = not user.monday_mail
            user.save(update_fields=["monday_mail"])
            words = "The Monday e-mail is on." if user.monday_mail else "The Monday e-mail is off."
            messages.success(request, words)
            return redirect("admin:index")
        context = {**self.each_context(request), "title": "Monday e-mail"}
        return render(request, "admin/monday.html", context)

    def fresh_proof(self, request):
        """None if this POST has fresh proof; otherwise what to ask for."""
        return reauthenticate.ask(request)

    def is_proven(self, request) -> bool:
        return reauthenticate.signed_in_recently(request)

    def logout(self, request, extra_context=None):
        """Sign out the same way as members."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return sign_out(request)

    def note_download(self, request, what: str, count: int, *, whole: int | None = None) -> None:
        """Log a download of people's data; the whole list raises an alarm."""
        of = f" of {whole}" if whole is not None else ""
        kind = security_log.Kind.EXPORT
        security_log.note(kind, at=request.now, who=request.user, detail=f"{what}: {count}{of}")
        if whole is not None:
            alarms.taken_away(request.user, what, count, whole, at=request.now)

    def refund_limit(self) -> int:
        """Cents one person may refund within an hour without fresh proof."""
        return SiteSettings.load().refund_proof_cents

    def login(self, request, extra_context=None):
        """Use the site's own sign-in, and tell people without permissions so."""
        if request.user.is_authenticated and not self.has_permission(request):
            return render(request, "admin/no_work_here.html", status=403)
        next_url = request.GET.get("next") or reverse("admin:index")
        return redirect_to_login(next_url, reverse("account_login"))


def _page(request, name: str, address: str, permissions: tuple[str, ...]) -> list[dict]:
    """A page as an entry in the list of models, for those who may see it."""
    if not request.user.has_perms(permissions):
        return []
    return [{"name": name, "object_name": "page", "admin_url": reverse(address)}]
