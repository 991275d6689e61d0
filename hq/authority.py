"""The chain's own certificate authority: who may speak to the broker, and under which name.

KEYS/tls/  ca.pem and ca.key; hq.pem and hq.key of `serve`; broker.pem and broker.key for the broker

A lane's certificate is named STORE/LANE, which is its place in every topic: the broker's rules need
no other list. A chain with an authority of its own signs the requests there instead.
"""

from __future__ import annotations

import ipaddress
import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ground.complaints import Complaint

HQ_NAME = "tillside-hq"  # of headquarters' certificate; no store has this name: it has no slash
AUTHORITY_DAYS = 3650
LEAF_DAYS = 730  # a lane is signed anew once in its life
BACKDATED = timedelta(hours=1)  # for a lane whose clock is a little behind
_KEY_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
_ROLES = {"client": ExtendedKeyUsageOID.CLIENT_AUTH, "server": ExtendedKeyUsageOID.SERVER_AUTH}

PrivateKey = ec.EllipticCurvePrivateKey


def make_request(folder: Path, name: str) -> tuple[Path, Path]:
    """Make `lane.key` and `lane.csr`, the request for a certificate of this name."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder(_named(name)).sign(key, hashes.SHA256())
    made = _write_key(folder / "lane.key", key), folder / "lane.csr"
    made[1].write_bytes(request.public_bytes(serialization.Encoding.PEM))
    return made


class Authority:
    """Signs certificates with the key in KEYS/tls."""

    def __init__(self, folder: Path, now: datetime) -> None:
        """Take the authority in a folder.

        Raises:
            Complaint: there is none, or its files are not what they should be.
        """
        self.folder = folder
        self._now = now
        self.certificate_file = folder / "ca.pem"
        try:
            self._certificate = x509.load_pem_x509_certificate(self.certificate_file.read_bytes())
            self._key = _read_key(folder / "ca.key")
        except FileNotFoundError:
            what = f"headquarters has no certificate authority in {folder}"
            raise Complaint(what, "run tillside-hq ca, or have your own sign the request") from None
        except ValueError as error:
            what = f"{folder}: ca.pem or ca.key cannot be read: {error}"
            raise Complaint(what, "put the files back from a backup") from None

    def sign(self, request: Path, name: str) -> bytes:
        """Give a lane's certificate; the request must be signed by its key and carry its name.

        Raises:
            Complaint: it is no request, or it is one for another name.
        """
        try:
            found = x509.load_pem_x509_csr(request.read_bytes())
            fits = found.is_signature_valid
        except ValueError as error:
            raise Complaint(
                f"{request} is no certificate request: {error}", "name lane.csr"
            ) from None
        if not fits or found.subject != _named(name):
            asked = found.subject.rfc4514_string()
            what = f"{request} asks for {asked!r}, not for CN={name}"
            raise Complaint(what, "name the store and the lane that it was made for")
        return self._issue(name, found.public_key(), "client", None)

    def ensure(self, file: str, name: str, host: str | None = None) -> list[Path]:
        """Make FILE.pem and FILE.key of a service in the authority's folder, where they are missing."""
        certificate = self.folder / f"{file}.pem"
        if certificate.exists():
            return []
        key = ec.generate_private_key(ec.SECP256R1())
        key_file = _write_key(self.folder / f"{file}.key", key)
        role = "server" if host else "client"
        certificate.write_bytes(self._issue(name, key.public_key(), role, host))
        return [certificate, key_file]

    def _issue(self, name: str, key: object, role: str, host: str | None) -> bytes:
        until = self._now + timedelta(days=LEAF_DAYS)
        built = _certificate(
            name, key, self._certificate.subject, self._now, until, authority=False
        )
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        use = x509.ExtendedKeyUsage([_ROLES[role]])
        built = built.add_extension(issuer, critical=False).add_extension(use, critical=False)
        if host is not None:
            names = x509.SubjectAlternativeName([_host_name(host)])
            built = built.add_extension(names, critical=False)
        signed = built.sign(self._key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)


def make_authority(folder: Path, now: datetime) -> list[Path]:
    """Make the chain's authority where it is missing; one that exists is left as it is."""
    if (folder / "ca.key").exists():
        return []
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    until = now + timedelta(days=AUTHORITY_DAYS)
    name = "tillside authority"
    built = _certificate(name, key.public_key(), _named(name), now, until, authority=True)
    key_file = _write_key(folder / "ca.key", key)
    certificate = folder / "ca.pem"
    signed = built.sign(key, hashes.SHA256())
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return [certificate, key_file]


def _certificate(
    name: str, key: object, issuer: x509.Name, now: datetime, until: datetime, authority: bool
) -> x509.CertificateBuilder:
    """Begin a certificate: RFC 5280, section 4.2.1, for what must stand in it and what is critical."""
    assert isinstance(key, ec.EllipticCurvePublicKey)
    uses = ("key_cert_sign", "crl_sign") if authority else ("digital_signature",)
    depth = 0 if authority else None
    return (
        x509.CertificateBuilder(issuer, _named(name), key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(authority, depth), critical=True)
        .add_extension(x509.KeyUsage(**{use: use in uses for use in _KEY_USES}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _host_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write_key(path: Path, key: PrivateKey) -> Path:
    """Write a private key that its owner alone may read; never over another."""
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return path


def _read_key(path: Path) -> PrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path.name} holds no EC key")
    return key
