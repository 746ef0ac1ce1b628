"""Who the association is, for receipts and e-mails, wherever staff keep it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class CardFee:
    """What the card company keeps of a payment: hundredths of a percent, and cents."""

    basis_points: int
    cents: int

    @property
    def words(self) -> str:
        """ "2.9% and 30 cents"."""
        share = f"{self.basis_points / 100:g}%"
        return f"{share} and {self.cents} cents" if self.cents else share

    def to_cover(self, cents: int) -> int:
        """What to add to a payment of `cents` so that all of it arrives, rounded up to a cent.

        The fee is taken from the whole payment, addition included: x = rate × (gift + x) + c.
        """
        of_payment = cents * self.basis_points + self.cents * 10_000
        return -(-of_payment // (10_000 - self.basis_points))


@dataclass(frozen=True)
class Letterhead:
    """Facts that staff fill in. Empty means unknown: print nothing."""

    name: str
    email: str
    phone: str
    postal_address: str
    ein: str
    disclosure: str  # the charity-registration sentence, printed only if staff have set it
    card_fee: CardFee | None = None  # None: unknown, and nobody is asked to cover it

    @property
    def may_speak_of_deductibility(self) -> bool:
        """Whether receipts may mention deductibility; never without an EIN (26 U.S.C. §6115)."""
        return bool(self.ein)


_source: Callable[[], Letterhead] | None = None


def comes_from(source: Callable[[], Letterhead]) -> None:
    """Register where the settings are kept (see nsca/hooks.py)."""
    global _source
    _source = source


def letterhead() -> Letterhead:
    if _source is None:
        raise RuntimeError("No app has said where the letterhead comes from.")
    return _source()
