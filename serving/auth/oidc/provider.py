"""Whether a bearer token is the provider's, for us, and valid now (RFC 7519, RFC 9068, OpenID Connect Core)."""

import time
from collections.abc import Callable
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidKeyIdError, JoseError

from serving.auth.oidc.keys import Keys
from serving.auth.oidc.settings import OidcSettings
from serving.auth.principal import Unauthenticated
from serving.problems import Unavailable

LONGEST_TOKEN: Final = 16_384
# Other documents that providers sign, such as logout tokens, are no proof of who is asking.
_TYPES: Final = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})


class Provider:
    """One identity provider."""

    def __init__(self, settings: OidcSettings, keys: Keys, wall: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self._keys = keys
        self._wall = wall

    def claims(self, token: str) -> dict[str, Any]:
        """What the token says. Raises ``Unauthenticated``, and ``Unavailable`` while no key was ever told."""
        if len(token) > LONGEST_TOKEN or token.count(".") != 2:
            raise Unauthenticated("the bearer token is neither an API key nor a signed token")
        try:
            decoded = self._decoded(token)
            self._registry().validate(decoded.claims)
        except ExpiredTokenError as error:
            raise Unauthenticated("the token has expired; get a new one from the identity provider") from error
        except (JoseError, ValueError, TypeError) as error:
            # The library's words may repeat parts of the token.
            raise Unauthenticated("the token is not one of the identity provider's for this service") from error
        if str(decoded.header.get("typ", "")).lower() not in _TYPES:
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

    def _registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._wall()),
            leeway=self.settings.skew_seconds,
            iss={"essential": True, "value": self.settings.issuer or ""},
            aud={"essential": True, "value": self.settings.audience or ""},
            exp={"essential": True},
            sub={"essential": True},
        )


def provider_of(settings: OidcSettings) -> Provider | None:
    """The provider of the settings, if one is set; it is asked for its keys when the first token comes."""
    return None if settings.issuer is None else Provider(settings, Keys(settings.issuer))
