"""Django's sessions in the database, known there by a digest of their key: the key itself is the
cookie, and whoever had a copy of the table would be signed in as everybody in it.

The digest has no key of its own. A session's key is random (165 bits), and sessions go on after
SECRET_KEY was changed.
"""

import hashlib

from django.contrib.sessions.backends import db


def kept_as(session_key: str) -> str:
    """What the table has for a session's key; it takes forty characters."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """Its questions to the table. The site is synchronous: the others are not asked."""

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
