"""Excerpts of search results, with the found words marked."""

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from pages.search.search import Hit
from pages.search.spelling import words_of

WIDTH = 200  # characters of context


def marked(text: str, words: frozenset[str]) -> SafeString:
    """The text, escaped, with the found words in <mark>."""
    return _mark(text, _spans(text, words), 0, len(text))


def context_of(hit: Hit) -> SafeString:
    """The summary if it or the title has the words, else the best excerpt of the text."""
    document = hit.document
    summary_spans = _spans(document.summary, hit.words)
    is_in_title = bool(_spans(document.title, hit.words))
    if document.summary and (summary_spans or is_in_title):
        return _mark(document.summary, summary_spans, 0, len(document.summary))
    return _excerpt(document.text, _spans(document.text, hit.words))


def _spans(text: str, words: frozenset[str]) -> list[tuple[int, int]]:
    return [(word.start, word.end) for word in words_of(text) if words.intersection(word.forms)]


def _excerpt(text: str, spans: list[tuple[int, int]]) -> SafeString:
    if not spans:
        return _mark(text, [], 0, _word_end(text, WIDTH))
    best = max(
        spans, key=lambda span: sum(span[0] <= s < span[0] + WIDTH * 2 // 3 for s, _ in spans)
    )
    start = _word_start(text, max(0, best[0] - WIDTH // 3))
    return _mark(text, spans, start, _word_end(text, start + WIDTH))


def _word_start(text: str, position: int) -> int:
    if position == 0:
        return 0
    space = text.find(" ", position)
    return space + 1 if 0 <= space < position + 30 else position


def _word_end(text: str, position: int) -> int:
    if position >= len(text):
        return len(text)
    space = text.rfind(" ", 0, position)
    return space if space > position - 30 else position


def _mark(text: str, spans: list[tuple[int, int]], start: int, end: int) -> SafeString:
    parts = ["… "] if start else []
    reached = start
    for first, last in spans:
        # Overlapping character pairs (Chinese, Japanese) are marked as one run.
        if last <= reached or last > end:
            continue
        if first > reached or not parts or not parts[-1].endswith("</mark>"):
            first = max(first, reached)
            parts.append(escape(text[reached:first]))
            parts.append(f"<mark>{escape(text[first:last])}</mark>")
        else:
            parts[-1] = (
                parts[-1].removesuffix("</mark>")
                + f"{escape(text[max(first, reached) : last])}</mark>"
            )
        reached = last
    parts.append(escape(text[reached:end]))
    if end < len(text):
        parts.append(" …")
    return mark_safe("".join(parts))  # noqa: S308  (every piece of the text is escaped above)
