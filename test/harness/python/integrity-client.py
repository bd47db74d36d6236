"""PyPI's own library of PEP 740, as a filter: `bundle` makes a Sigstore bundle of an attestation, `verify` holds a
provenance object against a distribution, with the trusted root that the library brings and without a network."""

import json
import sys

from pypi_attestations import Attestation, Distribution, Provenance

document = json.load(sys.stdin)
if sys.argv[1] == "bundle":
    print(Attestation.model_validate(document).to_bundle().to_json())
else:
    provenance = Provenance.model_validate(document)
    distribution = Distribution(name=sys.argv[2], digest=sys.argv[3])
    for bundle in provenance.attestation_bundles:
        for attestation in bundle.attestations:
            kind, _ = attestation.verify(bundle.publisher, distribution, offline=True)
            print(f"{bundle.publisher.kind} {bundle.publisher.repository} {kind}")
