"""Who may open which address: every URL pattern, asked for by everybody who could come.

A new address needs a row here before the tests pass: whoever writes it says who may open it.
"""

import pytest

from tests import voice
from tests.roles import ROLES, SHORT_WAY, STAFF, answers_to, everybody

pytestmark = pytest.mark.django_db

# A letter a role, in the order of ROLES:
#   o opens   - is refused (403)   x is not there (404)   > leads elsewhere in the site
#   d leads to the sign-in   m takes no GET (405)   g is gone (410: the e-mail's link is too old)
SITE = """
oooooooo home manifest sitemap robots security_txt healthz readyz demo_mailbox
oooooooo city_calendar city_picture event_picture site_picture touch_icon favicon
oooooooo cities:index cities:inks cities:detail cities:poster cities:welcome
oooooooo events:list events:month events:past events:calendar events:feed events:detail events:ics
oooooooo events:open_table events:table_asked events:table events:caterer events:caterer_csv
oooooooo tickets:guests tickets:sit_with
oooooooo events:envelope events:envelope_example tickets:hints_leave
xxxxxxxx events:envelope_text tickets:envelope tickets:picture
mmmmmmmm tickets:opt_in tickets:receipt tickets:seen events:live_sum membership:give_sum
oooooooo events:tickets events:waitlist events:waitlist_joined events:waitlist_entry
oooooooo tickets:return tickets:detail tickets:pdf tickets:calendar tickets:give tickets:accept
oooooooo orders:detail orders:receipt orders:receipt_pdf orders:give_back orders:return
oooooooo pages:about pages:page pages:news pages:feed pages:post pages:search
oooooooo pages:contact pages:contact_thanks
oooooooo pages:newsletter pages:newsletter_asked pages:newsletter_leave
gggggggg pages:newsletter_confirm
oooooooo door:home door:sell door:counts door:offline door:worker
mmmmmmmm door:read door:enter door:undo
mmmmmmmm orders:pay stripe:webhook membership:sign_out_everywhere
>>>>>>>> orders:pretend tickets:kit
xxxxxxxx media demo_mail demo_mail_html demo_mail_attachment

oooooooo membership:mailing_leave
oooooooo membership:give membership:renew membership:what_gifts_do
oooooooo membership:statement membership:statement_pdf
oooooooo recurring:detail recurring:pretend_card
mmmmmmmm recurring:card
o>oooooo membership:join
oooooooo membership:give_membership membership:claim_by_code membership:claim
oooooooo membership:gift_card membership:gift_card_pdf
do>>>>>> membership:change_level
dooooooo membership:home membership:auto_renewal membership:giving
dooooooo membership:history membership:cards membership:household membership:directory
dooooooo membership:data
dxxxxxxx membership:committee
doxxxxxx membership:mails membership:listing membership:passport
do>>>>>> membership:export
dxxxxxxx membership:card_picture membership:card_pdf membership:erase
dxxxxxxx membership:add_to_household membership:change_in_household
dxxxxxxx membership:remove_from_household membership:make_main_contact
dmmmmmmm membership:who membership:keep_me membership:show_passport
oooooooo membership:check_card
xxxxxxxx membership:shown_passport
dooooooo account_sessions
mmmmmmmm account_end_session
dmmmmmmm membership:particulars membership:start_renewal membership:ask_statement

o>>>>>>> account_login account_signup account_request_login_code
>ooooooo account_logout
d>>>>>>> account_confirm_login_code
dooooooo account_reauthenticate mfa_index mfa_list_webauthn
d>>>>>>> mfa_activate_totp mfa_generate_recovery_codes mfa_add_webauthn
oooooooo account_inactive
xxxxxxxx accounts/password/<path:rest> account_set_password account_change_password
xxxxxxxx account_email account_email_verification_sent
xxxxxxxx account_reset_password account_reset_password_done
xxxxxxxx account_reset_password_from_key account_reset_password_from_key_done
d------- mfa_reauthenticate mfa_reauthenticate_webauthn
d>>>>>>> mfa_authenticate mfa_login_webauthn
d>>>>>>> mfa_deactivate_totp mfa_view_recovery_codes mfa_download_recovery_codes
d>>>>>>> mfa_remove_webauthn mfa_edit_webauthn

dd-ooo-o admin:settings
ddoooooo admin:index admin:monday admin:jsi18n admin:password_change admin:password_change_done
d-dddddd admin:login
>>mmmmmm admin:logout
ddoo-ooo admin:autocomplete
ddooxooo admin:app_list
ddxxxxxx admin/(?P<url>.*)$
"""

# The admin of each model, for STAFF; everybody else is led to the sign-in.
DESK = """
post_office_email          again ->--->
post_office_email          changelist -o---o
post_office_email          add delete ------
post_office_email          history change -o---o
events_event               reveal venue hold release reveal_now cancel move delete o----o
events_event               preview duplicate add o--o-o
events_event               seal picture first_access o----o
events_event               hints o--o-o
events_event               seating place_cards caterer o----o
events_event               calls dry_run numbers preflight word_check o----o
events_event               sell -o---o
events_event               door_list oo--oo
events_doorlink            add link revoke o----o
events_doorlink            changelist history change o---oo
events_doorlink            delete ------
events_scan                changelist history change o---oo
events_scan                add delete ------
events_event               refunds ------
events_venueaccess           changelist history change o----o
events_venueaccess           read -----o
events_venueaccess           add delete ------
events_event               parcels labels o----o
events_event               simple_history changelist history change oo-ooo
events_ticket              export changelist history change oo--oo
events_ticket              add delete ------
events_addonsold           export changelist history change oo--oo
events_addonsold           add delete ------
events_waitlistentry       move_up offer_now changelist history change o----o
events_waitlistentry       add ------
events_waitlistentry       delete -----o
cities_city                preview simple_history changelist add history delete change ---o-o
cities_welcome             simple_history changelist add history delete change ---o-o
membership_person          explain export simple_history changelist history change -oo--o
membership_person          story -oo--o
membership_person          duplicates import merge_with end pause hardship died --o--o
membership_person          import_batch import_undo --x--x
membership_person          merge part xxxxxx
membership_person          renewal_link sign_in alive -->-->
membership_person          receipt ->--->
membership_person          add delete --o--o
membership_person          erase --o--o
membership_stamp           changelist add history delete change --o--o
membership_mailing         preview mail progress test send take_back --o--o
membership_mailing         stop -->-->
membership_mailing         changelist add history change --o--o
membership_mailing         delete ------
membership_emailsuppression     clear changelist add history change --o--o
membership_emailsuppression     delete ------
membership_committeechair  changelist add history delete change --o--o
membership_rules           simple_history history change --o--o
membership_reminder        letters changelist history change --o--o
membership_reminder        printed -->-->
membership_reminder        add delete ------
membership_household       benefits --o--o
membership_rules           changelist -->-->
membership_rules           add delete ------
membership_household       changelist history change -oo--o
membership_household       take level -o---o
membership_household       add delete --o--o
membership_term            reports -oo--o
membership_term            changelist history change -oo--o
membership_term            add --o--o
membership_term            delete ------
membership_tier            simple_history changelist history change -ooo-o
membership_tier            add --o--o
membership_tier            delete -----o
membership_fund            changelist history change -ooo-o
membership_fund            add -o---o
membership_fund            delete ------
membership_giftfigure      changelist history change -o-o-o
membership_giftfigure      add delete ---o-o
membership_giftmembership  changelist history change -oo--o
membership_giftmembership  add delete ------
membership_giftinkind      acknowledgment changelist history change add -oo--o
membership_giftinkind      delete ------
membership_statement       changelist history change -oo--o
membership_statement       run print letters correct -o---o
membership_statement       add delete ------
membership_tribute         card posted changelist history change -oo--o
membership_tribute         add delete ------
membership_benefit         changelist history change --oo-o
membership_benefit         add --o--o
membership_benefit         delete -----o
membership_user            forget sessions add -----o
membership_securityevent   changelist history change -----o
membership_securityevent   add delete ------
membership_user            changelist history change --o--o
membership_user            delete ------
orders_payment             changelist -o---o
orders_payment             add delete ------
orders_payment             history change -o---o
orders_recurringpayment       changelist end history change -oo--o
orders_recurringpayment       add delete ------
orders_refund              changelist -o---o
orders_refund              add delete ------
orders_refund              history change -o---o
orders_ledgerentry         report export changelist history change -o---o
orders_ledgerentry         add delete ------
orders_deposit             changelist history change choose hand_over -o---o
orders_deposit             begin ->--->
orders_deposit             slip counted -x---x
orders_deposit             add delete ------
orders_payout              changelist history change -o---o
orders_payout              add delete ------
orders_task                done changelist history change ooo--o
orders_task                add delete ------
orders_order               refund send_again -o---o
orders_order               received bounced make_good give_up handed_back add delete ------
orders_order               export changelist history change ooo--o
pages_page                 preview simple_history changelist add history delete change ---o-o
pages_post                 preview simple_history changelist add history delete change ---o-o
pages_sitesettings         simple_history history change ---o-o
pages_sitesettings         changelist --->->
pages_sitesettings         add delete ------
pages_retentionrule        changelist history -----o
pages_retentionrule        change ----->
pages_retentionrule        add delete ------
pages_redirect             changelist add history delete change ---o-o
pages_synonym              changelist add history delete change ---o-o
pages_message              answered export changelist history change o-oo-o
pages_message              add ------
pages_message              delete -----o
pages_subscriber           export changelist history change --oo-o
pages_subscriber           add ------
pages_subscriber           delete -----o
pages_openquestion         changelist history change ---o-o
pages_openquestion         add ------
pages_openquestion         delete -----o
"""


def rows() -> dict[str, str]:
    """Each name with its letters."""
    table = {SHORT_WAY: "dd" + ">" * len(STAFF)}
    for line in SITE.split("\n"):
        letters, *names = line.split() or [""]
        table |= dict.fromkeys(names, letters)
    for line in filter(None, DESK.split("\n")):
        model, *acts, letters = line.split()
        table |= {f"admin:{model}_{act}": "dd" + letters for act in acts}
    return table


TABLE = rows()


@pytest.fixture
def world():
    return everybody()


def asked_for_by(role, world) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Each address, by name, with its letter for this role, and words we do not use there."""
    answers, heard = {}, {}
    for name, response in answers_to(role, world):
        answers[name] = email_of(response)
        if words := voice.of_answer(name, response):
            heard[name] = words
    return answers, heard


def email_of(response) -> str:
    if response.status_code in (301, 302):
        doors = ("/accounts/login/", "/admin/login/")
        return "d" if response.url.startswith(doors) else ">"
    letters = {200: "o", 403: "-", 404: "x", 405: "m", 410: "g"}
    return letters.get(response.status_code, str(response.status_code))


@pytest.mark.parametrize("role", ROLES)
def test_each_address_answers_each_role_as_the_table_says_and_in_plain_words(role, world):
    venue = ROLES.index(role)

    answers, heard = asked_for_by(role, world)

    unlisted = sorted(answers.keys() - TABLE.keys())
    assert unlisted == [], f"say in tests/test_role_matrix.py who may open {unlisted}"
    said = {name: letters[venue] for name, letters in TABLE.items()}
    assert answers == said
    assert heard == {}


def test_every_row_has_a_letter_for_every_role():
    assert [name for name, letters in TABLE.items() if len(letters) != len(ROLES)] == []
