"""A small identity provider: a real HTTP server with its own keys, which signs whatever a test asks for."""

import json
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

AUDIENCE = "triage"


class LocalProvider:
    """Tells its keys over HTTP; ``down`` makes it answer 503, ``asked`` counts requests for keys."""

    def __init__(self) -> None:
        self.keys: list[Key] = [signing_key("first")]
        self.down = False
        self.asked = 0
        self.claimed_issuer: str | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def token(self, *, key: Key | None = None, alg: str = "RS256", header: Any = None, **claims: Any) -> str:
        """A signed token for Rita; claims given as ``None`` are left out."""
        now, signer = int(time.time()), key or self.keys[-1]
        said = {"iss": self.issuer, "sub": "rita", "aud": AUDIENCE, "exp": now + 300, "iat": now, "name": "Rita",
                "groups": ["ar-team"]} | claims  # fmt: skip
        head = {"alg": alg, "kid": signer.kid} | (header or {})
        return jwt.encode(head, {name: value for name, value in said.items() if value is not None}, signer, [alg])

    def answer(self, path: str) -> dict[str, Any]:
        """The document at a path."""
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.claimed_issuer or self.issuer, "jwks_uri": f"{self.issuer}/keys"}
        self.asked += 1
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(503 if provider.down else 200)
                self.end_headers()
                if not provider.down:
                    self.wfile.write(json.dumps(provider.answer(self.path)).encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@cache
def signing_key(kid: str, number: int = 0) -> RSAKey:
    """An RSA key; another one of the same name with another number. Making one takes a while, so they are kept."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


def elliptic_key(kid: str) -> ECKey:
    """A new key on P-256."""
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})
