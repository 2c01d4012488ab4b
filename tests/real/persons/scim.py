"""A SCIM 2.0 server that lists users."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

MOST = 100
OFF = {"supported": False}
CONFIG = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    "patch": OFF,
    "bulk": OFF | {"maxOperations": 0, "maxPayloadSize": 0},
    "filter": {"supported": False, "maxResults": MOST},
    "changePassword": OFF,
    "sort": OFF,
    "etag": OFF,
    "authenticationSchemes": [{"type": "oauthbearertoken", "name": "Bearer", "description": "A token"}],
}
USER_TYPE = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
    "id": "User",
    "name": "User",
    "endpoint": "/Users",
    "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
}


def listed(resources, query):
    """A page of a list (RFC 7644 §3.4.2.4)."""
    start = max(1, int(query.get("startIndex", ["1"])[0]))
    count = min(MOST, max(0, int(query.get("count", [MOST])[0])))
    page = resources[start - 1 : start - 1 + count]
    schemas = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
    return {"schemas": schemas, "totalResults": len(resources), "startIndex": start, "itemsPerPage": len(page), "Resources": page}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The head and the body of a response are two writes, and the second one would wait for an acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self):
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if self.headers["Authorization"] != f"Bearer {self.server.token}":
            return self.answer(401, None)
        match url.path.strip("/").split("/"):
            case ["ServiceProviderConfig"]:
                self.answer(200, CONFIG)
            case ["ResourceTypes"]:
                self.answer(200, listed([USER_TYPE], query))
            case ["Users"] if "filter" in query:
                self.answer(400, None)
            case ["Users"]:
                self.answer(200, listed(self.server.users, query))
            case ["Users", name]:
                user = self.server.by_id.get(unquote(name))
                self.answer(200 if user else 404, user)
            case _:
                self.answer(404, None)

    def answer(self, status, body):
        schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"]
        data = json.dumps(body or {"schemas": schemas, "status": str(status)}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/scim+json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serve(users, token):
    """Serves the users of an application; gives the base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.users, server.token = users, token
    server.by_id = {user["id"]: user for user in users}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
