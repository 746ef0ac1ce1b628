"""People and membership at the staff's desk: each module registers its own."""

from membership import (  # noqa: F401
    admin_gift_memberships,
    admin_giving,
    admin_households,
    admin_levels,
    admin_mailings,
    admin_marks,
    admin_passport,
    admin_people,
    admin_reminders,
    admin_sign_ins,
    admin_terms,
    statements_desk,
)
from membership.accounts import admin as accounts_admin  # noqa: F401
