"""Signing in: sessions, fresh proof, the security log."""
