"""Runs a Lambda handler of Python: asks the Runtime API for events, calls the handler, and posts what comes of it. AWS Lambda Runtime API
2018-06-01; handlers and context as in the Lambda developer guide, "Define Lambda function handler in Python". Runs inside of the function's
process: what it may do there is decided by who started it (isolation.ts)."""

import http.client
import importlib
import json
import logging
import os
import socket
import sys
import time
import traceback

SOCKET = os.environ["AWS_LAMBDA_RUNTIME_API"].removeprefix("unix:")
RUNTIME = "/2018-06-01/runtime"


class RuntimeConnection(http.client.HTTPConnection):
    def __init__(self):
        super().__init__("localhost")

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(SOCKET)


connection = RuntimeConnection()
request_id = None


def ask(method, path, body=None):
    headers = {} if body is None else {"Content-Type": "application/json"}
    connection.request(method, RUNTIME + path, body, headers)
    response = connection.getresponse()
    return response.headers, response.read()


class Identity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class Context:
    def __init__(self, headers):
        env = os.environ
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = Identity()
        self.client_context = None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


class Formatter(logging.Formatter):
    """As AWS writes records."""

    converter = time.gmtime

    def format(self, record):
        when = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z"
        text = f"[{record.levelname}]\t{when}\t{request_id}\t{record.getMessage()}"
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return text.replace("\n", "\r")


def told(error, name=None):
    return json.dumps(
        {
            "errorType": name or type(error).__name__,
            "errorMessage": str(error),
            "stackTrace": traceback.format_tb(error.__traceback__),
        }
    )


def load_handler():
    module_name, _, function_name = os.environ["_HANDLER"].rpartition(".")
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    module = importlib.import_module(module_name.replace("/", "."))
    return getattr(module, function_name)


def show(text):
    sys.stdout.write(f"[ERROR] {text}\n")


def serve(handler):
    global request_id
    while True:
        headers, body = ask("GET", "/invocation/next")
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        try:
            result = handler(json.loads(body), Context(headers))
        except Exception as error:
            about = told(error)
            show(about)
            ask("POST", f"/invocation/{request_id}/error", about)
            continue
        try:
            text = json.dumps(result)
        except (TypeError, ValueError) as error:
            ask("POST", f"/invocation/{request_id}/error", told(error, "Runtime.MarshalError"))
            continue
        ask("POST", f"/invocation/{request_id}/response", text)


own = os.path.join(os.environ["LAMBDA_RUNTIME_DIR"], "environment.json")
if os.path.exists(own):
    with open(own, encoding="utf-8") as file:
        os.environ.update(json.load(file))
log_handler = logging.StreamHandler(sys.stdout)
log_handler.setFormatter(Formatter())
logging.getLogger().addHandler(log_handler)
try:
    loaded = load_handler()
except BaseException as error:
    name = "Runtime.ImportModuleError" if isinstance(error, ImportError) else None
    about = told(error, name)
    show(about)
    ask("POST", "/init/error", about)
    sys.exit(1)
try:
    serve(loaded)
except (ConnectionError, http.client.HTTPException):
    # Whoever runs this has gone.
    sys.exit(0)
