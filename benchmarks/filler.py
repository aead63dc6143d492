"""Other clients' records, written by the database itself: how a ledger of any size comes about in seconds."""

from sqlalchemy import Connection

# Months of invoices per client, projects and people stay the same whatever the ledger's size: it grows in clients.
_ENVELOPE = "source, source_id, version, event_at, known_at"
_DAY = "timestamptz '2022-01-01 00:00Z' + make_interval(days => {})"
_LOAD = {
    "client": (
        "client_id, name, country, po_required, credit_hold, status",
        "'{mark}c' || n, 'Client', 'DE', false, false, 'active'",
        "{clients}",
        "0",
    ),
    "project": (
        "project_id, client_id, name, currency, manager_id, planned_hours, status",
        "'{mark}p' || n, '{mark}c' || n % {clients}, 'Project', 'EUR', '{mark}r' || n % {managers}, 1000, 'open'",
        "{projects}",
        "0",
    ),
    "invoice": (
        """invoice_id, client_id, project_id, status, currency, amount, invoice_date, due_date, settled_on, description,
        intercompany""",
        """'{mark}i' || n, '{mark}c' || n % {projects} % {clients}, '{mark}p' || n % {projects}, {status}, 'EUR',
        100 + n % 900,
        date '2022-01-01' + n / {projects} * 50, date '2022-01-01' + n / {projects} * 50 + 30, {settled},
        'Work of month ' || n % 7, false""",
        "{invoices}",
        "n / {projects} * 50",
    ),
    "approval": (
        "approval_id, subject_kind, subject_id, project_id, approver_id, approver_role, requested_at, decided_at",
        """'{mark}a' || n, 'time_entry', '{mark}t' || n, '{mark}p' || n % {projects},
        '{mark}r' || n % {projects} % {managers}, 'project_manager', {asked}, {decided}""",
        "{approvals}",
        "n / {projects} * 25",
    ),
    "invoice_line": (
        "line_id, invoice_id, client_id, line_number, line_kind, quantity, unit_rate, amount, currency",
        "'{mark}l' || n, '{mark}i' || n / 2, '{mark}c' || n / 2 % {projects} % {clients}, 1, 'time', 8, 50, 400, 'EUR'",
        "{invoices} * 2",
        "n / 2 / {projects} * 50",
    ),
}


def fill(connection: Connection, invoices: int, *, mark: str = "") -> None:
    """So many invoices (20 a project, 50 a client), written by the server itself; ``mark`` begins their ids."""
    projects = invoices // 20
    sizes = {
        "invoices": invoices, "projects": projects, "clients": invoices // 50, "managers": max(projects // 40, 1),
        "approvals": invoices * 2, "mark": mark,
    }  # fmt: skip
    for kind, (columns, values, rows, day) in _LOAD.items():
        for version, wait in (("1", "0"), ("2", "20 + n % 30"))[: 2 if kind in ("invoice", "approval") else 1]:
            first, moment = (_DAY.format(f"({when})::int") for when in (day, f"{day} + {wait}"))
            later = version == "2"
            values_now = values.replace("{status}", "'settled'" if later else "'issued'").replace("{asked}", first)
            for name in ("{settled}", "{decided}"):
                values_now = values_now.replace(name, moment if later else "NULL")
            values_now = values_now.replace(f"{moment},", f"({moment})::date,") if kind == "invoice" else values_now
            insert = (
                f"INSERT INTO {kind} ({_ENVELOPE}, digest, {columns}) "
                f"SELECT 'bench{{mark}}', '{kind}' || n, '{version}', {first}, {moment}, 'd', {values_now} "
                f"FROM generate_series(0, {rows} - 1) AS n"
            )
            connection.exec_driver_sql(insert.format(**sizes).replace("%", "%%"))
