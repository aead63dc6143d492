"""Demo logins and one API key, made once and only on an empty embedded database."""

from dataclasses import dataclass

from sqlalchemy import Connection

from serving import audit
from serving.auth.repository import has_accounts
from serving.auth.scopes import Role, Scope
from serving.auth.secrets import new_password
from serving.auth.service import NewAccount, create_account, create_key

DEMO_PEOPLE = (
    ("rita", "Rita Reviewer", Role.REVIEWER),
    ("sam", "Sam Senior", Role.SENIOR_REVIEWER),
    ("mona", "Mona Manager", Role.MANAGER),
    ("dan", "Dan Datascience", Role.DATA_SCIENTIST),
    ("ana", "Ana Auditor", Role.AUDITOR),
    ("ada", "Ada Admin", Role.ADMIN),
)


@dataclass(frozen=True)
class DemoCredentials:
    """What is printed once: login and password of each role, and an API key."""

    logins: tuple[tuple[str, str, Role], ...]
    api_key: str


def create_demo_accounts(connection: Connection, *, embedded: bool) -> DemoCredentials | None:
    """Demo people with random passwords; ``None`` unless the database is embedded and nobody is in it yet."""
    if not embedded or has_accounts(connection):
        return None
    logins = []
    for login, name, role in DEMO_PEOPLE:
        password = new_password()
        create_account(connection, NewAccount(login, name, password, (role,)), actor=audit.SYSTEM)
        logins.append((login, password, role))
    scopes = (Scope.SCORES_WRITE, Scope.SCORES_READ, Scope.CASES_READ, Scope.RULES_READ, Scope.MODELS_READ)
    return DemoCredentials(tuple(logins), create_key(connection, "demo", scopes, actor=audit.SYSTEM))
