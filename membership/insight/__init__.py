"""Reports, a person's history, and explanations of member status."""
