"""Django's backend for SQLite, whose writers take turns (turns.py).

A transaction has the turn from its BEGIN IMMEDIATE to its end, a writing statement outside any
transaction for itself.
"""

import re
from contextlib import contextmanager

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from nsca.lib.sqlite.turns import Turn

_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


class DatabaseWrapper(base.DatabaseWrapper):
    """`patience`: how many seconds a writer waits for its turn. For SQLite's own lock, which only
    strangers hold by then, it waits as long as the option `timeout` says.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.patience = self.settings_dict["OPTIONS"].get("timeout", 5)
        self._turn = Turn("")
        self.execute_wrappers.append(self._alone)

    def get_new_connection(self, conn_params):
        name, in_memory = str(self.settings_dict["NAME"]), self.is_in_memory_db()
        self._turn = Turn(name, is_in_memory=in_memory)  # tests rename their database
        return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self):
        with self._given_back_on_failure():
            super()._start_transaction_under_autocommit()

    def _commit(self):
        super()._commit()  # where it fails, Django rolls back
        self._turn.give()

    def _rollback(self):
        try:
            super()._rollback()
        finally:
            self._turn.give()

    def _close(self):
        try:
            super()._close()
        finally:
            self._turn.give()

    def _alone(self, execute, sql, params, many, context):
        """One statement; an execute wrapper (Django, "Database instrumentation")."""
        if self._turn.is_taken or not _WRITES.match(sql):
            return execute(sql, params, many, context)
        with self._given_back_on_failure():
            result = execute(sql, params, many, context)
        self._turn.give()
        return result

    @contextmanager
    def _given_back_on_failure(self):
        """Raises OperationalError where the turn did not come in time."""
        if not self._turn.is_taken and not self._turn.take(patience=self.patience):
            raise OperationalError("database is locked")
        try:
            yield
        except BaseException:
            self._turn.give()
            raise
