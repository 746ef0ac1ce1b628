"""How the records of people are kept in order: imports, and two records that are one person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from membership.models.people import Household, Person


class Merge(models.Model):
    """Two records were one person. The one that is gone stays as it was, without what it had."""

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merged_away")
    # The household of the one that is gone, where nobody else belonged to it.
    emptied = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What was changed, row by row, in its order: {"of": "membership.Address", "pk": 7,
    # "before": {"person_id": 2}, "after": {"person_id": 1}}; a row that was made has no "before".
    moved = models.JSONField(default=list, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(name="two_records_are_merged", condition=~Q(kept=F("gone"))),
            models.UniqueConstraint(
                fields=["gone"],
                condition=Q(undone_at__isnull=True),
                name="nobody_is_merged_away_twice",
            ),
        ]

    def __str__(self):
        return f"merge {self.pk}"


class NotTheSame(models.Model):
    """Staff looked at two records and said that they are two people."""

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")  # the lower key
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("first", "second", name="told_apart_once"),
            models.CheckConstraint(
                name="told_apart_in_one_order", condition=Q(first__lt=F("second"))
            ),
        ]

    def __str__(self):
        return f"{self.first_id} is not {self.second_id}"


class ImportBatch(models.Model):
    """One list of people from elsewhere. Nothing of it is written until somebody says yes."""

    class State(models.TextChoices):
        MAPPING = "mapping", "waits for its columns"
        CHECKING = "checking", "is looked at"
        READY = "ready", "waits for a yes"
        WRITING = "writing", "is written"
        DONE = "done", "written"
        UNDOING = "undoing", "is undone"
        UNDONE = "undone", "undone"
        DROPPED = "dropped", "given up"

    name = models.CharField("file", max_length=200)
    headers = models.JSONField(default=list)
    columns = models.JSONField(default=dict)  # field of ours → number of the column
    state = models.CharField(max_length=10, choices=State, default=State.MAPPING)
    rows_in_all = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "import"

    def __str__(self):
        return self.name


class ImportRow(models.Model):
    """One line of the list: as it came, what it would change, and what it did."""

    class State(models.TextChoices):
        RAW = "raw", "not looked at"
        CHECKED = "checked", "looked at"
        WRITTEN = "written", "written"
        LEFT = "left", "left out"
        UNDONE = "undone", "undone"
        STAYED = "stayed", "could not be undone"

    class Verdict(models.TextChoices):
        NEW = "new", "new"
        CHANGED = "changed", "changed"
        SAME = "same", "the same"
        LIKE = "like", "perhaps the same person"
        PROBLEM = "problem", "problem"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # of the line in the file, as a spreadsheet counts
    cells = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.RAW)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    # {"changes": [[label, old, new], …], "problems": […], "like": [pk, …]}
    found = models.JSONField(default=dict)
    # Who it is: found, or chosen by staff. Empty: somebody new.
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    choice = models.CharField(max_length=10, blank=True)  # of staff: "same", "new", "out"
    done = models.JSONField(default=list)  # what was written, as in Merge.moved
    why = models.CharField(max_length=300, blank=True)  # it could not be written, or undone

    class Meta:
        ordering = ["number"]
        verbose_name = "line of an import"
        verbose_name_plural = "lines of an import"
        constraints = [
            models.UniqueConstraint("batch", "number", name="a_line_once_an_import"),
        ]
        indexes = [models.Index(fields=["batch", "state", "number"], name="lines_by_state")]

    def __str__(self):
        return f"line {self.number}"


class ImportMap(models.Model):
    """Which column of such a list is what, as staff said it last."""

    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the headers
    columns = models.JSONField(default=dict)

    def __str__(self):
        return self.digest[:8]
