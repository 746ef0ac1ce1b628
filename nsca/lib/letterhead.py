"""Who the association is, for receipts and mails, without knowing where staff keep it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Letterhead:
    """Facts that staff fill in. An empty string means: not known, print nothing."""

    name: str
    email: str
    phone: str
    postal_address: str
    ein: str
    disclosure: str  # the charity-registration sentence, printed only once staff have set it

    @property
    def may_speak_of_deductibility(self) -> bool:
        """Without an EIN no claim of deductibility is printed (26 U.S.C. §6115 is the donee's
        duty).
        """
        return bool(self.ein)


_source: Callable[[], Letterhead] | None = None


def comes_from(source: Callable[[], Letterhead]) -> None:
    """Registered once, at start-up, by the app that keeps the settings."""
    global _source
    _source = source


def letterhead() -> Letterhead:
    if _source is None:
        raise RuntimeError("No app has said where the letterhead comes from.")
    return _source()
