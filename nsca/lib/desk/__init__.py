"""What every admin of the site shares. A leaf like the rest of nsca.lib: the apps may use it,
it knows none of them.
"""
