"""The journeys that matter, where no demonstration helps: https behind the real proxy, Stripe and
a mail server that answer over the wire, staff with a second factor, on the engine under test.
"""
