"""The site's one kind of rich text: what staff may write, and what we accept."""

from django_prose_editor.fields import ProseEditorField

from nsca.lib.text.html import washed

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "HardBreak": True,
}


class RichTextField(ProseEditorField):
    """Formatted text (headings, lists, links), cleaned by nh3 however it comes in."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("extensions", EXTENSIONS)
        kwargs.setdefault("sanitize", washed)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, _path, args, _kwargs = super().deconstruct()
        kwargs = {"blank": True} if self.blank else {}
        # To migrations it's a text column; what the editor offers doesn't change the schema.
        return name, "django.db.models.TextField", args, kwargs
