"""What the parts of the fake say to each other."""

import json
import re


class Refused(Exception):
    """An answer that is an error, in Stripe's words."""

    def __init__(self, status, kind, code="", message="", param=""):
        super().__init__(message or code)
        self.status = status
        said = {"type": kind, "code": code, "message": message or code, "param": param}
        self.body = {"error": {name: value for name, value in said.items() if value}}


def shown(thing):
    """An object as the API shows it: without what only the fake knows (names with a "_")."""
    return json.loads(json.dumps({k: v for k, v in thing.items() if not k.startswith("_")}))


def check(is_so, message, code="", param=""):
    if not is_so:
        raise Refused(400, "invalid_request_error", code, message, param)


def check_words(params, known):
    unknown = {name for name in params if not any(re.fullmatch(word, name) for word in known)}
    check(not unknown, f"Received unknown parameters: {sorted(unknown)}", "parameter_unknown")


def check_metadata(found):
    """docs.stripe.com/metadata: 50 keys, of 40 characters, with values of 500."""
    check(len(found) <= 50, "Metadata has up to 50 keys.")
    for key, value in found.items():
        check(len(key) <= 40, "A key of metadata has up to 40 characters.")
        check(len(value) <= 500, "A value of metadata has up to 500 characters.")


def nested(params, name):
    """{"metadata[order]": "N-…"} -> {"order": "N-…"}."""
    return {
        found[1]: value
        for key, value in params.items()
        if (found := re.fullmatch(rf"{name}\[(\w+)\]", key))
    }
