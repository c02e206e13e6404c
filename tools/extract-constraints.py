#!/usr/bin/env python3
"""Extracts what the AWS SDK's schemas leave out (which member is which enum, lengths, ranges, patterns, integers) from
botocore's service models into tools/constraints/<service>.json, which gen-model.ts merges into the models.

Run by hand when a newer botocore is wanted, never by the build: `python3 tools/extract-constraints.py acm cloudfront cloudfront-keyvaluestore lambda s3 sts wafv2`.
botocore is Apache-2.0; tools/constraints/NOTICE names it. What the server does with a constraint is decided in
src/control/aws/wire/validate.ts.
"""

import json
import pathlib
import sys

import botocore
import botocore.loaders

OUTPUT = pathlib.Path(__file__).parent / "constraints"
KEPT = ("min", "max", "pattern")
WHOLE_NUMBERS = ("integer", "long")


def extract(service):
    shapes = botocore.loaders.Loader().load_service_model(service, "service-2")["shapes"]
    enums = {name: shape["enum"] for name, shape in shapes.items() if "enum" in shape}
    limits = {}
    for name, shape in shapes.items():
        limit = {key: shape[key] for key in KEPT if key in shape}
        if shape["type"] in WHOLE_NUMBERS:
            limit["whole"] = shape["type"]
        if limit:
            limits[name] = limit
    told = enums.keys() | limits.keys()
    members = {}
    items = {}
    for name, shape in shapes.items():
        if shape["type"] == "structure":
            kept = {key: member["shape"] for key, member in shape["members"].items() if member["shape"] in told}
            if kept:
                members[name] = kept
        elif shape["type"] == "list" and shape["member"]["shape"] in told:
            items[name] = shape["member"]["shape"]
    return {"source": f"botocore {botocore.__version__}", "enums": enums, "limits": limits, "members": members, "items": items}


for service in sys.argv[1:]:
    text = json.dumps(extract(service), indent=1, sort_keys=True, ensure_ascii=False)
    (OUTPUT / f"{service}.json").write_text(text + "\n", encoding="utf-8")
