"""The tutorial lab through boto3. Prints one JSON line with what it saw; exits non-zero at the first surprise."""
import json
import os
import sys
import urllib.request

import boto3
from botocore.exceptions import ClientError

endpoint = os.environ["AWS_ENDPOINT_URL"]
session = boto3.session.Session(region_name="us-east-1")
cloudfront, s3, sts = (session.client(name, endpoint_url=endpoint) for name in ("cloudfront", "s3", "sts"))


def code_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def viewer(path):
    request = urllib.request.Request(f"http://127.0.0.1:{os.environ['WARMFRONT_HTTP_PORT']}{path}", headers={"Host": domain})
    with urllib.request.urlopen(request) as response:
        return response.headers["X-Cache"], response.read().decode()


seen = {"account": sts.get_caller_identity()["Account"]}
s3.create_bucket(Bucket="boto-site")
s3.put_object(Bucket="boto-site", Key="index.html", Body=b"<h1>boto3</h1>", ContentType="text/html")
control = cloudfront.create_origin_access_control(
    OriginAccessControlConfig={
        "Name": "boto",
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    }
)["OriginAccessControl"]["Id"]
config = {
    "CallerReference": "boto-1",
    "Comment": "boto3 lab",
    "Enabled": True,
    "Origins": {
        "Quantity": 1,
        "Items": [
            {
                "Id": "s3",
                "DomainName": "boto-site.s3.us-east-1.amazonaws.com",
                "OriginAccessControlId": control,
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }
        ],
    },
    "DefaultCacheBehavior": {
        "TargetOriginId": "s3",
        "ViewerProtocolPolicy": "allow-all",
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    },
}
created = cloudfront.create_distribution(DistributionConfig=config)
distribution, domain = created["Distribution"], created["Distribution"]["DomainName"]
seen["again"] = code_of(cloudfront.create_distribution, DistributionConfig={**config, "Comment": "other"})
s3.put_bucket_policy(
    Bucket="boto-site",
    Policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudfront.amazonaws.com"},
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::boto-site/*",
                    "Condition": {"StringEquals": {"AWS:SourceArn": distribution["ARN"]}},
                }
            ],
        }
    ),
)
cloudfront.get_waiter("distribution_deployed").wait(Id=distribution["Id"])
seen["first"], seen["second"] = viewer("/index.html"), viewer("/index.html")
batch = {"Paths": {"Quantity": 1, "Items": ["/index.html"]}, "CallerReference": "purge-1"}
invalidation = cloudfront.create_invalidation(DistributionId=distribution["Id"], InvalidationBatch=batch)["Invalidation"]
again = cloudfront.create_invalidation(DistributionId=distribution["Id"], InvalidationBatch=batch)["Invalidation"]
seen["same_invalidation"] = invalidation["Id"] == again["Id"]
cloudfront.get_waiter("invalidation_completed").wait(DistributionId=distribution["Id"], Id=invalidation["Id"])
seen["third"] = viewer("/index.html")
seen["missing"] = code_of(cloudfront.get_distribution, Id="E00000000000AB")
seen["not_disabled"] = code_of(cloudfront.delete_distribution, Id=distribution["Id"], IfMatch=created["ETag"])
current = cloudfront.get_distribution_config(Id=distribution["Id"])
updated = cloudfront.update_distribution(
    Id=distribution["Id"], IfMatch=current["ETag"], DistributionConfig={**current["DistributionConfig"], "Enabled": False}
)
cloudfront.get_waiter("distribution_deployed").wait(Id=distribution["Id"])
cloudfront.delete_distribution(Id=distribution["Id"], IfMatch=updated["ETag"])
pages = cloudfront.get_paginator("list_distributions").paginate(PaginationConfig={"PageSize": 1})
seen["left"] = sum(len(page["DistributionList"].get("Items", [])) for page in pages)
s3.delete_object(Bucket="boto-site", Key="index.html")
s3.delete_bucket(Bucket="boto-site")
json.dump(seen, sys.stdout)
