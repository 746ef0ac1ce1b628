"""A mail server that speaks SMTP (RFC 5321), and fails as mail servers do.

`Sink` runs in a thread of a test; `python -m tests.fakes.smtp FOLDER` is a process of its own that
writes each e-mail it takes into a folder, named by the instant.
"""

from tests.fakes.smtp.server import Received, Sink

__all__ = ["Received", "Sink"]
