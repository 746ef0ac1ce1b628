# ruff: noqa: F401
"""The admin of what belongs to no app. Each of these modules registers itself."""

from nsca.desk import admin, admin_retention
