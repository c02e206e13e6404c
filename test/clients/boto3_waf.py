"""AWS WAF through boto3. Prints one JSON line with what it saw; exits non-zero at the first surprise."""
import json
import os

import boto3
from botocore.exceptions import ClientError

session = boto3.session.Session(region_name="us-east-1")
waf = session.client("wafv2", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
SCOPE = {"Scope": "CLOUDFRONT"}
VISIBLE = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": False, "MetricName": "boto"}


def refused(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response.get("Field"), error.response.get("Parameter")
    return None


ips = waf.create_ip_set(Name="boto", IPAddressVersion="IPV6", Addresses=["2001:db8::/32"], **SCOPE)["Summary"]
rule = {
    "Name": "octets",
    "Priority": 0,
    "Action": {"Block": {}},
    "VisibilityConfig": VISIBLE,
    "Statement": {
        "AndStatement": {
            "Statements": [
                {"IPSetReferenceStatement": {"ARN": ips["ARN"]}},
                {
                    "ByteMatchStatement": {
                        "SearchString": b"\x00\xff/admin",
                        "FieldToMatch": {"UriPath": {}},
                        "TextTransformations": [{"Priority": 0, "Type": "URL_DECODE"}],
                        "PositionalConstraint": "CONTAINS",
                    }
                },
            ]
        }
    },
}
acl = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBLE, **SCOPE}
made = waf.create_web_acl(Name="boto", Rules=[rule], **acl)["Summary"]
named = {"Name": "boto", "Id": made["Id"], **SCOPE}
read = waf.get_web_acl(**named)
seen = {
    "rules": read["WebACL"]["Rules"] == [rule],
    "capacity": (read["WebACL"]["Capacity"], waf.check_capacity(Rules=[rule], **SCOPE)["Capacity"]),
    "in_use": refused(waf.delete_ip_set, Name="boto", Id=ips["Id"], LockToken=ips["LockToken"], **SCOPE),
    "no_country": refused(
        waf.check_capacity, Rules=[{**rule, "Statement": {"GeoMatchStatement": {"CountryCodes": ["ZZ"]}}}], **SCOPE
    ),
}
token = waf.update_web_acl(**named, **{k: v for k, v in acl.items() if k != "Scope"}, LockToken=read["LockToken"])["NextLockToken"]
seen["stale"] = refused(waf.delete_web_acl, **named, LockToken=read["LockToken"])
waf.delete_web_acl(**named, LockToken=token)
waf.delete_ip_set(Name="boto", Id=ips["Id"], LockToken=ips["LockToken"], **SCOPE)
left = waf.list_web_acls(**SCOPE)["WebACLs"] + waf.list_ip_sets(**SCOPE)["IPSets"]
seen["left"] = sum(one["Name"] == "boto" for one in left)
print(json.dumps(seen))
