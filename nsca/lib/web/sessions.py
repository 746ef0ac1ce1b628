"""Django's database sessions, stored under a digest of their key.

The key itself is the cookie: with a copy of the table, one could sign in as everybody in it. The
digest is not keyed, because sessions survive a change of SECRET_KEY, and their keys are random
(165 bits).
"""

import hashlib

from django.contrib.sessions.backends import db


def kept_as(session_key: str) -> str:
    """The table's form of a session key; the column takes 40 characters."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """Its queries. The site is synchronous, so the asynchronous ones are left alone."""

    def _get_session_from_db(self):
        kept, key = None, self.session_key
        try:
            self._session_key = kept_as(key)
            kept = super()._get_session_from_db()
        finally:
            self._session_key = key if kept else None
        return kept

    def exists(self, session_key):
        return super().exists(kept_as(session_key))

    def create_model_instance(self, data):
        kept = super().create_model_instance(data)
        kept.session_key = kept_as(kept.session_key)
        return kept

    def delete(self, session_key=None):
        key = session_key or self.session_key
        if key is not None:
            super().delete(kept_as(key))
