"""What this session has proved of who is signed in, and when: by a mailed code ("code"), by a
second factor ("mfa").

allauth notes only what its own forms have checked, and has no public way to add a code of ours. So
the session's list is ours; what allauth has checked arrives by its signal.
"""

KEY = "proofs"


def proofs_of(request, user) -> list[dict]:
    """In order, each with `method` and `at` (seconds since 1970); none of anybody else's."""
    return [proof for proof in request.session.get(KEY, ()) if proof["user"] == user.pk]


def note(request, user, method: str) -> None:
    """The session forgets what another user proved in it."""
    proof = {"user": user.pk, "method": method, "at": request.now.timestamp()}
    request.session[KEY] = [*proofs_of(request, user), proof]


def forget(request) -> None:
    request.session.pop(KEY, None)


def heard(sender, *, request, user, method, **_more) -> None:
    """Receives allauth's authentication_step_completed."""
    note(request, user, method)
