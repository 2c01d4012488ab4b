"""Starts PyPI canaille at a free port, with users and an OAuth client in it: start_canaille.py COUNT.

The first line of stdout is the base URL."""
import builtins, datetime, os, pathlib, sys

os.environ["CANAILLE_CONFIG"] = str(pathlib.Path(__file__).parent / "canaille.toml")
import canaille.scim.endpoints
from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from werkzeug.serving import WSGIRequestHandler, make_server

# canaille 0.3.6 compares the count of a query, a text, with 1000, and answers 500 to each.
canaille.scim.endpoints.min = lambda a, b: builtins.min(int(a), b)
app = create_app()
now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
with app.app_context():
    Backend.instance.save(
        models.Client(
            client_id="scim-client",
            client_secret="scim-secret",
            client_name="scim",
            client_id_issued_at=now,
            client_uri="http://127.0.0.1",
            redirect_uris=["http://127.0.0.1/cb"],
            contacts=["a@example.com"],
            grant_types=["client_credentials"],
            response_types=["code"],
            scope=["openid", "profile", "email", "groups"],
            token_endpoint_auth_method="client_secret_basic",
        )
    )
    members = []
    for number in range(int(sys.argv[1])):
        more = {}
        if number % 10 == 1:
            more = dict(
                profile_url="https://example.com/seed",
                title="Tester",
                preferred_language="nb",
                phone_numbers=["+47 22 00 00 00"],
                street="Storgata 1",
                locality="Oslo",
                formatted_address="Storgata 1, Oslo",
                employee_number=str(number),
                organization="Example",
                department="Tests",
            )
        user = models.User(
                user_name=f"seed{number:05}",
                formatted_name=f"Seed {number}",
                given_name=f"G{number}",
                family_name=f"F{number}",
                display_name=f"Seed {number}",
                emails=[f"seed{number:05}@example.com"],
                lock_date=None if number % 2 == 0 else now,
                **more,
            )
        Backend.instance.save(user)
        if more:
            members.append(user)
    Backend.instance.save(models.Group(display_name="Testers", members=members))


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_, **__):
        pass


server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Handler)
print(f"http://127.0.0.1:{server.server_port}/scim/v2", flush=True)
server.serve_forever()
