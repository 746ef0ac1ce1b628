"""The word check: does a text that staff typed contain words of a venue before its reveal?

The site's code reveals no venue early, and tests/secrecy/ proves it; what is left is what people
type. So every text that others read is compared with each venue that is still sealed: when it is
saved, again each night, and soon after another venue is entered.

Staff who may see venues are warned when they save. What others save is checked by the ticker, and
shown only to those who may see venues: a warning to an editor would be an oracle. An editor could
type fifty venues into a draft, one after the other, and see which one alarms the site. So their
page is the same, to the byte and to the query, whatever they write, and whether or not there is a
venue.

Nothing here stores a word of a venue: a finding says which field, and what kind of words.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.apps import apps
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime
from django.views.decorators.debug import sensitive_variables

from events import reveal
from events.models import Event, SavedText
from events.night.preflight import Trouble
from events.night.texts import Text, all_texts, is_shown, named, texts_of
from events.night.venue_words import VenueWords, points_somewhere
from events.reveal.people import counted
from events.venue import findings
from events.venue.details import VenueDetails
from events.venue.findings import Finding
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.secrets.sealing import SealingError

SEE = "events.see_venue"
READ_A_TICK = 200  # texts; the rest with the next
NIGHT = 3  # o'clock in Norfolk
POINTER = "a short link to a map or a location code, which may be the venue’s,"


# --- A comparison ------------------------------------------------------------------------------


@sensitive_variables("venue", "words")
def found(
    event: Event, venue: VenueDetails, texts: Iterable[Text], uploaded: Iterable[tuple] = ()
) -> list[Finding]:
    """What texts, and the names of uploads (pairs of a row and names), contain of one venue. For
    reveal.compared and reveal.compare: a finding contains no word of it.
    """
    head = letterhead()
    # The association's own street and ZIP code are public, so they are not a leak.
    words = VenueWords(venue, known=f"{head.name} {head.postal_address} {head.phone}")

    def finding(row, sentence: str, hit: str, field: str = "", **more) -> Finding:
        called = named(row, lambda title: bool(words.found_in(title)))
        text = Text(row, field, "")
        return Finding(sentence.format(called, hit), text.url, about(row), **more)

    hits = []
    for text in texts:
        hit = words.found_in(text.text)
        if not hit and _is_of(text.row, event) and points_somewhere(text.text):
            hit = POINTER
        if hit:
            label = text.row._meta.get_field(text.field).verbose_name
            sentence = f"The {{}} has {{}} in its field “{label}”."
            hits.append(finding(text.row, sentence, hit, text.field))
    for row, names in uploaded:
        if hit := words.found_in("\n".join(names)):
            sentence = (
                "A file uploaded to the {} had {} in its name. The site has renamed it; please "
                "check whether the picture shows the venue."
            )
            hits.append(finding(row, sentence, hit, is_of_file=True))
    return hits


def _is_of(row, event: Event) -> bool:
    return row == event or getattr(row, "event_id", None) == event.pk


def about(row) -> str:
    return f"{row._meta.label_lower} {row.pk}"


# --- After saving ------------------------------------------------------------------------------


def after_saving(request, forms) -> None:
    """Check the forms that an admin page has just saved. Called by nsca.lib.desk.base."""
    saved = [(form.instance, uploaded_names(form)) for form in forms if is_shown(form.instance)]
    for row, names in saved:
        if not request.user.has_perm(SEE):
            SavedText.objects.update_or_create(
                model=row._meta.label_lower,
                object_pk=row.pk,
                defaults={"saved_at": request.now, "uploaded": "\n".join(names)},
            )
            continue
        for event, hits in _compared(row, names, at=request.now):
            if hits:
                reveal.note_word_check(event, by=request.user, at=request.now)
            for hit in hits:
                messages.warning(request, f"About {event}: {hit.sentence}")


def uploaded_names(form) -> list[str]:
    """The names of a form's files on the uploader's computer; the site does not keep them."""
    files = (form.files.get(form.add_prefix(name)) for name in form.fields)
    return [file.name for file in files if file]


def _compared(row, names: list[str], *, at: datetime) -> list[tuple[Event, list[Finding]]]:
    """Record what a row's texts, and the names of its files, contain of each sealed venue."""
    texts = list(texts_of(row))
    compared = reveal.compared(
        lambda event, venue: found(event, venue, texts, [(row, names)]), at=at
    )
    for event, hits in compared:
        findings.replace(event, about(row), hits, at=at)
    return compared


# --- By the ticker -----------------------------------------------------------------------------


def tick(at: datetime) -> None:
    read_saved(at)
    check_due(at)


def read_saved(at: datetime) -> int:
    """Check what was saved by those who may not be warned; how many texts contain words."""
    count = 0
    for saved in SavedText.objects.all()[:READ_A_TICK]:
        row = apps.get_model(saved.model)._default_manager.filter(pk=saved.object_pk).first()
        with transaction.atomic():
            if row is not None:
                hits = _compared(row, saved.uploaded.splitlines(), at=at)
                count += sum(len(each) for _event, each in hits)
            # If it was saved again in the meantime, it is checked again.
            SavedText.objects.filter(pk=saved.pk, saved_at=saved.saved_at).delete()
    return count


def check_due(at: datetime) -> int:
    """Compare every text with each venue not yet compared tonight, or entered since; how many
    venues.
    """
    night = localtime(at).replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    if night > at:
        night -= timedelta(days=1)
    fresh = Q(word_findings__checked_at__gte=night)
    checked = reveal.compared(
        lambda event, venue: found(event, venue, all_texts()), at=at, besides=fresh
    )
    for event, hits in checked:
        findings.replace_all(event, hits, at=at)
    return len(checked)


# --- For those who may see venues --------------------------------------------------------------


def check_now(event: Event, *, by, at: datetime) -> None:
    """Compare every text now; logged as an access. Raises NotPermitted, NoVenue, and KeyLost or
    WrongEnvelope (nsca.lib.secrets.sealing).
    """
    hits = reveal.compare(
        event, lambda event, venue: found(event, venue, all_texts()), by=by, at=at
    )
    findings.replace_all(event, hits, at=at)


def count(event: Event) -> int:
    """How many texts contain words of its venue; 0 where no key opens the findings. Only for those
    with permission.
    """
    try:
        return len(findings.noted(event))
    except SealingError:
        return 0


def troubles(event: Event, at: datetime) -> list[Trouble]:
    """For the pre-flight: findings that are not fixed yet."""
    if not (suspicious := count(event)):
        return []
    return [Trouble(f"{counted(suspicious, 'text')} may give the venue away.", True, of="words")]
