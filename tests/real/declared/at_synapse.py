"""Matrix Synapse: how it is run and filled, what it responds, and what the command must do with it."""

import base64
import contextlib
import hashlib
import hmac
import json
import time
import urllib.parse

from checks import ABSENT, Between, Person, now
from process import END, environment, expect, free_port, request, serving
from suite import SMALL

#: The part of the ids behind the colon.
SERVER = "example.test"
SHARED_SECRET = "shared with this script only"
#: Names that a part of a program may take for something else.
ODD_NAMES = ["a.b_c-d", "team/ada+x=1", "..", "a+b", "0x0", "users", "n=40o"]
ODD_DISPLAY_NAMES = [
    'Seán "Obi" O\'Brien',
    "名前 太郎",
    "שלום עולם",
    "😀 <b>bold</b>",
    "back\\slash, comma; 100%",
    "{id} {{value}}",
    "=cmd|' /C calc'!A0",
]
ODD_ADDRESSES = ["o'brien+tag@example.com", "a/b@example.com", "100%@example.com", "a?b#c@example.com"]
#: How many people have each of these states; those behind them have none.
EACH = 20
STATES = ["deactivated", "locked", "suspended", "erased", "administrator", "bot", "support"]


class Synapse:
    definition, account = "synapse", "matrix"
    #: A change that anybody could have.
    some_change = ["--set", "name.display=Somebody"]

    def __init__(self, python, folder):
        self.python, self.folder = python, folder
        self.base = f"http://127.0.0.1:{free_port()}"
        self.people, self.states, self.addresses = {}, {}, {}
        self.token = None

    # The server.

    @contextlib.contextmanager
    def running(self):
        seed = hashlib.sha256(b"the key of a server that speaks with no other").digest()
        settings = {
            "server_name": SERVER,
            "report_stats": False,
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "signing_key": f"ed25519 a_key {unpadded(seed)}",
            "macaroon_secret_key": "of this run",
            "form_secret": "of this run",
            "registration_shared_secret": SHARED_SECRET,
            "bcrypt_rounds": 4,
            "database": {"name": "sqlite3", "args": {"database": str(self.folder / "homeserver.db")}},
            "media_store_path": str(self.folder / "media"),
            "pid_file": str(self.folder / "homeserver.pid"),
            "listeners": [
                {
                    "port": urllib.parse.urlsplit(self.base).port,
                    "type": "http",
                    "bind_addresses": ["127.0.0.1"],
                    "resources": [{"names": ["client"]}],
                }
            ],
        }
        # JSON is YAML.
        file = self.folder / "homeserver.yaml"
        file.write_text(json.dumps(settings))
        arguments = [self.python, "-m", "synapse.app.homeserver", "--config-path", file]
        variables = environment(self.python, HOME=str(self.folder))
        with serving(arguments, self.folder, variables, f"{self.base}/health"):
            yield

    def call(self, method, path, body=None, token=None):
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return request(method, f"{self.base}/_synapse/admin{path}", body, headers)

    def users(self, version="v3", **query):
        """Returns a page of the list."""
        query = urllib.parse.urlencode(query)
        return expect(200, self.call("GET", f"/{version}/users?{query}")).json

    def record(self, id):
        return expect(200, self.call("GET", f"/v2/users/{quoted(id)}")).json

    @property
    def secrets(self):
        return {"SYNAPSE_ACCESS_TOKEN": self.token}

    @property
    def hidden(self):
        return [self.token]

    @property
    def accounts(self):
        names = {"credential": "access_token", "variable": "SYNAPSE_ACCESS_TOKEN"}
        return [{"account": self.account, "definition": self.definition, "base": self.base, **names}]

    # The people.

    def register(self, name, password):
        """Registers an administrator with the shared secret; returns the access token."""
        url = f"{self.base}/_synapse/admin/v1/register"
        nonce = expect(200, request("GET", url)).json["nonce"]
        words = "\0".join([nonce, name, password, "admin"])
        mac = hmac.new(SHARED_SECRET.encode(), words.encode(), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": password, "admin": True, "mac": mac}
        return expect(200, request("POST", url, body)).json["access_token"]

    def fill(self):
        begin = now()
        self.token = self.register("robot", "a password of this run")
        for number in range(300):
            self.make(number, begin)
        robot = f"@robot:{SERVER}"
        self.people[robot] = somebody(robot, begin, name="robot", owner=True)
        # The server notes in the background when a user was seen.
        deadline = time.monotonic() + END
        while self.record(robot)["last_seen_ts"] is None:
            if time.monotonic() > deadline:
                raise RuntimeError("the server does not note when the administrator was seen")
            time.sleep(0.1)
        self.people[robot].listed["security.last_login"] = Between(begin)

    def make(self, number, begin):
        """Makes one of the people, in the state that the number has."""
        state = STATES[number // EACH] if number // EACH < len(STATES) else None
        # In each state, and in none, some have what the others do not.
        name = f"p{number:03}"
        name = ODD_NAMES[number - 200] if 0 <= number - 200 < len(ODD_NAMES) else name
        id = f"@{name}:{SERVER}"
        display = ODD_DISPLAY_NAMES[number % EACH] if number % EACH < len(ODD_DISPLAY_NAMES) else f"Person {number}"
        picture = f"mxc://{SERVER}/picture{number}" if number % 5 == 0 else None
        addresses = [f"p{number:03}@example.com"] if number % 3 else []
        addresses += [f"second{number:03}@example.com"] if number % 30 == 1 else []
        addresses += [ODD_ADDRESSES[number - 210]] if 0 <= number - 210 < len(ODD_ADDRESSES) else []
        phones = [f"4722{number:06}"] if number % 4 == 0 else []
        external = f"employee {number}" if number % 7 == 0 else None
        body = {"displayname": display, "admin": state == "administrator"}
        body |= {"avatar_url": picture} if picture else {}
        body["threepids"] = [{"medium": "email", "address": it} for it in addresses]
        body["threepids"] += [{"medium": "msisdn", "address": it} for it in phones]
        body |= {"external_ids": [{"auth_provider": "oidc-work", "external_id": external}]} if external else {}
        body |= {"user_type": state} if state in ("bot", "support") else {}
        expect(201, self.call("PUT", f"/v2/users/{quoted(id)}", body))
        if state == "locked":
            expect(200, self.call("PUT", f"/v2/users/{quoted(id)}", {"locked": True}))
        elif state == "suspended":
            expect(200, self.call("PUT", f"/v1/suspend/{quoted(id)}", {"suspend": True}))
        elif state in ("deactivated", "erased"):
            self.deactivate(id, state == "erased")
        # Whoever is deactivated loses the addresses, and whoever is erased also the profile.
        gone = state in ("deactivated", "erased")
        erased = state == "erased"
        self.states[id], self.addresses[id] = state, [] if gone else addresses
        self.people[id] = somebody(
            id,
            begin,
            state=state,
            name=None if erased else display,
            picture=None if erased else picture,
            addresses=self.addresses[id],
            external=external,
            owner=state == "administrator",
        )

    def deactivate(self, id, erase):
        expect(200, self.call("POST", f"/v1/deactivate/{quoted(id)}", {"erase": erase}))

    def of_state(self, state):
        return [id for id, its in self.states.items() if its == state]

    # What the server responds.

    def facts(self, check):
        everybody = len(self.people)
        totals = {
            "v2": everybody - 3 * EACH,
            "v2, deactivated": everybody - EACH,
            "v2, locked": everybody - 2 * EACH,
            "v2, deactivated and locked": everybody,
            "v3": everybody - EACH,
            "v3, locked": everybody,
        }
        flags = {"deactivated": {"deactivated": "true"}, "locked": {"locked": "true"}}
        for what, expected in totals.items():
            version, _, words = what.partition(", ")
            query = {key: value for word in words.split(" and ") for key, value in flags.get(word, {}).items()}
            page = self.users(version, limit=1000, **query)
            check.equal(f"the list {what} has {expected}", [page["total"], len(page["users"])], [expected] * 2)
        pages = self.pages(limit=SMALL, locked="true")
        names = [user["name"] for page in pages for user in page["users"]]
        check.equal("pages of 7 have everybody once", sorted(names), sorted(self.people))
        check.equal("there are as many pages as are needed", len(pages), -(-everybody // SMALL))
        beyond = self.users(**{"from": 10 * everybody, "limit": SMALL, "locked": "true"})
        check.equal("behind the end there is nobody, and the total", beyond, {"users": [], "total": everybody})
        listed = {user["name"]: user for page in pages for user in page["users"]}
        for id in (self.of_state("suspended")[1], self.of_state("locked")[1], self.of_state(None)[1]):
            missing = {"suspended", "threepids"} - (set(self.record(id)) - set(listed[id]))
            check(f"only the record of {id} has addresses, and says whether it is suspended", missing)
            times = [listed[id]["creation_ts"], self.record(id)["creation_ts"] * 1000]
            check.equal("creation is in ms in the list, and in s in the record", *times)
        nobody = self.call("GET", f"/v2/users/{quoted(self.nobody)}")
        check.equal("a wrong id is 404", [nobody.status, nobody.json["errcode"]], [404, "M_NOT_FOUND"])
        check.equal("a text that is no id is 400", self.call("GET", "/v2/users/nobody").status, 400)
        wrong = self.call("GET", "/v3/users", token="wrong")
        check.equal("a wrong token is 401", [wrong.status, wrong.json["errcode"]], [401, "M_UNKNOWN_TOKEN"])
        address = next(self.addresses[id][0] for id in self.of_state(None) if self.addresses[id])
        for text, expected in ((address, 200), (address.upper(), 404)):
            status = self.call("GET", f"/v1/threepid/email/users/{quoted(text)}").status
            check.equal(f"the user with the address {text} is {expected}", status, expected)

    def pages(self, **query):
        pages = [self.users(**query)]
        while "next_token" in pages[-1]:
            pages.append(self.users(**query, **{"from": pages[-1]["next_token"]}))
        return pages

    @property
    def nobody(self):
        return f"@nobody:{SERVER}"

    # What the command must do.

    def proves(self, suite):
        check, run = suite.check, suite.run
        check("the account is checked", run("check").ended(0))
        me = run("me")
        check("the credential's own profile is shown", me.ended(0), *self.is_robot(me))
        suite.lists("everybody is listed", page_size=100)
        suite.lists("everybody is listed in small pages", "--page-size", SMALL, page_size=SMALL)
        suite.lists("everybody is listed with the single records", "--enrich", whole=True, page_size=100)
        for status in ("suspended", "deleted"):
            suite.filters(
                f"a status is filtered: {status}",
                *("--enrich", "--status", status),
                keeps=lambda person: person.whole["status"] == status,
            )
        odd = [f"@{name}:{SERVER}" for name in ODD_NAMES]
        some = [self.of_state(state)[index] for state in [*STATES, None] for index in (0, 1)]
        suite.gets("people are read", odd + some)
        suite.finds("people are found by their names", [(id, id) for id in odd + some[:4]])
        plain = [id for id in self.of_state(None) if self.addresses[id]]
        odd_addresses = [id for id in plain if self.addresses[id][-1] in ODD_ADDRESSES]
        by_address = [(address, id) for id in plain[:5] + odd_addresses for address in self.addresses[id]]
        suite.finds("people are found by their addresses", by_address)
        suite.finds("an address is found in capitals", [(self.addresses[plain[0]][0].upper(), plain[0])])
        suite.knows_nobody(self.nobody, self.nobody, "nobody@example.com")
        suite.rejects("SYNAPSE_ACCESS_TOKEN", "syt_wrong", plain[0], self.addresses[plain[0]][0])
        self.writes(suite, plain)
        suite.lists("everybody is listed after the writes", page_size=100)
        suite.lists("everybody is, with the single records", "--enrich", whole=True, page_size=100)

    def is_robot(self, run):
        ids = [it["id"]["native"] for it in run.documents]
        return [ids != [f"@robot:{SERVER}"] and f"printed: {ids}"]

    def writes(self, suite, plain):
        one, two, three = plain[10:13]

        def name(id):
            return lambda: {"name.display": self.record(id)["displayname"]}

        for text in ('Åsa "Åse" O\'Brien 名前', "plain"):
            suite.updates("a name", one, "--set", f"name.display={text}", seen=name(one), **{"name.display": text})
        suite.updates("no name", one, "--clear", "name.display", seen=name(one), **{"name.display": None})
        picture = f"mxc://{SERVER}/new"
        options = ["--set", f"picture={picture}", "--set", "name.display=Both"]
        changed = {"picture": picture, "name.display": "Both"}

        def both():
            record = self.record(two)
            return {"picture": record["avatar_url"], "name.display": record["displayname"]}

        suite.updates("two fields", two, *options, seen=both, **changed)

        def status():
            return {"status": "suspended" if self.record(three)["suspended"] else "active"}

        for word in ("suspended", "active"):
            suite.updates(f"a status: {word}", three, "--set", f"status={word}", seen=status, status=word)

        def total():
            return self.users(limit=1, locked="true")["total"]

        # PUT would create the user.
        nobody = suite.id(self.nobody)
        for options in (self.some_change, ["--set", "status=suspended"]):
            suite.refuses("a wrong id is not updated, and makes nobody", ["update", nobody, *options], 6, total)
        suite.refuses("a wrong id is not deactivated", ["deactivate", nobody], 6, total)
        locked = self.of_state("locked")[3]
        arguments = ["update", suite.id(locked), "--set", "status=active"]
        suite.refuses("nobody is said to be unlocked who is not", arguments, 4, lambda: self.record(locked)["locked"])

        def state():
            record = self.record(plain[13])
            return [record["deactivated"], record["erased"], sorted(it["medium"] for it in record["threepids"])]

        suite.ends("deactivate", plain[13], state, [True, False, []])
        self.people[plain[13]].listed["status"] = "deleted"
        self.people[plain[13]].single |= {"status": "deleted", "emails": []}
        suite.refuses("deleting is not there", ["delete", suite.id(one)], 2, lambda: self.record(one))


def somebody(id, begin, state=None, name=None, picture=None, addresses=(), external=None, owner=False):
    """Returns what the command must show of a user."""
    known = {"deactivated": "deleted", "erased": "deleted", "locked": "suspended"}.get(state)
    listed = {
        "username": id,
        "kind": "service" if state in ("bot", "support") else "human",
        # The list does not say who is suspended.
        "status": known or ABSENT,
        "name.display": name,
        "picture": picture,
        "access.owner": owner,
        "security.last_login": None,
        "times.created": Between(begin, now()),
        "emails": ABSENT,
        "external_id": ABSENT,
        "security.sso": ABSENT,
    }
    single = {
        "status": known or ("suspended" if state == "suspended" else "active"),
        "emails": sorted((address, True) for address in addresses),
        "external_id": external,
        "security.sso": external is not None,
    }
    return Person(id, listed, single)


def quoted(text):
    return urllib.parse.quote(text, safe="")


def unpadded(octets):
    return base64.b64encode(octets).decode().rstrip("=")
