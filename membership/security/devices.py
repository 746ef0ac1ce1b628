"""Describes a device so that its owner recognizes it, like "Safari on an iPhone"."""

# In this order: the earlier browsers also name the later ones in their User-Agent.
BROWSERS = (
    (("Edg/", "EdgA/", "EdgiOS/"), "Edge"),
    (("OPR/",), "Opera"),
    (("SamsungBrowser/",), "Samsung Internet"),
    (("Firefox/", "FxiOS/"), "Firefox"),
    (("Chrome/", "CriOS/", "Chromium/"), "Chrome"),
    (("Safari/",), "Safari"),
)
SYSTEMS = (
    (("iPhone",), "an iPhone"),
    (("iPad",), "an iPad"),
    (("Android",), "Android"),
    (("Windows",), "Windows"),
    (("CrOS",), "a Chromebook"),
    (("Macintosh", "Mac OS X"), "a Mac"),
    (("Linux",), "Linux"),
)
UNKNOWN = "An unknown device"


def in_words(user_agent: str) -> str:
    """Browser and system of a User-Agent header, always in our own words."""
    browser = _first(BROWSERS, user_agent)
    system = _first(SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else UNKNOWN)


def _first(known, text: str) -> str:
    return next((words for signs, words in known if any(sign in text for sign in signs)), "")
