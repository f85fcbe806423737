"""Rehearsal of LDAP: what the FAB provider does to let somebody in, by the same webserver_config.py, but for the
person's own password, which nobody gives us."""

import os
import runpy
import socket
import ssl
from urllib.parse import urlsplit

import rehearsal


def connected(config):
    """A connection, bound as the user who looks people up."""
    import ldap

    ldap.set_option(ldap.OPT_X_TLS_CACERTFILE, config["AUTH_LDAP_TLS_CACERTFILE"])
    ldap.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
    ldap.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
    connection = ldap.initialize(config["AUTH_LDAP_SERVER"])
    connection.set_option(ldap.OPT_REFERRALS, 0)
    if config["AUTH_LDAP_USE_TLS"]:
        connection.start_tls_s()
    try:
        connection.simple_bind_s(config["AUTH_LDAP_BIND_USER"], config["AUTH_LDAP_BIND_PASSWORD"])
    except ldap.SERVER_DOWN as error:
        raise rehearsal.Failed(unreachable(config) or rehearsal.reason(error)) from None
    return connection


def unreachable(config):
    """Why there is no connection, which the LDAP library calls `SERVER_DOWN` whatever it is; empty where there is."""
    server = urlsplit(config["AUTH_LDAP_SERVER"])
    port = server.port or (636 if server.scheme == "ldaps" else 389)
    try:
        with socket.create_connection((server.hostname, port), timeout=10) as plain:
            if server.scheme == "ldaps":
                context = ssl.create_default_context(cafile=config["AUTH_LDAP_TLS_CACERTFILE"])
                context.wrap_socket(plain, server_hostname=server.hostname).close()
    except OSError as error:
        return f"SERVER_DOWN: {error}"
    return ""


def people(connection, config, name):
    """The entries that a name is found as; `*` for everybody, whose attributes are then left out."""
    import ldap
    import ldap.filter

    escaped = name if name == "*" else ldap.filter.escape_filter_chars(name)
    wanted = f"({config['AUTH_LDAP_UID_FIELD']}={escaped})"
    if config["AUTH_LDAP_SEARCH_FILTER"]:
        wanted = f"(&{config['AUTH_LDAP_SEARCH_FILTER']}{wanted})"
    attributes = ["1.1"] if name == "*" else [config["AUTH_LDAP_GROUP_FIELD"]]
    query = connection.search(config["AUTH_LDAP_SEARCH"], ldap.SCOPE_SUBTREE, wanted, attributes)
    found = []
    while True:
        try:
            kind, entries = connection.result(query, all=0)
        except ldap.SIZELIMIT_EXCEEDED:
            return found  # the server shows no more at once, which is enough to know
        found += [entry for entry in entries if entry[0] is not None]  # without a name: a reference elsewhere
        if kind == ldap.RES_SEARCH_RESULT:
            return found


def roles(groups, config):
    """The roles of who is in these groups."""
    mapped = [role for group in groups for role in config["AUTH_ROLES_MAPPING"].get(group, [])]
    return sorted({*mapped, config["AUTH_USER_REGISTRATION_ROLE"]})


def tried():
    config = runpy.run_path(os.environ["AIRFLOW__FAB__CONFIG_FILE"])
    connection, base = connected(config), config["AUTH_LDAP_SEARCH"]
    count = len(people(connection, config, "*"))
    if not count:
        raise rehearsal.Failed(f"nobody is found below {base}")
    said = f"{count} people below {base}"
    name = os.environ.get("REHEARSAL_LDAP_USER")
    if not name:
        return said
    found = people(connection, config, name)
    if len(found) != 1:
        raise rehearsal.Failed(f"{said}, and {len(found) or 'none'} of them as {config['AUTH_LDAP_UID_FIELD']}={name}")
    groups = [group.decode() for group in found[0][1].get(config["AUTH_LDAP_GROUP_FIELD"], [])]
    return f"{said}; {name}, with {len(groups)} of the groups, gets {', '.join(roles(groups, config))}"


if __name__ == "__main__":
    rehearsal.run(tried)
