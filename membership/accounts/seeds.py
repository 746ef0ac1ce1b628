"""Seeds of authenticator apps and recovery codes, encrypted at rest.

A copy of the database alone is not enough to make the codes of the director's phone.
"""

import base64
import logging
import secrets

from allauth.mfa.adapter import DefaultMFAAdapter

from nsca.lib.secrets import at_rest

log = logging.getLogger(__name__)
PURPOSE = "second factor"


class Adapter(DefaultMFAAdapter):
    """allauth calls this before it stores a seed and before it uses one."""

    def encrypt(self, text: str) -> str:
        return at_rest.seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a seed. If the key is lost, return a random one, so that every code is wrong.

        Nobody meets an error, and the second factor must be set up again.
        """
        try:
            return at_rest.unseal(encrypted_text, purpose=PURPOSE)
        except at_rest.KeyLost as lost:
            log.error("second factor cannot be checked: %s", lost)
            return base64.b32encode(secrets.token_bytes(20)).decode()
