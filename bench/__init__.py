"""Buying, the rush, public pages and the reveal, against their goals: `make bench`.

    make bench                       all of it, about six minutes on two cores
    make bench ARGS="speed reveal"   only these

One line per figure: name, value, goal, `ok` or `short`. Exits with 1 if any falls short. A busy
machine slows everything, including the bare Django project it compares with: use a quiet one.
"""
