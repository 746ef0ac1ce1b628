"""What is on sale, at what price, and the page that sells it."""
