"""What surrounds every view, from the outside in (settings.MIDDLEWARE has the order)."""

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
