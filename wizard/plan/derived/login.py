"""Who may log in."""

import json
from typing import Any

from wizard.plan.derived.secret_places import place_of
from wizard.plan.model import Plan
from wizard.plan.sections.login import Ldap
from wizard.plan.unexpanded import unexpanded

OWN_CA = "/opt/airflow/ldap-ca/ca.crt"
"""Where the plan's certificate is mounted: blueprints/login/ldap/webserver-config.pod.patch.yaml."""

PUBLIC_CAS = "/etc/ssl/certs/ca-certificates.crt"
"""The authorities that Debian's images know. Said, since the LDAP library of the image has no setting of its own."""

ANSWERED = {
    "adminEmail": "login.admin.email",
    "ldapStartTls": "login.startTls",
    "ldapCaFile": "login.caCertificate",
    "ldapRoles": "login.roles",
    "ldapPasswordSecret": "login.bindPassword",
    "ldapPasswordKey": "login.bindPassword",
}


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    return {"adminEmail": unexpanded(plan.login.admin.email), **_of_choice(plan)}


def _of_choice(plan: Plan) -> dict[str, Any]:
    match plan.login:
        case Ldap(bind_password=source):
            name, key = place_of(source, "airflow-ldap", "bind-password")
            return {**_settings(plan.login), "ldapPasswordSecret": name, "ldapPasswordKey": key}
    return {}


def _settings(login: Ldap) -> dict[str, str]:
    return {
        "ldapStartTls": str(login.start_tls),
        "ldapCaFile": OWN_CA if login.ca_certificate else PUBLIC_CAS,
        "ldapRoles": json.dumps(roles_by_group(login), ensure_ascii=False),
    }


def roles_by_group(login: Ldap) -> dict[str, list[str]]:
    """The FAB provider's AUTH_ROLES_MAPPING; a group may give several roles."""
    found: dict[str, list[str]] = {}
    for role, groups in login.roles.items():
        for group in groups:
            found.setdefault(group, []).append(role)
    return found
