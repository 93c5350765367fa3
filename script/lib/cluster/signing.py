"""JWTs that a client signs: assertions (RFC 7523) and DPoP proofs (RFC 9449)."""

import base64
import json
import time
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


class SigningKey:
    """A new key on P-256, which nobody else has."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_numbers()
        self.jwk = {"kty": "EC", "crv": "P-256", "x": _base64url(_bytes(point.x)), "y": _base64url(_bytes(point.y))}

    def assertion(self, client, audience):
        """Who the client is, once and for a minute."""
        now = int(time.time())
        return self._jwt({}, {"iss": client, "sub": client, "aud": audience, "iat": now, "exp": now + 60})

    def proof(self, url):
        """That whoever posts to this URL has the key, once."""
        return self._jwt({"typ": "dpop+jwt", "jwk": self.jwk}, {"htm": "POST", "htu": url, "iat": int(time.time())})

    def _jwt(self, header, claims):
        parts = {"alg": "ES256", **header}, {"jti": str(uuid.uuid4()), **claims}
        text = ".".join(_base64url(json.dumps(part).encode()) for part in parts)
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{_base64url(_bytes(r) + _bytes(s))}"


def _bytes(number):
    return number.to_bytes(32, "big")


def _base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
