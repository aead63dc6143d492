"""Who is asking: a person with a session or a machine with a key."""

from dataclasses import dataclass, field
from typing import Literal

from serving.auth.scopes import Role, Scope
from serving.limits.allowance import Allowance
from serving.problems import Problem


class Unauthenticated(Problem):
    """Nobody known is asking."""

    status = 401
    slug = "unauthenticated"
    title = "Log in or send an API key"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.headers = {"WWW-Authenticate": 'Bearer realm="triage"'}


class Forbidden(Problem):
    """The caller is known, but may not do this."""

    status = 403
    slug = "forbidden"
    title = "Not allowed"


@dataclass(frozen=True)
class Principal:
    """An authenticated caller.

    Attributes:
        principal_id: account id or key id.
        kind: ``account`` (session cookie, or token of an identity provider) or ``key`` (bearer).
        resource_id: who this is in the ledger, if anybody; segregation of duties compares it.
        allowance: limits of this key alone, beside the general ones.
        sandbox: a test key, which reaches nothing but the sandbox.
    """

    principal_id: str
    kind: Literal["account", "key"]
    name: str
    roles: tuple[Role, ...]
    scopes: frozenset[Scope]
    resource_id: str | None = None
    allowance: Allowance = field(default_factory=Allowance)
    sandbox: bool = False

    def require(self, scope: Scope) -> None:
        """Raise ``Forbidden`` unless the caller has the scope."""
        if scope not in self.scopes:
            raise Forbidden(f"{self.name} lacks the scope {scope.value}; an administrator can grant it")

    def may(self, scope: Scope) -> bool:
        """Whether the caller has the scope."""
        return scope in self.scopes
