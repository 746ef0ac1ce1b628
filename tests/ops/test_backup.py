"""A backup that restores, and one that does not says why."""

import json
import tarfile
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pyrage
import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from nsca.ops.backups import NotRestorable, archives, prove_archive, write_archive
from nsca.ops.checks import backups_are_encrypted

pytestmark = pytest.mark.django_db(transaction=True)  # pg_dump sees only what is committed

AT = datetime(2023, 5, 17, 7, 40, tzinfo=UTC)


@pytest.fixture
def site(settings, tmp_path):
    """Two users, a picture, and a calendar entry that waits for its mail to be sent."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "media" / "cities").mkdir(parents=True)
    (tmp_path / "media" / "cities" / "toulon.avif").write_bytes(b"the harbour at noon")
    outbox = {**settings.STORAGES["outbox"], "OPTIONS": {"location": tmp_path / "outbox"}}
    settings.STORAGES = {**settings.STORAGES, "outbox": outbox}
    (tmp_path / "outbox").mkdir()
    (tmp_path / "outbox" / "ticket.ics").write_bytes(b"BEGIN:VCALENDAR")
    for name in ("ada", "ben"):
        get_user_model().objects.create_user(email=f"{name}@example.org")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def workshop(tmp_path):
    (tmp_path / "workshop").mkdir()
    return tmp_path / "workshop"


def test_an_archive_restores_row_for_row_and_picture_for_picture(site, folder, workshop):
    path = write_archive(folder, at=AT)

    manifest = prove_archive(path, workshop)

    assert path.name == "nsca-20230517T074000Z.tar.gz"
    assert manifest["rows"][get_user_model()._meta.db_table] == 2
    assert set(manifest["files"]) == {"media/cities/toulon.avif", "outbox/ticket.ics"}
    restored = workshop / "media" / "cities" / "toulon.avif"
    assert restored.read_bytes() == b"the harbour at noon"


def test_an_archive_is_its_owners_alone_and_leaves_no_scraps(site, folder):
    path = write_archive(folder, at=AT)

    assert path.stat().st_mode & 0o777 == 0o600
    assert list(folder.iterdir()) == [path]


def test_the_secret_key_is_not_in_the_archive(site, folder, settings, workshop):
    settings.SECRET_KEY = "the key that opens the places of events, of fifty characters"

    with tarfile.open(write_archive(folder, at=AT)) as archive:
        everything = b"".join(archive.extractfile(member).read() for member in archive)

    assert b"ada@example.org" in everything
    assert settings.SECRET_KEY.encode() not in everything


def test_an_archive_whose_venues_no_key_of_ours_opens_is_said_to_be(
    site, folder, settings, workshop
):
    path = write_archive(folder, at=AT)
    settings.SECRET_KEY = "another key, of a site that was set up anew, equally long"

    with pytest.raises(NotRestorable, match="sealed with a key that is in none of"):
        prove_archive(path, workshop)


def test_an_archive_is_as_good_after_the_key_was_exchanged(site, folder, settings, workshop):
    path = write_archive(folder, at=AT)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the key of the new season, as long as the one before it"

    assert prove_archive(path, workshop)["made_at"] == "2023-05-17T07:40:00+00:00"


def test_a_row_that_was_lost_on_the_way_is_found(site, folder, workshop):
    def lose_one(manifest):
        manifest["rows"][get_user_model()._meta.db_table] += 1

    with pytest.raises(NotRestorable, match=r"Rows of \w+: 3 written, 2 restored\."):
        prove_archive(tampered(write_archive(folder, at=AT), lose_one), workshop)


def test_a_picture_that_was_lost_on_the_way_is_found(site, folder, workshop):
    def lose_one(manifest):
        manifest["files"]["media/cities/tema.avif"] = "5e884898"

    with pytest.raises(NotRestorable, match="The file media/cities/tema.avif: 5e884898 written"):
        prove_archive(tampered(write_archive(folder, at=AT), lose_one), workshop)


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "media/../../outside"])
def test_an_archive_that_reaches_outside_its_folder_is_refused(workshop, tmp_path, name):
    path = tmp_path / "nsca-20230101T000000Z.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo(name), BytesIO())

    with pytest.raises(NotRestorable, match="contains what no backup writes"):
        prove_archive(path, workshop)


def test_an_archive_that_was_cut_short_is_found(site, folder, workshop):
    path = write_archive(folder, at=AT)
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(NotRestorable, match="cannot be read to the end"):
        prove_archive(path, workshop)


def test_the_commands_keep_the_newest_and_prove_the_last(site, folder):
    for day in (14, 15, 16):
        write_archive(folder, at=AT.replace(day=day))
    told = StringIO()

    call_command("backup", to=str(folder), keep=2, stdout=told)
    call_command("restore_test", folder=str(folder), stdout=told)

    written = archives(folder)
    assert len(written) == 2
    assert written[0].name == "nsca-20230516T074000Z.tar.gz"
    assert f"Wrote {written[-1]}" in told.getvalue()
    assert f"{written[-1].name} restores: " in told.getvalue()
    assert " rows, 2 files, all as written." in told.getvalue()


def test_without_an_archive_the_proof_says_how_to_get_one(folder):
    with pytest.raises(CommandError, match="There is no archive in .*: `manage.py backup` writes"):
        call_command("restore_test", folder=str(folder))


def test_keeping_none_is_refused(folder):
    with pytest.raises(CommandError, match="--keep must be at least 1"):
        call_command("backup", to=str(folder), keep=0)


# --- Encrypted ---------------------------------------------------------------------------------


@pytest.fixture
def identity(tmp_path, settings):
    """The private key as age-keygen writes it; the site has the public one."""
    key = pyrage.x25519.Identity.generate()
    settings.BACKUP_PUBLIC_KEY = [str(key.to_public())]
    file = tmp_path / "nsca-backup.key"
    file.write_text(f"# public key: {key.to_public()}\n{key}\n")
    return file


def test_a_stolen_backup_holds_nobodys_address(site, folder, identity):
    path = write_archive(folder, at=AT)

    assert path.name == "nsca-20230517T074000Z.tar.gz.age"
    assert path.read_bytes().startswith(b"age-encryption.org/v1")
    assert b"ada@example.org" not in path.read_bytes()
    assert not tarfile.is_tarfile(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(folder.iterdir()) == [path]


def test_who_has_the_identity_proves_an_encrypted_archive(site, folder, identity):
    write_archive(folder, at=AT)
    told = StringIO()

    call_command("restore_test", folder=str(folder), identity=str(identity), stdout=told)

    assert " rows, 2 files, all as written." in told.getvalue()


def test_without_the_identity_the_proof_says_what_is_missing(site, folder, identity):
    write_archive(folder, at=AT)

    with pytest.raises(CommandError, match="is encrypted: give the file with the private key"):
        call_command("restore_test", folder=str(folder))


def test_another_identity_opens_nothing(site, folder, identity):
    write_archive(folder, at=AT)
    identity.write_text(str(pyrage.x25519.Identity.generate()))

    with pytest.raises(CommandError, match="does not open it, or the file is damaged"):
        call_command("restore_test", folder=str(folder), identity=str(identity))


@pytest.mark.parametrize("text", ["", "a grocery list", "AGE-SECRET-KEY-1NONE"])
def test_a_file_that_is_no_identity_is_said_to_be_none(site, folder, identity, text):
    write_archive(folder, at=AT)
    identity.write_text(text)

    with pytest.raises(CommandError, match="has no age identity"):
        call_command("restore_test", folder=str(folder), identity=str(identity))


def test_an_encrypted_archive_that_was_cut_short_is_found(site, folder, identity):
    path = write_archive(folder, at=AT)
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(CommandError, match="does not open it, or the file is damaged"):
        call_command("restore_test", folder=str(folder), identity=str(identity))


def test_a_nightly_backup_is_proven_before_nobody_here_can_read_it(site, folder, identity):
    told, warned = StringIO(), StringIO()

    call_command("backup", to=str(folder), prove=True, stdout=told, stderr=warned)

    assert "It restores completely." in told.getvalue()
    assert warned.getvalue() == ""


def test_what_does_not_restore_is_not_kept(site, folder, identity, monkeypatch):
    monkeypatch.setattr("nsca.ops.backups.compare", lost_a_row)

    with pytest.raises(CommandError, match="No backup was written. A row was lost."):
        call_command("backup", to=str(folder), prove=True)
    assert list(folder.iterdir()) == []


def lost_a_row(*_compared):
    raise NotRestorable("A row was lost.")


def test_a_backup_that_anybody_could_read_says_so(site, folder):
    warned = StringIO()

    call_command("backup", to=str(folder), stdout=StringIO(), stderr=warned)

    assert "It is not encrypted" in warned.getvalue()
    assert "BACKUP_PUBLIC_KEY" in warned.getvalue()


@pytest.mark.parametrize(
    ("key", "word"),
    [("age1none", "not an age public"), ("AGE-SECRET-KEY-1QQ", "has a private key")],
)
def test_a_key_that_is_none_is_refused_before_anything_is_written(
    site, folder, settings, key, word
):
    settings.BACKUP_PUBLIC_KEY = [key]

    with pytest.raises(CommandError, match=word):
        call_command("backup", to=str(folder))
    assert not folder.exists()
    assert word in backups_are_encrypted(None)[0].msg


def test_plain_and_encrypted_archives_stand_in_one_order(site, folder, identity, settings):
    write_archive(folder, at=AT.replace(day=16))
    settings.BACKUP_PUBLIC_KEY = []
    write_archive(folder, at=AT.replace(day=15))

    assert [path.name[5:13] for path in archives(folder)] == ["20230515", "20230516"]


@pytest.mark.parametrize(
    ("demo", "key", "says"), [(False, [], True), (True, [], False), (False, ["a key"], False)]
)
def test_a_site_whose_backups_anybody_could_read_says_so(settings, client, demo, key, says):
    settings.DEMO, settings.BACKUP_PUBLIC_KEY = demo, key
    assert ("not encrypted" in client.get("/readyz").json().get("backups", "")) is says
    settings.BACKUP_PUBLIC_KEY = []
    assert bool(backups_are_encrypted(None)) is not demo


def tampered(path, change):
    """The same archive with its manifest changed."""
    other = path.with_name("nsca-20230101T000000Z.tar.gz")
    with tarfile.open(path) as before, tarfile.open(other, "w:gz") as after:
        for member in before:
            content = before.extractfile(member).read()
            if member.name == "manifest.json":
                manifest = json.loads(content)
                change(manifest)
                content = json.dumps(manifest).encode()
                member.size = len(content)
            after.addfile(member, BytesIO(content))
    return other
