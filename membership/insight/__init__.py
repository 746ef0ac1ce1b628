"""Reports, stories, and explanations of what the records say."""
