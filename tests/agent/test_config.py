"""A configuration is typed and ranged; what nobody reads is an error that helps."""

from pathlib import Path

import pytest

from agent.config import read_config
from agent.secrets_files import till_token
from ground.complaints import Complaint
from ground.strict_toml import TomlComplaint

GOOD = 'store = "s001"\nlane = "1"\ndata_dir = "data"\nkeys_dir = "keys"\n'


def config(tmp_path: Path, text: str):
    path = tmp_path / "lane.toml"
    path.write_text(GOOD + text)
    return read_config(path)


def test_paths_are_relative_to_the_file(tmp_path):
    """Wherever the agent was started."""
    assert config(tmp_path, "").path("data") == (tmp_path / "data").resolve()


@pytest.mark.parametrize(
    ("text", "table", "key", "nearest"),
    [
        ('[printer]\nprofil = "x"\n', "printer", "profil", "profile"),
        ("[http]\nprt = 1\n", "http", "prt", "port"),
        ("[http]\nport = 99999\n", "http", "port", ""),
        ("[till]\nclaim_wait_ms = 5000\n", "till", "claim_wait_ms", ""),
        ('mode = "fast"\n', "", "mode", ""),
        ("[goodwill]\ncase_max_minor = -1\n", "goodwill", "case_max_minor", ""),
        ('[scanners]\nurl = "x"\n', "", "scanners", "scanner"),
    ],
)
def test_each_mistake_names_file_table_key_and_the_nearest_known(
    tmp_path, text, table, key, nearest
):
    """Store IT reads one line and knows what to change."""
    with pytest.raises(TomlComplaint) as complaint:
        config(tmp_path, text)
    wrong = complaint.value
    assert (wrong.table, wrong.key, wrong.nearest) == (table, key, nearest)
    assert "lane.toml" in wrong.what


def test_the_same_key_twice_is_refused(tmp_path):
    """TOML forbids it; nobody must guess which one holds."""
    with pytest.raises(TomlComplaint):
        config(tmp_path, 'lane = "2"\n')


def test_a_token_is_made_once_and_only_the_owner_may_read_it(tmp_path):
    """0600, the same at the next start; one that others can read is refused."""
    path = tmp_path / "till.token"
    token = till_token(path)
    assert (path.stat().st_mode & 0o777, till_token(path)) == (0o600, token)
    path.chmod(0o644)
    with pytest.raises(Complaint, match="read by others"):
        till_token(path)
