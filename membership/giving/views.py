"""Giving: the form, what gifts do, a person's own giving, and a statement by its link."""

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from membership.giving import contributions, statements, statements_pdf
from membership.giving import totals as giving_totals
from membership.giving.forms import SUGGESTED, GiveForm
from membership.giving.gifts import covering_cents, gift_item, without_the_card
from membership.giving.givers import giver_of, keys_of
from membership.giving.views_shared import sell
from membership.models import Fund, Statement
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.secrets.codes import derived_token
from nsca.lib.text.money import dollars
from nsca.lib.timing import day_of
from nsca.lib.web.caching import public_cache
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import address_of, spend
from orders.checkout.placing import Buyer
from orders.lines import recurring_kinds, recurring_words
from orders.lines.kinds import Refusal
from orders.models import Order
from orders.recurring import agreements

MOST_FIGURES = 3  # figures of what gifts do, on the giving page
FIRST_YEAR = 1976
SUMS_AN_ADDRESS = 300  # in ten minutes
CARDS_A_DAY = 5  # to one address, from anybody
A_DAY = 86_400  # seconds


@same_origin_form
def give(request):
    """Take a gift: amount, fund, honoree, name, address, payment."""
    signed_in = request.user if request.user.is_authenticated else None
    funds = Fund.objects.filter(is_open=True).select_related("city")
    asked = request.GET.get("fund", "")
    initial = {"choice": str(SUGGESTED[1]), "often": "once", "fund": asked, "manner": ""}
    # The day and how to cancel, as shown to the giver and kept with the agreement.
    monthly = recurring_words.consent((), interval=agreements.MONTH, first_on=_next_month(request))
    if signed_in:
        initial |= {"email": signed_in.email, "name": signed_in.name}
    form = GiveForm(request.POST or None, funds=funds, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _given(request, form, signed_in, monthly=monthly)
        if answer:
            return answer
    chosen = form.data if form.is_bound else initial
    return render(
        request,
        "membership/giving/give.html",
        {
            "form": form,
            "suggested": [(cents, covering_cents(cents)) for cents in SUGGESTED],
            "funds": funds,
            "chosen": {name: chosen.get(name, "") for name in initial},
            "monthly": monthly,
            "figures": giving_totals.shown_figures(and_counted=False)[:MOST_FIGURES],
            "letterhead": letterhead(),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@same_origin_form
def live_sum(request):
    """Return what the gift on the form adds up to, for the page's script; takes nothing."""
    who = address_of(request)
    spend("live-sum", who, limit=SUMS_AN_ADDRESS, seconds=600, at=request.now)
    form = GiveForm(request.POST, funds=Fund.objects.filter(is_open=True))
    form.is_valid()
    cents = form.cleaned_data.get("cents")
    fee = covering_cents(cents) if cents else 0
    covers = bool(fee and form.cleaned_data.get("covers_fee"))
    context = {"cents": cents, "fee": fee, "covers": covers, "sum": cents and cents + fee * covers}
    return render(request, "membership/giving/give_sum.html", context)


def _next_month(request):
    return recurring_kinds.next_month_or_year(agreements.MONTH, day_of(request.now))


def _given(request, form, signed_in, *, monthly: str):
    """Redirect to payment; None if the order was refused, with the reason on the form."""
    data, honoring = form.cleaned_data, form.honoring()
    if honoring and honoring.family_email:
        limits = {"limit": CARDS_A_DAY, "seconds": A_DAY, "at": request.now}
        # Keep addresses out of the cache's keys.
        spend("gift-card", derived_token("mailbox", honoring.family_email), **limits)
    try:
        item = gift_item(
            data["cents"], fund=data["fund"], honoring=honoring, covers_fee=data["covers_fee"]
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    buyer = Buyer(data["name"], data["email"])
    then = None
    if data["often"] == "month":
        then = agreements.asked(
            without_the_card(item),
            interval=agreements.MONTH,
            consent=f"{monthly} The amount: {dollars(item.unit_cents)}.",
            at=request.now,
            user=signed_in,
        )
    return sell(request, form, items=[item], buyer=buyer, user=signed_in, then=then)


@require_safe
@public_cache(seconds=300)
def what_gifts_do(request):
    """Show the figures that staff entered, and nothing else."""
    return render(
        request,
        "membership/giving/what_gifts_do.html",
        {
            "figures": giving_totals.shown_figures(),
            "funds": Fund.objects.filter(is_open=True).select_related("city"),
        },
    )


# --- What somebody gave ------------------------------------------------------------------------


@require_safe
@login_required
def mine(request):
    """Show the signed-in person's giving, year by year, with statements."""
    this_year = day_of(request.now).year
    keys = keys_of(request.user)
    issued = Statement.objects.filter(giver__in=keys, replaced_by__isnull=True).defer("content")
    years = {}
    for giver, each in _contributions_of(request.user, keys):
        years.setdefault(each.paid_on.year, []).append((giver, each))
    shown = []
    for year in sorted({*years, *(statement.year for statement in issued)}, reverse=True):
        theirs = [statement for statement in issued if statement.year == year]
        gifts = [each for _giver, each in years.get(year, ())]
        shown.append(
            {
                "year": year,
                "is_over": year < this_year,
                "gifts": gifts,
                "paid_cents": sum(each.paid_cents for each in gifts),
                "gift_cents": sum(each.gift_cents for each in gifts),
                "letters": theirs,
                "may_ask": year < this_year
                and bool(gifts)
                and not any(statement.kind == Statement.Kind.YEAR for statement in theirs),
            }
        )
    addresses = [key for key in keys if "@" in key]
    context = {
        "years": shown,
        "again": agreements.of_address(addresses),
        # The gift part of a ticket is tax information, which needs an EIN.
        "parts_are_told": letterhead().may_speak_of_deductibility,
    }
    return render(request, "membership/giving/giving.html", context)


@login_required
@require_POST
def ask_statement(request, year):
    """Open a past year's statement, writing it now if January's run has not."""
    if not FIRST_YEAR <= year < day_of(request.now).year:
        raise Http404
    spend("statement", str(request.user.pk), limit=10, seconds=3600, at=request.now)
    keys = keys_of(request.user)
    theirs: dict[str, list] = {}
    for giver, each in _contributions_of(request.user, keys):
        if each.paid_on.year == year:
            theirs.setdefault(giver.key, [giver, []])[1].append(each)
    written = None
    for key, (giver, gifts) in sorted(theirs.items()):
        issued = Statement.objects.filter(kind=Statement.Kind.YEAR, giver=key, year=year)
        try:
            with transaction.atomic():
                written = issued.filter(replaced_by__isnull=True).first()
                written = written or statements.issue_year(giver, year, gifts, at=request.now)
        except IntegrityError:  # a second click or January's run was quicker
            written = issued.first()
    return redirect(written.url) if written else redirect("membership:giving")


def _contributions_of(user, keys: list[str]):
    """The contributions of a user's own addresses, each with its giver."""
    addresses = [key for key in keys if "@" in key]
    orders = Order.objects.filter(state=Order.State.PAID).exclude(
        channel=Order.Channel.INVOICE  # a sponsor's
    )
    theirs = orders.filter(buyer_email__in=addresses)
    theirs = theirs.order_by("paid_at", "pk")
    for order in contributions.with_all_it_takes(theirs):
        each = contributions.contribution_of(order)
        if each:
            yield giver_of(order), each


@require_safe
def statement(request, token):
    """Show a statement by its link, as it was issued."""
    statement = _statement(request, token)
    response = render(
        request,
        "membership/giving/statement.html",
        {"statement": statement, "letter": statement.content},
    )
    return _unseen(response)


@require_safe
def statement_pdf(request, token):
    """Return the statement's PDF, the same file each time."""
    statement = _statement(request, token)
    response = HttpResponse(statements_pdf.draw([statement]), content_type="application/pdf")
    name = f"{statement.kind.replace('_', '-')}-{statement.number}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _unseen(response)


def _statement(request, token: str) -> Statement:
    spend("statement", address_of(request), limit=60, seconds=600, at=request.now)
    found = Statement.objects.select_related("replaced_by").filter(token=token[:64]).first()
    if found is None or not found.is_intact:
        raise Http404("No statement has this address.")
    return found


def _unseen(response):
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
