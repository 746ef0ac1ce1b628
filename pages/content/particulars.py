"""The association's settings, read once per version of the content."""

from nsca.lib.mail.letterhead import CardFee, Letterhead
from nsca.lib.web.caching import recent_content_version
from pages.models import SiteSettings

_kept: tuple[str, SiteSettings] | None = None


def particulars() -> SiteSettings:
    """The settings as of the content's current version, a copy in memory not to be changed."""
    global _kept
    version = recent_content_version()
    kept = _kept
    if kept is None or kept[0] != version:
        # One assignment of one pair, so that other threads never see half of each.
        kept = _kept = (version, SiteSettings.load())
    return kept[1]


def as_letterhead() -> Letterhead:
    """The letterhead of receipts and e-mails; fields staff left empty stay empty."""
    site = particulars()
    return Letterhead(
        name=site.name,
        email=site.email,
        phone=site.phone,
        postal_address=site.postal_address,
        ein=site.printed_ein,
        disclosure=site.disclosure,
        card_fee=_card_fee(site),
    )


def _card_fee(site: SiteSettings) -> CardFee | None:
    """The card fee; None if staff have not set it."""
    if site.card_fee_percent is None and not site.card_fee_cents:
        return None
    return CardFee(round((site.card_fee_percent or 0) * 100), site.card_fee_cents or 0)
