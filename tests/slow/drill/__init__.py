"""The night of a reveal in fast time, on the real stack: `make reveal-drill`.

Five hundred holders, two tickers, gunicorn, PostgreSQL, a mail server on a socket, and a kill -9
of everything in the middle. Nothing is faked but the mail server's far side: the clock runs as it
does, so the minutes it prints are minutes. It has a database of its own, made and dropped here.
"""
