"""Signs with botocore's CloudFrontSigner; RSA by openssl. Reads a JSON list of requests, prints the signed URLs as a JSON list."""
import datetime
import json
import subprocess
import sys

from botocore.signers import CloudFrontSigner

asked = json.load(sys.stdin)


def rsa(message):
    return subprocess.run(["openssl", "dgst", "-sha1", "-sign", asked["key"]], input=message, capture_output=True, check=True).stdout


def at(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


signer = CloudFrontSigner(asked["keyPairId"], rsa)
signed = []
for request in asked["requests"]:
    url = request["url"]
    if "ip" in request or "after" in request:
        after = at(request["after"]) if "after" in request else None
        policy = signer.build_policy(
            request.get("resource", url), at(request["before"]), date_greater_than=after, ip_address=request.get("ip")
        )
        signed.append(signer.generate_presigned_url(url, policy=policy))
    else:
        signed.append(signer.generate_presigned_url(url, date_less_than=at(request["before"])))
print(json.dumps(signed))
