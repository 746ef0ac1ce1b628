"""The only door to a place.

Where an event is lies encrypted in a table of its own; nothing but this package opens it.
door.py says who may know at one instant; keeping.py is what staff put in and do, each act with its
permission and its row; publication.py counts R and owes the notices; store.py holds what is sealed
and is asked by the three alone.
"""

from events.places import Kind, Place
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
    NoPlace,
    NotPermitted,
    NotSealed,
    compared,
    has_picture,
    has_place,
    hold,
    inspected,
    look,
    look_at_picture,
    look_for_radar,
    note_radar,
    publish_seal,
    release,
    remove_picture,
    reseal_all,
    reveal_now,
    wipe_due,
    write_picture,
    write_place,
)
from events.reveal.publication import is_told, publish, publish_due

__all__ = [
    "VISITOR",
    "Allowed",
    "Kind",
    "NoPlace",
    "NotPermitted",
    "NotSealed",
    "Opened",
    "Place",
    "Sealed",
    "Viewer",
    "Why",
    "compared",
    "has_picture",
    "has_place",
    "hold",
    "inspected",
    "is_told",
    "look",
    "look_at_picture",
    "look_for_radar",
    "note_radar",
    "picture_for",
    "publish",
    "publish_due",
    "publish_seal",
    "release",
    "remove_picture",
    "reseal_all",
    "reveal_for",
    "reveal_for_volunteer",
    "reveal_now",
    "tickets_of",
    "viewer_of",
    "wipe_due",
    "would_open",
    "would_open_for_volunteer",
    "write_picture",
    "write_place",
]
