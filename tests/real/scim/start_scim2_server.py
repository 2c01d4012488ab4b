"""Starts PyPI scim2-server at a free port, with users in it: start_scim2_server.py COUNT [the file of its provider config].

The first line of stdout is the base URL."""
import json, os, socket, sys, threading, time, urllib.request

count, config = int(sys.argv[1]), sys.argv[2:3]
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
url = f"http://127.0.0.1:{port}/v2"


def post(path, record):
    headers = {"Content-Type": "application/scim+json"}
    request = urllib.request.Request(url + path, json.dumps(record).encode(), headers)
    return json.load(urllib.request.urlopen(request))


def seed():
    first, members = None, []
    while True:
        try:
            urllib.request.urlopen(url + "/ServiceProviderConfig").read()
            break
        except OSError:
            time.sleep(0.05)
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    for number in range(count):
        user = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": f"seed{number:05}",
            "displayName": f"Seed {number}",
            "active": number % 2 == 0,
            "name": {"familyName": f"F{number}", "givenName": f"G{number}"},
            "emails": [{"value": f"seed{number:05}@example.com", "type": "work", "primary": True}],
        }
        if number % 10 == 1:
            user["schemas"].append(enterprise)
            user["name"] |= {"formatted": f"G{number} F{number}", "middleName": "M", "honorificPrefix": "Dr."}
            user["name"]["honorificSuffix"] = "III"
            user |= {
                "externalId": f"x{number}",
                "nickName": "Nick",
                "profileUrl": "https://example.com/seed",
                "title": "Tester",
                "userType": "Employee",
                "preferredLanguage": "nb-NO",
                "locale": "nb-NO",
                "timezone": "Europe/Oslo",
                "phoneNumbers": [{"value": "tel:+47-22-00-00-00", "type": "work", "primary": True}],
                "photos": [{"value": "https://example.com/seed.jpg", "type": "photo"}],
                "addresses": [{"streetAddress": "Storgata 1", "locality": "Oslo", "country": "NO", "type": "work"}],
                "entitlements": [{"value": "lab"}],
                "roles": [{"value": "tester", "display": "Tester"}],
                enterprise: {
                    "employeeNumber": str(number),
                    "costCenter": "4130",
                    "organization": "Example",
                    "division": "Labs",
                    "department": "Tests",
                    "manager": {"value": first, "displayName": "Seed 0"},
                },
            }
        created = post("/Users", user)
        first = first or created["id"]
        if number % 10 == 1:
            members.append({"value": created["id"], "type": "User"})
    group = "urn:ietf:params:scim:schemas:core:2.0:Group"
    post("/Groups", {"schemas": [group], "displayName": "Testers", "members": members})
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
