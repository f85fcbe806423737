"""Who may log in."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, model_validator

from wizard.plan.fields import CONTROL, USERS_DOCS, Closed, Misfit, ask, matching
from wizard.plan.secret_sources import SecretSource
from wizard.plan.sections.dags import certificates
from wizard.plan.shorthand import groups_of

LDAP_DOCS = (
    "https://airflow.apache.org/docs/apache-airflow-providers-fab/stable/auth-manager/webserver-authentication.html"
)
FAB_LDAP_DOCS = "https://flask-appbuilder.readthedocs.io/en/latest/security.html#authentication-ldap"
ROLES_DOCS = "https://airflow.apache.org/docs/apache-airflow-providers-fab/stable/auth-manager/access-control.html"


class Admin(Closed):
    """The first user, who may do everything."""

    username: Annotated[str, matching(r"[A-Za-z0-9._@-]{1,64}", "may hold only letters, digits and . _ @ -")] = ask(
        "Admin user", "The first user. The password is made once and kept in a Secret.", USERS_DOCS, default="admin"
    )
    email: Annotated[str, matching(rf"[^\s@{CONTROL}]+@[^\s@{CONTROL}]+", "must be an e-mail address")] = ask(
        "E-mail of the admin",
        "Airflow wants one for each user; nothing is sent there.",
        USERS_DOCS,
        default="admin@example.com",
    )


class Users(Closed):
    """Users in Airflow's own database."""

    type: Literal["users"] = "users"
    admin: Admin = Admin()


_SERVER = re.compile(rf"ldaps?://[^\s/@:{CONTROL}]+(:[0-9]{{1,5}})?/?")


def server_address(value: str) -> str:
    """The address of a directory: scheme, host and port, and nothing else."""
    if not _SERVER.fullmatch(value):
        raise ValueError("must be an address such as ldaps://ldap.example.org or ldap://10.0.0.1:1389")
    return value.removesuffix("/")


Name = Annotated[str, matching(rf"(?=\S)[^{CONTROL}]+(?<=\S)", "must be a name in one line")]
Base = Annotated[str, matching(rf"[\w.-]+ *=[^{CONTROL}]+", "must be a DN, such as ou=people,dc=example,dc=org")]
Attribute = Annotated[str, matching(r"[A-Za-z][\w.;-]*", "must be the name of an attribute, such as uid")]
Filter = Annotated[
    str, matching(rf"\([^{CONTROL}]+\)", "must be a filter in parentheses, such as (objectClass=person)")
]
Groups = Annotated[
    dict[Name, list[Name]],
    BeforeValidator(groups_of),
]


class Ldap(Closed):
    """Users of a directory, by LDAP."""

    type: Literal["ldap"] = "ldap"
    server: Annotated[str, AfterValidator(server_address)] = ask(
        "Server",
        "ldaps:// is TLS from the start; ldap:// is in the clear, unless StartTLS is on.",
        FAB_LDAP_DOCS,
        examples=["ldaps://ldap.example.org", "ldap://ldap.example.org"],
    )
    start_tls: bool = ask(
        "StartTLS",
        "Turns an ldap:// connection into TLS before any name or password is sent.",
        FAB_LDAP_DOCS,
        default=False,
    )
    ca_certificate: Annotated[str, AfterValidator(certificates)] | None = ask(
        "CA certificate",
        "The certificate of your own authority, as PEM text. It is the only one that is trusted then. "
        "Empty: the public ones that the image knows. The server's certificate is always verified.",
        FAB_LDAP_DOCS,
        kind="lines",
        default=None,
    )
    bind_user: Name = ask(
        "Bind user",
        "Who looks people up, such as cn=airflow,ou=services,dc=example,dc=org.",
        FAB_LDAP_DOCS,
        examples=["cn=airflow,ou=services,dc=example,dc=org"],
    )
    bind_password: SecretSource = ask(
        "Where is the bind user's password?",
        "It goes to a Secret, and into the environment of the api-server. Only its place is kept in the plan.",
        FAB_LDAP_DOCS,
        choices="secret-sources",
    )
    user_base: Base = ask(
        "Users below",
        "The DN below which people are, such as ou=people,dc=example,dc=org.",
        LDAP_DOCS,
        examples=["ou=people,dc=example,dc=org"],
    )
    user_attribute: Attribute = ask(
        "User attribute",
        "What people type as their name: uid mostly; sAMAccountName in Active Directory.",
        FAB_LDAP_DOCS,
        default="uid",
    )
    user_filter: Filter | None = ask(
        "User filter",
        "Only whom it matches may log in, such as (memberOf=cn=airflow,ou=groups,dc=example,dc=org). Empty: everybody.",
        FAB_LDAP_DOCS,
        default=None,
    )
    group_attribute: Attribute = ask(
        "Group attribute", "Which attribute of a person names their groups.", FAB_LDAP_DOCS, default="memberOf"
    )
    roles: Groups = ask(
        "Groups",
        "A role and a group a line: Admin: cn=airflow-admins,ou=groups,dc=example,dc=org. Roles: Admin, Op, User, "
        "Viewer. The group is written just as the directory writes it.",
        ROLES_DOCS,
        kind="lines",
        default={},
    )
    default_role: Name = ask(
        "Default role",
        "What everybody gets whom the directory lets in, beside the roles of their groups. Public may do nothing.",
        ROLES_DOCS,
        default="Viewer",
    )
    admin: Admin = Admin()

    @model_validator(mode="after")
    def _one_kind_of_tls(self) -> Self:
        if self.start_tls and self.server.startswith("ldaps://"):
            raise Misfit("server", "is TLS already; StartTLS is for ldap:// addresses")
        return self
