"""Imports: checked first, written once, undone as a whole."""

import re
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from membership.admin.people import PersonResource
from membership.models import (
    FavoriteCity,
    Household,
    ImportBatch,
    ImportRow,
    Person,
    Term,
    Tier,
    User,
)
from membership.records import importing
from nsca.desk.groups import ensure_groups
from tests.factories import NOON, make_city, make_person, make_user
from tests.markup import flat

LATER = NOON + timedelta(days=1)
State, Row = ImportBatch.State, ImportRow.State


@pytest.fixture
def mel(db):
    return make_user("mel@nsca.example", name="Mel Ross")


@pytest.fixture
def individual(db):
    return Tier.objects.create(name="Individual", slug="individual", dues_cents=4000)


def looked_at(text, by, **kwargs):
    content = text.encode() if isinstance(text, str) else text
    batch = importing.begin("members.csv", content, by=by, at=NOON, **kwargs)
    importing.choose_columns(batch, batch.columns)
    batch.refresh_from_db()
    importing.work(batch, at=NOON)
    batch.refresh_from_db()
    return batch


def written(batch, by):
    importing.say_yes(batch, by=by, at=NOON)
    batch.refresh_from_db()
    importing.work(batch, at=NOON)
    batch.refresh_from_db()
    return batch


def undone(batch, by):
    importing.take_back(batch, by=by, at=LATER)
    batch.refresh_from_db()
    importing.work(batch, at=LATER)
    batch.refresh_from_db()
    return batch


def verdicts(batch):
    return list(batch.rows.values_list("verdict", flat=True))


def snapshot():
    rows = {}
    for model in apps.get_app_config("membership").get_models():
        if model.__name__.startswith("Import") or hasattr(model, "instance_type"):
            continue
        rows[model.__name__] = sorted(map(str, model._base_manager.values()))
    return rows


class TestLooking:
    """What an import would do is shown, not done."""

    def test_nothing_is_written_before_staff_agree(self, mel, individual):
        before = snapshot()

        looked_at("Name,Level,Until\nAda Ellery,Individual,2027-12-31\n", mel)

        assert snapshot() == before

    def test_each_line_is_new_changed_or_the_same(self, mel):
        make_person(name="Ada Ellery", email="ada@x.example", member_number=7)
        make_person(name="Ben Okoro", email="ben@x.example", member_number=8, phone="757 555 0100")

        batch = looked_at(
            "Number,Name,E-mail,Phone\n"
            "7,Ada Ellery,ADA@x.example,\n"
            "8,Ben Okoro,ben@x.example,757 555 0199\n"
            ",Cy Tran,cy@x.example,\n",
            mel,
        )

        assert verdicts(batch) == ["same", "changed", "new"]
        assert batch.rows.all()[1].found["changes"] == [["phone", "757 555 0100", "757 555 0199"]]

    def test_an_empty_cell_changes_nothing(self, mel):
        make_person(name="Ada Ellery", email="ada@x.example", member_number=7, phone="1234567")

        batch = looked_at("Number,Name,E-mail,Phone\n7,Ada Ellery,,\n", mel)

        assert verdicts(batch) == ["same"]

    @pytest.mark.parametrize(
        ("line", "word"),
        [
            (",a@x.example,,,", "name is missing"),
            ("Ada,not an address,,,", "not an e-mail address"),
            ("Ada,,Gold,2027-12-31,", "There is no level"),
            ("Ada,,,2027-12-31,", "no level"),
            ("Ada,,Individual,tomorrow,", "Write 03/14/2019."),
            ("Ada,,Individual,2027-12-31,Atlantis", "There is no city"),
        ],
    )
    def test_a_problem_says_what_is_wrong(self, line, word, mel, individual):
        batch = looked_at(f"Name,E-mail,Level,Until,Cities\n{line}\n", mel)

        assert verdicts(batch) == ["problem"]
        assert word in batch.rows.get().found["problems"][0]

    def test_a_possible_duplicate_waits_for_a_decision(self, mel):
        ada = make_person(name="Ada Ellery", email="ada@x.example", member_number=7)

        batch = looked_at("Name,E-mail\nAda Elery,ada@work.example\n", mel)

        assert verdicts(batch) == ["like"]
        assert batch.rows.get().found["like"] == [ada.pk]

    def test_someone_elses_member_number_is_a_problem(self, mel):
        make_person(name="Ada Ellery", email="ada@x.example", member_number=7)

        batch = looked_at("Number,Name,E-mail\n7,Ben Okoro,ben@x.example\n", mel)

        assert verdicts(batch) == ["problem"]

    def test_a_second_line_of_one_person_is_a_problem(self, mel):
        batch = looked_at("Name,E-mail\nAda Ellery,a@x.example\nEllery Ada,A@x.example\n", mel)

        assert verdicts(batch) == ["new", "problem"]

    def test_columns_are_remembered_for_the_same_headings(self, mel):
        batch = importing.begin("a.csv", b"Wer,Post\nAda,a@x.example\n", by=mel, at=NOON)
        assert batch.columns == {}
        importing.choose_columns(batch, {"name": 0, "email": 1})

        again = importing.begin("b.csv", b"wer, post\nBen,b@x.example\n", by=mel, at=NOON)

        assert again.columns == {"name": 0, "email": 1}

    def test_a_list_without_names_is_refused(self, mel):
        batch = importing.begin("a.csv", b"E-mail\na@x.example\n", by=mel, at=NOON)

        with pytest.raises(importing.NotNow):
            importing.choose_columns(batch, batch.columns)


class TestWriting:
    def test_new_people_have_what_the_list_says(self, mel, individual):
        city = make_city("toulon")
        batch = looked_at(
            "Number,Name,E-mail,Household,Address,Since,Level,From,Until,Cities\n"
            "12,Ada Ellery,ada@x.example,The Ellery family,1 Elm,1998,individual,2027-01-01,"
            "2027-12-31,Toulon\n"
            ",Ben Ellery,,The Ellery family,1 Elm,,,,,\n",
            mel,
        )

        written(batch, mel)

        ada = Person.objects.get(name="Ada Ellery")
        assert (ada.member_number, ada.member_since, ada.user) == (12, 1998, None)
        assert {p.name for p in ada.household.people.all()} == {"Ada Ellery", "Ben Ellery"}
        term = Term.objects.get()
        assert (term.starts_on, term.ends_on) == (date(2027, 1, 1), date(2027, 12, 31))
        assert (term.granted_by, "members.csv" in term.reason) == (mel, True)
        assert [favorite.city for favorite in ada.favorite_cities.all()] == [city]
        assert User.objects.count() == 1

    def test_a_longer_membership_is_not_shortened(self, mel, individual):
        ada = make_person(name="Ada Ellery", email="a@x.example", member_number=7)
        Term.objects.create(
            household=ada.household, tier=individual, starts_on=date(2027, 1, 1),
            ends_on=date(2027, 12, 31), reason="test",
        )  # fmt: skip
        text = "Number,Name,Level,Until\n7,Ada Ellery,Individual,{}\n"

        assert verdicts(looked_at(text.format("2027-12-30"), mel)) == ["same"]
        assert verdicts(looked_at(text.format("2027-12-31"), mel)) == ["same"]
        later = looked_at(text.format("2028-12-31"), mel)
        written(later, mel)

        new = Term.objects.order_by("pk").last()
        assert (new.starts_on, new.ends_on) == (date(2028, 1, 1), date(2028, 12, 31))

    @pytest.mark.parametrize(("choice", "people"), [("same", 1), ("new", 2), ("out", 1), ("", 1)])
    def test_possible_duplicates_follow_the_choice(self, mel, choice, people):
        ada = make_person(name="Ada Ellery", email="ada@x.example", phone="1234567")
        batch = looked_at("Name,E-mail\nAda Elery,ada@work.example\n", mel)
        number = batch.rows.get().number
        importing.choose(batch, {number: f"same:{ada.pk}" if choice == "same" else choice})

        written(batch, mel)

        ada.refresh_from_db()
        assert Person.objects.count() == people
        assert (ada.email == "ada@work.example") == (choice == "same")

    def test_only_offered_people_can_be_chosen(self, mel):
        make_person(name="Ada Ellery", email="ada@x.example")
        other = make_person(name="Somebody Else")
        batch = looked_at("Name,E-mail\nAda Elery,ada@work.example\n", mel)

        importing.choose(batch, {batch.rows.get().number: f"same:{other.pk}"})

        assert batch.rows.get().choice == ""

    def test_a_crash_loses_no_line_and_writes_none_twice(self, mel, monkeypatch):
        lines = "".join(f"Person {chr(65 + n)}ax{'y' * n},p{n}@x.example\n" for n in range(12))
        batch = looked_at("Name,E-mail\n" + lines, mel)
        importing.say_yes(batch, by=mel, at=NOON)
        batch.refresh_from_db()
        monkeypatch.setattr(importing, "WRITTEN", 5)
        real, calls = importing.write, []

        def dies(said, *args, **kwargs):
            calls.append(said.name)
            if len(calls) == 8:
                raise KeyboardInterrupt
            return real(said, *args, **kwargs)

        monkeypatch.setattr(importing, "write", dies)
        with pytest.raises(KeyboardInterrupt):
            importing.work(batch, at=NOON)
        importing.tick(NOON)

        batch.refresh_from_db()
        assert batch.state == State.DONE
        assert Person.objects.count() == 12
        assert len(calls) == 12 + 3


class TestUndoing:
    def test_everything_is_as_it_was(self, mel, individual):
        make_city("toulon")
        ada = make_person(name="Ada Ellery", email="a@x.example", member_number=7, phone="1234567")
        before = snapshot()
        batch = looked_at(
            "Number,Name,Phone,Household,Address,Level,Until,Cities\n"
            "7,Ada Ellery-Okoro,7654321,,2 Oak,Individual,2027-12-31,Toulon\n"
            "9,Cy Tran,,The Trans,3 Ash,Individual,life,\n"
            "10,Di Tran,,The Trans,3 Ash,,,\n",
            mel,
        )
        written(batch, mel)
        assert snapshot() != before

        undone(batch, mel)

        assert snapshot() == before
        assert batch.state == State.UNDONE
        ada.refresh_from_db()
        assert ada.phone == "1234567"

    def test_what_was_changed_since_stays_and_says_why(self, mel):
        batch = written(looked_at("Name,E-mail\nAda Ellery,a@x.example\nBen Okoro,\n", mel), mel)
        ada = Person.objects.get(name="Ada Ellery")
        ada.phone = "757 555 0100"
        ada.save()

        undone(batch, mel)

        assert [p.name for p in Person.objects.all()] == ["Ada Ellery"]
        stayed = batch.rows.get(state=Row.STAYED)
        assert "telephone" in stayed.why or "phone" in stayed.why

    def test_a_person_with_something_new_is_not_deleted(self, mel):
        batch = written(looked_at("Name,E-mail\nAda Ellery,a@x.example\n", mel), mel)
        FavoriteCity.objects.create(person=Person.objects.get(), city=make_city("tema"))

        undone(batch, mel)

        assert Person.objects.count() == 1
        assert batch.rows.get().state == Row.STAYED

    def test_it_happens_once(self, mel):
        batch = undone(written(looked_at("Name\nAda Ellery\n", mel), mel), mel)

        with pytest.raises(importing.NotNow):
            importing.take_back(batch, by=mel, at=LATER)


# --- Export, import: no change -----------------------------------------------------------------

names = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]),
    min_size=1, max_size=12,
)  # fmt: skip
phones = st.sampled_from(["", "+1 757 555 0100", "=1+1", "'=x", "-5", "(757) 555-0101"])
people = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.one_of(st.sampled_from(["Ada Ellery", "=cmd", "'@x", "李 明"]), names),
            "phone": phones,
            "address": st.sampled_from(["", "1 Elm St\nNorfolk, VA 23510", "+1"]),
            "has_number": st.booleans(),
            "since": st.sampled_from([None, 1998]),
            "term": st.sampled_from([None, "life", date(2027, 12, 31)]),
            "favorite_cities": st.booleans(),
        }
    ),
    min_size=1, max_size=6,
)  # fmt: skip


class TestExportAndImport(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(people=people, sheet=st.booleans())
    def test_export_and_import_change_nothing(self, people, sheet):
        tier = Tier.objects.create(name="Individual", slug="individual")
        city = make_city("toulon")
        for number, has in enumerate(people):
            household = Household.objects.create(
                name=f"Household {number}", postal_address=has["address"]
            )
            person = make_person(
                household,
                name=has["name"],
                email=f"p{number}@x.example",
                phone=has["phone"],
                member_number=number + 1 if has["has_number"] else None,
                member_since=has["since"],
            )
            if has["favorite_cities"]:
                FavoriteCity.objects.create(person=person, city=city)
            if has["term"]:
                Term.objects.create(
                    household=household,
                    tier=tier,
                    starts_on=date(2027, 1, 1),
                    ends_on=None if has["term"] == "life" else has["term"],
                    reason="test",
                )
        dataset = PersonResource().export(queryset=Person.objects.order_by("pk"))
        content = dataset.export("xlsx") if sheet else ("\ufeff" + dataset.export("csv")).encode()
        before = snapshot()
        by = make_user("mel@nsca.example")

        batch = looked_at(content, by)
        assert set(verdicts(batch)) == {"same"}, list(batch.rows.values_list("found", flat=True))
        written(batch, by)

        after = snapshot()
        after["User"] = before["User"]
        assert after == before


# --- At the admin ------------------------------------------------------------------------------


class TestAtTheDesk:
    @pytest.fixture
    def desk(self, client, mel):
        ensure_groups()
        mel.is_staff = True
        mel.save()
        mel.groups.add(Group.objects.get(name="members"))
        client.force_login(mel)
        return client

    def test_from_the_upload_to_the_undo(self, desk):
        file = SimpleUploadedFile("list.csv", b"Name,E-mail\nAda Ellery,a@x.example\n")
        page = desk.post("/admin/membership/person/import/", {"file": file}).url
        assert "Ada Ellery" in desk.get(page).content.decode()

        desk.post(page, {"act": "columns", "column-0": "name", "column-1": "email"})
        shown = desk.get(page).content.decode()
        assert "Import 1 line" in shown
        assert not Person.objects.exists()
        desk.post(page, {"act": "yes"})
        assert Person.objects.get().email == "a@x.example"
        done = desk.get(page).content.decode()
        assert "Every line was imported." in done and "No such line" not in done
        assert desk.get(page + "undo/").status_code == 200
        desk.post(page + "undo/")

        assert not Person.objects.exists()
        undone = flat(desk.get(page).content.decode())
        assert "was undone by Mel Ross" in undone
        assert "Every line was undone." in undone and "No such line" not in undone

    def test_a_broken_file_is_refused_and_the_form_kept(self, desk):
        file = SimpleUploadedFile("list.xlsx", b"PK\x03\x04 nonsense")
        answer = desk.post("/admin/membership/person/import/", {"file": file})

        assert answer.status_code == 422
        assert "broken" in answer.content.decode()

    @pytest.mark.parametrize(
        ("chosen", "said"),
        [
            (("name", "name", "email"), "You chose “name” for another column too."),
            (("", "phone", "email"), "Choose the column with the names."),
        ],
    )
    def test_wrong_columns_are_listed_on_top_and_the_other_choices_kept(self, desk, chosen, said):
        file = SimpleUploadedFile("list.csv", b"Name,Also,E-mail\nAda,Ellery,a@x.example\n")
        page = desk.post("/admin/membership/person/import/", {"file": file}).url
        columns = {f"column-{place}": name for place, name in enumerate(chosen)}

        answer = desk.post(page, {"act": "columns"} | columns)

        html = answer.content.decode()
        assert answer.status_code == 422
        assert said in html[html.index('class="desk-errors"') :].partition("</ul>")[0]
        assert len(re.findall(r'<option value="email"\s+selected\s*>', html)) == 1

    def test_markup_in_a_name_is_shown_as_text(self, desk):
        file = SimpleUploadedFile("list.csv", b"Name\n<script>alert(1)</script>\n")
        page = desk.post("/admin/membership/person/import/", {"file": file}).url
        desk.post(page, {"act": "columns", "column-0": "name"})

        assert "<script>alert" not in desk.get(page).content.decode()

    @pytest.mark.parametrize("group", ["treasurer", "editor", "events", "door"])
    def test_other_groups_may_not_import(self, client, group, mel):
        ensure_groups()
        mel.is_staff = True
        mel.save()
        mel.groups.set([Group.objects.get(name=group)])
        client.force_login(mel)

        assert client.get("/admin/membership/person/import/").status_code == 403
