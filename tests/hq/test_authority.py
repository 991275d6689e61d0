"""Certificates by command: read with openssl, which is not ours."""

import subprocess
from pathlib import Path

import pytest

from hq import cli


@pytest.fixture
def hq(tmp_path: Path, shop_dir: Path, capsys):
    """Give a function that runs one command at headquarters of the example shop: (code, out, err)."""

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main([*words, "--db", str(tmp_path / "hq.db"), "--keys", str(tmp_path / "keys")])
        return (code, *capsys.readouterr())

    run("init")
    run("apply", str(shop_dir))
    return run


def enrol(hq, out: Path) -> tuple[int, str, str]:
    return hq("enrol", "s001", "1", "--out", str(out), "--broker", "mqtts://hq.example")


def openssl(*words: str | Path) -> str:
    done = subprocess.run(
        ["openssl", *map(str, words)], capture_output=True, text=True, check=False, timeout=30
    )
    return done.stdout + done.stderr


def test_what_the_authority_signs_is_what_openssl_accepts(hq, tmp_path) -> None:
    """A lane is a client and no server, the broker a server under its own host name, strictly so."""
    assert hq("ca", "--host", "hq.example")[0] == 0
    assert enrol(hq, tmp_path / "lane")[0] == 0
    tls, lane = tmp_path / "keys" / "tls", tmp_path / "lane" / "tls"
    trust = ("verify", "-x509_strict", "-CAfile", tls / "ca.pem")
    mine = lane / "lane.pem"
    assert openssl(*trust, "-purpose", "sslclient", mine).endswith(": OK\n")
    assert "unsuitable certificate purpose" in openssl(*trust, "-purpose", "sslserver", mine)
    server = (*trust, "-purpose", "sslserver", "-verify_hostname")
    assert openssl(*server, "hq.example", tls / "broker.pem").endswith(": OK\n")
    assert "ostname mismatch" in openssl(*server, "evil.example", tls / "broker.pem")
    assert openssl("x509", "-in", mine, "-noout", "-subject").split("=")[-1].strip() == "s001/1"
    for key in (tls / "ca.key", tls / "hq.key", tls / "broker.key", lane / "lane.key"):
        assert key.stat().st_mode & 0o777 == 0o600


def test_a_second_ca_keeps_what_exists(hq, tmp_path) -> None:
    """Certificates in the field stay good; a broker that was not named at first is added."""
    hq("ca")
    before = (tmp_path / "keys" / "tls" / "ca.pem").read_bytes()
    assert not (tmp_path / "keys" / "tls" / "broker.pem").exists()
    assert hq("ca", "--host", "10.1.2.3")[0] == 0
    assert (tmp_path / "keys" / "tls" / "ca.pem").read_bytes() == before
    text = openssl("x509", "-in", tmp_path / "keys" / "tls" / "broker.pem", "-noout", "-text")
    assert "IP Address:10.1.2.3" in text
    assert "has everything already" in hq("ca", "--host", "10.1.2.3")[1]


def test_without_an_authority_the_request_waits_for_the_chains_own(hq, tmp_path) -> None:
    """`enrol` says so; an authority made by openssl signs the request under the same name."""
    _, said, _ = enrol(hq, tmp_path / "lane")
    tls = tmp_path / "lane" / "tls"
    assert "not signed" in said
    assert sorted(path.name for path in tls.iterdir()) == ["lane.csr", "lane.key"]
    assert "verify OK" in openssl("req", "-in", tls / "lane.csr", "-verify", "-noout")
    ca, key = tmp_path / "chain.pem", tmp_path / "chain.key"
    make = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=chain")
    openssl(*make, "-keyout", key, "-out", ca)
    sign = ("x509", "-req", "-in", tls / "lane.csr", "-CA", ca, "-CAkey", key, "-CAcreateserial")
    openssl(*sign, "-out", tls / "lane.pem")
    assert openssl("verify", "-CAfile", ca, tls / "lane.pem").endswith(": OK\n")


def test_a_request_is_signed_for_the_lane_it_names_alone(hq, tmp_path) -> None:
    """Another lane's name, a lane that is not published, rubbish, no authority: each is refused."""
    enrol(hq, tmp_path / "lane")
    csr, out = str(tmp_path / "lane" / "tls" / "lane.csr"), str(tmp_path / "lane.pem")
    code, _, err = hq("sign", "s001", "1", csr, "--out", out)
    assert (code, "no certificate authority" in err) == (1, True)
    hq("ca")
    code, _, err = hq("sign", "s001", "2", csr, "--out", out)
    assert (code, "not for CN=s001/2" in err) == (1, True)
    assert hq("sign", "s001", "9", csr, "--out", out)[0] == 1
    rubbish = tmp_path / "rubbish.csr"
    rubbish.write_text("-----BEGIN CERTIFICATE REQUEST-----\n")
    assert hq("sign", "s001", "1", str(rubbish), "--out", out)[0] == 1
    assert not Path(out).exists()
    assert hq("sign", "s001", "1", csr, "--out", out)[0] == 0


def test_the_rules_name_each_lane_and_its_store_once(hq) -> None:
    """What mosquitto reads: two patterns for all lanes, headquarters, and a line for each lane."""
    rules = hq("acl")[1]
    assert rules.count("pattern ") == 2
    for lane in ("s001/1", "s001/2"):
        assert rules.count(f"user {lane}\ntopic read retail/v1/s001/down/#\n") == 1
