"""Key value stores through boto3: the store in CloudFront's API, its pairs in their own. Without awscrt boto3 cannot sign with Signature
Version 4A, and is told to sign with version 4, which is accepted as well. Prints what it got, as JSON."""

import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

cloudfront = boto3.client("cloudfront")
pairs = boto3.client("cloudfront-keyvaluestore", config=Config(signature_version="v4"))

store = cloudfront.create_key_value_store(Name="boto3", Comment="from boto3")["KeyValueStore"]
arn = store["ARN"]
etag = pairs.describe_key_value_store(KvsARN=arn)["ETag"]
etag = pairs.put_key(KvsARN=arn, Key="a/é b", Value="1", IfMatch=etag)["ETag"]
etag = pairs.update_keys(
    KvsARN=arn, IfMatch=etag, Puts=[{"Key": f"{n:02}", "Value": str(n)} for n in range(12)], Deletes=[{"Key": "a/é b"}]
)["ETag"]
listed = [item["Key"] for page in pairs.get_paginator("list_keys").paginate(KvsARN=arn) for item in page["Items"]]
try:
    pairs.delete_key(KvsARN=arn, Key="00", IfMatch="KVOTHER")
    refused = None
except ClientError as error:
    refused = [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
pairs.delete_key(KvsARN=arn, Key="00", IfMatch=etag)
found = pairs.describe_key_value_store(KvsARN=arn)
stores = cloudfront.list_key_value_stores()["KeyValueStoreList"]["Items"]
cloudfront.delete_key_value_store(Name="boto3", IfMatch=cloudfront.describe_key_value_store(Name="boto3")["ETag"])
print(
    json.dumps(
        {
            "listed": listed,
            "refused": refused,
            "count": found["ItemCount"],
            "bytes": found["TotalSizeInBytes"],
            "stores": [item["Name"] for item in stores],
        }
    )
)
