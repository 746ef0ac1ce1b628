"""Tables whose rows are written once: a trigger refuses every change, on both databases."""

from django.db.migrations.operations.base import Operation


class AppendOnly(Operation):
    """Refuse changes of a table's rows.

    `sentence` is what the database says then (no apostrophes). `acts` are "UPDATE", "DELETE";
    `columns` narrows an update to some of them. PostgreSQL answers with restrict_violation,
    SQLite aborts the statement: both reach Django as an IntegrityError.
    """

    reversible = True

    def __init__(self, model: str, sentence: str, acts=("UPDATE", "DELETE"), columns=()):
        self.model, self.sentence, self.acts, self.columns = model, sentence, acts, columns

    def deconstruct(self):
        values = {"acts": self.acts, "columns": self.columns}
        return self.__class__.__qualname__, [self.model, self.sentence], values

    def state_forwards(self, app_label, state):
        """Triggers are no part of a model."""

    def _table(self, app_label, state):
        return state.apps.get_model(app_label, self.model)._meta.db_table

    def _name(self, table, act):
        return f"{table}_refuses_{act.lower()}"

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = self._table(app_label, to_state)
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        if is_postgresql:
            schema_editor.execute(
                f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN RAISE EXCEPTION '{self.sentence}' USING ERRCODE = 'restrict_violation'; "
                "END $$"
            )
        for act in self.acts:
            of = f" OF {', '.join(self.columns)}" if self.columns and act == "UPDATE" else ""
            then = (
                f"FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only()"
                if is_postgresql
                else f"BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END"
            )
            name = self._name(table, act)
            schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {act}{of} ON {table} {then}")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        table = self._table(app_label, from_state)
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        for act in self.acts:
            on = f" ON {table}" if is_postgresql else ""
            schema_editor.execute(f"DROP TRIGGER {self._name(table, act)}{on}")
        if is_postgresql:
            schema_editor.execute(f"DROP FUNCTION {table}_is_append_only()")

    def describe(self):
        return f"Let rows of {self.model} be written once"
