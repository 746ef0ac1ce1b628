"""Moved and cancelled: former places, moves and their letters; the ticker's wiping of a place."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0013_night"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name=name,
                field=models.DateTimeField(blank=True, editable=False, null=True),
            )
            for model in ("event", "historicalevent")
            for name in ("cancelled_at", "moved_from")
        ),
        migrations.RemoveConstraint(model_name="venuelook", name="looks_are_of_one_person"),
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
                    ("radar", "let the radar look for its words"),
                    ("wiped", "wiped the place of a cancelled event"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="venuelook",
            constraint=models.CheckConstraint(
                name="looks_are_of_one_person",
                condition=Q(user__isnull=False, link__isnull=True)
                | Q(user__isnull=True, link__isnull=False)
                | Q(user__isnull=True, link__isnull=True, act="wiped"),
            ),
        ),
        migrations.CreateModel(
            name="FormerPlace",
            fields=[
                ("id", ID.clone()),
                ("version", models.PositiveSmallIntegerField()),
                ("sealed", models.BinaryField()),
                ("replaced_at", models.DateTimeField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "ordering": ["event", "version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["event", "version"], name="one_former_place_an_event_and_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", ID.clone()),
                ("from_starts_at", models.DateTimeField()),
                ("to_starts_at", models.DateTimeField()),
                ("to_ends_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("refunds_until", models.DateTimeField(blank=True, null=True)),
                ("refunds_after_reveal", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="events.event",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["event", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        name="moves_go_somewhere",
                        condition=~Q(from_starts_at=F("to_starts_at")),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MoveNotice",
            fields=[
                ("id", ID.clone()),
                ("hand", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("sent", "sent"),
                            ("superseded", "not owed any more"),
                            ("failed", "failed"),
                            ("no_address", "no address"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("message_id", models.CharField(max_length=200, unique=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="events.waitlistentry",
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="events.move",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="move_notices",
                        to="events.ticket",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["state", "leased_until"], name="events_move_state_leased")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["move", "ticket", "hand"], name="one_notice_a_holder_and_move"
                    ),
                    models.UniqueConstraint(
                        fields=["move", "entry"], name="one_notice_a_party_and_move"
                    ),
                    models.CheckConstraint(
                        name="notices_of_moves_are_for_a_holder_or_a_party",
                        condition=Q(ticket__isnull=False, entry__isnull=True)
                        | Q(ticket__isnull=True, entry__isnull=False),
                    ),
                    models.CheckConstraint(
                        name="sent_notices_of_moves_know_when",
                        condition=~Q(state="sent") | Q(sent_at__isnull=False),
                    ),
                ],
            },
        ),
    ]
