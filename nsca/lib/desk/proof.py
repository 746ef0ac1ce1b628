"""Acts that cannot be undone ask for fresh proof of who is at the keyboard.

A session left open must not be enough to reveal a venue, send money or export everybody's address.
StaffSite.fresh_proof says what counts as proof. There are two ways to ask for it:

* a page of an act asks above its own button: `asking = self.fresh_proof(request)`, and
  `act_page(..., asking=asking)` as long as it is not None;
* an act within one of Django's own pages (saving, deleting) calls `must_be_proven`. The act is
  rolled back completely, and a page that carries everything typed asks for the proof.

Proof alone does nothing: the person still presses the button of the act.
"""

from collections.abc import Callable, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction

from nsca.lib.desk.exports import csv_response, note_export
from nsca.lib.text.counting import counted

PROVING = "proving"  # the hidden field of a page that asked
NOT_CARRIED = ("csrfmiddlewaretoken", "code", "credential", PROVING)


class NotProven(Exception):
    """An act under way needs fresh proof. `words` are sentences, `button` is the act's verb."""

    def __init__(self, title: str, words: Sequence[str], button: str):
        super().__init__(f"{title}: fresh proof is needed.")
        self.title, self.words, self.button = title, words, button


class AsksForProof:
    """For admins that ask whether it is still the person who signed in."""

    def fresh_proof(self, request):
        """None if this POST comes from somebody with fresh proof, or proves it now.

        Otherwise, what `act_page(asking=…)` shows: a code is on its way, and nothing is done yet.
        """
        return self.admin_site.fresh_proof(request)

    def must_be_proven(self, request, *, title: str, words: Sequence[str], button: str) -> None:
        """Go on only with fresh proof, in the middle of saving or deleting. Raises NotProven."""
        if not self.admin_site.is_proven(request):
            raise NotProven(title, words, button)

    def proven_download(
        self, request, make: Callable, *, title, words, button="Download", obj=None
    ):
        """A file full of people: a page says what is in it, its button asks for fresh proof."""
        asking = None
        if request.method == "POST":
            asking = self.fresh_proof(request)
            if asking is None:
                return make()
        return self.act_page(request, obj, title=title, words=words, button=button, asking=asking)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = super().changeform_view
        return self._ask_where_needed(request, view, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        return self._ask_where_needed(request, super().delete_view, object_id, extra_context)

    def changelist_view(self, request, extra_context=None):
        view = super().changelist_view
        if request.POST.get("action") != "delete_selected":
            return view(request, extra_context)
        return self._ask_where_needed(request, view, extra_context)

    def _ask_where_needed(self, request, view: Callable, *args):
        if request.method != "POST":
            return view(request, *args)
        # Such a page has been answered: check the proof first, then try the act again.
        asking = self.fresh_proof(request) if PROVING in request.POST else None
        try:
            with transaction.atomic():
                return view(request, *args)
        except NotProven as reason:
            question = reason
        # Outside the transaction that was rolled back: what is asked and e-mailed has to stay.
        return self._proof_page(request, question, asking or self.fresh_proof(request))

    def _proof_page(self, request, question: NotProven, asking):
        """The act's sentences, everything typed as hidden fields, and the question."""
        typed = [
            (name, value)
            for name in request.POST
            if name not in NOT_CARRIED
            for value in request.POST.getlist(name)
        ]
        return self.act_page(
            request,
            None,
            title=question.title,
            words=question.words,
            button=question.button,
            asking=asking,
            typed=[*typed, (PROVING, "1")],
            is_grave=True,
        )


class ExportsItsList(AsksForProof):
    """For admins that export their list as CSV, given a `resource_class`."""

    def may_export(self, request) -> bool:
        return self.has_view_permission(request)

    def exported(self, request, queryset):
        """The rows of an export, as a dataset."""
        return self.resource_class().export(queryset=queryset)

    def export_view(self, request):
        """The list as it is filtered now, as CSV, given fresh proof; it is logged."""
        if not self.may_export(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request)
        return self.proven_download(
            request,
            lambda: self._csv(request, rows),
            title=f"Export {self.model._meta.verbose_name_plural}",
            words=[
                f"{counted(rows.count(), 'row')}, as the list is filtered now.",
                "The site can’t protect the file once you download it: keep it no longer than you "
                "need it. We log who downloaded it and how many rows it had.",
            ],
            button="Export as CSV",
        )

    def _csv(self, request, rows):
        dataset = self.exported(request, rows)
        whole = self.get_queryset(request).count() if self.is_everybody else None
        note_export(request, self.model, len(dataset), whole=whole)
        return csv_response(dataset, str(self.model._meta.verbose_name_plural).replace(" ", "-"))
