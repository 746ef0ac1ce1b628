"""The measurement itself: its verdicts and its small generator of load. Nothing here is timed."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.figures import at_least, at_most
from bench.load import Unexpected, fetch, requests_per_second
from bench.reveal import crowd


@pytest.fixture
def server():
    """Answers 200 with six bytes in two pieces, and /gone with 404."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(404 if self.path == "/gone" else 200)
            self.send_header("content-length", "6")
            self.end_headers()
            self.wfile.write(b"six")
            self.wfile.flush()
            self.wfile.write(b"six")

        def log_message(self, *words):
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            pass  # the generator hangs up when its time is over, in the middle of an answer

    with Server(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_address[1]
        running.shutdown()


@pytest.mark.parametrize("value, verdict", [(149.9, "ok"), (150, "ok"), (150.1, "short")])
def test_a_figure_at_its_goal_is_met_and_beyond_it_short(value, verdict):
    line = str(at_most("memory a worker", value, 150, "MB"))

    assert line.split() == ["memory", "a", "worker", str(value), "MB", "≤", "150", "MB", verdict]


@pytest.mark.parametrize("value, shown, verdict", [(0.49, "0.49", "short"), (0.5, "0.50", "ok")])
def test_a_ratio_below_its_goal_is_short(value, shown, verdict):
    assert str(at_least("home", value, 0.5)).split() == ["home", shown, "≥", "0.5", verdict]


def test_an_answer_is_read_to_its_last_byte(server):
    head, body = fetch(server, "/")

    assert head.startswith(b"HTTP/1.1 200 OK")
    assert body == b"sixsix"


def test_what_is_no_200_is_never_counted(server):
    with pytest.raises(Unexpected, match="/gone gave HTTP/1.1 404"):
        requests_per_second(server, "/gone", seconds=5)


def test_load_is_counted_while_it_lasts(server):
    assert requests_per_second(server, "/", seconds=0.2, connections=2) > 0


def test_of_a_crowd_only_those_whose_page_tells_the_venue_count_as_served(server):
    paths = ["/tickets/a/", "/gone", "/tickets/b/"]

    waits, untold = crowd(server, t=time.time() - 60, paths=paths, venue=b"sixsix")
    other, all_untold = crowd(server, t=time.time() - 60, paths=paths, venue=b"seven")

    assert (len(waits), untold) == (2, ["/gone"])
    assert (other, sorted(all_untold)) == ([], sorted(paths))


def test_a_wait_counts_from_the_due_instant_not_from_the_answer(server):
    waits, _untold = crowd(server, t=time.time() - 100, paths=["/a", "/b"], venue=b"six")

    assert min(waits) > 40
