"""What can be bought, at which price, and the page that sells it."""
