"""A receiver of callbacks: a real HTTP server that answers as it is told and keeps what it was sent."""

import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass(frozen=True)
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: str
    began: float
    ended: float


@dataclass
class Receiver:
    """Answers with ``statuses`` in turn, the last one for ever.

    Attributes:
        delay: seconds before it answers.
        drip: seconds between the bytes of an answer that never ends; 0 for an ordinary answer.
    """

    statuses: list[int] = field(default_factory=lambda: [200])
    answer: bytes = b"thank you"
    delay: float = 0.0
    drip: float = 0.0
    location: str = ""
    tls: ssl.SSLContext | None = None
    got: list[Got] = field(default_factory=list)

    def __enter__(self) -> "Receiver":
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                began = time.monotonic()
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                status = receiver.statuses.pop(0) if len(receiver.statuses) > 1 else receiver.statuses[0]
                time.sleep(receiver.delay)
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append(Got(self.path, headers, body, began, time.monotonic()))
                receiver._answer(self, status)

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients hang up on purpose
        if self.tls is not None:
            self.server.socket = self.tls.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def _answer(self, handler: BaseHTTPRequestHandler, status: int) -> None:
        try:
            handler.send_response(status)
            if self.location:
                handler.send_header("location", self.location)
            handler.send_header("content-length", "1000000" if self.drip else str(len(self.answer)))
            handler.end_headers()
            for _ in range(100 if self.drip else 0):
                handler.wfile.write(b".")
                handler.wfile.flush()
                time.sleep(self.drip)
            if not self.drip:
                handler.wfile.write(self.answer)
        except OSError:
            return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self.port}/hooks"
