"""moto's server with one thing that AWS KMS does and moto does not: Sign with MessageType DIGEST signs the digest itself.

https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
"""

import base64
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from moto.kms.responses import KmsResponse
from moto.server import main

sign_message = KmsResponse.sign


def sign(self):
    if self._get_param("MessageType") != "DIGEST":
        return sign_message(self)
    key = self.kms_backend.describe_key(self._get_param("KeyId"))
    # moto itself decodes the blobs of a request.
    digest = self._get_param("Message")
    signature = key.private_key.private_key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    return json.dumps(
        {
            "KeyId": key.arn,
            "Signature": base64.b64encode(signature).decode(),
            "SigningAlgorithm": self._get_param("SigningAlgorithm"),
        }
    )


KmsResponse.sign = sign
main()
