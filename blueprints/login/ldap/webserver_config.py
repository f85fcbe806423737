"""Log-in by LDAP, for Airflow's FAB provider, which reads the names in capitals.

All that differs between installations comes from the environment, the password of the bind user too. In the cluster
this file is a key of Secret airflow-webserver-config: what you add there is kept, so it may hold secrets of your own.
To have it as the wizard makes it again, delete the Secret and apply.
"""

import json
import os

try:
    import ldap
    import ldap.filter  # a broken python-ldap lacks it, and log-ins would fail one by one
except ImportError as error:
    raise SystemExit(
        f"This image cannot log in by LDAP: {error}. Build python-ldap into it (pip install python-ldap, with libldap "
        "and libsasl2), or take the official image."
    ) from None

from flask_appbuilder.const import AUTH_LDAP

# A directory that is away must not hold up the api-server: seconds.
ldap.set_option(ldap.OPT_NETWORK_TIMEOUT, 10)

AUTH_TYPE = AUTH_LDAP
AUTH_LDAP_SERVER = os.environ["LDAP_SERVER"]

# TLS: by ldaps:// or by StartTLS. The certificate is always verified.
AUTH_LDAP_USE_TLS = os.environ["LDAP_START_TLS"] == "True"
AUTH_LDAP_TLS_DEMAND = True
AUTH_LDAP_ALLOW_SELF_SIGNED = False
AUTH_LDAP_TLS_CACERTFILE = os.environ["LDAP_CA_FILE"]

# This user looks people up; their own password is then tried with the name that was found.
AUTH_LDAP_BIND_USER = os.environ["LDAP_BIND_USER"]
AUTH_LDAP_BIND_PASSWORD = os.environ["LDAP_BIND_PASSWORD"]
AUTH_LDAP_SEARCH = os.environ["LDAP_USER_BASE"]
AUTH_LDAP_SEARCH_FILTER = os.environ.get("LDAP_USER_FILTER", "")
AUTH_LDAP_UID_FIELD = os.environ["LDAP_USER_ATTRIBUTE"]
AUTH_LDAP_FIRSTNAME_FIELD = "givenName"
AUTH_LDAP_LASTNAME_FIELD = "sn"
AUTH_LDAP_EMAIL_FIELD = "mail"

# Who is found gets the default role, and those of their groups, anew at each log-in.
AUTH_USER_REGISTRATION = True
AUTH_USER_REGISTRATION_ROLE = os.environ["LDAP_DEFAULT_ROLE"]
AUTH_ROLES_SYNC_AT_LOGIN = True
AUTH_LDAP_GROUP_FIELD = os.environ["LDAP_GROUP_ATTRIBUTE"]
AUTH_ROLES_MAPPING = json.loads(os.environ["LDAP_ROLES"])
