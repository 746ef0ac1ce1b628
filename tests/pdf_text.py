"""The words in a PDF of ours, as a reader of the file could take them out."""

from nsca.lib.media.pdf_text import streams, text_of

__all__ = ["streams", "text_of"]
