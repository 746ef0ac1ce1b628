"""The second part of the inventory: fields of models, templates, and what the source says, keeps
and sends. Compared as inventory.py is.
"""

# channel → each model that leads to an event or can hold words, and its fields that can. Those
# with choices hold none; a history has its model's.
FIELDS = {
    "sealed": {
        "events.Commitment": "salt",
        "events.FormerVenue": "sealed",
        "events.VenuePicture": "about sealed",
        "events.Venue": "sealed",
        "events.WordFindings": "sealed",
    },
    "words of staff": {
        "auth.Group": "name",
        "cities.City": (
            "bond_note committee_email committee_note country country_code greeting greeting_en "
            "greeting_lang greeting_say ink_accent ink_ground ink_sea ink_sky ink_sun known_for "
            "languages latitude local_lang local_name longitude name official_url population "
            "poster_note shared_ground since_note slug story summary time_zone"
        ),
        "cities.CityLink": "label url",
        "cities.Milestone": "date_text source_url text title",
        "cities.Photograph": "alt credit image",
        "cities.Welcome": "body lang language_name title",
        "events.AddOn": "description name",
        "events.Choice": "label",
        "events.DoorLink": "gate name",
        "events.Event": (
            "access area body bring canceled_note dress help_phone hosted_by image image_alt "
            "offline_note rain refund_policy slug summary supper thanks title title_lang"
        ),
        "events.EventPicture": "alt credit image",
        "events.Hint": "text",
        "events.Move": "note",
        "events.SavedText": "uploaded",
        "events.TicketType": "description name",
        "membership.EmailSuppression": "source",
        "membership.Mailing": "body came_to statuses stopped_because subject",
        "membership.Benefit": "text",
        "membership.BenefitUse": "note",
        "membership.HardshipPrice": "reason",
        "membership.Pause": "reason",
        "membership.Reminder": "why_not",
        "membership.Stamp": "words",
        "membership.Fund": "heading name slug words",
        "membership.GiftFigure": "source words",
        "membership.GiftInKind": "description giver_email giver_name postal_address",
        "membership.Term": "ended_because reason",
        "membership.Tier": "name slug summary",
        "orders.Line": "committee details heading label",
        "orders.RecurringPayment": "committee details heading label",
        "pages.OpenQuestion": "about answer question where",
        "pages.Page": "body menu_title path summary title",
        "pages.Post": "body image image_alt slug summary title",
        "pages.Redirect": "new_path old_path",
        "pages.Synonym": "means word",
        "pages.SiteSettings": (
            "card_fee_percent disclosure ein email name phone postal_address refund_policy "
            "short_name "
            "social_links staff_email tagline"
        ),
        "post_office.EmailTemplate": "content description html_content language name subject",
    },
    "words of guests": {
        "account.EmailAddress": "email",
        "events.SeatRequest": "text",
        "events.HintMail": "address",
        "events.MoveMail": "address",
        "events.RevealMail": "address",
        "events.Table": "captain_email captain_name name",
        "events.Ticket": "access guest_email guest_name needs postal_address",
        "events.Transfer": "to_email to_name",
        "events.WaitlistEntry": "email name",
        "membership.Household": "name note postal_address",
        "membership.Statement": "email name",
        "membership.Tribute": "family_address family_email family_name name signed",
        "membership.Address": "email",
        "membership.EmailSuppression": "email",
        "membership.MailingRecipient": "email name",
        "membership.GiftMembership": (
            "asked_email giver_name message recipient_email recipient_name"
        ),
        "membership.Person": "email name phone",
        "membership.ImportRow": "cells choice done found why",
        "membership.ImportBatch": "columns headers name",
        "orders.Deposit": "note",
        "membership.User": "email name",
        "orders.Order": "buyer_email buyer_name buyer_phone note",
        "orders.RecurringPayment": "buyer_email buyer_name",
        "membership.SignInCode": "email",
        "pages.Message": "about email name text",
        "pages.Subscriber": "email",
    },
    "mails": {
        "post_office.Attachment": "file headers mimetype name",
        "post_office.Email": (
            "backend_alias bcc cc context from_email headers html_message message message_id "
            "subject to"
        ),
        "post_office.Log": "exception_type message",
    },
    "desks": {
        "admin.LogEntry": "change_message object_id object_repr",
    },
    "gateway": {
        "orders.Dispute": "provider_id status",
        "orders.Movement": "kind provider_id",
        "orders.Payment": "currency idempotency_key intent_id reference session_id",
        "orders.Payout": "provider_id state",
        "orders.Refund": "idempotency_key provider_id reason",
        "orders.RecurringCharge": "invoice_id unwanted_because",
        "orders.RecurringPayment": (
            "customer_id idempotency_key item_id subscription_id reported_failing_of"
        ),
        "orders.PendingEvent": "event_id intent_id kind object_id",
        "orders.StripeEvent": "event_id kind",
    },
    "words of ours": {
        "account.EmailConfirmation": "key",
        "auth.Permission": "codename name",
        "contenttypes.ContentType": "app_label model",
        "events.Call": "",
        "events.MailServer": "seconds_a_mail",
        "events.CatererLink": "token",
        "events.Commitment": "digest",
        "events.DoorLink": "token",
        "events.DryRun": "",
        "events.HintMail": "",
        "events.MoveMail": "message_id",
        "events.OptIn": "token",
        "events.AddOnSold": "",
        "events.Preflight": "",
        "events.PromoCode": "code",
        "events.RevealMail": "message_id",
        "events.RevealOpening": "",
        "events.SavedText": "model",
        "events.Scan": "device gate",
        "events.Slot": "scarce",
        "events.Table": "friends_token token",
        "events.Ticket": "code token",
        "events.Transfer": "old_code old_token token",
        "events.VenueLogHead": "digest",
        "events.VenueLogRecord": "content digest",
        "events.VenueAccess": "",
        "events.WaitlistEntry": "token",
        "membership.Bereavement": "stopped",
        "membership.Consent": "words",
        "membership.PassportLink": "token",
        "membership.MondayMail": "week",
        "membership.GiftMembership": "code token",
        "membership.RenewalLink": "token",
        "membership.ImportMap": "columns digest",
        "membership.Merge": "moved",
        "membership.BrowserSession": "device network",
        "membership.SecurityEvent": "detail mailbox network",
        "membership.SignInCode": "salt",
        "membership.Statement": "content giver number sha256 token",
        "membership.StatementDue": "about giver",
        "membership.User": "password",
        "mfa.Authenticator": "data",
        "orders.LedgerEntry": "actor text",
        "orders.Order": "number submission_key terms_text token",
        "orders.RecurringPayment": "consent_text ended_because ended_by token",
        "orders.Task": "key text",
        "orders.Traffic": "refused_because refused_what gateway",
        "lib.Heartbeat": "name",
        "pages.RetentionRule": "rule",
        "pages.LoadedContent": "digests key",
        "pages.Message": "submission_key",
        "pages.OpenQuestion": "key",
        "pages.Subscriber": "token",
        "lib.Throttle": "key",
        "sessions.Session": "session_data session_key",
    },
}

# Templates that name what the door answers, or what is made of it; the others are handed none.
# Some only use one of its words for something else.
TEMPLATES = {
    "told by the door": (
        "events/_envelope.html events/_proof.html events/_seal.html events/_sketch.html "
        "events/_wallet.html events/_way.html events/door/venue.html "
        "events/public/envelope.html events/public/detail.html events/tickets/ticket.html "
        "mail/_seals.html "
        "mail/_seals.txt mail/reveal.html mail/reveal.txt"
    ),
    "another meaning": "events/_kit.html",
}

# Every line that goes to a log (channel "logs"): numbers and classes, never a value that somebody
# typed.
LOGGED = {
    "events/changes/money_back.py: 'canceled event: order %s is left to the sweep', order.pk",
    "events/changes/money_back.py: 'canceled event: order %s waits for a lock', order.pk",
    "events/changes/money_back.py: 'canceled event: order %s', order.pk",
    "membership/accounts/seeds.py: 'second factor cannot be checked: %s', lost",
    "membership/mailings/sending.py: 'mailing %s: %s e-mails not sent', mailing.pk, dropped",
    "events/night/dry_run.py: 'sample of dry run not sent: %s', type(error).__name__",
    "events/reveal/opened.py: 'could not note that a ticket was opened: %s', type(error).__name__",
    "events/returns/offered_back.py: 'offered back: ticket %s is waiting for a lock', ticket.pk",
    "events/returns/offered_back.py: 'offered back: ticket %s', ticket.pk",
    "events/waitlist/offers.py: 'offers: event %s is waiting for a lock', event.pk",
    "events/waitlist/offers.py: 'offers: event %s', event.pk",
    "membership/security/log.py: 'security: %s', event.kind, extra={'fields': fields}",
    "membership/privacy/erasure.py: 'erasure: the confirmation waits: %s', type(error).__name__",
    "membership/accounts/mail.py: 'sign-in code %s: %s', row.pk, type(error).__name__",
    "nsca/ops/retention.py: 'retention: %s failed', each.rule.name",
    "nsca/ops/retention.py: 'retention: %s, %s forgotten', each.rule.name, count",
    "nsca/lib/web/caching.py: 'the shared cache does not answer: %s', type(error).__name__",
    "nsca/lib/mail/queue.py: '%s: %s', rows[0], type(error).__name__",
    "nsca/lib/mail/mail.py: 'mail %s: the address cannot be written to', name",
    "nsca/management/commands/tick.py: 'tick: %s failed', name",
    "nsca/management/commands/tick.py: 'tick: could not check what is due'",
    "orders/reconciling/reconciling.py: 'reconcile: %s: %s', what, type(error).__name__",
    "orders/reconciling/reconciling.py: 'reconcile: the gateway does not know these %s', what",
    "orders/checkout/confirmations.py: 'confirmations: order %s waits for a lock', key",
    "orders/checkout/confirmations.py: 'confirmations: order %s', key",
    "orders/payments/outage.py: 'payments are down: %s', key.partition(':')[0]",
    "orders/reconciling/pretended.py: 'pretend: payment %s waits for a lock', payment.pk",
    "orders/reconciling/recovery.py: 'recovery: a session could not be recovered'",
    "orders/refunds/refunds.py: 'refund %s waits for a lock', refund.pk",
    "orders/refunds/refunds.py: 'refund %s waits for the gateway', refund.pk",
    "orders/refunds/refunds.py: 'refund %s was refused, and waits for the reason', refund.pk",
    "orders/checkout/settling.py: 'lapse: the gateway does not know the session of "
    "payment %s', payment.pk",
    "orders/checkout/settling.py: 'sweep: order %s waits for a lock', order.pk",
    "orders/checkout/settling.py: 'sweep: order %s', order.pk",
    "orders/recurring/due.py: 'recurring payment %s waits for a lock', row.pk",
    "orders/recurring/due.py: 'recurring payment %s: %s', row.pk, type(error).__name__",
    "orders/recurring/due.py: 'recurring payment %s: the gateway does not know its subscription', "
    "row.pk",
    "orders/tidy.py: 'reconciled: %s repaired, %s tasks', found.repaired, found.tasks",
    "orders/payments/stripe.py: 'gateway: %s: %s %s %s', what, type(error).__name__, "
    "error.code or '', error.request_id or ''",
    "orders/checkout/mismatched.py: 'mismatched: payment %s is not what we asked for', payment.pk",
    "orders/reconciling/views.py: 'webhook %s has to be sent again', event.kind",
    "orders/reconciling/views.py: 'webhook refused: %s', type(error).__name__",
    "orders/reconciling/webhooks.py: 'event %s waits for a lock', row.event_id",
    "orders/reconciling/webhooks.py: 'event %s', row.event_id",
    "orders/reconciling/webhooks.py: 'webhook %s waits for the ticker: %s', event.k"
    "ind, type(error).__name__",
    "pages/contact/contact.py: 'no mail could be written about message %s', message.pk",
}

# What is put into a session or a cache (channel "caches").
KEPT = {
    "events/door/admin.py: request.session[SHOWN_ONCE] = obj.pk",
    "membership/accounts/reauthenticate.py: "
    "request.session[ASKED] = sign_in.ask(user.email, network=address_of(request), at=at, "
    "purpose=SignInCode.Purpose.SEAL)",
    "membership/accounts/proofs.py: request.session[KEY] = [*proofs_of(request, user), proof]",
    "membership/accounts/sessions.py: request.session[ROW] = row.pk",
    "membership/accounts/sessions.py: request.session[GROUPS] = _groups_of(user)",
    "membership/accounts/views_sign_in.py: "
    "request.session[PENDING] = {'key': key, 'email': email, 'next': to}",
    "membership/portal/views.py: request.session[ME] = wanted",
    "nsca/ops/health.py: 'ready', 'yes', 10",
    "nsca/lib/web/caching.py: VERSION_KEY, secrets.token_hex(8), timeout=None",
    "nsca/lib/web/caching.py: f'moment|{key}', (at, until, version, thing)",
    "nsca/lib/web/caching.py: key, made",
    "nsca/lib/web/throttle.py: f'vouched:{scope}:{who}', True, timeout=seconds",
    "nsca/lib/web/throttle.py: key, 0, timeout=seconds + 5",
}

# Sentences of the admin's own log (channel "desks").
NOTED = {
    "events/hints/admin.py: request, event, f'First access: exported a list of {len(invited)}.'",
    "events/public/admin.py: request, new, f'Duplicated from {event}.'",
    "events/tickets/admin_kits.py: request, ticket, f'Kit: {words}.'",
    "events/seating/admin.py: "
    "request, asked.ticket, f'{words}, as they asked; answered by staff.'",
    "events/seating/admin.py: request, event, sentence",
    "events/seating/admin.py: request, ticket, f'Moved from {_table_words(former)} to {words}.'",
    "membership/terms/admin_benefits.py: request, household, sentence",
    "nsca/lib/desk/base.py: request, obj, sentence",
    "nsca/desk/admin_retention.py: request, row, f'{each.rule.what}: "
    "changed from {each.days} to {number} days.'",
}

# Who speaks to another machine (channels "till" and "e-mails").
OUTSIDE = {
    "events/night/mail_pace.py: smtplib",
    "events/night/preflight_mail.py: smtplib",
    "nsca/lib/mail/queue.py: smtplib",
    "orders/payments/stripe.py: stripe",
}

# Lists that leave as CSV (channel "exports"), with their columns.
EXPORTS = {
    "events/sales/admin_addons.py: AddOnSoldResource": "event name order buyer price state",
    "events/hints/admin.py: _first_access": "",
    "events/tickets/admin_guests.py: BooksResource": (
        "event code guest kind is_valid canceled transfer order buyer price"
    ),
    "events/tickets/admin_guests.py: DoorResource": (
        "event code guest kind seat supper access_needs is_valid transfer"
    ),
    "events/tickets/admin_guests.py: GuestResource": (
        "event code guest kind seat supper allergies access_needs is_valid transfer order buyer "
        "buyer_phone email address"
    ),
    "events/tickets/admin_guests.py: TicketResource": "event code guest kind is_valid transfer",
    "events/tickets/admin_kits.py: _labels_csv": "",
    "events/door/views_caterer.py: csv_of": "",
    "membership/admin/people.py: PersonResource": (
        "member_number name email phone household postal_address member_since level member_from "
        "member_until cities"
    ),
    "nsca/lib/desk/proof.py: _csv": "",
    "nsca/lib/desk/exports.py: SafeResource": "",
    "orders/checkout/admin.py: OrderResource": (
        "number state channel buyer_name buyer_email buyer_phone placed_at paid_at bought total "
        "is_sample"
    ),
    "orders/books/admin.py: LedgerResource": "at order entry dollars text actor",
    "orders/books/admin_report.py: _csv": "",
    "membership/insight/admin_reports.py: _csv": "",
    "pages/admin.py: MessageResource": "received_at name email about text answered_at",
    "pages/admin.py: SubscriberResource": "email asked_at confirmed_at",
}

# Who asks the door for more than a guest may know: few, and why each may. A look is asked for
# again by a code (membership/accounts/reauthenticate.py), logged and shown to the director.
LOOKS = {
    "events/reveal/admin.py: venue_view look": "a look: asked again, logged",
    "events/reveal/admin_confirm.py: context look": (
        "old beside new, in venue_view: asked again, logged"
    ),
    "events/hints/admin.py: picture_view look_at_picture": "a look: asked again, logged",
    "events/night/dry_run.py: run for_dry_run": "a venue access: proof asked again, logged",
    "events/night/word_check.py: check_now compare": "a look: asked again, logged",
    "events/night/word_check.py: _compared compared": "the site itself; whoever is told is logged",
    "events/night/word_check.py: check_due compared": "likewise, at night; findings are sealed",
    "events/night/mailings.py: _compared compared": "likewise, of a letter that goes to many",
    "events/night/preflight.py: _venue inspected": "what is missing, to those with the permission",
    "events/reveal/admin.py: venue_view has_venue": "whether there is one, with the permission",
    "events/reveal/admin.py: _picture_url has_picture": "the same of its picture, after a look",
    "events/hints/admin.py: seal_view has_venue": "whether there is one, with the permission",
    "events/hints/admin.py: picture_view has_picture": "the same of its picture",
    "events/night/admin_control.py: reveal_view has_venue": "the same, with the permission alone",
    "nsca/desk/home/of_events.py: next_reveals has_venue": "the same, with the permission alone",
    "nsca/demo/programme.py: seal_venues has_venue": "a demonstration's own invented places",
    "nsca/demo/programme.py: dress_envelopes has_picture": "the same of their pictures",
}

# Commands, which speak to whoever keeps the machine.
COMMANDS = (
    "audit_books backup create_director forget_due ensure_groups import_payouts load_content "
    "reconcile reseal restore_test rotate_venue_keys seed_demo tick"
)
