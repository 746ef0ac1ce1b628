"""How money, time and the lines of e-mails are written. Loaded in every template."""

import re

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from nsca.lib import timing
from nsca.lib.text import counting, money

register = template.Library()

register.filter("dollars", money.dollars)
register.filter("counted", counting.counted)
register.filter("hour", timing.hour)
register.filter("long_day", timing.long_day)
register.filter("exactly", timing.exactly)
register.filter("in_words", timing.in_words)
register.filter("machine", timing.machine)


@register.filter
def short_day(at):
    """ "May 20, 2027"."""
    return timing.short_day(at)


@register.filter
def instant(at):
    """A <time> with the instant in full: Wednesday, May 19, 2027 at 6:00 p.m. EDT."""
    return format_html('<time datetime="{}">{}</time>', timing.machine(at), timing.exactly(at))


@register.filter
def when(event):
    """An event's hours in words: "Thursday, May 20, 2027, 6:00 – 9:00 p.m.", or just its day."""
    start, end = event.starts_at, event.ends_at
    if not event.hour_is_known:
        return format_html(
            '<time datetime="{}">{}</time>',
            timing.day_of(start).isoformat(),
            timing.long_day(start),
        )
    first, last = timing.hour(start), timing.hour(end)
    if timing.day_of(start) == timing.day_of(end):
        if first[-4:] == last[-4:]:
            first = first[:-5]
        words = f"{timing.long_day(start)}, {first} – {last}"
    else:
        words = f"{timing.long_day(start)}, {first} – {timing.long_day(end)}, {last}"
    return format_html('<time datetime="{}">{}</time>', timing.machine(start), words)


@register.simple_block_tag
def line(content):
    """One line of a plain-text e-mail, however many it takes in its template."""
    return mark_safe(re.sub(r"[ \t]*\n[ \t]*", " ", content.strip()))


@register.filter
def lower_first(text):
    """A list item in mid-sentence, starting in lower case; names and “VIP” stay as they are."""
    words = str(text)
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


@register.filter
def in_eights(digest):
    """A row of digits in groups of eight, to compare by eye; copied, it is one row again."""
    return [digest[i : i + 8] for i in range(0, len(digest), 8)]
