"""All settings on one page: each as a sentence, what is missing, and where to change it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count

from membership.models import CommitteeChair, Fund, Rules, Tier
from nsca.desk.home.cards import list_of
from nsca.lib.text.counting import counted
from nsca.lib.text.money import dollars
from nsca.ops import retention
from pages.models import OpenQuestion, Page, RetentionRule, SiteSettings


@dataclass(frozen=True)
class Setting:
    """One sentence; `is_missing`: the site works without it until it is filled in."""

    text: str
    is_missing: bool = False


@dataclass(frozen=True)
class Section:
    title: str
    url: str
    settings: tuple[Setting, ...]


def _association() -> list[Setting]:
    site = SiteSettings.load()
    found = [Setting(f"We are the {site.name}, since {site.founded_year}.")]
    found.append(
        Setting(f"Receipts show our EIN, {site.ein}, and what is deductible.")
        if site.printed_ein
        else Setting(
            f"“{site.ein}” isn't a valid EIN, so receipts say nothing about deductibility."
            if site.ein
            else "The EIN is empty, so receipts say nothing about deductibility.",
            True,
        )
    )
    found.append(
        Setting(f"E-mails carry our address: {', '.join(site.postal_address.split(chr(10)))}.")
        if site.postal_address.strip()
        else Setting("The postal address is empty, so newsletters can't be sent (CAN-SPAM).", True)
    )
    found.append(
        Setting("The charity disclosure is printed.")
        if site.disclosure.strip()
        else Setting("The charity disclosure is empty, so it is left out.", True)
    )
    found.append(
        Setting(f"Visitors write to {site.email}.")
        if site.email
        else Setting("Our e-mail address is empty, so no page shows one.", True)
    )
    if not site.phone:
        found.append(Setting("Our phone number is empty, so no page shows one.", True))
    found.append(
        Setting(f"E-mails for staff go to {site.staff_email or site.email}.")
        if site.staff_email or site.email
        else Setting("The staff address is empty, so nobody hears of new messages.", True)
    )
    found.append(
        Setting("There is a refund policy.")
        if site.refund_policy
        else Setting("The refund policy is empty, so only events with their own show one.", True)
    )
    found.append(
        Setting(
            f"Refunding more than {dollars(site.refund_proof_cents)} within an hour requires a "
            "fresh sign-in."
        )
    )
    return found


def _rules() -> list[Setting]:
    rules = Rules.load()
    if rules.year == Rules.Year.FIXED:
        begins = date(2001, rules.begins_month, rules.begins_day)  # a year without a leap day
        year = (
            f"The membership year begins for everyone on {begins:%B} {begins.day}. People who "
            f"join in its last {counted(rules.rolls_over_days, 'day')} also get the next one."
        )
    else:
        year = "A membership year begins on the day of joining."
    return [
        Setting(year),
        Setting(
            f"During {counted(rules.grace_days, 'day')} of grace a renewal starts when the old "
            "term ended."
        ),
        Setting(
            f"Reminders go out {rules.first_reminder_days}, {rules.second_reminder_days} and "
            f"{rules.third_reminder_days} days before the end, on the last day, and "
            f"{counted(rules.grace_reminder_days, 'day')} after it; the committee chair writes "
            f"after {counted(rules.note_days, 'day')}."
        ),
    ]


def _levels() -> list[Setting]:
    tiers = Tier.objects.filter(is_offered=True)
    if not tiers:
        return [Setting("No level is offered, so nobody can join.", True)]
    found = []
    for tier in tiers:
        if tier.dues_cents is None:
            words = f"{tier.name} has no dues, so it is shown but can't be joined online."
            found.append(Setting(words, True))
        else:
            sample = " This is a sample, not the board’s amount." if tier.is_sample else ""
            costs = f"{tier.name} costs {dollars(tier.dues_cents)} a year."
            found.append(Setting(costs + sample, bool(sample)))
    return found


def _chairs() -> list[Setting]:
    cities = CommitteeChair._meta.get_field("city").related_model
    rows = cities.objects.annotate(seats_in_all=Count("chairs", distinct=True)).order_by("name")
    return [
        Setting(f"{city}: {counted(city.seats_in_all, 'committee chair')}.")
        if city.seats_in_all
        else Setting(
            f"{city} has no committee chair to see its people or write to expired members.", True
        )
        for city in rows
    ]


def _giving() -> list[Setting]:
    funds = list(Fund.objects.values_list("name", flat=True))
    if not funds:
        return [Setting("There are no funds, so every gift is for the association.")]
    return [Setting(f"People may give for {', '.join(funds)}.")]


def _forgetting() -> list[Setting]:
    return [Setting(each.sentence) for each in retention.kept()]


def _words() -> list[Setting]:
    pages = Page.objects.filter(is_draft=False).count()
    open_ = OpenQuestion.objects.filter(answered_at__isnull=True).count()
    found = [Setting(f"{counted(pages, 'page')} {'is' if pages == 1 else 'are'} published.")]
    if open_:
        found.append(Setting(f"{counted(open_, 'question')} still to be confirmed.", True))
    return found


def _machine() -> list[Setting]:
    """What the server's settings say, without any keys."""
    hourly = settings.MAIL_PER_HOUR
    return [
        Setting(
            f"At most {hourly} e-mails are sent per hour."
            if hourly
            else "E-mails are sent as fast as the mail server takes them."
        ),
        Setting("This is a demonstration: nothing is charged.")
        if settings.DEMO
        else Setting("This is the live site."),
    ]


# Title, what it reads, its permission, and the list it leads to (a model, or none).
SECTIONS: tuple[tuple[str, Callable, str, object], ...] = (
    ("The association", _association, "pages.view_sitesettings", SiteSettings),
    ("Membership rules", _rules, "membership.view_rules", Rules),
    ("Levels and dues", _levels, "membership.view_tier", Tier),
    ("Committee chairs", _chairs, "membership.view_committeechair", CommitteeChair),
    ("Giving", _giving, "membership.view_fund", Fund),
    ("Retention", _forgetting, "pages.view_retentionrule", RetentionRule),
    ("Texts", _words, "pages.view_page", Page),
    ("The server", _machine, "membership.change_user", None),
)


def sections_for(user) -> list[Section]:
    """The sections this person may see, each with a link to change it."""
    return [
        Section(title, list_of(model) if model else "", tuple(reads()))
        for title, reads, permission, model in SECTIONS
        if user.has_perm(permission)
    ]
