"""People and membership at the staff's desk: each module registers its own."""

from membership import admin_levels, admin_people, admin_sign_ins, admin_terms  # noqa: F401
