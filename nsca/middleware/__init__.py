"""What happens around every view, from the outside in (the order is in settings.MIDDLEWARE)."""

from nsca.middleware.cache import PageCacheMiddleware
from nsca.middleware.edge import HeadersMiddleware, RefuseHostileInputMiddleware, RequestMiddleware
from nsca.middleware.gates import (
    OldAddressMiddleware,
    SecondFactorMiddleware,
    SignedInMiddleware,
    SiteWordMiddleware,
    TooOftenMiddleware,
)

__all__ = [
    "HeadersMiddleware",
    "OldAddressMiddleware",
    "PageCacheMiddleware",
    "RefuseHostileInputMiddleware",
    "RequestMiddleware",
    "SecondFactorMiddleware",
    "SignedInMiddleware",
    "SiteWordMiddleware",
    "TooOftenMiddleware",
]
