"""Whether a database belongs to this edition of the site.

An edition may make its migrations again. A database from before then knows migrations that no file
describes any more, and migrating it would fail at the first table that is there already.
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

    False where there is no database yet, or none can be reached: that is for others to say.
    """
    ours = {a.label for a in apps.get_app_configs() if a.path.startswith(str(settings.BASE_DIR))}
    was_open = connection.connection is not None
    try:
        loader = MigrationLoader(connection)
    except DatabaseError:
        return False
    finally:
        if not was_open:  # a server forks afterwards, and must not share a connection
            connection.close()
    known = set(loader.disk_migrations) | set(loader.replacements)
    return any(key not in known for key in loader.applied_migrations if key[0] in ours)


@register("edition")
def is_of_this_edition(app_configs, **kwargs):
    """A check: manage.py refuses in a sentence instead of failing at some missing table."""
    return [Error(REFUSED, id="nsca.E021")] if is_of_another_edition() else []
