"""The association's particulars, read once for each version of the content and not once a mail."""

from nsca.lib.mail.letterhead import CardFee, Letterhead
from nsca.lib.web.caching import recent_content_version
from pages.models import SiteSettings

_kept: tuple[str, SiteSettings] | None = None


def particulars() -> SiteSettings:
    """The settings that staff keep, as of the content's present version. Not for changing: a copy
    in memory.
    """
    global _kept
    version = recent_content_version()
    kept = _kept
    if kept is None or kept[0] != version:
        # One assignment of one pair: another thread sees the old pair or the new one, never half
        # of each.
        kept = _kept = (version, SiteSettings.load())
    return kept[1]


def as_letterhead() -> Letterhead:
    """What receipts and mails print. A field that staff left empty stays empty."""
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
    """None where staff have not said what a card costs."""
    if site.card_fee_percent is None and not site.card_fee_cents:
        return None
    return CardFee(round((site.card_fee_percent or 0) * 100), site.card_fee_cents or 0)
