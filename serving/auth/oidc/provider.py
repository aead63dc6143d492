"""Whether a bearer token is the provider's, for us, and valid now (RFC 7519, RFC 9068, OpenID Connect Core)."""

import time
from collections.abc import Callable
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidKeyIdError, JoseError

from serving.auth.oidc.discovery import Metadata
from serving.auth.oidc.keys import Keys
from serving.auth.oidc.settings import OidcSettings
from serving.auth.principal import Unauthenticated
from serving.problems import Unavailable

LONGEST_TOKEN: Final = 16_384
# Other documents that providers sign, such as logout tokens, are no proof of who is asking.
_BEARER: Final = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})
_IDENTITY: Final = frozenset({"", "jwt"})


class Provider:
    """One identity provider."""

    def __init__(self, settings: OidcSettings, keys: Keys, wall: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self._keys = keys
        self._wall = wall

    def claims(self, token: str) -> dict[str, Any]:
        """What a bearer token says. Raises ``Unauthenticated``, and ``Unavailable`` while no key was ever told."""
        return self._proven(token, self._registry(self.settings.audience), _BEARER)

    def identity(self, token: str, *, nonce: str) -> dict[str, Any]:
        """What an identity token for our own pages says of who logged in; ``nonce`` is of the login that was begun.

        Raises ``Unauthenticated`` and ``Unavailable``.
        """
        ours = self.settings.client_id
        registry = self._registry(ours, iat={"essential": True}, nonce={"essential": True, "value": nonce})
        claims = self._proven(token, registry, _IDENTITY)
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else ours) != ours:
            raise Unauthenticated("the token was made for another service")
        return claims

    def metadata(self) -> Metadata:
        """The provider's addresses; raises ``Unavailable`` while it never answered."""
        found = self._keys.metadata()
        if found is None:
            raise Unavailable("the identity provider does not answer")
        return found

    def _proven(self, token: str, registry: jwt.JWTClaimsRegistry, types: frozenset[str]) -> dict[str, Any]:
        if len(token) > LONGEST_TOKEN or token.count(".") != 2:
            raise Unauthenticated("the bearer token is neither an API key nor a signed token")
        try:
            decoded = self._decoded(token)
            registry.validate(decoded.claims)
        except ExpiredTokenError as error:
            raise Unauthenticated("the token has expired; get a new one from the identity provider") from error
        except (JoseError, ValueError, TypeError) as error:
            # The library's words may repeat parts of the token.
            raise Unauthenticated("the token is not one of the identity provider's for this service") from error
        if str(decoded.header.get("typ", "")).lower() not in types:
            raise Unauthenticated("the token is signed for another use")
        return decoded.claims

    def _decoded(self, token: str) -> jwt.Token:
        try:
            return self._checked(token)
        except InvalidKeyIdError:
            self._keys.refresh()
            return self._checked(token)

    def _checked(self, token: str) -> jwt.Token:
        keys = self._keys.current()
        if keys is None:
            raise Unavailable("the identity provider does not answer, so tokens cannot be checked yet")
        return jwt.decode(token, keys, algorithms=list(self.settings.algorithms))

    def _registry(self, audience: str | None, **further: jwt.ClaimsOption) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._wall()),
            leeway=self.settings.skew_seconds,
            iss={"essential": True, "value": self.settings.issuer or ""},
            aud={"essential": True, "value": audience or ""},
            exp={"essential": True},
            sub={"essential": True},
            **further,
        )


def provider_of(settings: OidcSettings) -> Provider | None:
    """The provider of the settings, if one is set; it is asked for its keys when the first token comes."""
    return None if settings.issuer is None else Provider(settings, Keys(settings.issuer))
