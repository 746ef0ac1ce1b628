"""Where style sheets, scripts and fonts are: fingerprinted, compressed, immutable."""

from functools import cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Assets(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which computes a file's URL once instead of on every page."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.url = cache(self.url)  # the manifest is read at startup and doesn't change
