from django.urls import path

from membership import (
    views_auto_renewal,
    views_gift_membership,
    views_giving,
    views_join,
    views_level,
    views_mailings,
    views_member,
    views_renew,
)
from membership.views_sign_in import sign_out_everywhere

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
    path("give/what-gifts-do/", views_giving.what_gifts_do, name="what_gifts_do"),
    path("giving/<str:token>/", views_giving.statement, name="statement"),
    path("giving/<str:token>/letter.pdf", views_giving.statement_pdf, name="statement_pdf"),
    path("letters/leave/<str:token>/", views_mailings.mailing_leave, name="mailing_leave"),
    path("membership/giving/", views_giving.mine, name="giving"),
    path("membership/giving/<int:year>/", views_giving.ask_statement, name="ask_statement"),
    path("membership/", views_member.home, name="home"),
    path("membership/auto-renewal/", views_auto_renewal.auto_renewal, name="auto_renewal"),
    path("membership/level/", views_level.change_level, name="change_level"),
    path("membership/particulars/", views_member.particulars, name="particulars"),
    path("membership/sign-out-everywhere/", sign_out_everywhere, name="sign_out_everywhere"),
    path("membership/renew/", views_member.start_renewal, name="start_renewal"),
]
