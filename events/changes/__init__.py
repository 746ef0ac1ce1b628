"""An event moves or is canceled, and what saving it would do."""
