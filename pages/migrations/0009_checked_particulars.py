"""EIN, telephone and postal address of the association are checked before they are printed."""

from django.db import migrations, models

from nsca.lib.text.ein import validate_ein
from nsca.lib.text.phones import validate_phone
from nsca.lib.text.postal import validate_postal_address

FIELDS = {
    "ein": lambda: models.CharField(
        "EIN",
        max_length=20,
        blank=True,
        validators=[validate_ein],
        help_text="Nine figures: 12-3456789. Empty: no receipt and no page says that anything is deductible.",
    ),
    "phone": lambda: models.CharField(
        "telephone",
        max_length=40,
        blank=True,
        validators=[validate_phone],
        help_text="Shown on every page.",
    ),
    "postal_address": lambda: models.TextField(
        blank=True,
        validators=[validate_postal_address],
        help_text="For receipts and the foot of mails. Empty: left out.",
    ),
}


class Migration(migrations.Migration):
    dependencies = [("pages", "0008_search_words_and_card_fee")]

    operations = [
        migrations.AlterField(model, name, make())
        for model in ("sitesettings", "historicalsitesettings")
        for name, make in FIELDS.items()
    ]
