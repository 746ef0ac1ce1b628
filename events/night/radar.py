"""The leak radar: does a text, or an answer of the site, hold words of a place before its time?

Three uses. Somebody with the permission asks for a walk of the whole site (nsca/radar/ walks, in
the ticker). Whoever has the permission is warned on the page when they save a text that holds
such words. And what somebody without it has saved is read by the ticker, and shown only to those
who have it: a warning to an editor would be an oracle. An editor could write fifty places into a
draft, one after the other, and see at which the site takes fright. So their page is the same to
the byte and to the query whatever they write, and whether or not there is a place.

Nothing here keeps a word of a place: reports say which field, and what kind of words.
"""

from datetime import datetime

from django.apps import apps
from django.contrib import messages
from django.db import IntegrityError, transaction

from events import reveal
from events.models import Event, RadarReport, SavedText
from events.night import findings
from events.night.findings import Finding
from events.night.preflight import Trouble
from events.night.texts import Text, is_shown, named, texts_of
from events.night.words import Radar
from events.people import counted
from nsca.lib.letterhead import letterhead
from nsca.lib.sealing import SealingError

SEE = "events.see_venue"
READ_A_TICK = 200  # texts; the rest with the next
State = RadarReport.State


def ask(event: Event, *, by, at: datetime) -> RadarReport:
    """Queue a walk for the ticker; the one under way where there is one. Raises NotPermitted."""
    if not by.has_perm(SEE):
        raise reveal.NotPermitted("The radar is for those who may see the place.")
    try:
        with transaction.atomic():
            return RadarReport.objects.create(event=event, asked_by=by, asked_at=at)
    except IntegrityError:  # one at a time and event
        return RadarReport.objects.get(event=event, state__in=(State.QUEUED, State.RUNNING))


def last_report(event: Event) -> RadarReport | None:
    return event.radar_reports.select_related("asked_by").first()


def radar_for(report: RadarReport) -> Radar | None:
    """With the permission of who asked, whose look it is; None where there is no place. Raises
    NotPermitted, and KeyLost or WrongEnvelope (nsca.lib.sealing).
    """
    place = reveal.look_for_radar(report.event, by=report.asked_by, asked_at=report.asked_at)
    return Radar(place, known=known_anyway()) if place else None


def telling(event: Event) -> int:
    """How many texts that were saved since the last walk hold words of its place; 0 where no key
    opens what was found. For those with the permission alone.
    """
    try:
        return len(findings.noted(event))
    except SealingError:
        return 0


def troubles(event: Event, at: datetime) -> list[Trouble]:
    """For the pre-flight: what has been found and not been put right."""
    count = telling(event)
    report = last_report(event)
    if report is not None and report.state == State.DONE:
        try:
            count += len(findings.walked(report).findings)
        except SealingError:
            report = None
    if not count:
        return []
    return [Trouble(f"{counted(count, 'text')} may give the place away.", True, of="radar")]


def known_anyway() -> str:
    """What everybody knows of the association: its office's street and ZIP are no leak."""
    head = letterhead()
    return f"{head.name} {head.postal_address} {head.phone}"


def sentence(text: Text, radar: Radar, numbers) -> str:
    """Which field holds which kind of words; never the words."""
    row = named(text.row, radar.numbers_in)
    field = text.row._meta.get_field(text.field).verbose_name
    return f"The {row} holds {radar.in_words(numbers)} in its field “{field}”."


def of_a_file(row, radar: Radar, numbers) -> str:
    """Of a file that was uploaded: nobody reads its name here, but it says what is to be seen."""
    return (
        f"A file that was uploaded to the {named(row, radar.numbers_in)} was called by "
        f"{radar.in_words(numbers)}. The site has given it another name; please look whether the "
        "picture shows the place."
    )


# --- After saving --------------------------------------------------------------------------------


def after_saving(request, forms) -> None:
    """Called by every desk of the admin with the forms it has just saved (nsca.lib.desk.base)."""
    saved = [(form.instance, uploaded_names(form)) for form in forms if is_shown(form.instance)]
    if not saved:
        return
    if not request.user.has_perm(SEE):
        for row, names in saved:
            SavedText.objects.update_or_create(
                model=row._meta.label_lower,
                object_pk=row.pk,
                defaults={"saved_at": request.now, "uploaded": "\n".join(names)},
            )
        return
    for row, names in saved:
        for event, hits in _compared(row, names, at=request.now):
            if hits:
                reveal.note_radar(event, by=request.user, at=request.now)
            for hit in hits:
                messages.warning(request, f"About {event}: {hit.sentence}")


def uploaded_names(form) -> list[str]:
    """The names that a form's files had on the machine they come from; the site forgets them."""
    files = (form.files.get(form.add_prefix(name)) for name in form.fields)
    return [file.name for file in files if file]


def _compared(row, uploaded: list[str], *, at: datetime) -> list[tuple[Event, list[Finding]]]:
    """What a row's texts, and the names of its files, hold of each place that is kept; noted."""
    texts, known = list(texts_of(row)), known_anyway()

    def hits(place):
        radar = Radar(place, known=known)
        found = [
            _finding(text, radar, sentence(text, radar, numbers))
            for text in texts
            if (numbers := radar.numbers_in(text.text))
        ]
        if numbers := radar.numbers_in("\n".join(uploaded)):
            found.append(_finding(Text(row, "", ""), radar, of_a_file(row, radar, numbers)))
        return (found,)  # an answer, also where nothing was found: the note is sealed anew

    compared = [(event, found) for event, (found,) in reveal.compared(hits, at=at)]
    for event, found in compared:
        findings.replace(event, about(row), found, at=at)
    return compared


def about(row) -> str:
    return f"{row._meta.label_lower} {row.pk}"


def _finding(text: Text, radar: Radar, words: str) -> Finding:
    return Finding(words, url=text.url, about=about(text.row))


def read_saved(at: datetime) -> int:
    """Read what was saved by those who may not be warned; how many texts hold words."""
    found = 0
    for saved in SavedText.objects.all()[:READ_A_TICK]:
        row = apps.get_model(saved.model)._default_manager.filter(pk=saved.object_pk).first()
        with transaction.atomic():
            if row is not None:
                hits = _compared(row, saved.uploaded.splitlines(), at=at)
                found += sum(len(each) for _event, each in hits)
            # Saved again meanwhile: then it is read again.
            SavedText.objects.filter(pk=saved.pk, saved_at=saved.saved_at).delete()
    return found
