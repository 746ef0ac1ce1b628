"""One kind of rich text for the whole site: what staff may write, and what is let in."""

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
    """Formatted text: headings, lists, links; washed by nh3 whichever way it enters."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("extensions", EXTENSIONS)
        kwargs.setdefault("sanitize", washed)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, _path, args, _kwargs = super().deconstruct()
        kwargs = {"blank": True} if self.blank else {}
        # To migrations it is a text column; what the editor offers is no matter of the schema.
        return name, "django.db.models.TextField", args, kwargs
