"""Where databases differ."""
