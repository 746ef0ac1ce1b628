"""Sign-in, sessions, fresh proof, the security log."""
