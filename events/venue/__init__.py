"""What is sealed about a venue. Only events/reveal reads it."""
