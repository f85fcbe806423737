"""Which database Airflow uses, and what is kept free for one of our own."""

import re
from typing import Any

from wizard.plan.derived.secret_places import place_of
from wizard.plan.model import Plan
from wizard.plan.sections.database import ExistingPostgreSQL, MySQL, PostgreSQL, Server, TlsVerifyFull

OWN_CA = "/etc/database-ca/ca.crt"
"""Where the plan's authority is mounted: blueprints/database/existing/tls/verify-full/ca.pod.patch.yaml."""

PUBLIC_CAS = "/etc/ssl/certs/ca-certificates.crt"
"""Where Debian, and so Airflow's image, keeps the public authorities; the drivers have no place of their own."""

LEAST_LIMIT = "1Gi"
"""The least memory limit of a database of our own."""

ANSWERED = {
    "databaseMemoryLimit": "database.memory",
    "databasePort": "database.port",
    "databasePasswordSecret": "database.password",
    "databasePasswordKey": "database.password",
    "databaseCaFile": "database.tls.caCertificate",
}

_BYTES = {"Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "M": 10**6, "G": 10**9, "T": 10**12}


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    match plan.database:
        case PostgreSQL(memory=memory):
            return {"databaseMemoryLimit": max(memory, LEAST_LIMIT, key=_bytes)}
        case ExistingPostgreSQL(tls=tls):
            ca = OWN_CA if isinstance(tls, TlsVerifyFull) and tls.ca_certificate else PUBLIC_CAS
            return {"databaseCaFile": ca, **_of_server(plan.database, "airflow-db-existing", "POSTGRES_PASSWORD")}
        case MySQL():
            return _of_server(plan.database, "airflow-db-mysql", "MYSQL_PASSWORD")


def _of_server(server: Server, secret: str, key: str) -> dict[str, str]:
    """The port as a ConfigMap has it, and where the password is; one that is brought goes to `secret`."""
    name, key = place_of(server.password, secret, key)
    return {"databasePort": str(server.port), "databasePasswordSecret": name, "databasePasswordKey": key}


def _bytes(size: str) -> float:
    number, unit = re.fullmatch(r"([0-9.]+)(\w+)", size).groups()  # type: ignore[union-attr]  # the model has checked it
    return float(number) * _BYTES[unit]
