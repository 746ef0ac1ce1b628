"""Forgetting somebody at their wish, by staff: on paper, by telephone, or in a letter."""

from django import forms

from membership import erasure
from nsca.lib.desk.base import Tool


class EraseForm(forms.Form):
    number = forms.CharField(
        label="Their member number, typed back",
        max_length=20,
        help_text="Because it cannot be undone.",
    )

    def __init__(self, *args, wanted: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.wanted = wanted

    def clean_number(self):
        number = self.cleaned_data["number"].strip()
        if number != self.wanted:
            raise forms.ValidationError(f"Type {self.wanted}, and only if it is they.")
        return number


class EraseDesk:
    """The part of PersonAdmin that forgets, for those who may delete people."""

    def erase_urls(self):
        return [self.own_path("<int:object_id>/erase/", self.erase_view, "erase")]

    def erase_tools(self, request, person):
        if person.erased_at or not self.has_delete_permission(request, person):
            return []
        return [Tool("Erase at their wish", self.url("erase", person.pk))]

    def erase_view(self, request, object_id):
        person = self.get_or_404(request, object_id, permission="delete")
        waits = erasure.waits_for(person, at=request.now)
        wanted = str(person.member_number or person.pk)
        form = EraseForm(request.POST or None, wanted=wanted)
        may_go_on = request.method == "POST" and form.is_valid() and not waits
        asking = self.fresh_proof(request) if may_go_on else None
        if may_go_on and asking is None:
            pseudonym = erasure.forget(person, at=request.now)
            person.name = pseudonym  # what the log says of it from now on
            return self.done(request, person, f"Erased at their wish; now {pseudonym}.")
        words = [
            f"The name goes from every page, letter, order and ticket: “Former member {wanted}” "
            "stands there. Amounts, dates and numbers stay. Letters about gifts that were issued "
            "stay for four years after their year. It is done at once and cannot be undone.",
            "The member area does the same with a week to think again, if they can sign in.",
            *(f"It has to wait: {wait.words}" for wait in waits),
        ]
        return self.act_page(
            request,
            person,
            title=f"Erase {person.name}",
            words=words,
            button="Erase",
            form=None if waits else form,
            is_grave=True,
            asking=asking,
        )
