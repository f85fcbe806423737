"""Values that come from files and variables: mended where that is safe, refused where they can't be right."""

from pathlib import Path

import pytest

from wizard.brought import bring, token
from wizard.errors import Exit, UserError
from wizard.render.needed_secrets import Value


@pytest.mark.parametrize("text", ["t0ken/with+odd=chars%40&more", "t\n", "t\r\n", "  t \n\n"])
def test_a_token_loses_the_end_of_its_line(text: str) -> None:
    assert token(text, "it") == text.strip()


@pytest.mark.parametrize("text", ["a b", "a\nb", "user: x\n", "a\x00b"])
def test_what_is_no_token_is_told_without_showing_it(text: str) -> None:
    with pytest.raises(UserError, match="key token of Secret s is no token") as wrong:
        token(text, "key token of Secret s")
    assert wrong.value.code == Exit.USAGE
    assert text not in str(wrong.value)


def test_a_token_comes_from_a_file_or_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    file.write_text("from-a-file\n")
    assert bring(Value(file=str(file), check="token"), "it", needed=True) == "from-a-file"
    monkeypatch.setenv("DAGS_TOKEN", "from-a-variable\r\n")
    assert bring(Value(environment="DAGS_TOKEN", check="token"), "it", needed=True) == "from-a-variable"
