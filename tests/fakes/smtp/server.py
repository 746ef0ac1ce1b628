"""The mail server itself: asyncio, in a thread of its own, on a free port of 127.0.0.1."""

import asyncio
import email
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage

PATIENCE = 60  # seconds for a client that says nothing


@dataclass(frozen=True)
class Received:
    """What it took: to whom, when (seconds of the clock), and the e-mail as it was sent."""

    to: tuple[str, ...]
    at: float
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=policy.default)


@dataclass
class Sink:
    """Takes e-mails. Set how it fails before, or while, somebody talks to it."""

    refuses: bool = False  # 421 at the door
    hangs: bool = False  # takes the connection and says nothing
    greylists: int = 0  # how often each address is told to come again
    cap: int | None = None  # so many e-mails, then 452 to everybody
    bounces: set[str] = field(default_factory=set)  # addresses that nobody has: 550
    slow: float = 0.0  # seconds before each answer
    after_yes: object = None  # called with this sink, once an e-mail is answered with 250
    port: int = 0

    def __post_init__(self):
        self.emails: list[Received] = []
        self.connections = 0
        self.in_doubt = set()  # talks whose client was told yes and has said nothing since
        self._seen = Counter()
        self._loop = asyncio.new_event_loop()
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        self._is_up.wait(10)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def addresses(self) -> list[str]:
        """To whom e-mails went, in order."""
        return [address for email in self.emails for address in email.to]

    # --- the server -----------------------------------------------------------------------------

    def _run(self):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._talk, "127.0.0.1", self.port, limit=1 << 22)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._is_up.set()
        self._loop.run_forever()
        server.close()
        talks = asyncio.all_tasks(self._loop)
        for talk in talks:
            talk.cancel()
        self._loop.run_until_complete(asyncio.gather(*talks, return_exceptions=True))
        self._loop.close()

    async def _talk(self, reader, writer):
        self.connections += 1
        try:
            await _Talk(self, reader, writer).through()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            pass  # a client that died is no fault of ours
        finally:
            writer.close()

    def take(self, to, raw):
        self.emails.append(Received(tuple(to), time.time(), raw))


class _Talk:
    """One connection."""

    def __init__(self, sink, reader, writer):
        self.sink, self.reader, self.writer, self.to = sink, reader, writer, []

    async def through(self):
        if self.sink.hangs:
            await asyncio.wait_for(self.reader.read(), PATIENCE)  # until the client goes away
            return
        if self.sink.refuses:
            await self.say("421 not now")
            return
        await self.say("220 sink")
        while True:
            line = await asyncio.wait_for(self.reader.readline(), PATIENCE)
            self.sink.in_doubt.discard(self)
            verb = line[:4].upper().strip()
            if not line or verb == b"QUIT":
                return
            await self.answer(verb, line)

    async def say(self, words):
        if self.sink.slow:
            await asyncio.sleep(self.sink.slow)
        self.writer.write(f"{words}\r\n".encode())
        await self.writer.drain()

    async def answer(self, verb, line):
        if verb == b"MAIL":
            self.to = []
            await self.say(self.may_mail())
        elif verb == b"RCPT":
            await self.recipient(line.partition(b"<")[2].partition(b">")[0].decode())
        elif verb == b"DATA":
            await self.data()
        else:
            await self.say("250 ok")

    def may_mail(self):
        is_full = self.sink.cap is not None and len(self.sink.emails) >= self.sink.cap
        return "452 too many letters this hour" if is_full else "250 ok"

    async def recipient(self, address):
        if address in self.sink.bounces:
            await self.say("550 nobody of that name")
            return
        self.sink._seen[address] += 1
        if self.sink._seen[address] <= self.sink.greylists:
            await self.say("451 come again")
            return
        self.to.append(address)
        await self.say("250 ok")

    async def data(self):
        if not self.to:
            await self.say("503 to whom?")
            return
        await self.say("354 go on")
        raw = await asyncio.wait_for(self.reader.readuntil(b"\r\n.\r\n"), PATIENCE)
        self.sink.take(self.to, raw[:-3].replace(b"\r\n..", b"\r\n."))
        self.sink.in_doubt.add(self)
        await self.say("250 taken")
        if self.sink.after_yes:
            self.sink.after_yes(self.sink)
