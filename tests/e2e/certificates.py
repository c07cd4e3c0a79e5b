"""Certificates for tests: authorities, servers and clients, good and bad."""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
NAMES = ("localhost", "127.0.0.1")


class Certificate:
    """A certificate and its key, in FOLDER/NAME.pem and FOLDER/NAME.key. Without an issuer it is an authority."""

    def __init__(self, folder, name, issuer=None, names=NAMES, usage=None, days=(-1, 30), ca=None, curve=ec.SECP256R1,
                 digest=hashes.SHA256):
        now = datetime.datetime.now(datetime.timezone.utc)
        self.key = ec.generate_private_key(curve())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (x509.CertificateBuilder().subject_name(self.subject)
                   .issuer_name(issuer.subject if issuer else self.subject)
                   .public_key(self.key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(now + datetime.timedelta(days=days[0]))
                   .not_valid_after(now + datetime.timedelta(days=days[1]))
                   .add_extension(x509.BasicConstraints(ca=issuer is None if ca is None else ca, path_length=None), critical=True))
        if names and (issuer is None or usage == SERVER):
            builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(n) for n in names]), critical=False)
        if usage is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        self.certificate = builder.sign(issuer.key if issuer else self.key, digest())
        self.pem, self.key_file = folder / f"{name}.pem", folder / f"{name}.key"
        self.pem.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        self.key_file.write_bytes(self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


def _general_name(name):
    if name.startswith("DNS:"):
        return x509.DNSName(name.removeprefix("DNS:"))
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
