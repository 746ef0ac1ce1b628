"""The night of a reveal: what staff and the ticker do from a day before T until the evening."""
