"""Mailings: e-mails to chosen people."""
