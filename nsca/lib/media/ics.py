"""Calendar files (RFC 5545), written from plain values: this module knows no app."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from nsca.lib.timing import NORFOLK, day_of

CONTENT_TYPE = "text/calendar; charset=utf-8"
PUBLISH, CANCEL = "PUBLISH", "CANCEL"

# The rule of the United States since 2007 (15 U.S.C. §260a), written as a rule rather than a list
# of dates, so a file made today is right in any year.
_NEW_YORK = b"""BEGIN:VTIMEZONE\r
TZID:America/New_York\r
BEGIN:DAYLIGHT\r
DTSTART:20070311T020000\r
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r
TZNAME:EDT\r
TZOFFSETFROM:-0500\r
TZOFFSETTO:-0400\r
END:DAYLIGHT\r
BEGIN:STANDARD\r
DTSTART:20071104T020000\r
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r
TZNAME:EST\r
TZOFFSETFROM:-0400\r
TZOFFSETTO:-0500\r
END:STANDARD\r
END:VTIMEZONE\r
"""
_END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True)
class Entry:
    """One calendar entry. Instants are UTC; `point` is (latitude, longitude) in degrees."""

    uid: str  # never changes: a later file with the same one replaces the entry
    sequence: int  # never decreases (§3.8.7.4)
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    point: tuple[float, float] | None = None
    is_canceled: bool = False
    is_whole_day: bool = False  # no hour is known


def calendar(entries: Iterable[Entry], *, name: str = "", method: str = PUBLISH) -> bytes:
    """The file. `name` is what a subscription is called; METHOD:CANCEL removes entries."""
    sheet = Calendar()
    sheet.add("prodid", "-//Norfolk Sister City Association//norfolksistercities.org//EN")
    sheet.add("version", "2.0")
    sheet.add("calscale", "GREGORIAN")
    sheet.add("method", method)
    if name:
        sheet.add("name", name)
        sheet.add("x-wr-calname", name)
        sheet.add("x-wr-timezone", "America/New_York")
        sheet.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
        sheet.add("x-published-ttl", "PT6H")
    head = sheet.to_ical().removesuffix(_END)
    # The same time zone in every file, and expensive to build again.
    return b"".join([head, _NEW_YORK, *(_component(entry).to_ical() for entry in entries), _END])


def _component(entry: Entry) -> Event:
    component = Event()
    component.add("uid", entry.uid)
    component.add("sequence", entry.sequence)
    component.add("dtstamp", entry.stamp)
    if entry.is_whole_day:
        component.add("dtstart", day_of(entry.starts_at))
        component.add("dtend", day_of(entry.ends_at) + timedelta(days=1))
    else:
        component.add("dtstart", entry.starts_at.astimezone(NORFOLK))
        component.add("dtend", entry.ends_at.astimezone(NORFOLK))
    component.add("summary", entry.summary)
    for field in ("location", "description", "url"):
        if text := getattr(entry, field):
            component.add(field, text)
    if entry.point is not None:
        component.add("geo", entry.point)
    component.add("status", "CANCELLED" if entry.is_canceled else "CONFIRMED")
    return component
