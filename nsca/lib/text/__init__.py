"""Money, numbers, names and HTML as people type and read them."""
