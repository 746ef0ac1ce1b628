"""What stands in each channel of channels.py: addresses, desks, e-mails, fields, lines of the log.

A test finds all there is (existing.py) and compares. What is new fails until it has its row here,
under the channel that says how it is closed. Before you write the row, ask what the new thing
would say of an evening whose place it knows.
"""

# channel → names in the URLconf
ADDRESSES = {
    "pages": (
        "cities:detail cities:index cities:welcome events:detail events:envelope "
        "events:envelope_example events:envelope_text events:list events:live_sum "
        "events:month events:open_table events:past "
        "events:table_asked events:tickets events:waitlist events:waitlist_joined home "
        "membership:ask_statement membership:auto_renewal membership:change_level "
        "membership:give_sum membership:claim_by_code membership:give "
        "membership:give_membership membership:giving "
        "membership:home membership:join membership:particulars membership:sign_out_everywhere "
        "membership:what_gifts_do "
        "membership:add_to_household membership:cards membership:change_in_household "
        "membership:committee membership:data membership:directory membership:erase "
        "membership:export "
        "membership:history membership:household membership:keep_me membership:mails "
        "membership:listing membership:passport membership:remove_from_household "
        "membership:make_main_contact "
        "membership:show_passport membership:who "
        "membership:start_renewal pages:about pages:contact pages:contact_thanks pages:news "
        "pages:newsletter pages:newsletter_asked pages:page pages:post"
    ),
    "search": "pages:search",
    "pictures": (
        "cities:inks cities:poster city_picture event_picture favicon media "
        "membership:card_picture site_picture tickets:picture touch_icon"
    ),
    "papers": (
        "membership:card_pdf membership:gift_card_pdf membership:statement_pdf "
        "orders:receipt_pdf tickets:pdf"
    ),
    "calendars": "city_calendar events:calendar events:ics tickets:calendar",
    "feeds": "events:feed pages:feed sitemap",
    "desks": (
        "admin/(?P<url>.*)$ admin:app_list admin:autocomplete admin:index admin:jsi18n "
        "admin:login admin:logout admin:monday admin:password_change admin:password_change_done "
        "admin:settings"
    ),
    "exports": "events:caterer events:caterer_csv",
    "gateway": (
        "orders:pay orders:pretend orders:return recurring:card recurring:pretend_card "
        "stripe:webhook"
    ),
    "workers": "door:offline door:worker",
    "links of one's own": (
        "events:table events:waitlist_entry membership:claim membership:gift_card "
        "membership:check_card membership:mailing_leave membership:renew "
        "membership:shown_passport "
        "membership:statement orders:detail orders:give_back orders:receipt "
        "pages:newsletter_confirm pages:newsletter_leave recurring:detail tickets:accept "
        "tickets:detail tickets:envelope tickets:give tickets:guests tickets:hints_leave "
        "tickets:kit tickets:opt_in tickets:receipt tickets:return tickets:seen "
        "tickets:sit_with"
    ),
    "the door": "door:counts door:enter door:home door:read door:sell door:undo",
    "sign-in": (
        "account_change_password account_confirm_login_code account_email "
        "account_email_verification_sent account_inactive account_login account_logout "
        "account_end_session account_sessions "
        "account_reauthenticate account_request_login_code account_reset_password "
        "account_reset_password_done account_reset_password_from_key "
        "account_reset_password_from_key_done account_set_password account_signup "
        "accounts/password/<path:rest> mfa_activate_totp mfa_add_webauthn mfa_authenticate "
        "mfa_deactivate_totp mfa_download_recovery_codes mfa_edit_webauthn "
        "mfa_generate_recovery_codes mfa_index mfa_list_webauthn mfa_login_webauthn "
        "mfa_reauthenticate mfa_reauthenticate_webauthn mfa_remove_webauthn "
        "mfa_view_recovery_codes"
    ),
    "machines": "healthz manifest readyz robots security_txt",
    "a demonstration": "demo_mail demo_mail_attachment demo_mail_html demo_mailbox",
}

# Of the admin, all closed as "desks" are: each model's pages; ? what its list is searched by;
# ~ what its forms complete.
DESKS = {
    "cities.City": (
        "add change changelist delete history preview simple_history ?name ?country ?summary "
        "?local_name"
    ),
    "cities.Welcome": (
        "add change changelist delete history simple_history ?city__name ?title ?body"
    ),
    "events.DoorLink": "add change changelist delete history link revoke ?name ?gate",
    "events.Event": (
        "add calls cancel caterer change changelist delete door_list dry_run duplicate "
        "first_access hints history hold labels move numbers parcels picture place_cards "
        "preflight preview refunds release reveal "
        "reveal_now seal seating sell simple_history venue word_check ?title ?summary ?slug "
        "?area"
    ),
    "events.AddOnSold": (
        "add change changelist delete export history ?add_on__name ?line__order__number "
        "?line__order__buyer_name"
    ),
    "events.Scan": (
        "add change changelist delete history ?ticket__code ?ticket__guest_name "
        "?ticket__line__order__buyer_name"
    ),
    "events.Ticket": (
        "add change changelist delete export history ?code ?guest_name ?guest_email "
        "?line__order__number ?line__order__buyer_name"
    ),
    "events.VenueAccess": (
        "add change changelist delete history read ?user__name ?user__email ?link__name "
        "?event__title"
    ),
    "events.WaitlistEntry": (
        "add change changelist delete history move_up offer_now ?name ?email ?event__title"
    ),
    "membership.Mailing": (
        "add change changelist delete history mail preview progress send stop take_back test "
        "?subject"
    ),
    "membership.EmailSuppression": "add change changelist clear delete history ?email",
    "membership.Benefit": "add change changelist delete history ?text",
    "membership.CommitteeChair": (
        "add change changelist delete history ?user__email ?user__name ?city__name"
    ),
    "membership.Fund": "add change changelist delete history ?name ?words",
    "membership.GiftFigure": "add change changelist delete history ?words ?source",
    "membership.GiftInKind": (
        "acknowledgment add change changelist delete history ?giver_name ?giver_email ?description"
    ),
    "membership.GiftMembership": (
        "add change changelist delete history ?recipient_name ?recipient_email ?giver_name "
        "?line__order__number"
    ),
    "membership.Household": (
        "add benefits change changelist delete history level take ?name ?postal_address "
        "?people__name ?people__email"
    ),
    "membership.Person": (
        "add alive change changelist delete died duplicates end erase explain export hardship "
        "history import import_batch import_undo merge merge_with part pause receipt renewal_link "
        "sign_in simple_history story ?name ?email ?phone ?member_number ?households__name "
        "?addresses__email ~guardian"
    ),
    "membership.Reminder": (
        "add change changelist delete history letters printed ?term__household__name "
        "?person__name ?person__email"
    ),
    "membership.Rules": "add change changelist delete history simple_history",
    "membership.Statement": (
        "add change changelist correct delete history letters print run ?number ?name ?email"
    ),
    "membership.Stamp": "add change changelist delete history ?person__name ?words ~person",
    "membership.Term": (
        "add change changelist delete history reports ?household__name ?household__people__name "
        "?reason "
        "~household"
    ),
    "membership.Tier": "add change changelist delete history simple_history ?name ?summary",
    "membership.Tribute": (
        "add card change changelist delete history posted ?name ?family_name ?line__order__number"
    ),
    "membership.SecurityEvent": "add change changelist delete history",
    "membership.User": "add change changelist delete forget history sessions ?email ?name",
    "orders.Deposit": (
        "add begin change changelist choose counted delete hand_over history slip "
        "?items__payment__order__number ?items__payment__order__buyer_name"
    ),
    "orders.LedgerEntry": (
        "add change changelist delete export history report ?order__number ?order__buyer_name "
        "?text ?actor"
    ),
    "orders.Order": (
        "add bounced change changelist delete export give_up handed_back history make_good "
        "received refund send_again ?number ?buyer_name ?buyer_email ?buyer_phone ?lines__label"
    ),
    "orders.Payment": (
        "add change changelist delete history ?order__number ?order__buyer_name ?intent_id "
        "?session_id"
    ),
    "orders.Payout": "add change changelist delete history",
    "orders.Refund": (
        "add change changelist delete history ?payment__order__number "
        "?payment__order__buyer_name ?reason"
    ),
    "orders.RecurringPayment": (
        "add change changelist delete end history ?buyer_name ?buyer_email ?order__number"
    ),
    "orders.Task": "add change changelist delete done history ?text ?order__number",
    "pages.RetentionRule": "add change changelist delete history",
    "pages.Message": (
        "add answered change changelist delete export history ?name ?email ?about ?text"
    ),
    "pages.OpenQuestion": "add change changelist delete history ?about ?question ?answer",
    "pages.Page": (
        "add change changelist delete history preview simple_history ?title ?path ?summary ?body"
    ),
    "pages.Post": (
        "add change changelist delete history preview simple_history ?title ?summary ?body"
    ),
    "pages.Redirect": "add change changelist delete history ?old_path ?new_path",
    "pages.SiteSettings": "add change changelist delete history simple_history",
    "pages.Synonym": "add change changelist delete history ?means ?word",
    "pages.Subscriber": "add change changelist delete export history ?email",
    "post_office.Email": "add again change changelist delete history ?to",
}

# channel → templates of mails
LETTERS = {
    "mails": (
        "mail/asked_again mail/security_alarm mail/sign_in_changed mail/sign_in_code "
        "mail/sign_in_stranger "
        "mail/seat_taken mail/check_returned mail/renewal_link mail/sign_in_invitation "
        "mail/contact_received mail/contact_staff mail/door_link mail/erasure_asked "
        "mail/event_canceled "
        "mail/event_moved mail/gift_card mail/gift_claim_code mail/gift_claimed "
        "mail/gift_membership mail/gift_thanks mail/hint mail/kit_sent mail/mailing mail/monday "
        "mail/newsletter_already "
        "mail/newsletter_confirm mail/newsletter_welcome mail/order_late_money "
        "mail/order_paid mail/order_refunded mail/preflight mail/receipt_link "
        "mail/renewal_note mail/renewal_reminder "
        "mail/reveal mail/recurring_begun mail/recurring_canceled mail/recurring_ended "
        "mail/recurring_failing mail/recurring_notice mail/statement mail/table_answer "
        "mail/table_confirm mail/table_kept mail/table_released "
        "mail/table_reminder mail/table_request mail/ticket mail/tickets "
        "mail/transfer_accepted mail/transfer_declined mail/transfer_offered "
        "mail/waitlist_canceled mail/waitlist_joined mail/waitlist_offer "
        "mail/erasure_done mail/gift_taken_up mail/household_left mail/household_smaller "
        "mail/level_changed mail/main_contact mail/member_welcome mail/membership_paused "
        "mail/waitlist_passed"
    ),
}
