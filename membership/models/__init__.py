"""Users, people, households, terms of membership, and gifts."""

from membership.models.consents import Consent, ErasureRequest, Listing
from membership.models.decisions import Bereavement, HardshipPrice, Pause
from membership.models.gift_membership import GiftMembership
from membership.models.giving import (
    Fund,
    GiftFigure,
    GiftInKind,
    Statement,
    StatementDue,
    StatementLine,
    StatementRun,
    Tribute,
)
from membership.models.household_changes import HouseholdChange
from membership.models.levels import Benefit, BenefitUse, Tier
from membership.models.mailings import Mailing, MailingRecipient
from membership.models.marks import EmailSuppression
from membership.models.mondays import MondayMail
from membership.models.passport import PassportLink, Stamp
from membership.models.people import (
    Address,
    CommitteeChair,
    FavoriteCity,
    Household,
    HouseholdMember,
    Person,
)
from membership.models.records import ImportBatch, ImportMap, ImportRow, Merge, NotTheSame
from membership.models.reminders import Reminder
from membership.models.rules import Rules
from membership.models.security import BrowserSession, SecurityEvent
from membership.models.sign_in import SignInCode
from membership.models.status import MEMBERS, MembershipStatus, membership_status
from membership.models.terms import RenewalLink, Term, TermQuerySet
from membership.models.users import User, UserManager

__all__ = [
    "MEMBERS",
    "Address",
    "EmailSuppression",
    "HouseholdMember",
    "Benefit",
    "BenefitUse",
    "Bereavement",
    "BrowserSession",
    "CommitteeChair",
    "Consent",
    "ErasureRequest",
    "Fund",
    "GiftFigure",
    "GiftInKind",
    "GiftMembership",
    "HardshipPrice",
    "FavoriteCity",
    "Household",
    "HouseholdChange",
    "ImportBatch",
    "ImportMap",
    "ImportRow",
    "Listing",
    "Mailing",
    "MailingRecipient",
    "MondayMail",
    "Merge",
    "NotTheSame",
    "PassportLink",
    "Pause",
    "Person",
    "Reminder",
    "RenewalLink",
    "Rules",
    "SecurityEvent",
    "SignInCode",
    "Stamp",
    "MembershipStatus",
    "Statement",
    "StatementDue",
    "StatementLine",
    "StatementRun",
    "Term",
    "TermQuerySet",
    "Tier",
    "Tribute",
    "User",
    "UserManager",
    "membership_status",
]
