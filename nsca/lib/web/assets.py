"""Where style sheets, scripts and fonts are kept: fingerprinted, compressed, immutable."""

from functools import cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Assets(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which works out the address of a file once and not on every page."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.url = cache(self.url)  # the manifest is read at the start, and does not change
