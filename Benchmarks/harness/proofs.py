"""What clients prove themselves by: keys and certificates, and what they sign, which is good for one request.

Python's `cryptography` signs, by a process for each core: the servers are idle meanwhile."""

import base64
import concurrent.futures
import json
import os
import time

from servers import LOAD_CORE, SERVER_CORE, Failure

try:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
except ImportError:
    hashes = None

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# Of an assertion, in seconds: its requests are sent at once.
LIFETIME = 300


def base64url(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Key:
    """A key of clients, for ES256 (P-256) or RS256 (2048 bits)."""

    def __init__(self, algorithm):
        if hashes is None:
            raise Failure("Python has no module cryptography")
        self.algorithm = algorithm
        self.private = (ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256"
                        else rsa.generate_private_key(65537, 2048))

    def write_public(self, path):
        with open(path, "wb") as file:
            file.write(self.private.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
        return path

    @property
    def pem(self):
        return self.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                          serialization.NoEncryption())

    @property
    def jwk(self):
        """The public half, of P-256."""
        point = self.private.public_key().public_numbers()
        return {"kty": "EC", "crv": "P-256", "x": base64url(point.x.to_bytes(32, "big")),
                "y": base64url(point.y.to_bytes(32, "big"))}


def signed(job):
    """JWTs with these claims, and with an identifier each, by a process of its own."""
    core, algorithm, pem, header, claims, count = job
    os.sched_setaffinity(0, {core})
    private = serialization.load_pem_private_key(pem, None)
    head = base64url(json.dumps({"alg": algorithm, **header}).encode())
    jwts = []
    for number in range(count):
        claims_of_one = {**claims[number % len(claims)], "jti": os.urandom(16).hex()}
        text = f"{head}.{base64url(json.dumps(claims_of_one).encode())}"
        if algorithm == "ES256":
            numbers = decode_dss_signature(private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
            signature = b"".join(each.to_bytes(32, "big") for each in numbers)
        else:
            signature = private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        jwts.append(f"{text}.{base64url(signature)}")
    return jwts


def sign(key, header, claims, count):
    """At least `count` JWTs of now; each has one of the claims, in turn."""
    cores = (SERVER_CORE, LOAD_CORE)
    each = -(-count // len(cores) // len(claims)) * len(claims)
    with concurrent.futures.ProcessPoolExecutor(len(cores)) as pool:
        jobs = [(core, key.algorithm, key.pem, header, claims, each) for core in cores]
        return [jwt for part in pool.map(signed, jobs) for jwt in part]


def assertions(key, clients, audience, count):
    """Assertions of these clients in turn (RFC 7523 §3)."""
    now = int(time.time())
    claims = [{"iss": client, "sub": client, "aud": audience, "iat": now, "exp": now + LIFETIME} for client in clients]
    return sign(key, {}, claims, count)


def dpop_proofs(key, url, count):
    """Proofs for a POST to this URL (RFC 9449 §4.2)."""
    claims = {"htm": "POST", "htu": url, "iat": int(time.time())}
    return sign(key, {"typ": "dpop+jwt", "jwk": key.jwk}, [claims], count)
