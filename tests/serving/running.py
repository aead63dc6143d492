"""A running service on a free port, for callers that speak HTTP over a socket."""

import threading
import time

import uvicorn

from cli.screenshots import free_port
from serving.app import create_app
from serving.state import ServingState


class running:  # noqa: N801 - used as a context manager
    """The application of a state on a free port; gives its address."""

    def __init__(self, state: ServingState, port: int | None = None) -> None:
        self.port = port or free_port()
        config = uvicorn.Config(create_app(state), host="127.0.0.1", port=self.port, log_level="warning", ws="none")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        while not self.server.started and self.thread.is_alive():
            time.sleep(0.02)
        return f"http://127.0.0.1:{self.port}"

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join()
