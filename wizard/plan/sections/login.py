"""Who may log in."""

from typing import Annotated, Literal

from wizard.plan.fields import USERS_DOCS, Closed, ask, matching


class Admin(Closed):
    """The first user, who may do everything."""

    username: Annotated[str, matching(r"[A-Za-z0-9._@-]{1,64}", "may hold only letters, digits and . _ @ -")] = ask(
        "Admin user", "The first user. The password is made once and kept in a Secret.", USERS_DOCS, default="admin"
    )
    email: Annotated[str, matching(r"[^\s@]+@[^\s@]+", "must be an e-mail address")] = ask(
        "E-mail of the admin",
        "Airflow wants one for each user; nothing is sent there.",
        USERS_DOCS,
        default="admin@example.com",
    )


class Users(Closed):
    """Users in Airflow's own database."""

    type: Literal["users"] = "users"
    admin: Admin = Admin()
