"""The only door to a venue.

Venues are encrypted in a table of their own; only this package reads it. door.py says who may know
at one instant; keeping.py is what staff enter and do, each act with its permission and its log
row; state.py is what they had read before they did it; publication.py counts R and owes the
notices; openings.py records from when pages could show it. Only these use venue/store.py.
"""

from events.reveal.door import (
    VISITOR,
    Allowed,
    Opened,
    Sealed,
    Viewer,
    Why,
    picture_for,
    reveal_for,
    reveal_for_volunteer,
    tickets_of,
    viewer_of,
    would_open,
    would_open_for_volunteer,
)
from events.reveal.keeping import (
    NotPermitted,
    NotSealed,
    NoVenue,
    compare,
    compared,
    for_dry_run,
    has_venue,
    hold,
    inspected,
    left_over,
    look,
    note_word_check,
    publish_seal,
    release,
    reseal_all,
    reveal_now,
    wipe_due,
    write_venue,
)
from events.reveal.openings import after as note_opened
from events.reveal.openings import before as was_open_before
from events.reveal.openings import first as first_opening
from events.reveal.openings import of as opening_of
from events.reveal.openings import record as record_opening
from events.reveal.pictures import (
    has_picture,
    look_at_picture,
    remove_picture,
    write_picture,
)
from events.reveal.publication import is_any_due, is_revealed, publish, publish_due
from events.reveal.state import (
    NotNow,
    Overtaken,
    can_reveal_now,
    check_hold,
    check_release,
    check_reveal_now,
    early_words,
    facts_of,
    held_sentence,
    held_words,
    key_of,
    shown_in,
    what_changed,
)
from events.venue.details import Kind, VenueDetails

__all__ = [
    "VISITOR",
    "Allowed",
    "Kind",
    "NoVenue",
    "NotNow",
    "NotPermitted",
    "NotSealed",
    "Opened",
    "Overtaken",
    "VenueDetails",
    "Sealed",
    "Viewer",
    "Why",
    "can_reveal_now",
    "check_hold",
    "check_release",
    "check_reveal_now",
    "compare",
    "compared",
    "early_words",
    "facts_of",
    "first_opening",
    "for_dry_run",
    "has_picture",
    "has_venue",
    "held_sentence",
    "held_words",
    "hold",
    "inspected",
    "is_any_due",
    "is_revealed",
    "key_of",
    "left_over",
    "look",
    "look_at_picture",
    "note_opened",
    "note_word_check",
    "opening_of",
    "picture_for",
    "publish",
    "publish_due",
    "publish_seal",
    "record_opening",
    "release",
    "remove_picture",
    "reseal_all",
    "reveal_for",
    "reveal_for_volunteer",
    "reveal_now",
    "shown_in",
    "tickets_of",
    "viewer_of",
    "was_open_before",
    "what_changed",
    "wipe_due",
    "would_open",
    "would_open_for_volunteer",
    "write_picture",
    "write_venue",
]
