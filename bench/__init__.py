"""Buying, the rush, public pages and the reveal against their goals: `make bench`.

    make bench                       all of it, about six minutes on two cores
    make bench ARGS="speed reveal"   only these

One line a figure: name, value, goal, `ok` or `short`. Ends with 1 where one falls short. A busy
machine makes everything slower, and the bare project of the comparison too; give it a quiet one.
"""
