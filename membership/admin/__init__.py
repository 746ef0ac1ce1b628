# ruff: noqa: F401
"""The admin of people and membership. Each of these modules registers itself."""

from membership.accounts import admin as accounts
from membership.accounts import admin_security_log
from membership.admin import households as admin_households
from membership.admin import people
from membership.gift_memberships import admin as gift_memberships
from membership.giving import admin as giving
from membership.giving import admin_statements
from membership.mailings import admin as mailings
from membership.people import admin_suppressed
from membership.portal import admin as portal
from membership.reminders import admin as reminders
from membership.terms import admin as terms
from membership.terms import admin_levels
