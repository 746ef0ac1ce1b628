"""What the parts of the fake say to each other."""

import json


class Refused(Exception):
    """An answer that is an error, in Stripe's words."""

    def __init__(self, status, kind, code="", message=""):
        super().__init__(message or code)
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": message or code}}


def shown(thing):
    """An object as the API shows it: without what only the fake knows (names with a "_")."""
    return json.loads(json.dumps({k: v for k, v in thing.items() if not k.startswith("_")}))
