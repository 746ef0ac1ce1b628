"""Pages of no app: home, errors, the site map."""
