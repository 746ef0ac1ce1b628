"""Append-only tables: the database itself refuses to change a row once it is written."""

from django.db.migrations.operations.base import Operation


class AppendOnly(Operation):
    """A migration operation: triggers on a model's table that refuse `acts` with a message.

    Args:
        model_name: the model, e.g. "Scan".
        message: what the database says when it refuses.
        acts: "UPDATE", "DELETE" or both.
        columns: with "UPDATE", only changes of these columns; empty means all.
    """

    reversible = True

    def __init__(self, model_name, message, *, acts=("UPDATE", "DELETE"), columns=()):
        self.model_name = model_name
        self.message = message
        self.acts = acts
        self.columns = columns

    def state_forwards(self, app_label, state):
        """Models do not know about triggers."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        message = self.message.replace("'", "''")
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        if is_postgresql:
            schema_editor.execute(
                f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END $$",
                params=None,
            )
            refuse = f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        else:
            refuse = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for act in self.acts:
            when = f"{act} OF {', '.join(self.columns)}" if self.columns else act
            schema_editor.execute(
                f"CREATE TRIGGER {self._trigger(table, act)} BEFORE {when} ON {table} {refuse}",
                params=None,
            )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        table = from_state.apps.get_model(app_label, self.model_name)._meta.db_table
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        for act in self.acts:
            on_table = f" ON {table}" if is_postgresql else ""
            schema_editor.execute(f"DROP TRIGGER {self._trigger(table, act)}{on_table}")
        if is_postgresql:
            schema_editor.execute(f"DROP FUNCTION {table}_append_only()")

    def _trigger(self, table, act):
        return f"{table}_refuses_{act.lower()}"

    def describe(self):
        return f"Refuse {' and '.join(self.acts)} on {self.model_name}"
