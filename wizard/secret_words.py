"""What secrets look like that nobody told us of: the shapes of well-known ones, and the names that values have."""

import re
from typing import Final

MASK: Final = "•••"

_WORDS = (
    "passw(?:or)?d|passwd|passphrase|passcode|pwd|secret|token|fernet|credential|"
    "(?:api|access|account|private|shared|signing|encryption|auth)[-_.]?key|signature|(?<![a-z])sig(?![a-z])"
)
_HARMLESS_END = (
    "names?|namespace|refs?|path|file|filename|dir|folder|mount|type|kind|cmd|command|seconds|minutes|count|size|"
    r"length|ttl|time|expir\w*|ur[li]|secret-hash|algorithms?|required|enabled|version|class|backend|kwargs|provider|policy|"
    r"pullsecrets?|serviceaccounttoken|\.(?:py|sh|ya?ml|json|cfg|conf|ini|txt|sql|md)"
)
_SECRET_NAME = re.compile(rf"(?:{_WORDS})", re.IGNORECASE)
_HARMLESS_NAME = re.compile(rf"^(?:show|automount|enable|use|num|max|min)|(?:{_HARMLESS_END})$", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Whether what is called so is a secret: `db_password`, but neither `secretName` nor `password_file`."""
    return bool(_SECRET_NAME.search(name)) and not _HARMLESS_NAME.search(name)


_NAME = rf"(?P<name>(?<![\w.-])(?<!ecret )[\w.-]{{0,80}}?(?:{_WORDS})[\w.-]{{0,60}})"
_QUOTED = r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.|'')*'|(?P<quote>\\+["'])(?:(?!(?P=quote)).)*?(?P=quote)"""
_BARE = r"""[^\s,;&"'}\])\\]+"""
_BLOCK = r"(?![|>][-+]?\d?\s*$|[\[{]|\$\(|\$\{?(?-i:[A-Z_]{2,}))"
"""A value that isn't there: it begins in the next line, is no single value, or is a variable's name."""

NAMED = re.compile(
    rf"(?P<head>{_NAME}\\*[\"']?[ \t]*(?:=>|==|:=|[:=])[ \t]*){_BLOCK}(?P<said>{_QUOTED}|{_BARE})", re.IGNORECASE
)
"""`name=value`, `name: value`, `"name": "value"`, in one line."""

LINE = re.compile(
    rf"^(?P<head>[ \t+-]*{_NAME}[ \t]*[:=][ \t]*)(?!.*\s[\w.-]+=){_BLOCK}(?P<said>[^\s\"'].*?)(?=\s*$)", re.IGNORECASE
)
"""The same where it begins a line: then a value without quotes goes on to the line's end, where no other follows."""

PAIRED = re.compile(
    rf"(?P<head>\bname\\*[\"']?[ \t]*:[ \t]*\\*[\"']?{_NAME}\\*[\"']?[\s,+-]*\\*[\"']?value\\*[\"']?[ \t]*:[ \t]*)"
    rf"(?P<said>{_QUOTED}|{_BARE})",
    re.IGNORECASE,
)
"""A variable of a container: `name: NAME` and, in the next line or behind a comma, `value: VALUE`."""

_KEY = "[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
_GAP = r"(?:\\++[nr]|\r?\n(?:[+-](?!-))?[ \t]*+|[ \t]++)"
_KEY_TEXT = rf"(?>[A-Za-z0-9+/=]{{16,}}+(?:{_GAP}++[A-Za-z0-9+/=]{{16,}}+){{0,200}}+(?:{_GAP}++[A-Za-z0-9+/=]++)?+)"

PATTERNS: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (rf"-----BEGIN {_KEY}[\s\S]{{0,20000}}?-----END {_KEY}", MASK),
        (rf"-----BEGIN {_KEY}{_GAP}*+{_KEY_TEXT}", MASK),
        (rf"(?<![A-Za-z0-9+/=]){_KEY_TEXT}{_GAP}*+-----END {_KEY}", MASK),
        (r"""(?i)(\b[a-z][a-z0-9+.-]{0,30}:/{2}[^\s/:@"'<>]*:)[^\s/"'<>?#]+@""", rf"\1{MASK}@"),
        (r"""(?i)(\bhttps?:/{2})[^\s/:@"'<>]{16,}@""", rf"\1{MASK}@"),
        (r"""(?i)(\bauthorization\\*["']?[ \t]*[:=][ \t]*\\*["']?)[^\s"'\\][^\r\n"'\\]*""", rf"\1{MASK}"),
        (r"(?i)(\bbearer[ \t]+)(?:(?=[a-z._~+/=-]*\d)[\w.~+/=-]{8,}|[\w.~+/=-]{20,})", rf"\1{MASK}"),
        (r"(?<![A-Za-z0-9_-])eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)*", MASK),
        (r"(?<![A-Za-z0-9])ZXlK[A-Za-z0-9+/_-]{20,}={0,2}", MASK),
        (r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])", MASK),
        (r"(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AIza)[\w-]{16,}", MASK),
    )
)
"""Keys, cut off at either end too; passwords in URLs; headers; JWTs, also in base64; keys of AWS and of Git hosts."""
