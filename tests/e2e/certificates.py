"""Certificates for tests, made with openssl."""
import subprocess


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def make_authority(folder, name):
    """NAME.pem and NAME.key of a certificate authority."""
    _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 30, "-subj", f"/CN={name}",
             "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")


def make_server(folder, name, authority, names="DNS:localhost,IP:127.0.0.1"):
    """NAME.pem and NAME.key of a server of these names, signed by an authority."""
    extensions = folder / f"{name}.ext"
    extensions.write_text(f"basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName={names}\n")
    _openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
             "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.csr")
    _openssl("x509", "-req", "-in", folder / f"{name}.csr", "-CA", folder / f"{authority}.pem",
             "-CAkey", folder / f"{authority}.key", "-CAcreateserial", "-days", 30, "-extfile", extensions,
             "-out", folder / f"{name}.pem")
