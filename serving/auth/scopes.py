"""Roles of people and scopes of routes: which role may do what, as one table."""

from enum import StrEnum


class Scope(StrEnum):
    """What a route asks of its caller."""

    SCORES_WRITE = "scores:write"
    SCORES_READ = "scores:read"
    RECORDS_READ = "records:read"  # rows in quarantine
    RECORDS_WRITE = "records:write"
    RECORDS_BACKDATE = "records:backdate"  # say that a record was known before it came: for histories brought over
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    CASES_SENIOR = "cases:senior"  # decide what was routed to senior review, and give a second release
    CASES_ALL = "cases:all"  # see the cases of every team, not of one's own alone
    TEAMS_ADMIN = "teams:admin"  # teams, their members, and which cases go to them
    BOARDS_READ = "boards:read"  # figures over all cases and people, and the brief
    RULES_READ = "rules:read"
    RULES_WRITE = "rules:write"  # propose and back-test controls, snooze them
    RULES_APPROVE = "rules:approve"  # approve what another person proposed, activate it, roll it back
    MODELS_READ = "models:read"
    MODELS_FOLLOW = "models:follow"  # give a monitoring verdict its owner and next step
    AUDIT_READ = "audit:read"
    ACCOUNTS_ADMIN = "accounts:admin"
    CALLBACKS_ADMIN = "callbacks:admin"  # the list of callback endpoints, their secrets, and redelivery
    METRICS_READ = "metrics:read"  # figures of the running service, for Prometheus
    SELF = "self"  # any authenticated caller: who am I, log out


class Role(StrEnum):
    """What a person is for."""

    REVIEWER = "reviewer"
    SENIOR_REVIEWER = "senior_reviewer"
    MANAGER = "manager"
    PROJECT_MANAGER = "project_manager"
    DATA_SCIENTIST = "data_scientist"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SERVICE = "service"


_READ = frozenset({Scope.SELF, Scope.SCORES_READ, Scope.CASES_READ, Scope.RULES_READ, Scope.MODELS_READ})

# Administrators run the service but decide no case, and auditors only read: no role can both pay out and check.
ROLE_SCOPES: dict[Role, frozenset[Scope]] = {
    Role.REVIEWER: _READ | {Scope.CASES_WRITE},
    Role.SENIOR_REVIEWER: _READ | {Scope.CASES_WRITE, Scope.CASES_SENIOR, Scope.BOARDS_READ, Scope.RULES_WRITE},
    Role.MANAGER: _READ
    | {
        Scope.CASES_WRITE,
        Scope.CASES_SENIOR,
        Scope.CASES_ALL,
        Scope.TEAMS_ADMIN,
        Scope.BOARDS_READ,
        Scope.AUDIT_READ,
        Scope.RULES_WRITE,
        Scope.RULES_APPROVE,
        Scope.MODELS_FOLLOW,
    },
    Role.PROJECT_MANAGER: frozenset({Scope.SELF, Scope.RULES_READ}),
    Role.DATA_SCIENTIST: frozenset(
        {
            Scope.SELF,
            Scope.SCORES_READ,
            Scope.RECORDS_READ,
            Scope.RULES_READ,
            Scope.RULES_WRITE,
            Scope.MODELS_READ,
            Scope.MODELS_FOLLOW,
        }
    ),
    Role.AUDITOR: _READ | {Scope.CASES_ALL, Scope.BOARDS_READ, Scope.AUDIT_READ, Scope.RECORDS_READ},
    Role.ADMIN: _READ
    | {
        Scope.CASES_ALL,
        Scope.TEAMS_ADMIN,
        Scope.BOARDS_READ,
        Scope.RECORDS_READ,
        Scope.RECORDS_WRITE,
        Scope.SCORES_WRITE,
        Scope.AUDIT_READ,
        Scope.ACCOUNTS_ADMIN,
        Scope.CALLBACKS_ADMIN,
        Scope.METRICS_READ,
        Scope.MODELS_FOLLOW,
    },
    Role.SERVICE: frozenset(
        {
            Scope.SELF,
            Scope.RECORDS_READ,
            Scope.RECORDS_WRITE,
            Scope.SCORES_WRITE,
            Scope.SCORES_READ,
            Scope.CASES_READ,
            Scope.CASES_ALL,
            Scope.RULES_READ,
            Scope.MODELS_READ,
            Scope.METRICS_READ,
        }
    ),
}


def scopes_of(roles: tuple[Role, ...]) -> frozenset[Scope]:
    """Everything that a set of roles may do."""
    return frozenset[Scope]().union(*(ROLE_SCOPES[role] for role in roles))
