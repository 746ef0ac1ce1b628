"""The seal that is published, a picture behind the door, letters about hints, the evening's memory."""

import django.db.models.deletion
import nsca.lib.secrets.codes
import nsca.lib.media.images
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0011_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="thanks",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="historicalevent",
            name="thanks",
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name="venuelook",
            name="act",
            field=models.CharField(
                choices=[
                    ("looked", "looked"),
                    ("changed", "changed"),
                    ("held", "put the reveal on hold"),
                    ("released", "released the hold"),
                    ("opened", "revealed now"),
                    ("sealed", "published the seal"),
                ],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="PlacePicture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("about", models.BinaryField()),
                ("sealed", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="events.event",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("salt", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commitments",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "ordering": ["sealed_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "digest"), name="one_commitment_a_digest_and_event"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at__isnull", True),
                            ("published_at__gte", models.F("sealed_at")),
                            _connector="OR",
                        ),
                        name="commitments_are_published_after_they_are_made",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventPicture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "image",
                    models.ImageField(
                        help_text="At most 40 million pixels. Its hidden data are removed.",
                        upload_to=nsca.lib.media.images.unnamed,
                    ),
                ),
                (
                    "alt",
                    models.CharField(
                        help_text="What it shows, for those who cannot see it. Nobody's name without their leave.",
                        max_length=240,
                        verbose_name="picture in words",
                    ),
                ),
                ("credit", models.CharField(blank=True, help_text="Who took it.", max_length=120)),
                (
                    "has_consent",
                    models.BooleanField(
                        default=False,
                        help_text="Everybody who can be recognized has agreed; parents for their children. Unticked: kept here and shown to nobody.",
                        verbose_name="consent is given",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Smallest first."),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture of the evening",
                "verbose_name_plural": "pictures of the evening",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("alt", ""), _negated=True),
                        name="pictures_of_evenings_have_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HintLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hand", models.PositiveSmallIntegerField(default=0)),
                ("posted_at", models.DateTimeField()),
                (
                    "hint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to="events.hint",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hint_letters",
                        to="events.ticket",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("hint", "ticket", "hand"), name="one_letter_a_hint_and_holder"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OptIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hand", models.PositiveSmallIntegerField(default=0)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hints", "a letter when a card is turned"),
                            ("first_access", "first access next year"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=nsca.lib.secrets.codes.link_token,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opt_ins",
                        to="events.ticket",
                    ),
                ),
            ],
            options={
                "ordering": ["asked_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ticket", "hand", "kind"), name="one_opt_in_a_holder_and_kind"
                    )
                ],
            },
        ),
    ]
