"""Admin pages of possible duplicates: the list, two records side by side, and undoing a merge."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode

from membership.models import Merge, Person, Term
from membership.records import duplicates, merging
from membership.records.journal import ChangedSince
from membership.records.merging import CHOSEN, CannotMerge
from nsca.lib.desk.pages import AdminLinks, AdminPage, Tool
from nsca.lib.secrets import codes

A_PAGE = 25  # pairs
FOUND = 10  # records offered to merge with one


class ChoiceForm(forms.Form):
    """Which value to keep for each field in which two records differ."""

    def __init__(self, *args, kept: Person, gone: Person, **kwargs):
        super().__init__(*args, **kwargs)
        for name in CHOSEN:
            mine, theirs = getattr(kept, name), getattr(gone, name)
            if mine == theirs:
                continue
            label = Person._meta.get_field(name).verbose_name
            self.fields[name] = forms.ChoiceField(
                label=str(label)[:1].upper() + str(label)[1:],
                choices=[("kept", _shown(mine)), ("gone", _shown(theirs))],
                initial=_better(name, mine, theirs),
                widget=forms.RadioSelect,
            )


def _shown(value) -> str:
    return str(value) if value not in (None, "") else "(empty)"


def _better(name: str, mine, theirs) -> str:
    if name == "member_since" and mine and theirs:
        return "kept" if mine <= theirs else "gone"
    return "kept" if mine or not theirs else "gone"


def duplicates_view(model_admin, request):
    paginator = Paginator(duplicates.pairs(), A_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    keys = {key for pair in page for key in (pair.first, pair.second)}
    people = with_counts(keys)
    rows = [
        {
            "people": (people[pair.first], people[pair.second]),
            "reasons": ", ".join(pair.reasons),
            "url": f"{model_admin.url('merge')}?{urlencode(_elder_first(pair, people))}",
        }
        for pair in page
    ]
    return model_admin.page(
        request,
        "admin/membership/person/duplicates.html",
        title="Possible duplicates",
        rows=rows,
        page_obj=page,
        count=paginator.count,
    )


def merge_with_view(model_admin, request, person):
    """Offer records to merge with: similar ones, or the results of a search."""
    query = request.GET.get("q", "").strip()
    if query:
        people = model_admin.get_queryset(request)
        found, _twice = model_admin.get_search_results(request, people, query)
        others = list(found.exclude(pk=person.pk)[:FOUND])
    else:
        others = duplicates.candidates(
            name=person.name, email=person.email, phone=person.phone, but=person.pk
        )
    people = with_counts({each.pk for each in others})
    return model_admin.page(
        request,
        "admin/membership/person/merge_with.html",
        obj=person,
        title=f"Merge {person} with another record",
        query=query,
        others=[
            (people[each.pk], f"{model_admin.url('merge')}?kept={person.pk}&gone={each.pk}")
            for each in others
        ],
    )


def merge_view(model_admin, request):
    """Show two records side by side, and merge them or mark them as two people."""
    kept = _asked(model_admin, request, "kept")
    gone = _asked(model_admin, request, "gone")
    if kept.pk == gone.pk:
        raise Http404
    if request.POST.get("act") == "apart":
        merging.tell_apart(kept, gone, by=request.user, at=request.now)
        words = f"{kept} and {gone} are marked as two people."
        return model_admin.done(request, kept, words, url=model_admin.url("duplicates"))
    form = ChoiceForm(request.POST if request.method == "POST" else None, kept=kept, gone=gone)
    if request.method == "POST" and form.is_valid():
        try:
            merging.merge(kept, gone, chosen=form.cleaned_data, by=request.user, at=request.now)
        except CannotMerge as reason:
            form.add_error(None, str(reason))
        else:
            words = "The records are merged. “Undo the merge” separates them again."
            return model_admin.done(request, kept, words)
    people = with_counts({kept.pk, gone.pk})
    return model_admin.page(
        request,
        "admin/membership/person/merge.html",
        obj=kept,
        title="One person or two?",
        kept=people[kept.pk],
        gone=people[gone.pk],
        form=form,
        swapped=f"?kept={gone.pk}&gone={kept.pk}",
        status=422 if form.errors else 200,
    )


def part_view(model_admin, request, merge_id):
    row = get_object_or_404(Merge.objects.select_related("kept", "gone", "by"), pk=merge_id)
    person = model_admin.get_or_404(request, row.kept_id)
    if row.undone_at is not None:
        return HttpResponseRedirect(model_admin.url("change", person.pk))
    if request.method == "POST":
        try:
            merging.part(row, by=request.user, at=request.now)
        except ChangedSince as reason:
            for sentence in reason.what:
                model_admin.message_user(request, sentence, messages.ERROR)
            return HttpResponseRedirect(model_admin.url("part", row.pk))
        return model_admin.done(
            request, person, "The merge is undone. They are two records again."
        )
    return model_admin.act_page(
        request,
        person,
        title=f"Undo the merge of {row.kept} and {row.gone}",
        words=[
            f"{row.by.get_full_name()} merged these two records.",
            "Both records come back as they were. Anything new since then, such as orders and "
            f"terms, stays with {row.kept}.",
        ],
        button="Undo the merge",
    )


def _asked(model_admin, request, name: str) -> Person:
    pk = codes.primary_key(request.GET.get(name))
    return model_admin.get_or_404(request, pk)


def with_counts(keys) -> dict[int, Person]:
    """People with what tells records apart: households, terms, addresses, cities, stamps."""
    people = (
        Person.objects.filter(pk__in=keys)
        .annotate(stamps_count=Count("stamps", distinct=True))
        .prefetch_related("household_members__household", "addresses", "favorite_cities__city")
        .in_bulk()
    )
    terms = Term.objects.filter(household__people__in=keys).select_related("tier")
    for person in people.values():
        person.held = []
    for term in terms.prefetch_related("household__household_members"):
        for household_member in term.household.household_members.all():
            if household_member.person_id in people:
                held = people[household_member.person_id].held
                if term not in held:
                    held.append(term)
    return people


def _elder_first(pair, people) -> dict[str, int]:
    """Offer to keep the record with the older member number."""

    def age(pk: int):
        number = people[pk].member_number
        return (number is None, number or 0, pk)

    kept, gone = sorted((pair.first, pair.second), key=age)
    return {"kept": kept, "gone": gone}


def _part_links(request, person) -> list[Tool]:
    if not request.user.has_perm("membership.change_person"):
        return []
    rows = Merge.objects.filter(kept=person, undone_at__isnull=True).select_related("gone")
    return [
        Tool(
            f"Undo the merge with {row.gone.name}",
            reverse("admin:membership_person_part", args=[row.pk]),
        )
        for row in rows
    ]


PAGES = [
    AdminPage("duplicates", duplicates_view, route="duplicates/", label="Possible duplicates"),
    # These check the person they name, and whether the user may change that record.
    AdminPage("merge", merge_view, route="merge/", permission=""),
    AdminPage("merge_with", merge_with_view, label="Merge with another record"),
    AdminPage("part", part_view, route="merged/<int:merge_id>/", permission=""),
    AdminLinks(_part_links),
]
