"""Erasing a person's data by staff, on a request by e-mail or phone."""

from django import forms

from membership.privacy import erasure
from nsca.lib.desk.pages import AdminPage


class EraseForm(forms.Form):
    number = forms.CharField(
        label="Type their member number",
        max_length=20,
        help_text="Erasing cannot be undone.",
    )

    def __init__(self, *args, wanted: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.wanted = wanted

    def clean_number(self):
        number = self.cleaned_data["number"].strip()
        if number != self.wanted:
            raise forms.ValidationError(
                f"This isn’t their number. Type {self.wanted} if this is the right person."
            )
        return number


def erase_view(model_admin, request, person):
    waits = erasure.waits_for(person, at=request.now)
    wanted = str(person.member_number or person.pk)
    form = EraseForm(request.POST or None, wanted=wanted)
    may_go_on = request.method == "POST" and form.is_valid() and not waits
    asking = model_admin.fresh_proof(request) if may_go_on else None
    if may_go_on and asking is None:
        pseudonym = erasure.forget(person, at=request.now)
        person.name = pseudonym  # the name in the log from now on
        return model_admin.done(request, person, f"Erased at their request; now {pseudonym}.")
    words = [
        f"This replaces their name everywhere with “Former member {wanted}”. Amounts, dates and "
        "numbers stay. Gift statements stay for four years after their year. It happens now and "
        "cannot be undone.",
        "If they can sign in, they can do this themselves and have a week to change their mind.",
        *(f"Not possible yet: {wait.words}" for wait in waits),
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
        label="Erase at their request",
        shows=lambda request, person: not person.erased_at,
    )
]
