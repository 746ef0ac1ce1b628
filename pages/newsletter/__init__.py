"""Who gets the newsletter."""
