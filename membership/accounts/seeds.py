"""The seeds of authenticator apps and recovery codes, sealed: whoever has a copy of the database
alone cannot make the codes of the director's telephone.
"""

import base64
import logging
import secrets

from allauth.mfa.adapter import DefaultMFAAdapter

from nsca.lib.secrets import at_rest

log = logging.getLogger(__name__)
PURPOSE = "second factor"


class Adapter(DefaultMFAAdapter):
    """allauth asks here before it writes a seed, and before it uses one."""

    def encrypt(self, text: str) -> str:
        return at_rest.seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Where the key is lost no code is right any more, and nobody meets an error: the seed is
        one that nobody has. The second factor must be set up again.
        """
        try:
            return at_rest.unseal(encrypted_text, purpose=PURPOSE)
        except at_rest.KeyLost as lost:
            log.error("a second factor cannot be checked: %s", lost)
            return base64.b32encode(secrets.token_bytes(20)).decode()
