"""One plain American voice: no page, e-mail or help text says a word of tests/voice.py's list."""

import pytest

from tests import voice

# --- In the sources ----------------------------------------------------------------------------


def test_no_file_says_a_word_that_we_do_not_say():
    assert voice.all_found() == {}


@pytest.mark.parametrize("kind", ["html", "txt", "py", "toml", "js", "md"])
def test_a_planted_word_is_found_in_every_kind_of_file(kind, tmp_path):
    planted = {
        "html": '<p class="letter">{{ x }}</p><img src="a.png" alt="Your letter">',
        "txt": "{% if letter %}You have this letter because{% endif %}",
        "py": '"""A letter."""\nsubject = f"Your letter, {letters}"',
        "toml": 'slug = "a-letter"\nbody = "<p>Your letter</p>"\n[[welcomes]]\nlang = "fr"\n'
        'body = "Un centre"',
        "js": "// A letter.\nsay('Your letter is sent')",
        "md": "Your letter is in `letters.py`.",
    }
    path = tmp_path / f"planted.{kind}"
    path.write_text(planted[kind])
    words = next(source.words for source in voice.SOURCES if source.pattern.endswith(f".{kind}"))

    assert words(path) == {"letter"}


def test_a_planted_word_is_found_in_a_docstring(tmp_path):
    path = tmp_path / "planted.py"
    path.write_text('"""Write a letter by `letters.py`."""\n\n\ndef f():\n    """Whoever."""\n')

    assert voice.of_docstrings(path) == {"letter", "whoever"}


@pytest.mark.parametrize(
    "pattern", ["templates/mail/*.txt", "templates/**/*.html", "nsca/**/*.py"]
)
def test_the_files_that_people_read_are_all_looked_at(pattern):
    looked_at = {path for path, _ in voice.files()}

    there = [path for path in voice.ROOT.glob(pattern) if "/migrations/" not in str(path)]
    assert there
    assert set(there) <= looked_at


# --- On pages: every address, by role, is read in tests/test_role_matrix.py --------------------


def test_a_planted_word_is_found_on_a_page():
    page = '<html lang="en-US"><body><p lang="fr">Un centre</p><script>letter</script>{}</body>'

    assert voice.of_page(page.format("<p>Your e-mail</p>")) == set()
    assert voice.of_page(page.format("<p>Your <b>letter</b></p>")) == {"letter"}
    assert voice.of_page(page.format('<input aria-label="Your letter">')) == {"letter"}
