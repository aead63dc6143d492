"""A small identity provider: a real HTTP server with its own keys, which signs whatever a test asks for.

People log in there with one press of a button, and the authorization code flow is checked as strictly as a real
provider would: client, redirect address, PKCE, and each code once.
"""

import base64
import hashlib
import json
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

AUDIENCE = "triage"
CLIENT = "triage-pages"
SECRET = "s3cret: with a colon & 100 %"
Reply = tuple[int, dict[str, str], str]


class LocalProvider:
    """Tells its keys and logs people in over HTTP; ``down`` makes it answer 503, ``asked`` counts requests for keys.

    Attributes:
        said: claims of whoever logs in next, beside the usual ones.
        further: fields of the discovery document beside the usual ones.
        exchanges: the forms and authorization headers by which codes were exchanged.
        back: what is sent along with the browser when it goes back, beside code and state; ``None`` leaves out.
        again: whether a code may be exchanged a second time.
    """

    def __init__(self) -> None:
        self.keys: list[Key] = [signing_key("first")]
        self.down = False
        self.asked = 0
        self.claimed_issuer: str | None = None
        self.secret: str | None = SECRET
        self.said: dict[str, Any] = {}
        self.further: dict[str, Any] = {}
        self.exchanges: list[tuple[dict[str, str], str]] = []
        self.back: dict[str, str | None] = {}
        self.again = False
        self._codes: dict[str, dict[str, str]] = {}
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

    def reply(self, path: str, form: dict[str, str], credentials: str) -> Reply:
        """The answer to a request: status, headers and body."""
        parts = urlsplit(path)
        asked = dict(parse_qsl(parts.query))
        if self.down:
            return 503, {}, "{}"
        if parts.path == "/.well-known/openid-configuration":
            return 200, {}, json.dumps(self._discovery())
        if parts.path == "/keys":
            self.asked += 1
            return 200, {}, json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]})
        if parts.path == "/token":
            return self._exchange(form, credentials)
        if parts.path == "/left":
            return 200, {"content-type": "text/html"}, f"<title>Left</title>{asked['post_logout_redirect_uri']}"
        return self._authorize(asked) if asked.pop("agreed", "") else self._form(asked)

    def _discovery(self) -> dict[str, Any]:
        places = {
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=firm",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/left",
        }
        return {"issuer": self.claimed_issuer or self.issuer} | places | self.further

    def _form(self, asked: dict[str, str]) -> Reply:
        place = "/authorize?" + urlencode(asked | {"agreed": "1"})
        page = f'<!doctype html><html lang="en"><title>Sign in</title><a href="{place.replace("&", "&amp;")}">Agree</a>'
        return 200, {"content-type": "text/html"}, page

    def _authorize(self, asked: dict[str, str]) -> Reply:
        code = token_urlsafe(8)
        self._codes[code] = asked
        given = {"code": code, "state": asked["state"]} | self.back
        said = {name: value for name, value in given.items() if value is not None}
        return 302, {"location": f"{asked['redirect_uri']}?{urlencode(said)}"}, ""

    def _exchange(self, form: dict[str, str], credentials: str) -> Reply:
        self.exchanges.append((form, credentials))
        if not self._knows(form, credentials):
            return 401, {}, json.dumps({"error": "invalid_client"})
        asked = (self._codes.get if self.again else self._codes.pop)(form.get("code", ""), None)
        if asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {}, json.dumps({"error": "invalid_grant"})
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {}, json.dumps({"error": "invalid_grant"})
        token = self.token(**({"aud": asked["client_id"], "nonce": asked["nonce"]} | self.said))
        return 200, {}, json.dumps({"access_token": "unused", "token_type": "Bearer", "id_token": token})

    def _knows(self, form: dict[str, str], credentials: str) -> bool:
        if credentials:
            pair = base64.b64decode(credentials.removeprefix("Basic ")).decode().split(":")
            return [unquote_plus(part) for part in pair] == [CLIENT, self.secret]
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT, self.secret)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
                form = dict(parse_qsl(body))
                status, headers, answer = provider.reply(self.path, form, self.headers.get("authorization", ""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.encode())

            do_POST = do_GET  # noqa: N815 - the library's name

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
