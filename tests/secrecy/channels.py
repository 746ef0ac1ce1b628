"""Every channel by which the venue could get out: how it is closed, and the test that proves it.

The first part is docs/reveal.md §3, word for word; tests/secrecy/test_channels.py checks that no
word of it is without a row. The second is what this site has beside. What stands in each channel
(addresses, e-mails, fields, lines of the log …) is listed in inventory.py.
"""

from dataclasses import dataclass

# Who is told by which addresses from T on; nobody by any other (test_after_t.py).
TELLS = {
    "a holder": {
        "tickets:detail", "tickets:pdf", "tickets:calendar", "tickets:picture",
        "tickets:envelope",
    },
    "a pupil": {"tickets:detail", "tickets:pdf", "tickets:calendar"},
    "a door volunteer": {"door:home"},
}  # fmt: skip

# docs/reveal.md §3. None of these may carry the venue, or anything computed from it, before T or
# to those not entitled:
SPECIFIED = """
HTML, hidden elements, comments, data attributes, inline JSON; JSON-LD, OpenGraph, `geo` meta; alt
texts, captions, directions, parking and weather widgets; map tiles, preconnects, CSP entries;
distance sorts; slugs, ids, venue pages; search and its suggestions; image names, EXIF and IPTC,
thumbnails, credits; PDFs and their metadata; media addresses that can be guessed; ICS `LOCATION
GEO X-APPLE-STRUCTURED-LOCATION DESCRIPTION URL`; feeds, sitemaps and their dates; admin
autocomplete, FK labels, history, recent actions, preview links, "duplicate event"; CSV exports and
door rosters of roles without the permission; "location changed" and waitlist mails; mails
rendered early into a queue or given to a provider with a send-later; subjects and preview texts;
error pages, stack-trace locals, SQL logs, access logs, Referer; Stripe product names, metadata,
receipts; caches, ETags, service workers, the back button on a shared device; fixtures and
`dumpdata`; a client's clock.
"""


@dataclass(frozen=True)
class Channel:
    """`words`: what of the specification it is. `proof`: tests, "file::test", below tests/."""

    closed: str
    proof: tuple[str, ...]
    words: tuple[str, ...] = ()


BEFORE = "secrecy/test_before_t.py::"
_EVERY_WALK = (
    "TestStrangers", "TestGuests", "TestEditors", "TestTreasurers", "TestMembersStaff",
    "TestDoorStaff",
)  # fmt: skip
NOTHING_FOUND = tuple(f"{BEFORE}{kind}::test_no_answer_holds_a_word_of_it" for kind in _EVERY_WALK)
ALL_THE_SAME = tuple(
    f"{BEFORE}{kind}::test_with_another_venue_and_with_none_every_answer_is_the_same"
    for kind in _EVERY_WALK
)
UNTOUCHED = tuple(
    f"{BEFORE}{kind}::test_no_query_touches_a_table_of_venues" for kind in _EVERY_WALK
)
NOTHING_KEPT = tuple(
    f"{BEFORE}{kind}::test_nothing_of_it_is_logged_or_kept" for kind in _EVERY_WALK
)
AFTER = "secrecy/test_after_t.py::"
OUTSIDERS = tuple(
    f"{AFTER}{kind}::test_a_second_after_t_they_find_nothing_and_nothing_is_kept"
    for kind in ("TestStrangers", "TestGuests", "TestEditorAndTreasurer", "TestOtherStaff")
)
A_HOLDER = f"{AFTER}test_from_t_on_a_holder_finds_it_on_the_ticket_in_each_of_its_forms"
SAID, KEPT = "secrecy/test_said.py::", "secrecy/test_kept.py::"
ON_THE_TICKET = "events/reveal/test_on_the_ticket.py::"
IMAGES = "admin/test_images.py::"

CHANNELS = {
    "pages": Channel(
        "A page has of the place what reveal_for() answers, and before T that asks no table.",
        (*NOTHING_FOUND, *ALL_THE_SAME, *UNTOUCHED, *OUTSIDERS),
        (
            "HTML", "hidden elements", "comments", "data attributes", "inline JSON", "JSON-LD",
            "OpenGraph", "`geo` meta", "alt texts", "captions", "directions",
            "parking and weather widgets", "slugs", "ids", "venue pages",
        ),
    ),
    "maps": Channel(
        "The map is a sketch drawn here of an opened place; a map service is asked on a click.",
        (f"{ON_THE_TICKET}test_a_map_is_asked_only_on_a_click_and_is_not_told_where_from",
         *ALL_THE_SAME),
        ("map tiles", "preconnects", "CSP entries"),
    ),
    "orders of lists": Channel(
        "Nothing is sorted or counted by a place: with another one every list is the same.",
        ALL_THE_SAME,
        ("distance sorts",),
    ),
    "search": Channel(
        "The search reads public texts; of an event its area.",
        (*NOTHING_FOUND, *ALL_THE_SAME),
        ("search and its suggestions",),
    ),
    "pictures": Channel(
        "Uploads lose hidden data and name. The picture of the place is no file: it is sealed, "
        "and handed out by the ticket's own link.",
        (f"{IMAGES}test_a_picture_saved_by_code_keeps_nothing_that_was_hidden_in_it",
         f"{IMAGES}test_no_format_carries_hidden_data_through",
         f"{IMAGES}test_the_name_of_an_upload_is_dropped_and_only_its_size_is_kept",
         f"{IMAGES}test_two_uploads_of_one_name_are_not_guessable_from_each_other",
         *NOTHING_FOUND, A_HOLDER),
        ("image names", "EXIF and IPTC", "thumbnails", "credits",
         "media addresses that can be guessed"),
    ),
    "papers": Channel(
        "A ticket's PDF is made anew each time of what the door answers; metadata never know.",
        (*NOTHING_FOUND, A_HOLDER,
         "events/tickets/test_page.py::test_the_paper_reveals_no_venue_in_its_metadata_even_after_t"),
        ("PDFs and their metadata",),
    ),
    "calendars": Channel(
        "Public files have the area at any instant; a holder's own file the place from T on.",
        (*NOTHING_FOUND, *ALL_THE_SAME, A_HOLDER,
         "events/reveal/test_calendars.py::"
         "test_public_files_name_the_area_and_nothing_else_at_any_instant",
         "events/reveal/test_calendars.py::test_geo_is_there_for_the_holder_after_t_and_never_before"),
        ("ICS `LOCATION GEO X-APPLE-STRUCTURED-LOCATION DESCRIPTION URL`",),
    ),
    "feeds": Channel(
        "They are made of the public record alone; putting in a place does not touch its date.",
        (*ALL_THE_SAME,
         "events/reveal/test_keeping.py::"
         "test_before_t_a_change_does_not_touch_the_public_record"),
        ("feeds", "sitemaps and their dates"),
    ),
    "desks": Channel(
        "No admin page shows a place but its own, which needs the permission, a fresh sign-in and "
        "a click; nothing of it reaches the admin's log or a history.",
        (*NOTHING_FOUND, *ALL_THE_SAME,
         f"{BEFORE}test_the_keepers_themselves_see_it_only_where_they_ask_for_it",
         f"{BEFORE}test_an_editor_cannot_ask_for_a_look",
         "admin/events/test_venue.py::test_the_venue_leaves_no_trace_in_any_table_of_the_admin",
         "admin/test_asked_again.py::"
         "test_a_sign_in_lets_one_look_for_ten_minutes",
         "admin/events/test_venue.py::"
         "test_an_editor_cannot_ask_the_list_which_envelopes_somebody_has_filled"),
        ("admin autocomplete", "FK labels", "history", "recent actions", "preview links",
         '"duplicate event"'),
    ),
    "looks": Channel(
        "Staff with the permission look on few pages, after a code, and each look leaves a row "
        "that the director reads.",
        ("admin/test_asked_again.py::"
         "test_the_code_that_is_mailed_lets_one_look_and_once_given_is_not_asked_for_again",
         "admin/test_asked_again.py::"
         "test_the_director_s_first_page_names_each_look_until_she_has_read_it",
         "admin/events/test_venue.py::test_opening_the_page_is_no_look_and_a_look_is_logged",
         "events/reveal/test_keeping.py::"
         "test_an_editor_without_the_permission_may_do_none_of_it"),
    ),
    "exports": Channel(
        "Columns are named one by one, and none is of a place.",
        (*NOTHING_FOUND, *ALL_THE_SAME,
         "admin/test_exports.py::test_the_guest_list_has_suppers_and_never_the_venue"),
        ("CSV exports and door rosters of roles without the permission",),
    ),
    "mails": Channel(
        "The one e-mail with the venue is rendered at the moment it is sent, and kept nowhere; "
        "no other is handed it.",
        (f"{SAID}test_no_email_that_is_written_before_t_knows_the_venue",
         f"{SAID}test_the_emails_of_a_canceled_evening_know_no_venue_after_t_either",
         f"{AFTER}test_a_second_after_t_one_mail_tells_each_holder_and_nothing_of_it_is_kept",
         f"{BEFORE}test_the_ticker_tells_nobody",
         "events/reveal/test_sending.py::test_no_rendered_venue_is_ever_stored"),
        ('"location changed" and waitlist mails',
         "mails rendered early into a queue or given to a provider with a send-later"),
    ),
    "subjects": Channel(
        "Subject and preview say that there is news, not what.",
        (f"{AFTER}test_a_second_after_t_one_mail_tells_each_holder_and_nothing_of_it_is_kept",
         "events/reveal/test_emails.py::"
         "test_the_preview_line_of_a_mailbox_does_not_show_the_venue"),
        ("subjects and preview texts",),
    ),
    "failures": Channel(
        "A report shows where it broke and no variable's value (nsca.ops.logs.NoValuesFilter); "
        "Sentry "
        "gets none; a Place never prints itself.",
        (f"{SAID}test_where_it_breaks_with_the_venue_in_hand_nothing_of_it_is_reported",
         f"{SAID}test_every_error_a_visitor_can_provoke_is_silent_about_it",
         f"{SAID}test_nobody_is_mailed_about_errors_by_default",
         "nsca/ops/test_logs.py::test_a_report_names_neither_the_ticket_nor_its_guest",
         "events/reveal/test_keeping.py::"
         "test_a_venue_shows_itself_to_no_log_and_goes_into_no_cache"),
        ("error pages", "stack-trace locals"),
    ),
    "logs": Channel(
        "Lines name rows by number and errors by class; SQL is not logged, addresses are masked.",
        (*NOTHING_KEPT, *OUTSIDERS,
         f"{SAID}test_an_email_that_breaks_is_put_off_and_nothing_of_it_is_reported",
         "ops/test_access_log.py::test_an_address_that_is_a_key_is_not_written"),
        ("SQL logs", "access logs"),
    ),
    "referer": Channel(
        "A page with the place sends no address on.",
        (A_HOLDER, f"{ON_THE_TICKET}"
         "test_a_map_is_asked_only_on_a_click_and_is_not_told_where_from"),
        ("Referer",),
    ),
    "gateway": Channel(
        "Stripe is told the event's title and what a chair is called.",
        (f"{SAID}test_stripe_hears_nothing_of_it",),
        ("Stripe product names", "metadata", "receipts"),
    ),
    "caches": Channel(
        "What the door may open is no-store and has no ETag; only public pages are kept.",
        (*NOTHING_KEPT, A_HOLDER,
         f"{KEPT}test_a_shared_redis_holds_nothing_of_it",
         f"{KEPT}test_what_is_kept_anywhere_would_be_found",
         "nsca/lib/test_caching.py::test_a_page_is_not_stored_unless_its_view_says_so",
         "nsca/lib/test_caching.py::test_no_kept_page_is_fresh_at_the_boundary"),
        ("caches", "ETags", "the back button on a shared device"),
    ),
    "workers": Channel(
        "The one service worker rules below the door, and keeps a page that is the same for all.",
        ("events/door/test_offline.py::"
         "test_the_page_is_the_same_for_whoever_asks_and_sets_no_cookie",
         "events/door/test_offline.py::"
         "test_the_worker_is_a_script_that_rules_below_the_door_alone"),
        ("service workers",),
    ),
    "dumps": Channel(
        "At rest the place is ciphertext, of one length, under a key that is not in the database.",
        (f"{KEPT}test_a_dump_holds_nothing_and_without_the_key_opens_nothing",
         "secrecy/test_the_disk.py::test_the_database_s_files_and_its_journal_hold_nothing_while_"
         "it_is_written_and_after",
         "events/reveal/test_keeping.py::test_every_envelope_has_the_same_size"),
        ("fixtures and `dumpdata`",),
    ),
    "the client's clock": Channel(
        "The countdown is decoration: the page asks again, and the server's clock decides.",
        ("browser/journeys/test_reveal.py::"
         "test_an_open_ticket_page_asks_again_by_itself_when_its_countdown_ends",
         f"{ON_THE_TICKET}test_it_opens_exactly_at_t_with_no_ticker_running"),
        ("a client's clock",),
    ),
    # --- What this site has beside ---------------------------------------------------------------
    "links of one's own": Channel(
        "The link of a ticket, order, or waitlist entry opens what its holder may see, at T.",
        (*NOTHING_FOUND, *ALL_THE_SAME, A_HOLDER, *OUTSIDERS),
    ),
    "the door": Channel(
        "Volunteers are told on one page, at an instant of their own.",
        (f"{AFTER}test_a_second_after_t_a_door_volunteer_finds_it_on_the_door_s_first_page_alone",
         f"{AFTER}test_door_volunteers_may_have_an_instant_of_their_own"),
    ),
    "sign-in": Channel(
        "A library's pages, which know of no event; a session holds numbers and digests.",
        (*NOTHING_FOUND, *NOTHING_KEPT),
    ),
    "machines": Channel("They know of no event.", (*NOTHING_FOUND, *ALL_THE_SAME)),
    "a demonstration": Channel(
        "Where DEMO is set its letters lie in files and can be read by all; nowhere else.",
        (*NOTHING_FOUND, "pages/test_demo_mail.py::test_the_real_site_has_no_such_address"),
    ),
    "sealed": Channel(
        "Ciphertext; written and read behind the door alone.",
        (f"{KEPT}test_a_dump_holds_nothing_and_without_the_key_opens_nothing",
         "test_architecture.py::test_only_the_door_calls_the_stores_behind_it",
         "events/reveal/test_keeping.py::test_the_row_holds_nothing_readable"),
    ),
    "words of staff": Channel(
        "Typed to be read by all. No software can keep a secret that somebody types there: the "
        "check of typed words finds it and warns.",
        (*NOTHING_KEPT,
         "admin/events/test_word_check.py::test_what_an_editor_has_saved_is_read_by_the_ticker_and_shown_to_keepers"),
    ),
    "words of guests": Channel(
        "Typed by people who do not know the place before T.", NOTHING_KEPT,
    ),
    "words of ours": Channel(
        "Made by the code: tokens, digests, numbers, sentences that name the event by its title.",
        NOTHING_KEPT,
    ),
}  # fmt: skip
