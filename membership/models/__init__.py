"""People: who may sign in, who belongs together, and who is a member since when."""

from membership.models.levels import Benefit, Tier
from membership.models.people import Household, Person
from membership.models.terms import RenewalLink, Term, TermQuerySet
from membership.models.users import User, UserManager

__all__ = [
    "Benefit",
    "Household",
    "Person",
    "RenewalLink",
    "Term",
    "TermQuerySet",
    "Tier",
    "User",
    "UserManager",
]
