"""JupyterHub: how it is run and filled, what it responds, and what the command must do with it."""

import contextlib
import json
import pathlib
import urllib.parse

from checks import ABSENT, Between, Person, now, time_of
from command import printed_id
from process import environment, expect, free_port, request, serving
from suite import SMALL

#: Names that a part of a program may take for something else.
ODD_NAMES = [
    "o'brien",
    'quo"te',
    "ünïcode",
    "名前",
    "a b",
    "per%cent",
    "%2f",
    "q?x=1",
    "h#h",
    "back\\slash",
    "at@example.com",
    "se;mi",
    "plus+p",
    "amp&a",
    "...a",
    "{id}",
    "users",
]
ODD_GROUP = 'Läb "1"'
#: How many are administrators, members of a group, and seen.
EACH = 20
SEEN = "2026-01-02T03:04:05.123456Z"
#: What an identity provider gave the hub.
PROVIDER_TOKEN = "a-secret-of-the-identity-provider"
PAGED = {"Accept": "application/jupyterhub-pagination+json"}
TOKENS = {name: f"{name}-token-of-this-run-0123456789" for name in ("robot", "narrow", "administrator")}


class JupyterHub:
    definition, account, narrow, administrator = "jupyterhub", "hub", "narrow", "administrator"
    #: A change that anybody could have.
    some_change = ["--set", "access.owner=true"]

    def __init__(self, python, folder):
        self.python, self.folder = python, folder
        self.base = f"http://127.0.0.1:{free_port()}"
        self.people = {}

    # The server.

    @contextlib.contextmanager
    def running(self):
        scopes = ["list:users", "read:users", "admin:users", "delete:users", "users:activity", "admin:groups"]
        roles = [
            {"name": "robots", "scopes": scopes, "services": ["robot"]},
            {"name": "narrow", "scopes": ["list:users"], "services": ["narrow"]},
            {"name": "admin", "services": ["administrator"]},
        ]
        services = [{"name": name, "api_token": token} for name, token in TOKENS.items()]
        variables = environment(
            self.python,
            HOME=str(self.folder),
            HUB_URL=self.base,
            PROXY_URL=f"http://127.0.0.1:{free_port()}",
            HUB_SERVICES=json.dumps(services),
            HUB_ROLES=json.dumps(roles),
            JUPYTERHUB_CRYPT_KEY="0123456789abcdef" * 4,
        )
        config = pathlib.Path(__file__).with_name("jupyterhub_config.py")
        arguments = [self.python, "-m", "jupyterhub", "--config", config]
        with serving(arguments, self.folder, variables, f"{self.base}/hub/api/"):
            yield

    def call(self, method, path, body=None, service="robot", token=None, **headers):
        headers = {"Authorization": f"token {token or TOKENS[service]}", **headers}
        return request(method, f"{self.base}/hub/api{path}", body, headers)

    def users(self, service="robot", **query):
        """Returns a page of the list."""
        query = urllib.parse.urlencode(query)
        return expect(200, self.call("GET", f"/users?{query}", service=service, **PAGED)).json

    def record(self, name):
        return expect(200, self.call("GET", f"/users/{quoted(name)}")).json

    @property
    def secrets(self):
        return {f"JUPYTERHUB_{name.upper()}": token for name, token in TOKENS.items()}

    @property
    def hidden(self):
        return [*TOKENS.values(), PROVIDER_TOKEN]

    @property
    def accounts(self):
        names = {"robot": self.account, "narrow": self.narrow, "administrator": self.administrator}
        for service, account in names.items():
            secret = {"credential": "api_token", "variable": f"JUPYTERHUB_{service.upper()}"}
            yield {"account": account, "definition": self.definition, "base": self.base, **secret}

    # The people.

    def fill(self):
        begin = now()
        names = ODD_NAMES + [f"p{number:03}" for number in range(300 - len(ODD_NAMES))]
        administrators, others = names[-EACH:], names[:-EACH]
        for some, service, body in ((others, "robot", {}), (administrators, "administrator", {"admin": True})):
            expect(201, self.call("POST", "/users", {"usernames": some, **body}, service))
        groups = {ODD_GROUP: names[:EACH], "all": names[10 : 10 + EACH]}
        for group, members in groups.items():
            expect(201, self.call("POST", f"/groups/{quoted(group)}", {"users": members}))
        for name in names[5 : 5 + EACH]:
            expect(200, self.call("POST", f"/users/{quoted(name)}/activity", {"last_activity": SEEN}))
        for name in names[:2]:
            state = {"auth_state": {"access_token": PROVIDER_TOKEN}}
            expect(200, self.call("PATCH", f"/users/{quoted(name)}", state))
        end = now()
        for place, name in enumerate(names):
            is_administrator = name in administrators
            own = [group for group, members in groups.items() if name in members]
            seen = time_of(SEEN) if 5 <= place < 5 + EACH else None
            self.people[name] = somebody(name, is_administrator, own, seen, Between(begin, end))

    # What the server responds.

    def facts(self, check):
        everybody = len(self.people)
        bare = expect(200, self.call("GET", "/users")).json
        check.equal("without the media type, a bare list has 200", [type(bare), len(bare)], [list, 200])
        page = self.users(limit=1000)
        cut = [len(page["items"]), page["_pagination"]["limit"], page["_pagination"]["total"]]
        check.equal("a limit of 1000 is 200, and the total is there", cut, [200, 200, everybody])
        pages = [self.users(limit=SMALL)]
        while pages[-1]["_pagination"]["next"]:
            pages.append(self.users(limit=SMALL, offset=pages[-1]["_pagination"]["next"]["offset"]))
        names = [user["name"] for page in pages for user in page["items"]]
        check.equal("pages of 7 have everybody once", sorted(names), sorted(self.people))
        check.equal("there are as many pages as are needed", len(pages), -(-everybody // SMALL))
        beyond = self.users(limit=SMALL, offset=10 * everybody)
        end = [beyond["items"], beyond["_pagination"]["next"], beyond["_pagination"]["total"]]
        check.equal("behind the end there is nobody, and the total", end, [[], None, everybody])
        narrow = self.users(service="narrow", limit=1)["items"][0]
        check.equal("the scope list:users shows", sorted(narrow), ["admin", "kind", "name", "user_info"])
        shown = self.record(ODD_NAMES[0])
        check.equal("auth_state has the token of the provider", shown["auth_state"], {"access_token": PROVIDER_TOKEN})
        check.equal("a wrong name is 404", self.call("GET", "/users/nobody").status, 404)
        wrong = self.call("GET", "/users", token="wrong")
        check.equal(
            "a wrong token is 403", [wrong.status, wrong.json["message"]], [403, "Missing or invalid credentials."]
        )
        path = f"/users/{quoted(ODD_NAMES[0])}"
        check.equal("who is no administrator makes none", self.call("PATCH", path, {"admin": True}).status, 403)

    # What the command must do.

    def proves(self, suite):
        check, run = suite.check, suite.run
        check("the account is checked", run("check").ended(0))
        me = run("me")
        kinds = [(it["id"]["native"], it["kind"]) for it in me.documents]
        check("the credential's own profile is a service", me.ended(0), kinds != [("robot", "service")] and f"{kinds}")
        suite.lists("everybody is listed", page_size=200)
        suite.lists("everybody is listed in small pages", "--page-size", SMALL, page_size=SMALL)
        check("a larger page than the server has is refused", run("list", "--page-size", 1000).ended(2))
        suite.gets("people are read", [*ODD_NAMES, "p000", self.administrators[0]])
        suite.finds("people are found by their names", [(name, name) for name in [*ODD_NAMES, "p000"]])
        suite.knows_nobody("nobody", "nobody", "nobody@example.com")
        suite.rejects("JUPYTERHUB_ROBOT", "wrong-token", "p000", "p000")
        self.narrowly(suite)
        self.writes(suite)
        suite.lists("everybody is listed after the writes", page_size=200)

    @property
    def administrators(self):
        return [person.id for person in self.people.values() if person.listed["access.owner"]]

    def narrowly(self, suite):
        """What a token shows that may only list."""
        run = suite.command("list", account=self.narrow)
        natives = [it["id"]["native"] for it in run.documents]
        shown = [it["id"]["native"] for it in run.documents if {"times", "security", "groups"} & set(it)]
        problems = [run.ended(0), *suite.counted(natives, self.people), shown and f"shown of {shown[:3]}"]
        suite.check("a token with list:users lists everybody, and no more of them", *problems)
        fields = ["--fields", "username,security.last_login", "--limit", "3"]
        run = suite.command("list", *fields, account=self.narrow, format="table")
        withheld = run.out.count("(withheld)")
        suite.check.equal("what it may not see is withheld", [run.code, withheld], [0, 3])
        id = printed_id(self.definition, self.narrow, "p000")
        run = suite.command("update", id, *self.some_change, "--yes", account=self.narrow)
        suite.check("it may not write", run.ended(3), self.record("p000")["admin"] and "it has written")

    def writes(self, suite):
        def owner(name):
            return lambda: {"access.owner": self.record(name)["admin"]}

        one = suite.id("p001")
        arguments = ["update", one, "--set", "access.owner=true"]
        suite.refuses("a token of no administrator makes none", arguments, 3, owner("p001"))
        by_administrator = type(suite)(suite.check, suite.command, self.as_administrator())
        # One with a name, one with secrets of the identity provider.
        for name in ("p001", ODD_NAMES[3], ODD_NAMES[1]):
            for word, is_owner in (("true", True), ("false", False)):
                options = ["--set", f"access.owner={word}"]
                self.people[name].single["roles"] = ["admin", "user"] if is_owner else ["user"]
                changed = {"access.owner": is_owner}
                by_administrator.updates(f"{name}: {word}", name, *options, seen=owner(name), **changed)

        def total():
            return self.users(limit=1)["_pagination"]["total"]

        nobody = suite.id("nobody")
        suite.refuses("a wrong name is not updated", ["update", nobody, *self.some_change], 6, total)
        suite.refuses("a wrong name is not deleted", ["delete", nobody], 6, total)
        suite.refuses("deactivating is not there", ["deactivate", one], 2, owner("p001"))
        for name in ("p002", ODD_NAMES[0], ODD_NAMES[5]):
            path = f"/users/{quoted(name)}"
            suite.ends("delete", name, lambda: self.call("GET", path).status, 404)
            del self.people[name]

    def as_administrator(self):
        """Returns the same server and people, at the account of an administrator."""
        other = object.__new__(JupyterHub)
        other.__dict__ = {**self.__dict__, "account": self.administrator}
        return other


def somebody(name, is_administrator, groups, seen, created):
    """Returns what the command must show of a user."""
    return Person(
        name,
        {
            "username": name,
            "kind": "human",
            # There is none.
            "status": ABSENT,
            "emails": ABSENT,
            "roles": ["admin", "user"] if is_administrator else ["user"],
            "groups": sorted(groups),
            "access.owner": is_administrator,
            "security.last_login": seen,
            "times.created": created,
        },
    )


def quoted(text):
    return urllib.parse.quote(text, safe="")
