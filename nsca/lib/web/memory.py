"""A cache of finished pages in the worker's own memory."""

import threading
from collections import OrderedDict

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_pages: OrderedDict[str, object] = OrderedDict()
_lock = threading.Lock()


class UncopiedCache(BaseCache):
    """Returns the very object that was stored; drops the least recently used one first.

    Django's LocMemCache pickles a value at each look, which costs more than all else in serving a
    page. Expiry is not kept here: a page knows its own (nsca.middleware.cache).
    """

    def __init__(self, name, params):
        super().__init__(params)

    def get(self, key, default=None, version=None):
        with _lock:
            if key not in _pages:
                return default
            _pages.move_to_end(key)
            return _pages[key]

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        with _lock:
            _pages[key] = value
            _pages.move_to_end(key)
            while len(_pages) > self._max_entries:
                _pages.popitem(last=False)

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        with _lock:
            if key in _pages:
                return False
        self.set(key, value)
        return True

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        return self.get(key) is not None

    def delete(self, key, version=None):
        with _lock:
            return _pages.pop(key, None) is not None

    def clear(self):
        with _lock:
            _pages.clear()
