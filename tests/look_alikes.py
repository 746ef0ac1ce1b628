"""A corpus of addresses and codes that look, or fold, like somebody's (Unicode TR 39, TR 36)."""

BOSS = "boss.kisses@norfolksistercities.org"
# Not the director's, whatever they look like; each is another address or none at all.
OTHERS = {
    "a dotless i in the domain": "boss.kisses@norfolks\u0131sterc\u0131t\u0131es.org",
    "a dotless i before the @": "boss.k\u0131sses@norfolksistercities.org",
    "a capital I with a dot": "boss.k\u0130sses@norfolksistercities.org",
    "a sharp s in the domain": "boss.kisses@norfolk\u00dfistercities.org",
    "a sharp s before the @": "boss.ki\u00dfes@norfolksistercities.org",
    "a capital sharp s": "boss.ki\u1e9ees@norfolksistercities.org",
    "a Cyrillic o": "b\u043ess.kisses@norfolksistercities.org",
    "a Cyrillic o in the domain": "boss.kisses@n\u043erfolksistercities.org",
    "a combining dot": "boss.ki\u0307sses@norfolksistercities.org",
    "a combining mark in the domain": "boss.kisses@norfolks\u0131\u0307stercities.org",
    "a mark at the domain's beginning": "boss.kisses@\u0301norfolksistercities.org",
    "a zero-width space": "boss\u200b.kisses@norfolksistercities.org",
    "a zero-width space in the domain": "boss.kisses@norfolk\u200bsistercities.org",
    "a zero-width joiner": "boss.kisses@norfolk\u200dsistercities.org",
    "a soft hyphen": "boss.kisses@norfolk\u00adsistercities.org",
    "a byte-order mark inside": "bo\ufeffss.kisses@norfolksistercities.org",
    "a right-to-left mark": "boss.kisses\u200f@norfolksistercities.org",
    "an override of the direction": "boss.\u202ekisses@norfolksistercities.org",
    "an isolate of the direction": "boss.kisses@\u2067norfolksistercities.org\u2069",
    "a second at sign": "boss.kisses@evil.example\ufe6bnorfolksistercities.org",
}
# The director's own, typed on another keyboard.
SAME = {
    "capitals": "Boss.Kisses@NorfolkSisterCities.ORG",
    "the Kelvin sign": "boss.\u212aisses@norfol\u212asistercities.org",
    "a long s": "bo\u017fs.ki\u017f\u017fes@norfolk\u017fi\u017ftercities.org",
    "full width": "\uff42\uff4f\uff53\uff53.\uff4bisses\uff20norfolksistercities\uff0e\uff4frg",
    "an ideographic full stop": "boss.kisses@norfolksistercities\u3002org",
    "blanks around it": "\u00a0 boss.kisses@norfolksistercities.org\u2003",
}
CODE = "KISS26"
OTHER_CODES = {
    "a dotless i": "K\u0131SS26",
    "a capital I with a dot": "K\u0130SS26",
    "a sharp s": "KI\u00df26",
    "a capital sharp s": "KI\u1e9e26",
    "a Cyrillic K": "\u041aISS26",
    "a combining dot": "Ki\u0307SS26",
    "a zero-width space": "KISS\u200b26",
    "a right-to-left mark": "KISS26\u200f",
}
SAME_CODES = {
    "small letters": " kiss26 ",
    "the Kelvin sign": "\u212aISS26",
    "a long s": "KI\u017f\u017f26",
    "full width": "\uff2b\uff29\uff33\uff33\uff12\uff16",
}


def each(corpus, answer):
    """What `answer` says of each text of a corpus, by its name."""
    return {name: answer(text) for name, text in corpus.items()}


def all_are(corpus, value):
    return dict.fromkeys(corpus, value)
