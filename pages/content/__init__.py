"""The pages and news of the association."""
