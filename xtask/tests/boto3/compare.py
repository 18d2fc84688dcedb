"""Makes calls with boto3 and with the program named, both to one server, and compares their requests."""

import hashlib
import hmac
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import botocore.config
import botocore.exceptions

SECRET = "SECRETEXAMPLE"
HEADERS = ["content-type", "x-amz-target", "x-amz-security-token"]
INSTANCE, SET = "arn:aws:sso:::instance/ssoins-1", "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
CALLS = [
    ("dynamodb", "list_tables", {}),
    ("dynamodb", "list_tables", {"ExclusiveStartTableName": "a", "Limit": 3}),
    (
        "dynamodb",
        "put_item",
        {
            "TableName": "things",
            "Item": {
                "s": {"S": 'text "quoted" \\ \u00e9 \U0001f600 \x7f \n'},
                "n": {"N": "123456789012345678901234567890.5"},
                "b": {"B": bytes([0, 1, 254, 255])},
                "bool": {"BOOL": True},
                "null": {"NULL": True},
                "l": {"L": [{"S": "x"}, {"NULL": True}]},
                "m": {"M": {"k": {"BOOL": False}}},
                "ss": {"SS": ["a", "b"]},
                "ns": {"NS": ["1", "2"]},
                "bs": {"BS": [b"a", b""]},
                "empty": {"L": []},
            },
            "ReturnValues": "ALL_OLD",
        },
    ),
    (
        "dynamodb",
        "query",
        {
            "TableName": "things",
            "KeyConditionExpression": "#a = :v",
            "ExpressionAttributeNames": {"#a": "id"},
            "ExpressionAttributeValues": {":v": {"S": "1"}},
            "ScanIndexForward": False,
            "ConsistentRead": True,
        },
    ),
    (
        "dynamodb",
        "batch_get_item",
        {"RequestItems": {"things": {"Keys": [{"id": {"N": "1"}}], "ConsistentRead": True}}},
    ),
    (
        "dynamodb",
        "create_table",
        {
            "TableName": "things",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "N"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": False,
        },
    ),
    ("dynamodb", "describe_table", {"TableName": "missing"}),
    ("sso-admin", "list_instances", {}),
    ("sso-admin", "list_instances", {"MaxResults": 5, "NextToken": "next"}),
    (
        "sso-admin",
        "create_permission_set",
        {
            "InstanceArn": INSTANCE,
            "Name": "Audit",
            "Description": "",
            "SessionDuration": "PT1H",
            "Tags": [{"Key": "team", "Value": "a b"}],
        },
    ),
    (
        "sso-admin",
        "put_inline_policy_to_permission_set",
        {
            "InstanceArn": INSTANCE,
            "PermissionSetArn": SET,
            "InlinePolicy": '{"Version":"2012-10-17","Statement":[]}\n',
        },
    ),
    (
        "sso-admin",
        "create_instance_access_control_attribute_configuration",
        {
            "InstanceArn": INSTANCE,
            "InstanceAccessControlAttributeConfiguration": {
                "AccessControlAttributes": [
                    {"Key": "dep", "Value": {"Source": ["${path:enterprise.department}"]}}
                ]
            },
        },
    ),
    ("sso-admin", "describe_permission_set", {"InstanceArn": INSTANCE, "PermissionSetArn": "missing"}),
]

requests = []


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = [(name.lower(), value) for name, value in self.headers.items()]
        requests.append((self.command, self.path, headers, body))
        missing = b"missing" in body
        text = b"{}"
        if missing:
            text = b'{"__type":"com.example.v1#ResourceNotFoundException","message":"there is none"}'
        self.send_response(400 if missing else 200)
        self.send_header("content-type", "application/x-amz-json-1.0")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PUT = do_DELETE = do_POST

    def log_message(self, *_):
        pass


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(method, path, headers, body):
    """The signature of a request, from what its authorization says of it, and the one that it has."""
    values = dict(headers)
    algorithm, rest = values["authorization"].split(" ", 1)
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert algorithm == "AWS4-HMAC-SHA256", algorithm
    names = parts["SignedHeaders"].split(";")
    for needed in ("host", "x-amz-date", "x-amz-target", *("x-amz-security-token",) * ("x-amz-security-token" in values)):
        assert needed in names, f"{needed} is not signed: {names}"
    _, date, region, service, _ = parts["Credential"].split("/")
    canonical = "\n".join(
        [
            method,
            path,
            "",
            *(f"{name}:{' '.join(values[name].split())}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = f"{date}/{region}/{service}/aws4_request"
    text = "\n".join([algorithm, values["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{SECRET}".encode()
    for part in (date, region, service, "aws4_request"):
        key = sign(key, part)
    return sign(key, text).hex(), parts["Signature"], f"{region}/{service}"


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    # Lengths are the service's to judge.
    config = botocore.config.Config(parameter_validation=False, retries={"total_max_attempts": 1, "mode": "standard"})
    token = {"dynamodb": "TOKENEXAMPLE", "sso-admin": None}
    outcomes = []
    for service, operation, arguments in CALLS:
        client = boto3.client(
            service,
            region_name="eu-west-1",
            endpoint_url=url,
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key=SECRET,
            aws_session_token=token[service],
            config=config,
        )
        try:
            getattr(client, operation)(**arguments)
            outcomes.append("ok")
        except botocore.exceptions.ClientError as error:
            outcomes.append(error.response["Error"]["Code"])
    theirs, requests[:] = list(requests), []
    run = subprocess.run([sys.argv[1], url], capture_output=True, text=True, timeout=60)
    ours = list(requests)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split("\n")[:-1] == outcomes, (run.stdout, outcomes)
    assert len(theirs) == len(ours) == len(CALLS), (len(theirs), len(ours))
    for (service, operation, _), a, b, outcome in zip(CALLS, theirs, ours, outcomes):
        name = f"{service} {operation}"
        assert a[:2] == b[:2], (name, a[:2], b[:2])
        for header in HEADERS:
            there, here = dict(a[2]).get(header), dict(b[2]).get(header)
            assert there == here, (name, header, there, here)
        assert dict(b[2])["content-length"] == str(len(b[3])), name
        assert json.loads(a[3]) == json.loads(b[3]), (name, a[3], b[3])
        scopes = set()
        for who, request in (("boto3", a), ("ours", b)):
            right, found, scope = signature(*request)
            assert right == found, (name, who, right, found)
            scopes.add(scope)
        assert len(scopes) == 1, (name, scopes)
        target = dict(b[2])["x-amz-target"]
        print(f"{name}: {b[0]} {b[1]} {target}, {len(b[3])} bytes, signed for {scopes.pop()}, {outcome}")
    print(f"{len(CALLS)} calls are the same")


main()
