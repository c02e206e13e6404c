"""Certificates through boto3. Prints one JSON line with what it saw; exits non-zero at the first surprise."""
import json
import os

import boto3
from botocore.exceptions import ClientError

endpoint = os.environ["AWS_ENDPOINT_URL"]


def client(service, region="us-east-1"):
    return boto3.session.Session(region_name=region).client(service, endpoint_url=endpoint)


def code_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


acm = client("acm")
asked = {"DomainName": "boto.example.org", "ValidationMethod": "DNS", "IdempotencyToken": "boto"}
arn = acm.request_certificate(SubjectAlternativeNames=["*.boto.example.org"], **asked)["CertificateArn"]
again = acm.request_certificate(SubjectAlternativeNames=["*.boto.example.org"], **asked)["CertificateArn"]
acm.get_waiter("certificate_validated").wait(CertificateArn=arn, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
detail = acm.describe_certificate(CertificateArn=arn)["Certificate"]
pages = acm.get_paginator("list_certificates").paginate(CertificateStatuses=["ISSUED"], PaginationConfig={"PageSize": 1})
listed = [one["CertificateArn"] for page in pages for one in page["CertificateSummaryList"]]

there = client("acm", "eu-west-1").request_certificate(DomainName="eu.example.org", ValidationMethod="DNS")["CertificateArn"]
config = {
    "CallerReference": "boto-certificates",
    "Comment": "",
    "Enabled": True,
    "Aliases": {"Quantity": 1, "Items": ["eu.example.org"]},
    "ViewerCertificate": {"ACMCertificateArn": there, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"},
    "Origins": {
        "Quantity": 1,
        "Items": [{
            "Id": "o",
            "DomainName": "localhost",
            "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"},
        }],
    },
    "DefaultCacheBehavior": {
        "TargetOriginId": "o",
        "ViewerProtocolPolicy": "allow-all",
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    },
}
seen = {
    "issued": detail["Status"] == "ISSUED",
    "same_token": again == arn,
    "record": detail["DomainValidationOptions"][0]["ResourceRecord"]["Type"],
    "listed": arn in listed,
    "pages": len(listed) == len(set(listed)),
    "import_garbage": code_of(acm.import_certificate, Certificate=b"x", PrivateKey=b"y"),
    "other_region": code_of(acm.describe_certificate, CertificateArn=there),
    "cloudfront_other_region": code_of(client("cloudfront").create_distribution, DistributionConfig=config),
}
acm.delete_certificate(CertificateArn=arn)
seen["deleted"] = code_of(acm.describe_certificate, CertificateArn=arn)
seen["not_implemented"] = code_of(acm.export_certificate, CertificateArn=there, Passphrase=b"secret")
print(json.dumps(seen))
