"""Seeds of authenticator apps and recovery codes are sealed (membership.accounts.seeds)."""

from django.db import migrations

from nsca.lib.secrets import at_rest

PURPOSE = "second factor"


def seal(apps, schema_editor):
    for row in apps.get_model("mfa", "Authenticator").objects.exclude(type="webauthn"):
        for name in ("secret", "seed"):
            if name in row.data:
                row.data[name] = _sealed(row.data[name])
        if "migrated_codes" in row.data:
            row.data["migrated_codes"] = [_sealed(code) for code in row.data["migrated_codes"]]
        row.save(update_fields=["data"])


def unseal(apps, schema_editor):
    for row in apps.get_model("mfa", "Authenticator").objects.exclude(type="webauthn"):
        for name in ("secret", "seed"):
            if name in row.data:
                row.data[name] = at_rest.unseal(row.data[name], purpose=PURPOSE)
        codes = row.data.get("migrated_codes")
        if codes is not None:
            row.data["migrated_codes"] = [at_rest.unseal(code, purpose=PURPOSE) for code in codes]
        row.save(update_fields=["data"])


def _sealed(text):
    return text if at_rest.is_sealed(text) else at_rest.seal(text, purpose=PURPOSE)


class Migration(migrations.Migration):
    dependencies = [
        ("membership", "0016_addresses_compared_exactly"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal, unseal)]
