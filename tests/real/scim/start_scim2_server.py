"""Starts PyPI scim2-server at a free port, with users in it: start_scim2_server.py COUNT [the file of its provider config].

The first line of stdout is the base URL."""
import json, os, socket, sys, threading, time, urllib.request

count, config = int(sys.argv[1]), sys.argv[2:3]
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
url = f"http://127.0.0.1:{port}/v2"


def seed():
    while True:
        try:
            urllib.request.urlopen(url + "/ServiceProviderConfig").read()
            break
        except OSError:
            time.sleep(0.05)
    for number in range(count):
        user = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": f"seed{number:05}",
            "displayName": f"Seed {number}",
            "active": number % 2 == 0,
            "name": {"familyName": f"F{number}", "givenName": f"G{number}"},
            "emails": [{"value": f"seed{number:05}@example.com", "type": "work", "primary": True}],
        }
        headers = {"Content-Type": "application/scim+json"}
        urllib.request.urlopen(urllib.request.Request(url + "/Users", json.dumps(user).encode(), headers)).read()
    os.write(1, (url + "\n").encode())


def seed_or_end():
    try:
        seed()
    except Exception as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(1)


threading.Thread(target=seed_or_end, daemon=True).start()
from scim2_server.testserver.cli import main

sys.stdout = sys.stderr
sys.argv = ["scim2-server", "--port", str(port)]
sys.argv += ["--service-provider-config", *config] if config else []
main()
