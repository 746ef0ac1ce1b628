"""Money, names, numbers and HTML as people type and read them."""
