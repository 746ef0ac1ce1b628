"""Lists as Stripe gives them: newest first, in pages, filtered; and ids replaced by what they
name.
"""

import re

from tests.fakes.stripe.words import Refused, shown

KINDS = {
    "cs": "sessions", "pi": "intents", "ch": "charges", "re": "refunds", "du": "disputes",
    "txn": "transactions", "po": "payouts", "evt": "events", "cus": "customers",
    "sub": "subscriptions", "in": "invoices",
}  # fmt: skip
EVERYWHERE = {"limit", "starting_after", "ending_before", "expand"}


def page(fake, path, rows, params, *, filters=()):
    """One page of `rows` (oldest first). `filters` name fields that must equal; `created` works
    everywhere.
    """
    allowed = EVERYWHERE | {"created"} | set(filters)
    if unknown := {name.split("[")[0] for name in params} - allowed:
        raise Refused(400, "invalid_request_error", "parameter_unknown", str(unknown))
    limit = int(params.get("limit", 10))
    if not 1 <= limit <= 100:
        raise Refused(400, "invalid_request_error", "", "limit is from 1 to 100")
    found = [row for row in reversed(list(rows)) if _is_wanted(row, params, filters)]
    for name in ("starting_after", "ending_before"):
        if params.get(name):
            ids = [row["id"] for row in found]
            if params[name] not in ids:
                raise Refused(400, "invalid_request_error", "resource_missing")
            cut = ids.index(params[name])
            found = found[cut + 1 :] if name == "starting_after" else found[:cut][-limit:]
    here = [shown(row) for row in found[:limit]]
    answer = {"object": "list", "data": here, "has_more": len(found) > limit, "url": path}
    return expanded(fake, answer, params)


def expanded(fake, answer, params):
    """The answer with every id that `expand` names replaced by its object."""
    for name, way in params.items():
        if name.startswith("expand"):
            _expand(fake, answer, way.split("."))
    return answer


def _expand(fake, thing, way):
    if isinstance(thing, list):
        for each in thing:
            _expand(fake, each, way)
        return
    if not isinstance(thing, dict) or not way or way[0] not in thing:
        return
    value = thing[way[0]]
    if isinstance(value, str):
        found = re.match(r"([a-z]+)_", value)
        store = getattr(fake, KINDS.get(found[1], ""), {}) if found else {}
        if value in store:
            thing[way[0]] = shown(store[value])
    _expand(fake, thing[way[0]], way[1:])


def _is_wanted(row, params, filters):
    created = row["created"]
    bounds = {
        "created": lambda said: created == said,
        "created[gt]": lambda said: created > said,
        "created[gte]": lambda said: created >= said,
        "created[lt]": lambda said: created < said,
        "created[lte]": lambda said: created <= said,
    }
    within = all(test(int(params[name])) for name, test in bounds.items() if name in params)
    same = all(
        str(row.get(name, row.get(f"_{name}"))) == params[name]
        for name in filters
        if name in params
    )
    return within and same
