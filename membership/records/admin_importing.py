"""Admin pages of imports: upload, columns, review, import, undo."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.http import urlencode

from membership.models import ImportBatch, ImportRow
from membership.records import importing
from membership.records.admin_merging import with_counts
from membership.records.importing_columns import COLUMNS
from membership.records.importing_files import MOST_BYTES, MOST_ROWS, Unreadable
from nsca.lib.desk.pages import AdminPage

NEEDED = ("membership.add_person", "membership.change_person", "membership.add_term")
A_PAGE = 50  # lines
AT_ONCE = 1000  # lines handled before the page answers; the ticker does the rest
State, Verdict = ImportBatch.State, ImportRow.Verdict


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text=f"CSV or XLSX, up to {MOST_BYTES // 1024 // 1024} MB and {MOST_ROWS:,} lines: "
        "one line of headings, then one line per person.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                "This file is larger than 8 MB. Split it and import the parts."
            )
        return file


class ColumnsForm(forms.Form):
    """What each column is; empty for columns that are not imported."""

    def __init__(self, *args, batch: ImportBatch, **kwargs):
        super().__init__(*args, **kwargs)
        by_place = {place: name for name, place in batch.columns.items()}
        first = batch.rows.first()
        for place, header in enumerate(batch.headers):
            sample = first.cells[place] if first and place < len(first.cells) else ""
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=header or f"Column {place + 1}",
                choices=[("", "not used"), *((name, word) for name, (word, _) in COLUMNS.items())],
                required=False,
                initial=by_place.get(place, ""),
                help_text=f"First value: {sample[:80]}" if sample else "",
            )

    def clean(self):
        """Refuse a field chosen twice, and a list without names; keep what was chosen."""
        data = super().clean()
        seen: set[str] = set()
        for key, name in [*data.items()]:
            if name in seen:
                self.add_error(key, f"You chose “{COLUMNS[name][0]}” for another column too.")
            elif name:
                seen.add(name)
        if not seen & {"name", "first_name", "last_name"}:
            self.add_error(None, "Choose the column with the names.")
        return data

    def columns(self) -> dict[str, int]:
        """Map our fields to columns."""
        chosen = self.cleaned_data.items()
        return {name: int(key.removeprefix("column-")) for key, name in chosen if name}


def import_view(model_admin, request):
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = importing.begin(file.name, file.read(), by=request.user, at=request.now)
        except Unreadable as reason:
            form.add_error("file", str(reason))
        else:
            return HttpResponseRedirect(model_admin.url("import_batch", batch.pk))
    return model_admin.page(
        request,
        "admin/membership/person/import.html",
        title="Import a list of people",
        form=form,
        media=model_admin.media + form.media,
        batches=ImportBatch.objects.select_related("by")[:10],
        status=422 if form.errors else 200,
    )


def batch_view(model_admin, request, batch_id):
    """Show an import: its columns, progress, what it would change, what it did."""
    batch = _batch(batch_id)
    if request.method == "POST":
        return _act(model_admin, request, batch)
    again = batch.state == State.READY and "columns" in request.GET
    if batch.state == State.MAPPING or again:
        return _columns(model_admin, request, batch, ColumnsForm(batch=batch))
    return _shown(model_admin, request, batch)


def undo_view(model_admin, request, batch_id):
    batch = _batch(batch_id)
    if batch.state != State.DONE:
        return HttpResponseRedirect(model_admin.url("import_batch", batch.pk))
    if request.method == "POST":
        importing.take_back(batch, by=request.user, at=request.now)
        importing.work(batch, at=request.now, most=AT_ONCE)
        return HttpResponseRedirect(model_admin.url("import_batch", batch.pk))
    written = batch.rows.filter(state=ImportRow.State.WRITTEN).count()
    return model_admin.act_page(
        request,
        None,
        title=f"Undo {batch}",
        words=[
            f"This undoes all {written:,} imported lines: new people are removed, and changed "
            "records get their old values back.",
            "Anything changed since the import stays; the page then lists what and why.",
        ],
        button="Undo the import",
        is_grave=True,
    )


# --- Its parts ---------------------------------------------------------------------------------


def _batch(batch_id) -> ImportBatch:
    return get_object_or_404(ImportBatch.objects.select_related("by"), pk=batch_id)


def _act(model_admin, request, batch):
    act = request.POST.get("act")
    back = model_admin.url("import_batch", batch.pk)
    try:
        if act == "columns":
            form = ColumnsForm(request.POST, batch=batch)
            if not form.is_valid():
                return _columns(model_admin, request, batch, form)
            importing.choose_columns(batch, form.columns())
        elif act == "choose":
            importing.choose(batch, _choices(request))
            query = urlencode({"verdict": Verdict.LIKE, "page": request.GET.get("page", 1)})
            return HttpResponseRedirect(f"{back}?{query}")
        elif act == "yes":
            importing.choose(batch, _choices(request))  # including those on this page
            importing.say_yes(batch, by=request.user, at=request.now)
        elif act == "drop":
            importing.give_up(batch)
            model_admin.message_user(request, "Import canceled. Nothing was changed.")
            return HttpResponseRedirect(model_admin.url("import"))
        batch.refresh_from_db()
        importing.work(batch, at=request.now, most=AT_ONCE)
    except importing.NotNow as reason:
        model_admin.message_user(request, str(reason), messages.ERROR)
    return HttpResponseRedirect(back)


def _columns(model_admin, request, batch, form):
    return model_admin.page(
        request,
        "admin/membership/person/import_columns.html",
        title=f"Columns of {batch}",
        batch=batch,
        form=form,
        back_url=model_admin.url("import"),
        status=422 if form.errors else 200,
    )


def _shown(model_admin, request, batch):
    counts = importing.counts(batch)
    verdict = request.GET.get("verdict", "")
    if verdict not in Verdict.values:
        verdict = ""
    rows = batch.rows.select_related("person")
    if verdict:
        rows = rows.filter(verdict=verdict)
    elif batch.state in (State.DONE, State.UNDONE, State.UNDOING):
        rows = rows.exclude(why="")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    alike = with_counts({pk for row in page for pk in row.found.get("like", ())})
    for row in page:
        row.candidates = [alike[pk] for pk in row.found.get("like", ()) if pk in alike]
    done, in_all = importing.progress(batch)
    return model_admin.page(
        request,
        "admin/membership/person/import_batch.html",
        title=str(batch),
        batch=batch,
        is_working=batch.state in importing.WORKING,
        done=done,
        in_all=in_all,
        verdicts=[(v.value, v.label, counts[v.value]) for v in Verdict if counts[v.value]],
        verdict=verdict,
        to_write=_to_write(batch) if batch.state == State.READY else 0,
        undecided=_undecided(batch) if batch.state == State.READY else 0,
        states=[(s.label, n) for s in ImportRow.State if (n := _in_state(batch, s))],
        page_obj=page,
        back_url=model_admin.url("import"),
    )


def _in_state(batch, state) -> int:
    return batch.rows.filter(state=state).count()


def _to_write(batch) -> int:
    sure = batch.rows.filter(verdict__in=(Verdict.NEW, Verdict.CHANGED)).count()
    return sure + batch.rows.filter(verdict=Verdict.LIKE, choice__in=("same", "new")).count()


def _undecided(batch) -> int:
    return batch.rows.filter(verdict=Verdict.LIKE, choice="").count()


def _choices(request) -> dict[int, str]:
    """The choice for each line, by line number."""
    found = {}
    for key, value in request.POST.items():
        word, _, number = key.partition("-")
        if word == "line" and number.isascii() and number.isdigit() and len(number) < 8:
            found[int(number)] = value
    return found


PAGES = [
    AdminPage("import", import_view, route="import/", needs=NEEDED, label="Import a list"),
    AdminPage("import_batch", batch_view, route="import/<int:batch_id>/", needs=NEEDED),
    AdminPage("import_undo", undo_view, route="import/<int:batch_id>/undo/", needs=NEEDED),
]
