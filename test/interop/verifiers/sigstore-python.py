"""Verifies bundles with PyPI's sigstore as its command line does: one JSON object a line in, one out."""

import base64
import hashlib
import json
import sys

from sigstore import __version__
from sigstore._cli import _verify_common
from sigstore.errors import Error
from sigstore.hashes import Hashed
from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier, policy
from sigstore_models.common import v1
from sigstore_models.trustroot import v1 as trustroot


def verify(given):
    try:
        root = TrustedRoot(trustroot.TrustedRoot.from_json(json.dumps(given["trustedRoot"])))
        digest = hashlib.sha256(base64.b64decode(given["artifact"])).digest()
        _verify_common(
            Verifier(trusted_root=root),
            Hashed(algorithm=v1.HashAlgorithm.SHA2_256, digest=digest),
            Bundle.from_json(json.dumps(given["bundle"])),
            policy.Identity(identity=given["identity"], issuer=given["issuer"]),
        )
        return {"accepted": True, "words": "OK"}
    except (Error, ValueError) as error:
        return {"accepted": False, "words": f"{type(error).__name__}: {error}"}


print(json.dumps({"version": __version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(verify(json.loads(line))), flush=True)
