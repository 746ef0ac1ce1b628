"""What events know of a person: told, and forgotten."""
