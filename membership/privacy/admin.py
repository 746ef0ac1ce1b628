"""Forgetting somebody at their wish, by staff: on paper, by telephone, or in a letter."""

from django import forms

from membership.privacy import erasure
from nsca.lib.desk.pages import AdminPage


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


def erase_view(model_admin, request, person):
    waits = erasure.waits_for(person, at=request.now)
    wanted = str(person.member_number or person.pk)
    form = EraseForm(request.POST or None, wanted=wanted)
    may_go_on = request.method == "POST" and form.is_valid() and not waits
    asking = model_admin.fresh_proof(request) if may_go_on else None
    if may_go_on and asking is None:
        pseudonym = erasure.forget(person, at=request.now)
        person.name = pseudonym  # what the log says of it from now on
        return model_admin.done(request, person, f"Erased at their wish; now {pseudonym}.")
    words = [
        f"The name goes from every page, letter, order and ticket: “Former member {wanted}” "
        "stands there. Amounts, dates and numbers stay. Letters about gifts that were issued "
        "stay for four years after their year. It is done at once and cannot be undone.",
        "The member area does the same with a week to think again, if they can sign in.",
        *(f"It has to wait: {wait.words}" for wait in waits),
    ]
    return model_admin.act_page(
        request,
        person,
        title=f"Erase {person.name}",
        words=words,
        button="Erase",
        form=None if waits else form,
        is_grave=True,
        asking=asking,
    )


PAGES = [
    AdminPage(
        "erase",
        erase_view,
        permission="delete",
        label="Erase at their wish",
        shows=lambda request, person: not person.erased_at,
    )
]
