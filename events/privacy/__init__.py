"""What events know about a person, and how it is exported and erased."""
