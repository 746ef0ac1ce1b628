"""Two processes that live and die together: the server and the ticker beside it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time

GRACE = 10  # seconds for running requests before they are cut off
POLL = 0.2  # seconds between checks of the two
PR_SET_PDEATHSIG = 1  # Linux, prctl(2): a signal for the child when its parent dies


class Ended(Exception):
    """Somebody asked to stop: Ctrl-C, SIGTERM, or the terminal was closed."""


class Pair:
    """Starts named commands, watches them, and stops them all when one ends or a signal asks.

    Each runs in its own session, so that Ctrl-C reaches only the launcher; it then stops them and
    their children in order, with time to finish.
    """

    def __init__(self, env):
        self.env = env
        self.processes = {}

    def start(self, name, command):
        """Start `command` as `name` ("the server"), which is shown if it ends unexpectedly."""
        self.processes[name] = subprocess.Popen(
            command, env=self.env, start_new_session=True, preexec_fn=die_with(os.getpid())
        )

    def watch(self, until=None):
        """Wait for the first to end and return its (name, exit code), or None once `until()`.

        Raises Ended if a signal asks to stop.
        """
        while True:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    return name, process.returncode
            if until and until():
                return None
            time.sleep(POLL)

    def end(self):
        """Stop all: SIGTERM to each with its children, SIGKILL to what is left after GRACE."""
        for process in self.processes.values():
            signal_session(process, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        try:
            for process in self.processes.values():
                wait(process, deadline)
        except Ended:
            pass  # a second Ctrl-C: no more patience
        for process in self.processes.values():
            signal_session(process, signal.SIGKILL)
            process.wait()


def die_with(parent):
    """A function for the child, before exec: SIGTERM if `parent` dies, even by SIGKILL."""

    def ask_the_kernel():
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # it died before the kernel knew
                os._exit(1)

    return ask_the_kernel


def signal_session(process, number):
    # A session's leader leads a process group of the same number.
    with contextlib.suppress(ProcessLookupError):  # its processes may all be gone
        os.killpg(process.pid, number)


def wait(process, deadline):
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(max(0, deadline - time.monotonic()))


def raise_ended_on_signals():
    """From now on SIGINT, SIGTERM and SIGHUP raise Ended in the main thread."""

    def end(number, frame):
        raise Ended(signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def as_exit_code(returncode):
    """A shell's exit code for a child's: 128 + n for signal n; never 0 for an unexpected end."""
    return 128 - returncode if returncode < 0 else returncode or 1
