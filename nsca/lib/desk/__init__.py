"""What every admin of the site shares. Like the rest of nsca.lib, it knows no app."""
