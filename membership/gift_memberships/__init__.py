"""Memberships that somebody gives to somebody else."""
