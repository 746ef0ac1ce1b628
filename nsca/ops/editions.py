"""Whether a database belongs to this edition of the site.

An edition may replace its migrations. An older database has migrations that no file describes
anymore, and migrating it would fail at the first table that already exists.
"""

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, register
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

REFUSED = (
    "This database was made by another edition of the site, whose migrations are not here. Use "
    "an empty database, or the version of the site that made this one."
)


def is_of_another_edition() -> bool:
    """Whether the database has migrations of our apps that are not in the code.

    False if there is no database yet, or none can be reached: others report that.
    """
    ours = {a.label for a in apps.get_app_configs() if a.path.startswith(str(settings.BASE_DIR))}
    was_open = connection.connection is not None
    try:
        loader = MigrationLoader(connection)
    except DatabaseError:
        return False
    finally:
        if not was_open:  # a server forks later, and must not share a connection
            connection.close()
    known = set(loader.disk_migrations) | set(loader.replacements)
    return any(key not in known for key in loader.applied_migrations if key[0] in ours)


@register("edition")
def is_of_this_edition(app_configs, **kwargs):
    """A check, so that manage.py refuses in a sentence instead of failing at a missing table."""
    return [Error(REFUSED, id="nsca.E021")] if is_of_another_edition() else []
