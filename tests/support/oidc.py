"""A little OpenID Connect provider on loopback: discovery, authorization, token, keys. Its answers can be spoilt."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = "cum-thi-dua"
SECRET = "a-secret-between-the-two"


class Provider:
    """``subject`` is who signs in there; ``spoil`` changes the claims, ``key`` and ``algorithm`` what signs them."""

    def __init__(self) -> None:
        self.key: Any = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.published = self.key.public_key()
        self.algorithm = "RS256"
        self.subject = "person-1"
        self.spoil: dict[str, Any] = {}
        self.without_token = self.broken = False
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, dict(_flat(urlsplit(self.path).query)))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                provider.answer(self, dict(_flat(body)))

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler, given: dict[str, str]) -> None:
        path = urlsplit(handler.path).path
        self.asked.append((path, given))
        if self.broken:
            return _send(handler, 500, {})
        if path == "/.well-known/openid-configuration":
            return _send(handler, 200, self._discovery())
        if path == "/jwks":
            return _send(handler, 200, {"keys": [self._jwk()]})
        if path == "/authorize":
            code = f"code-{len(self._codes)}"
            self._codes[code] = given
            handler.send_response(302)
            back = urlencode({"code": code, "state": given.get("state", "")})
            handler.send_header("Location", f"{given['redirect_uri']}?{back}")
            handler.end_headers()
            return None
        if path == "/token":
            return self._token(handler, given)
        return _send(handler, 404, {})

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.spoil.get("issuer", self.issuer),
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def _jwk(self) -> dict[str, Any]:
        jwk: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.published))
        return jwk | {"kid": "one", "alg": "RS256", "use": "sig"}

    def _token(self, handler: BaseHTTPRequestHandler, given: dict[str, str]) -> None:
        asked = self._codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or asked.get("code_challenge") != proof
            or given.get("client_secret") != SECRET
            or given.get("redirect_uri") != asked["redirect_uri"]
        ):
            return _send(handler, 400, {"error": "invalid_grant"})
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": self.subject, "iat": now, "exp": now + 300,
            "nonce": asked.get("nonce", ""),
        } | {name: value for name, value in self.spoil.items() if name != "issuer"}  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        key = None if self.algorithm == "none" else self.key
        token = jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "one"})
        answer = {"access_token": "opaque", "token_type": "Bearer"}
        return _send(handler, 200, answer if self.without_token else answer | {"id_token": token})


def _send(handler: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
    data = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def _flat(query: str) -> list[tuple[str, str]]:
    return [(name, values[0]) for name, values in parse_qs(query).items()]
