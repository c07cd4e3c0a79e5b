"""Servers that are not Milvus, or stand in front of it, each in a thread of its own and on loopback."""
import asyncio
import contextlib
import socket
import ssl
import threading


class Peer:
    """Answers each connection with `serve(reader, writer)`. `uri` is where it listens."""

    def __init__(self, serve, tls=None, path=None, host="127.0.0.1"):
        self.serve, self.tls, self.path, self.host, self.port = serve, tls, path, host, None
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self.thread.start()
        started.wait()

    def _run(self, started):
        async def start():
            if self.path:
                await asyncio.start_unix_server(self._guarded, self.path)
            else:
                server = await asyncio.start_server(self._guarded, self.host, 0, ssl=self.tls)
                self.port = server.sockets[0].getsockname()[1]
        asyncio.set_event_loop(self.loop)
        self.loop.set_exception_handler(lambda *_: None)  # clients that break off are the point here
        self.loop.run_until_complete(start())
        started.set()
        self.loop.run_forever()

    async def _guarded(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self.serve(reader, writer)
        writer.close()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    @property
    def uri(self):
        return f"unix:{self.path}" if self.path else f"{'https' if self.tls else 'http'}://localhost:{self.port}"


async def say_nothing(reader, _):
    while await reader.read(4096):
        pass


async def hang_up(*_):
    pass


async def speak_http1(reader, writer):
    await reader.read(4096)
    writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
    await writer.drain()
    await reader.read(4096)


async def speak_nonsense(reader, writer):
    writer.write(b"\xde\xad\xbe\xef" * 64)
    await writer.drain()
    await reader.read(4096)


def forward_to(port):
    """Passes everything on to a server on loopback."""
    async def pipe(reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader, writer):
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pipe(reader, far_writer), pipe(far_reader, writer))
    return serve


class Unreliable(Peer):
    """Stands before a server on loopback, and can lose one request or the answer to it, or withhold all answers."""
    PREFACE, HEADER, HEADERS = 24, 9, 1  # bytes, bytes, the type of the frame that begins a request

    def __init__(self, port):
        self.port_behind, self.countdown, self.passes_it_on, self.goes_on = port, 0, True, False
        super().__init__(self._serve)

    def break_request(self, number, passes_it_on):
        """Breaks the connection at the request of that number from now, before or after the server gets it."""
        self.countdown, self.passes_it_on, self.goes_on = number, passes_it_on, False

    def withhold_answers_from(self, number):
        """Passes requests on as ever, but no answer any more from the request of that number from now."""
        self.countdown, self.goes_on = number, True

    async def _serve(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port_behind)
        back = asyncio.ensure_future(self._pass_on(far_reader, writer))
        far_writer.write(await reader.readexactly(self.PREFACE))
        while True:
            header = await reader.readexactly(self.HEADER)
            frame = header + await reader.readexactly(int.from_bytes(header[:3], "big"))
            if header[3] == self.HEADERS and self.countdown:
                self.countdown -= 1
                if self.countdown == 0 and self.goes_on:
                    back.cancel()
                elif self.countdown == 0:
                    break
            far_writer.write(frame)
            await far_writer.drain()
        if self.passes_it_on:
            back.cancel()
            far_writer.write(frame)
            with contextlib.suppress(asyncio.TimeoutError):
                while data := await asyncio.wait_for(reader.read(65536), 0.5):  # the rest of the request
                    far_writer.write(data)
        writer.close()
        far_writer.close()

    async def _pass_on(self, reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()


def tls_context(certificate, version=None, protocols=("h2",)):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.pem, certificate.key_file)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    if version:
        context.minimum_version = context.maximum_version = version
    return context


class BlackHole:
    """A port at which connection attempts stay unanswered: its queue is full and nobody accepts."""

    def __init__(self):
        self.sockets = [socket.socket()]
        self.sockets[0].bind(("127.0.0.1", 0))
        self.sockets[0].listen(0)
        self.port = self.sockets[0].getsockname()[1]
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))
            self.sockets.append(filler)

    @property
    def uri(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        for held in self.sockets:
            held.close()
