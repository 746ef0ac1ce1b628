from django.db import migrations, models

STATE = models.CharField(
    choices=[
        ("queued", "queued"),
        ("sent", "sent"),
        ("superseded", "not owed any more"),
        ("failed", "failed"),
        ("no_address", "no address"),
        ("bounced", "came back"),
    ],
    default="queued",
    max_length=12,
)


def stamp(apps, schema_editor):
    """What left has left; hint letters that did not are owed anew by the ticker."""
    for name in ("HintLetter", "Preflight"):
        rows = apps.get_model("events", name).objects
        rows.filter(sent_at__isnull=False).update(state="sent")
    apps.get_model("events", "HintLetter").objects.filter(sent_at__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [("events", "0029_one_mail_queue")]

    operations = [
        migrations.RenameField("hintletter", "claimed_until", "leased_until"),
        migrations.RenameField("hintletter", "posted_at", "sent_at"),
        migrations.AddField(
            "hintletter",
            "address",
            models.EmailField(blank=True, default="", max_length=254),
        ),
        migrations.AddField("hintletter", "attempts", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("hintletter", "state", STATE),
        migrations.AddField("preflight", "attempts", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("preflight", "state", STATE.clone()),
        migrations.AlterField(
            "preflight", "leased_until", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AlterField("preflight", "sent_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            "hintletter", models.Index(fields=["state", "id"], name="hint_letters_in_turn")
        ),
        migrations.RunPython(stamp, migrations.RunPython.noop),
    ]
