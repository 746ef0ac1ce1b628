"""What this session has proved and when: by an e-mailed code ("code") or a second factor ("mfa").

allauth records only what its own forms check and has no public way to add our codes. So we keep
the list in the session ourselves; what allauth checks arrives by its signal.
"""

KEY = "proofs"


def proofs_of(request, user) -> list[dict]:
    """This user's proofs in order, each with `method` and `at` (seconds since 1970)."""
    return [proof for proof in request.session.get(KEY, ()) if proof["user"] == user.pk]


def note(request, user, method: str) -> None:
    """Add a proof and drop those of other users."""
    proof = {"user": user.pk, "method": method, "at": request.now.timestamp()}
    request.session[KEY] = [*proofs_of(request, user), proof]


def forget(request) -> None:
    request.session.pop(KEY, None)


def heard(sender, *, request, user, method, **_more) -> None:
    """Receive allauth's authentication_step_completed."""
    note(request, user, method)
