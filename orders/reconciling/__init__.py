"""What Stripe tells us, matched with what we know."""
