"""The member's own page: card, evenings, receipts, particulars."""

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Prefetch
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from membership.forms import ParticularsForm
from membership.models import Belonging, Person
from membership.renewals import make_renewal_link
from membership.views import committees
from nsca.lib.timing import day_of
from orders.kinds import at_hand, given_to, kind_of
from orders.models import Line, Order

MOST_ORDERS = 20  # on the page; older ones are the office's to find
RENEWAL_OPENS_DAYS = 60


def _person_of(user):
    """Who signed in; of two who share an address, the one who came first."""
    homes = Belonging.objects.select_related("household")
    people = Person.objects.filter(user=user).living()
    return people.prefetch_related(Prefetch("belongings", queryset=homes)).order_by("pk").first()


def _hearts_of(person):
    # A city is a wide row, and only its name is shown.
    return list(person.hearts.select_related("city").only("person", "city__name", "city__slug"))


def _orders_of(user):
    """Paid orders of this address, bought signed in or not: the sign-in code proved that the
    mailbox is theirs.
    """
    return (
        Order.objects.filter(state=Order.State.PAID, buyer_email__iexact=user.email)
        .only("token", "number", "paid_at")
        .prefetch_related(*at_hand())
        .order_by("-paid_at")[:MOST_ORDERS]
    )


def _confirmed_addresses(user) -> list[str]:
    """What was given to an address is shown only to whoever proved that it is theirs."""
    mine = EmailAddress.objects.filter(user=user, verified=True)
    return list(mine.values_list("email", flat=True))


@login_required
def home(request):
    on = day_of(request.now)
    person = _person_of(request.user)
    household = person and person.household
    hearts = _hearts_of(person) if person else []
    terms = list(household.terms.select_related("tier")) if household else []
    current = next((term for term in terms if term.is_current(on)), None)
    last = max(
        (t for t in terms if t.ends_on and not t.ended_on), key=lambda t: t.ends_on, default=None
    )
    orders = list(_orders_of(request.user))
    shown = [
        (line, kind_of(line.kind).shown(line, at=request.now))
        for order in orders
        for line in order.lines.all()
        if line.kind == Line.Kind.TICKET
    ]
    return render(
        request,
        "membership/home.html",
        {
            "person": person,
            "others": [p for p in household.people.all() if p.pk != person.pk]
            if household
            else [],
            "hearts": hearts,
            "current": current,
            "last": last,
            "may_renew": bool(last and (last.ends_on - on).days <= RENEWAL_OPENS_DAYS),
            "orders": orders,
            "shown": shown,
            "given": given_to(_confirmed_addresses(request.user), at=request.now),
            "form": ParticularsForm(
                cities=committees(),
                initial={
                    "name": person.name,
                    "phone": person.phone,
                    "cities": [heart.city.slug for heart in hearts],
                },
            )
            if person
            else None,
        },
    )


@login_required
@require_POST
def particulars(request):
    """Change one's own name, telephone and cities of the heart."""
    person = _person_of(request.user)
    if person is None:
        return redirect("membership:join")
    form = ParticularsForm(request.POST, cities=committees())
    if not form.is_valid():
        return render(request, "membership/particulars.html", {"form": form}, status=422)
    for field in ("name", "phone"):
        setattr(person, field, form.cleaned_data[field])
    with transaction.atomic():
        person.save(update_fields=["name", "phone"])
        chosen = form.cleaned_data["cities"]
        person.hearts.exclude(city__in=chosen).delete()
        for city in chosen:
            person.hearts.get_or_create(city=city)
    messages.success(request, "Your particulars are changed.")
    return redirect("membership:home")


@login_required
@require_POST
def start_renewal(request):
    """From the member's page to the same renewal that the mail's link opens."""
    person = _person_of(request.user)
    if person is None or person.household is None:
        return redirect("membership:join")
    link = make_renewal_link(person.household, at=request.now)
    return redirect("membership:renew", token=link.token)
