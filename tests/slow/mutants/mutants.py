"""The mutants, by what they would do to a guest."""

from dataclasses import dataclass
from pathlib import Path

DOOR = "events/reveal/door.py"
DOORS_TESTS = "tests/events/reveal/test_reveal_door.py"
CALL_TESTS = "tests/events/night/test_calls.py"
SMTP_TESTS = "tests/events/reveal/test_told_by_smtp.py"
MAIL_TESTS = "tests/events/reveal/test_emails.py"
SENDING_TESTS = "tests/events/reveal/test_sending.py"
MOVING_TESTS = "tests/events/changes/test_moving.py"
REFUND_TESTS = "tests/events/reveal/test_refunded_holders.py"


@dataclass(frozen=True)
class Mutant:
    """A line or two of the project made wrong: `old`, which stands once in `path`, becomes `new`.

    `tests` are the files (or tests in them) that should notice, the likeliest first.
    """

    name: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...]

    def apply(self, root: Path) -> None:
        """Write the mutant into a copy of the project. Raises ValueError where `old` is not there
        just once: the code has moved on, and the mutant has to follow.
        """
        file = root / self.path
        text = file.read_text() if file.exists() else ""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.path} has its line {text.count(self.old)} times, not once")
        file.write_text(text.replace(self.old, self.new))


MUTANTS = (
    # --- Who learns it, and when -----------------------------------------------------------------
    Mutant(
        "the instant itself is still before it",
        DOOR,
        "    if at < event.opens_at:\n        return Sealed(event.opens_at)\n",
        "    if at <= event.opens_at:\n        return Sealed(event.opens_at)\n",
        (DOORS_TESTS,),
    ),
    Mutant(
        "the hold of the committee is forgotten",
        DOOR,
        "    if event.reveal_held_at is not None or event.state == Event.State.DRAFT:\n"
        "        return Sealed(event.opens_at, Why.HELD)",
        "    if event.state == Event.State.DRAFT:\n"
        "        return Sealed(event.opens_at, Why.HELD)",
        (DOORS_TESTS,),
    ),
    Mutant(
        "a ticket that was given back still opens",
        DOOR,
        "tickets = Ticket.objects.valid().filter(event_id=event.pk)",
        "tickets = Ticket.objects.filter(event_id=event.pk)",
        (DOORS_TESTS,),
    ),
    Mutant(
        "an address that nobody confirmed counts as the holder's",
        DOOR,
        "EmailAddress.objects.filter(user_id=viewer.user.pk, verified=True)",
        "EmailAddress.objects.filter(user_id=viewer.user.pk)",
        (DOORS_TESTS,),
    ),
    Mutant(
        "an outsider's answer depends on whether a venue was entered",
        DOOR,
        "    if at < event.opens_at:\n        return Sealed(event.opens_at)\n",
        "    if at < event.opens_at and store.is_there(event.pk):\n"
        "        return Sealed(event.opens_at)\n",
        (DOORS_TESTS, "tests/secrecy"),
    ),
    Mutant(
        "volunteers learn it before their instant",
        DOOR,
        "    instant = event.volunteers_at or event.opens_at\n",
        "    instant = event.volunteers_at\n",
        ("tests/events/door/test_links.py", "tests/secrecy"),
    ),
    Mutant(
        "the old link of a ticket lives on in the old hands",
        "events/tickets/transfers.py",
        '    ticket.token, ticket.code = link_tokens.new("ticket"), codes.spoken_code()\n',
        "    ticket.code = codes.spoken_code()\n",
        (
            "tests/events/tickets/test_transfers.py",
            "tests/events/tickets/test_transfers_accepted.py",
        ),
    ),
    # --- What carries it out ---------------------------------------------------------------------
    Mutant(
        "a calendar file forgets to ask at the door",
        "events/reveal/calendars.py",
        "reveal_for(event, who, at=at)",
        "reveal_for(event, who, at=max(at, event.opens_at or at))",
        ("tests/events/reveal/test_calendars.py",),
    ),
    Mutant(
        "the calendar file of an e-mail in the outbox knows the venue",
        "events/tickets/mail.py",
        "ticket_ics(ticket, at=at, viewer=VISITOR)",
        "ticket_ics(ticket, at=at)",
        ("tests/events/reveal/test_calendars.py",),
    ),
    Mutant(
        "a kept page does not know of T",
        "events/public/views.py",
        "        request,\n        event.opens_at,\n        event.starts_at,\n",
        "        request,\n        event.starts_at,\n",
        ("tests/events/public/test_pages.py", "tests/events/public/test_lists.py"),
    ),
    Mutant(
        "a kept page is handed out at its boundary",
        "nsca/middleware/cache.py",
        "page.until > request.now",
        "page.until >= request.now",
        ("tests/nsca/lib/test_caching.py",),
    ),
    Mutant(
        "the ticket's page may be stored on a shared device",
        "events/access/private.py",
        '    response.headers["Cache-Control"] = "private, no-store"\n'
        '    response.headers["Referrer-Policy"] = "no-referrer"\n',
        '    response.headers["Cache-Control"] = "private, max-age=600"\n'
        '    response.headers["Referrer-Policy"] = "no-referrer"\n',
        (
            "tests/events/tickets/test_page.py",
            "tests/events/tickets/test_card.py",
            "tests/events/reveal/test_on_the_ticket.py",
        ),
    ),
    Mutant(
        "a card is turned on its day and not at its instant",
        "events/hints/hints.py",
        "Case(When(opens_at__lte=at, then=",
        "Case(When(opens_at__date__lte=at.date(), then=",
        ("tests/events/public/test_pages.py", "tests/events/public/test_lists.py"),
    ),
    Mutant(
        "a card for holders is everybody's",
        "events/hints/hints.py",
        "hints = hints.filter(audience=Hint.Audience.EVERYONE)",
        "hints = hints.all()",
        ("tests/events/public/test_pages.py", "tests/events/public/test_lists.py"),
    ),
    Mutant(
        "an upload keeps where it was taken",
        "nsca/lib/media/images.py",
        'bare.save(out, "JPEG", quality=90, optimize=True, progressive=True)',
        'bare.save(out, "JPEG", quality=90, optimize=True, exif=image.getexif())',
        ("tests/admin/test_images.py",),
    ),
    Mutant(
        "the name of an upload can be guessed",
        "nsca/lib/media/images.py",
        'return f"pictures/{secrets.token_hex(12)}{dimensions}{kept}"',
        'return f"pictures/picture{dimensions}{kept}"',
        ("tests/admin/test_images.py",),
    ),
    Mutant(
        "the door's list for a spreadsheet has every field",
        "events/tickets/admin_guests.py",
        "        fields = export_order = [\n"
        '            "event", "code", "guest", "kind", "seat", "supper", "access_needs", '
        '"is_valid",\n'
        '            "transfer",\n'
        "        ]  # fmt: skip\n",
        "",
        ("tests/admin/test_exports.py",),
    ),
    Mutant(
        "the admin's search box looks into the keepers' acts",
        "events/admin.py",
        '    search_fields = ["title", "summary", "slug", "area"]\n    date_hierarchy',
        '    search_fields = ["title", "summary", "slug", "area", "venue_accesses__act"]\n'
        "    date_hierarchy",
        ("tests/secrecy", "tests/admin/events/test_venue.py"),
    ),
    Mutant(
        "the address of a list may ask for any column, a ticket's key among them",
        "nsca/lib/desk/filters.py",
        "        if not is_asked or lookup",
        "        if lookup",
        ("tests/admin/test_on_the_site.py", "tests/admin/events/test_venue.py"),
    ),
    Mutant(
        "a look leaves no row",
        "events/reveal/keeping.py",
        "    venue_log.note_access(event=event, by=by, act=VenueAccess.Act.LOOKED, at=at)\n"
        "    row = store.row_of(event)\n",
        "    row = store.row_of(event)\n",
        ("tests/events/reveal/test_keeping.py",),
    ),
    Mutant(
        "an editor may write into the envelope",
        "events/reveal/keeping.py",
        '    must(by, "events.see_venue")\n    venue.check()\n',
        "    venue.check()\n",
        ("tests/events/reveal/test_keeping.py",),
    ),
    Mutant(
        "the length of what is sealed tells how long the name is",
        "nsca/lib/secrets/sealing.py",
        'encrypt_at_time(plain.ljust(ROOM, b"\\x00"), int(at.timestamp()))',
        "encrypt_at_time(plain, int(at.timestamp()))",
        ("tests/events/reveal/test_keeping.py",),
    ),
    Mutant(
        "swapped envelopes open",
        "nsca/lib/secrets/sealing.py",
        '    if whose != bound_to:\n        raise WrongEnvelope("This envelope',
        '    if not whose:\n        raise WrongEnvelope("This envelope',
        ("tests/events/reveal/test_keeping.py",),
    ),
    # --- Who is told -----------------------------------------------------------------------------
    Mutant(
        "the ticker publishes, and mails, a reveal early",
        "events/models/event.py",
        '                starts_at__lte=at + ExpressionWrapper(F("lead"), DurationField()),\n',
        "",
        ("tests/events/reveal/test_reveal_door.py", MAIL_TESTS),
    ),
    Mutant(
        "another venue written before T tells everybody at once",
        "events/reveal/publication.py",
        "        and event.opens_at <= at < event.ends_at\n",
        "        and at < event.ends_at\n",
        ("tests/events/reveal/test_keeping.py",),
    ),
    Mutant(
        "the e-mail is put into the outbox, venue and all",
        "nsca/lib/mail/queue.py",
        "get_connection(backend or settings.OUTGOING_EMAIL_BACKEND)",
        "get_connection(backend or settings.EMAIL_BACKEND)",
        (MAIL_TESTS, SENDING_TESTS),
    ),
    Mutant(
        "an e-mail of the old venue goes out after the new",
        "events/reveal/sender.py",
        "        if rows[0].version != event.reveal_version or event.is_canceled:\n",
        "        if event.is_canceled:\n",
        (MAIL_TESTS, SENDING_TESTS),
    ),
    Mutant(
        "an e-mail is stamped before the mail server took it",
        "nsca/lib/mail/queue.py",
        "                message.send()\n            self.stamp_sent(rows, at=at)\n",
        "                self.stamp_sent(rows, at=at)\n                message.send()\n",
        (MAIL_TESTS, SENDING_TESTS),
    ),
    Mutant(
        "two senders take the same e-mails",
        "nsca/lib/mail/queue.py",
        "                queued.filter(is_free(at))\n",
        "                queued\n",
        ("tests/events/reveal/test_races.py", MAIL_TESTS),
    ),
    Mutant(
        "two tickets with one address are two e-mails",
        "nsca/lib/mail/queue.py",
        "                .filter(~Exists(earlier))\n",
        "",
        (MAIL_TESTS, SENDING_TESTS),
    ),
    Mutant(
        "an address that is refused for good is nobody's call",
        "nsca/lib/mail/queue.py",
        "        self.mine(rows).update(state=State.FAILED, leased_until=None)\n",
        "        self.mine(rows).update(state=State.SENT, leased_until=None)\n",
        (MAIL_TESTS, SENDING_TESTS),
    ),
    Mutant(
        "the log repeats what the mail server said",
        "nsca/lib/mail/queue.py",
        'log.warning("%s: %s", rows[0], type(error).__name__)',
        'log.warning("%s: %s", rows[0], error)',
        (MAIL_TESTS, SENDING_TESTS),
    ),
    Mutant(
        "the preview line of a mailbox shows the venue",
        "templates/mail/reveal.html",
        "Open\n    this where nobody reads over your shoulder.{% endif %}{% endblock %}",
        "{{ venue.name }}{% endif %}{% endblock %}",
        (MAIL_TESTS, SENDING_TESTS),
    ),
    Mutant(
        "a silent mail server is asked by every ticker's every e-mail",
        "nsca/lib/mail/queue.py",
        "mails = [] if self.pace.is_silent(at=at) else self.claim(at=at)",
        "mails = self.claim(at=at)",
        (SMTP_TESTS,),
    ),
    Mutant(
        "the mail server's hour is forgotten",
        "events/reveal/pace.py",
        "        if Departure.objects.count() >= limit:\n",
        "        if limit < 0:\n",
        ("tests/events/reveal/test_pace.py",),
    ),
    Mutant(
        "two volunteers call the same guest",
        "events/night/calls.py",
        "_is_taken(call, at) and call.caller_id != by.pk:",
        "_is_taken(call, at) and by is None:",
        (CALL_TESTS,),
    ),
    Mutant(
        "who gave the ticket on is rung up and told",
        "events/night/calls.py",
        'return "" if self.is_given_on else self.tickets[0]',
        "return self.tickets[0]",
        (CALL_TESTS,),
    ),
    Mutant(
        "who never opened anything is nobody's call",
        "events/night/calls.py",
        "        return Why.NEVER_OPENED\n    return None\n",
        "        return None\n    return None\n",
        (CALL_TESTS,),
    ),
    Mutant(
        "the pre-flight comes when it is too late",
        "events/night/preflight_mail.py",
        "    if left <= timedelta(0):\n        return None\n",
        "",
        ("tests/events/night/test_preflight.py",),
    ),
    # --- What changes ----------------------------------------------------------------------------
    Mutant(
        "a told venue is sealed again when the start moves",
        "events/changes/moving.py",
        "    return max(starts_at - event.opens_at, timedelta(0))\n",
        "    return event.lead\n",
        (MOVING_TESTS,),
    ),
    Mutant(
        "who bought knowing the new day gets the old day's refund",
        "events/returns/return_limits.py",
        "refunds_until__isnull=False, made_at__gt=line.order.placed_at",
        "refunds_until__isnull=False",
        (MOVING_TESTS,),
    ),
    Mutant(
        "an offer of refunds reaches past the reveal",
        "events/returns/return_limits.py",
        "    revealed_at = None if offered.refunds_after_reveal else event.opens_at\n",
        "    revealed_at = None\n",
        (MOVING_TESTS,),
    ),
    Mutant(
        "a calendar keeps the old day, for its number does not grow",
        "events/changes/moving.py",
        "    after.sequence += 1 + calendars",
        "    after.sequence += calendars",
        (MOVING_TESTS,),
    ),
    Mutant(
        "an e-mail in hand tells a day that is over",
        "events/changes/mail.py",
        "        if not is_news or event.is_past(at) or not moving.is_latest(move):\n",
        "        if event.is_past(at):\n",
        ("tests/events/changes/test_moving_mail.py",),
    ),
    Mutant(
        "a venue that nobody was told is struck through for all to see",
        "events/venue/former_venues.py",
        "    return event.reveal_version > 0 and not is_under_the_same_hold\n",
        "    return event.reveal_version > 0\n",
        ("tests/events/reveal/test_changed_venues.py",),
    ),
    Mutant(
        "a canceled event keeps the venue it had before",
        "events/reveal/keeping.py",
        "        former_venues.forget(event_id)\n",
        "",
        ("tests/events/reveal/test_changed_venues.py",),
    ),
    Mutant(
        "a yes to one change is a yes to any",
        "events/reveal/outlook.py",
        '        return posted.get("confirmed") == self.key and has_yes\n',
        '        return bool(posted.get("confirmed")) and has_yes\n',
        ("tests/events/changes/test_foresight.py", "tests/admin/events/test_saving.py"),
    ),
    Mutant(
        "directions to another park leave the seal unbroken",
        "events/venue/envelope.py",
        '            ("Directions", venue.directions),\n',
        "",
        ("tests/events/venue/test_envelope.py",),
    ),
    Mutant(
        "a seal may be dated back",
        "events/venue/log.py",
        "    yield from _dated_back(records)\n",
        "",
        ("tests/events/venue/test_log.py",),
    ),
    Mutant(
        "a seal may be written past the log",
        "events/venue/log.py",
        "    for pk in sorted(rows.keys() - known):\n",
        "    for pk in ():\n",
        ("tests/events/venue/test_log.py",),
    ),
    Mutant(
        "a new address keeps the old coordinates",
        "events/venue/address.py",
        "    if old is None or not is_elsewhere(old, new):\n",
        "    if True:\n",
        ("tests/admin/events/test_venue_address.py",),
    ),
    # --- Who gave the ticket back ----------------------------------------------------------------
    Mutant(
        "refunded holders are written to",
        "events/reveal/sender.py",
        "        Ticket.objects.valid()\n"
        "        .filter(pk__in=[row.ticket_id for row in rows])\n",
        "        Ticket.objects.filter(pk__in=[row.ticket_id for row in rows])\n",
        (REFUND_TESTS,),
    ),
    Mutant(
        "who gave the ticket back before T is owed the venue",
        "events/reveal/mails_owed.py",
        "    valid = Ticket.objects.valid().filter(event_id=event.pk)\n",
        "    valid = Ticket.objects.filter(event_id=event.pk)\n",
        (REFUND_TESTS,),
    ),
    Mutant(
        "what was dropped for a refund is owed again and again",
        "events/reveal/mails_owed.py",
        'state=State.SUPERSEDED, ticket__in=valid, transfer_count=F("ticket__transfer_count")',
        'state=State.SUPERSEDED, transfer_count=F("ticket__transfer_count")',
        (REFUND_TESTS,),
    ),
    Mutant(
        "the door opens to a refund of which the sender does not ask again",
        "events/reveal/sender.py",
        "        if why == Why.NOT_YOURS:\n            self.drop(rows)\n",
        "        if why == Why.NOT_YOURS:\n            self.put_back(rows, until=at + HELD_FOR)\n",
        (REFUND_TESTS,),
    ),
    Mutant(
        "who gave the ticket back is telephoned",
        "events/night/tally.py",
        "        Ticket.objects.valid()\n        .filter(event=event)\n",
        "        Ticket.objects.filter(event=event)\n",
        (REFUND_TESTS,),
    ),
    Mutant(
        "a task asks for calls to who gave the ticket back",
        "events/reveal/mails_owed.py",
        'transfer_count=F("ticket__transfer_count"), ticket__in=Ticket.objects.valid())\n',
        'transfer_count=F("ticket__transfer_count"))\n',
        (REFUND_TESTS,),
    ),
    Mutant(
        "the pre-flight counts who gave the ticket back",
        "events/night/preflight.py",
        "    holders = Ticket.objects.valid().filter(event_id=event.pk).with_holder()",
        "    holders = Ticket.objects.filter(event_id=event.pk).with_holder()",
        (REFUND_TESTS,),
    ),
    Mutant(
        "who gave the ticket back is owed the news of a move",
        "events/changes/moving.py",
        "    current = Ticket.objects.valid_or_disputed().filter(event=move.event_id)\n",
        "    current = Ticket.objects.filter(event=move.event_id)\n",
        (REFUND_TESTS,),
    ),
    Mutant(
        "who gives the ticket back after a move is written to about it",
        "events/changes/mail.py",
        "    current = Ticket.objects.valid_or_disputed().filter(pk__in=hands)",
        "    current = Ticket.objects.filter(pk__in=hands)",
        (REFUND_TESTS,),
    ),
    Mutant(
        "a move's task asks for calls to who gave the ticket back",
        "events/changes/moving.py",
        "ticket__in=Ticket.objects.valid_or_disputed(), transfer_count=F(",
        "transfer_count=F(",
        (REFUND_TESTS,),
    ),
    Mutant(
        "who gave the ticket back is told that it is off",
        "events/changes/canceling.py",
        "        Ticket.objects.valid_or_disputed()\n        .filter(event=event)\n",
        "        Ticket.objects.filter(event=event)\n",
        (REFUND_TESTS,),
    ),
    Mutant(
        "who gave the ticket back still gets the hints",
        "events/hints/opt_ins.py",
        "        ticket__in=Ticket.objects.valid(),\n",
        "",
        (REFUND_TESTS,),
    ),
    Mutant(
        "a mailing to those who came goes to who gave the ticket back",
        "events/night/mailings.py",
        "        tickets = Ticket.objects.valid().with_holder()",
        "        tickets = Ticket.objects.with_holder()",
        (REFUND_TESTS,),
    ),
    # --- Pages that lay open, and what was recorded ----------------------------------------------
    Mutant(
        "reveal now overrides a colleague's hold",
        "events/reveal/state.py",
        "    if event.reveal_held_at is not None:\n"
        '        raise NotNow(f"{held_sentence(event, at=at)} Release the hold first.")\n',
        "",
        ("tests/admin/events/test_stale_reveal_pages.py", "tests/events/reveal/test_keeping.py"),
    ),
    Mutant(
        "a page that lay open is believed",
        "events/reveal/admin.py",
        '    may_go_on = request.method == "POST" and shown == facts\n',
        '    may_go_on = request.method == "POST"\n    facts = shown or facts\n',
        ("tests/admin/events/test_stale_reveal_pages.py",),
    ),
    Mutant(
        "a key says nothing of the hold",
        "events/reveal/state.py",
        '        "held_at": _text(event.reveal_held_at),\n',
        "",
        ("tests/admin/events/test_stale_reveal_pages.py",),
    ),
    Mutant(
        "a late e-mail says that the page has told it since T",
        "events/reveal/sender.py",
        "    since = max(opening.open_since, held_since)\n",
        "    since = max(reveal.opens_at, held_since)\n",
        ("tests/events/reveal/test_history.py",),
    ),
    Mutant(
        "who never had the first venue is told to forget it",
        "events/reveal/sender.py",
        "reveal.is_changed and mails_owed.was_revealed_before(tickets, reveal.version)\n",
        "reveal.is_changed\n",
        ("tests/events/reveal/test_history.py",),
    ),
    Mutant(
        "a backlog of mail delays the reveal",
        "nsca/management/commands/tick.py",
        "            self.reveal_first()\n            if pace.is_silent",
        "            if pace.is_silent",
        ("tests/events/reveal/test_between_mails.py",),
    ),
    # --- The night: typed words
    Mutant(
        "typed words are searched for by somebody who may not see the venue",
        "events/reveal/keeping.py",
        '    must(by, "events.see_venue")\n'
        "    venue_log.note_access(event=event, by=by, act=VenueAccess.Act.WORDS,",
        "    venue_log.note_access(event=event, by=by, act=VenueAccess.Act.WORDS,",
        ("tests/admin/events/test_word_check.py",),
    ),
    Mutant(
        "a finding calls a text by a title that holds the venue",
        "events/night/word_check.py",
        "named(row, lambda title: bool(words.found_in(title)))",
        "named(row, lambda title: False)",
        ("tests/admin/events/test_word_check.py",),
    ),
    Mutant(
        "an editor's save is compared with the venue at once",
        "events/night/word_check.py",
        "        if not request.user.has_perm(SEE):\n",
        "        if not request.user.has_perm(SEE):\n"
        "            _compared(row, names, at=request.now)\n",
        ("tests/admin/events/test_word_check.py",),
    ),
    Mutant(
        "findings of the venue before stay when another one is entered",
        "events/reveal/keeping.py",
        "        findings.forget(locked, at=at)\n",
        "",
        ("tests/admin/events/test_word_check.py",),
    ),
)
