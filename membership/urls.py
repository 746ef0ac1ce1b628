from django.urls import path

from membership.accounts.views_sign_in import sign_out_everywhere
from membership.gift_memberships import views as views_gift_membership
from membership.giving import views as views_giving
from membership.joining import views as views_join
from membership.joining import views_level, views_renew
from membership.mailings import views as views_mailings
from membership.people import views as views_committee
from membership.portal import views as views_member
from membership.portal import views_auto_renewal
from membership.portal import views_card as views_member_card
from membership.portal import views_data as views_member_data
from membership.portal import views_household as views_member_household
from membership.portal import views_mails as views_member_mails
from membership.portal import views_passport as views_member_passport

app_name = "membership"
urlpatterns = [
    path("join/", views_join.join, name="join"),
    path("join/gift/", views_gift_membership.give_membership, name="give_membership"),
    path("join/claim/", views_gift_membership.claim_by_code, name="claim_by_code"),
    path("join/claim/<str:token>/", views_gift_membership.claim, name="claim"),
    path("join/card/<str:token>/", views_gift_membership.gift_card, name="gift_card"),
    path(
        "join/card/<str:token>/card.pdf",
        views_gift_membership.gift_card_pdf,
        name="gift_card_pdf",
    ),
    path("renew/<str:token>/", views_renew.renew, name="renew"),
    path("give/", views_giving.give, name="give"),
    path("give/sum/", views_giving.live_sum, name="give_sum"),
    path("give/what-gifts-do/", views_giving.what_gifts_do, name="what_gifts_do"),
    path("giving/<str:token>/", views_giving.statement, name="statement"),
    path("giving/<str:token>/letter.pdf", views_giving.statement_pdf, name="statement_pdf"),
    path("e-mails/leave/<str:token>/", views_mailings.mailing_leave, name="mailing_leave"),
    path("membership/giving/", views_giving.mine, name="giving"),
    path("membership/giving/<int:year>/", views_giving.ask_statement, name="ask_statement"),
    path("membership/", views_member.home, name="home"),
    path("membership/auto-renewal/", views_auto_renewal.auto_renewal, name="auto_renewal"),
    path("membership/level/", views_level.change_level, name="change_level"),
    path("membership/particulars/", views_member.particulars, name="particulars"),
    path("membership/sign-out-everywhere/", sign_out_everywhere, name="sign_out_everywhere"),
    path("membership/renew/", views_member.start_renewal, name="start_renewal"),
    path("membership/who/", views_member.who, name="who"),
    path("membership/history/", views_member.history, name="history"),
    path("membership/cards/", views_member_card.cards, name="cards"),
    path("membership/cards/<int:person>.png", views_member_card.card_picture, name="card_picture"),
    path("membership/cards/<int:person>.pdf", views_member_card.card_pdf, name="card_pdf"),
    path("membership/card/<str:token>/", views_member_card.check_card, name="check_card"),
    path("membership/household/", views_member_household.household, name="household"),
    path(
        "membership/household/<int:household>/add/",
        views_member_household.add_to_household,
        name="add_to_household",
    ),
    path(
        "membership/household/<int:household>/<int:person>/",
        views_member_household.change_in_household,
        name="change_in_household",
    ),
    path(
        "membership/household/<int:household>/<int:person>/remove/",
        views_member_household.remove_from_household,
        name="remove_from_household",
    ),
    path(
        "membership/household/<int:household>/<int:person>/main-contact/",
        views_member_household.make_main_contact,
        name="make_main_contact",
    ),
    path("membership/committee/", views_committee.committee, name="committee"),
    path("membership/e-mails/", views_member_mails.mails, name="mails"),
    path("membership/directory/", views_member_mails.directory, name="directory"),
    path("membership/directory/me/", views_member_mails.listing, name="listing"),
    path("membership/data/", views_member_data.data, name="data"),
    path("membership/data/export/", views_member_data.export, name="export"),
    path("membership/data/keep/", views_member_data.keep_me, name="keep_me"),
    path("membership/data/erase/<int:person>/", views_member_data.erase, name="erase"),
    path("membership/passport/", views_member_passport.passport, name="passport"),
    path("membership/passport/show/", views_member_passport.show_passport, name="show_passport"),
    path("passport/<str:token>/", views_member_passport.shown_passport, name="shown_passport"),
]
