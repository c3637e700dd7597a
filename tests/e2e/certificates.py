"""Keys and certificates by the openssl command.

    ca.pem           a root                       other-ca.pem           another one
    server.pem/key   of localhost, by ca          other.pem/key          of localhost, by other-ca
    client.pem/key   of a client, by ca"""

import ssl
import subprocess


class Certificates:
    def __init__(self, folder):
        self.folder = folder
        for root in ("ca", "other-ca"):
            self.run("req", "-x509", *NEW_KEY, "-days", "2", "-subj", "/CN=" + root, "-keyout", root + ".key",
                     "-out", root + ".pem")
        self.leaf("server", "ca", "DNS:localhost,IP:127.0.0.1")
        self.leaf("client", "ca", "DNS:client.test")
        self.leaf("other", "other-ca", "DNS:localhost,IP:127.0.0.1")

    def run(self, *args):
        subprocess.run(["openssl", *args], cwd=self.folder, check=True, capture_output=True)

    def leaf(self, name, root, names):
        (self.folder / (name + ".ext")).write_text("subjectAltName=%s\n" % names)
        self.run("req", "-new", *NEW_KEY, "-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".csr")
        self.run("x509", "-req", "-in", name + ".csr", "-CA", root + ".pem", "-CAkey", root + ".key", "-CAcreateserial",
                 "-days", "2", "-extfile", name + ".ext", "-out", name + ".pem")

    def __call__(self, name):
        return "%s/%s" % (self.folder, name)

    def read(self, name):
        return (self.folder / name).read_bytes()

    def flags(self, name="server", client_ca=None):
        more = ["--tls-client-ca", self(client_ca)] if client_ca else []
        return ["--tls-cert", self(name + ".pem"), "--tls-key", self(name + ".key"), *more]

    def context(self, alpn=("http/1.1",), client=None, ca="ca.pem"):
        """A client's."""
        context = ssl.create_default_context(cafile=self(ca))
        if alpn:
            context.set_alpn_protocols(list(alpn))
        if client:
            context.load_cert_chain(self(client + ".pem"), self(client + ".key"))
        return context


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
