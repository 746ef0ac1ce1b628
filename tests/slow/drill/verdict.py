"""What became of the night: who was told when, and the one line that says it."""

import math
import re
import statistics
from collections import Counter
from dataclasses import dataclass, field

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
DUPLICATES_AT_MOST = 1  # there is one crash
MINUTES_AT_MOST = 10


@dataclass
class Night:
    """What was seen. Instants are seconds of the clock."""

    guests: dict
    emails: list  # of tests.fakes.smtp.Letter
    t: float = 0.0
    looks: list = field(default_factory=list)  # of tests.slow.drill.visitors.Look
    down: tuple[float, float] = (0.0, 0.0)
    report: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """An e-mail that names the venue."""

    to: str
    at: float
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    early: int
    wrong: int
    missing: int
    duplicates: int
    minutes: int  # from T until the last holder had the e-mail, and the page; begun ones count
    table: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        return (
            self.early == self.wrong == self.missing == 0
            and self.duplicates <= DUPLICATES_AT_MOST
            and self.minutes <= MINUTES_AT_MOST
        )

    @property
    def last_line(self) -> str:
        return (
            f"early {self.early} wrong {self.wrong} missing {self.missing} "
            f"duplicates {self.duplicates} minutes {self.minutes}"
        )


def judged(night: Night) -> Verdict:
    told = telling(night)
    holders = night.guests["holders"]
    by_address = {holder["address"]: holder for holder in holders if holder["address"]}
    first_email = {}
    for email in told:
        first_email.setdefault(email.to, email.at)
    first_look = {}
    for look in sorted(night.looks, key=lambda look: look.ended):
        if look.tells:
            first_look.setdefault(look.path, look.ended)

    early = [email for email in told if email.at < night.t]
    early += [look for look in night.looks if look.tells and look.ended < night.t]
    wrong = [email for email in told if not _is_right(email, by_address)]
    holders_paths = {path for holder in holders for path in holder["paths"]}
    wrong += [look for look in night.looks if look.tells and look.path not in holders_paths]
    missing = [
        holder for holder in holders if not _is_told(holder, night, first_email, first_look)
    ]
    twice = Counter(email.to for email in told)
    ends = [*first_email.values(), *first_look.values()]
    minutes = math.ceil((max(ends) - night.t) / 60) if ends else 0
    return Verdict(
        early=len(early),
        wrong=len(wrong),
        missing=len(missing),
        duplicates=sum(count - 1 for count in twice.values()),
        minutes=max(0, minutes),
        table=tuple(_table(night, told, first_email, first_look)),
    )


def telling(night: Night) -> list[Told]:
    """The e-mails that hold the venue, oldest first, each once for each address it went to."""
    told = []
    for email in sorted(night.emails, key=lambda email: email.at):
        message = email.message
        parts = [
            part.get_content() for part in message.walk() if part.get_content_maintype() == "text"
        ]
        whole = "\n".join([str(message["subject"]), *map(str, parts)]).replace("\r\n ", "")
        if night.guests["venue"] in whole:
            plain = message.get_body(("plain",)).get_content()
            codes = tuple(sorted(set(CODE.findall(plain))))
            told += [Told(to, email.at, codes) for to in email.to]
    return told


def _is_right(email: Told, by_address) -> bool:
    holder = by_address.get(email.to)
    return holder is not None and sorted(holder["codes"]) == list(email.codes)


def _is_told(holder, night, first_email, first_look) -> bool:
    """By e-mail and on the page of each ticket; whom no e-mail can reach stands on the site's own
    list of those to be called or known to have looked. A page that was asked for after T and came
    without the venue broke the promise.
    """
    looks = [look for look in night.looks if look.path in holder["paths"]]
    if any(look.began >= night.t and look.status == 200 and not look.tells for look in looks):
        return False
    if holder["looks"] and not all(path in first_look for path in holder["paths"]):
        return False
    if holder["address"] and not holder["bounces"]:
        return holder["address"] in first_email
    listed = night.report.get("learned" if holder["looks"] else "to_call", ())
    return set(listed) >= set(holder["codes"])


# --- The table ---------------------------------------------------------------------------------


def _table(night, told, first_email, first_look):
    t = night.t
    yield ""
    yield f"{'after T':>9}  {'e-mails':>8}  {'pages':>6}  {'no answer':>9}"
    last = max([*first_email.values(), *first_look.values(), t])
    for start in range(0, int(last - t) + 1, 15):
        low, high = t + start, t + start + 15
        emails = sum(low <= email.at < high for email in told)
        pages = sum(low <= at < high for at in first_look.values())
        silent = sum(low <= look.began < high and look.status == 0 for look in night.looks)
        if emails or pages or silent:
            yield f"{_clock(start):>9}  {emails:>8}  {pages:>6}  {silent:>9}"
    yield ""
    if night.down[0]:
        killed, again = (_clock(instant - t) for instant in night.down)
        yield f"killed at {killed}, answering again at {again}"
    committee = [x for x in night.emails if set(x.to) & set(night.guests["committee"])]
    when = ", ".join(_clock(email.at - t) for email in committee)
    yield f"e-mails to the committee before T: {len(committee)} ({when})"
    yield f"e-mails with the venue: {len(told)}, the last at {_clock(_last(first_email) - t)}"
    yield f"tickets opened: {len(first_look)}, the last at {_clock(_last(first_look) - t)}"
    waits = [
        look.ended - look.began for look in night.looks if look.status == 200 and look.began >= t
    ]
    if len(waits) > 1:
        yield f"pages after T, 95 of 100: {statistics.quantiles(waits, n=20)[-1]:.2f} s"
    numbers = night.report.get("numbers", {})
    yield "the site counts: " + ", ".join(f"{word} {count}" for word, count in numbers.items())
    yield (
        f"on its call list: {len(night.report.get('to_call', ()))}, no e-mail: "
        + str(len(night.report.get("learned", ())))
    )
    yield ""


def _last(firsts: dict) -> float:
    return max(firsts.values(), default=0.0)


def _clock(seconds: float) -> str:
    sign = "-" if seconds < 0 else ""
    minutes, rest = divmod(abs(int(seconds)), 60)
    return f"{sign}{minutes}:{rest:02}"
