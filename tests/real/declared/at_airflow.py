"""Apache Airflow with the FAB auth manager: how it is run and filled, what it responds, and what the command must do with it."""

import base64
import contextlib
import json
import pathlib
import urllib.parse

from checks import Between, Person, now, time_of
from process import environment, expect, free_port, request, run, serving
from suite import SMALL

#: Names that a part of a program may take for something else.
ODD_NAMES = [
    "o'brien",
    'quo"te',
    "Ünï 名前",
    "with space",
    "Mixed.Case",
    "at@example.com",
    "per%cent",
    "%2f",
    "q?x=1",
    "h#h",
    "se;mi",
    "plus+p",
    "back\\slash",
    "{id}",
    "..a",
]
#: It is listed, and its path leads nowhere.
SLASHED = "a/b"
ODD_FIRST_NAMES = ['Seán "Obi"', "名前", "שלום", "😀", "O'Brien", "=cmd|' /C calc'!A0"]
#: How many are inactive, administrators, without a role, with two roles, and have signed in.
EACH = 20
SEEN = "2026-01-02T03:04:05.123456"
PASSWORD = "a password of this run"


class Airflow:
    definition, account = "airflow-fab", "flow"
    #: A change that anybody could have.
    some_change = ["--set", "name.given=Somebody"]

    def __init__(self, python, folder):
        self.python, self.folder = python, folder
        self.base = f"http://127.0.0.1:{free_port()}"
        self.people = {}
        self.variables = environment(
            python,
            HOME=str(folder),
            AIRFLOW_HOME=str(folder),
            AIRFLOW__API__AUTH_BACKENDS="airflow.providers.fab.auth_manager.api.auth.backend.basic_auth",
            AIRFLOW__CORE__AUTH_MANAGER="airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
            AIRFLOW__CORE__LOAD_EXAMPLES="False",
            AIRFLOW__CORE__DAGS_FOLDER=str(folder / "dags"),
            AIRFLOW__CORE__FERNET_KEY="",
            AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{folder}/airflow.db",
            AIRFLOW__WEBSERVER__SECRET_KEY="of this run",
            AIRFLOW__USAGE_DATA_COLLECTION__ENABLED="False",
        )

    # The server.

    @contextlib.contextmanager
    def running(self):
        run([self.python, "-m", "airflow", "db", "migrate"], self.folder, self.variables)
        port = urllib.parse.urlsplit(self.base).port
        where = ["--hostname", "127.0.0.1", "--port", port, "--workers", "2"]
        arguments = [self.python, "-m", "airflow", "webserver", *where]
        with serving(arguments, self.folder, self.variables, f"{self.base}/health"):
            yield

    def call(self, method, path, body=None, user="robot", password=PASSWORD):
        headers = {"Authorization": f"Basic {basic(user, password)}"}
        return request(method, f"{self.base}/api/v1{path}", body, headers)

    def users(self, **query):
        """Returns a page of the list."""
        return expect(200, self.call("GET", f"/users?{urllib.parse.urlencode(query)}")).json

    def record(self, name):
        return expect(200, self.call("GET", f"/users/{quoted(name)}")).json

    @property
    def secrets(self):
        return {"AIRFLOW_PASSWORD": PASSWORD}

    @property
    def hidden(self):
        return [PASSWORD, basic("robot", PASSWORD)]

    @property
    def accounts(self):
        own = {"credential": "password", "variable": "AIRFLOW_PASSWORD", "username": "robot"}
        yield {"account": self.account, "definition": self.definition, "base": self.base, **own}

    # The people.

    def fill(self):
        begin = now()
        names = [*ODD_NAMES, SLASHED]
        names += [f"p{number:03}" for number in range(300 - len(names))]
        users = [user(place, name) for place, name in enumerate(names)]
        robot = {"first_name": "Robot", "last_name": "R", "email": "robot@example.com", "roles": ["Admin"]}
        users.append({"username": "robot", "password": PASSWORD, "active": True, **robot})
        script = pathlib.Path(__file__).with_name("airflow_users.py")
        run([self.python, script], self.folder, self.variables, given=json.dumps(users))
        created = Between(begin, now())
        self.people = {it["username"]: somebody(it, created) for it in users}
        # Each request signs in.
        self.people["robot"].listed["security.last_login"] = Between(begin)

    # What the server responds.

    def facts(self, check):
        everybody = len(self.people)
        page = self.users(limit=1000)
        cut = [len(page["users"]), page["total_entries"]]
        check.equal("a limit of 1000 is 100, and the total is there", cut, [100, everybody])
        pages, names = 0, []
        while len(names) < everybody:
            names += [user["username"] for user in self.users(limit=SMALL, offset=len(names))["users"]]
            pages += 1
        check.equal("pages of 7 have everybody once", sorted(names), sorted(self.people))
        check.equal("there are as many pages as are needed", pages, -(-everybody // SMALL))
        beyond = self.users(limit=SMALL, offset=10 * everybody)
        check.equal("behind the end there is nobody, and the total", beyond, {"users": [], "total_entries": everybody})
        first = self.record("p000")
        check.equal("times have no offset", time_of(first["created_on"]).tzinfo, None)
        counts = [name for name in ("fail_login_count", "failed_login_count") if name in first]
        check.equal("failures are counted by the name", counts, ["fail_login_count"])
        check.equal("names are found without regard to case", self.record("MIXED.case")["username"], "Mixed.Case")
        check.equal("a name with a slash is 404", self.call("GET", f"/users/{quoted(SLASHED)}").status, 404)
        check.equal("a wrong name is 404", self.call("GET", "/users/nobody").status, 404)
        check.equal("a wrong password is 401", self.call("GET", "/users", password="wrong").status, 401)
        body = {key: first[key] for key in ("username", "first_name", "last_name", "email")}
        path = "/users/p000"
        check.equal("the status cannot be written", self.call("PATCH", path, {**body, "active": False}).status, 400)
        check.equal("the four fields are required", self.call("PATCH", path, {"first_name": "New"}).status, 400)
        mask = f"{path}?update_mask=first_name"
        check.equal("so they are with a mask", self.call("PATCH", mask, {"first_name": "New"}).status, 400)
        changed = expect(200, self.call("PATCH", path, {**body, "first_name": "New"})).json
        times = [changed["first_name"], changed["changed_on"]]
        check.equal("a change does not move changed_on", times, ["New", first["changed_on"]])
        expect(200, self.call("PATCH", path, body))

    # What the command must do.

    def proves(self, suite):
        check, run = suite.check, suite.run
        check("the account is checked", run("check").ended(0))
        suite.lists("everybody is listed", page_size=100)
        suite.lists("everybody is listed in small pages", "--page-size", SMALL, page_size=SMALL)
        check("a larger page than the server has is refused", run("list", "--page-size", 1000).ended(2))
        suite.filters(
            "a status is filtered: suspended",
            *("--status", "suspended"),
            keeps=lambda person: person.listed["status"] == "suspended",
        )
        suite.gets("people are read", [*ODD_NAMES, *self.some])
        suite.finds("people are found by their names", [(name, name) for name in [*ODD_NAMES, *self.some[:2]]])
        addresses = [(self.people[name].listed["emails"][0][0], name) for name in (ODD_NAMES[0], *self.some)]
        suite.finds("people are found by their addresses", addresses)
        # Another name for the same person: an error, or the person, and never nobody.
        found = run("find", "MIXED.case")
        check("a name in other letters is not nobody", found.code == 6 and found.ended(0))
        suite.knows_nobody("nobody", "nobody", "nobody@example.com")
        suite.rejects("AIRFLOW_PASSWORD", "wrong-password", "p000", "p000")
        self.writes(suite)
        suite.lists("everybody is listed after the writes", page_size=100)

    @property
    def some(self):
        """Some of each state."""
        wanted = {}
        for person in self.people.values():
            key = (person.listed["status"], *person.listed["roles"], person.listed["security.last_login"] is None)
            if person.id not in (SLASHED, "robot"):
                wanted.setdefault(key, person.id)
        return list(wanted.values())

    def writes(self, suite):
        def shown(name):
            record = self.record(name)
            given, family, email = record["first_name"], record["last_name"], record["email"]
            display = {"name.given": given, "name.family": family, "name.display": f"{given} {family}"}
            return {**display, "emails": [(email, None)], "roles": sorted(it["name"] for it in record["roles"])}

        def updates(what, name, *options, **changed):
            suite.updates(what, name, *options, seen=lambda: {path: shown(name)[path] for path in changed}, **changed)

        for name in ("p001", ODD_NAMES[0], ODD_NAMES[2]):
            family = shown(name)["name.family"]
            for given in ('Åse "Å" O\'Brien 名前', "New"):
                changed = {"name.given": given, "name.display": f"{given} {family}"}
                updates(f"{name}: a name", name, "--set", f"name.given={given}", **changed)
        updates("an address", "p001", "--set", "emails=new@example.com", **{"emails": [("new@example.com", None)]})
        updates("a role", "p001", "--set", "roles=Op", **{"roles": ["Op"]})
        # Two requests: neither undoes the other.
        changed = {"name.family": "Last", "name.display": f"{shown('p002')['name.given']} Last", "roles": ["Viewer"]}
        updates("a name and a role", "p002", "--set", "name.family=Last", "--set", "roles=Viewer", **changed)

        def total():
            return self.users(limit=1)["total_entries"]

        nobody, one = suite.id("nobody"), suite.id("p003")
        suite.refuses("a wrong name is not updated", ["update", nobody, *self.some_change], 6, total)
        suite.refuses("a wrong name is not deleted", ["delete", nobody], 6, total)
        same = lambda: shown("p003")  # noqa: E731
        suite.refuses("a role that is not there is refused", ["update", one, "--set", "roles=Nope"], 2, same)
        suite.refuses("two roles are refused", ["update", one, "--set", 'roles=["Op","Viewer"]'], 2, same)
        suite.refuses("a status is refused", ["update", one, "--set", "status=suspended"], 2, same)
        suite.refuses("deactivating is not there", ["deactivate", one], 2, same)
        arguments = ["update", one, "--set", f"emails={shown('p004')['emails'][0][0]}"]
        suite.refuses("the address of somebody else is refused", arguments, 5, same)
        for name in ("p005", ODD_NAMES[0], ODD_NAMES[6]):
            path = f"/users/{quoted(name)}"
            suite.ends("delete", name, lambda: self.call("GET", path).status, 404)
            del self.people[name]


def user(place, name):
    """Returns one of the users, with the state of the place."""
    state = place // EACH
    first = ODD_FIRST_NAMES[place % EACH] if place % EACH < len(ODD_FIRST_NAMES) else f"First {place}"
    roles = {2: ["Admin"], 3: [], 4: ["Op", "Viewer"], 5: ["User"]}.get(state, ["Viewer"])
    return {
        "username": name,
        "first_name": first,
        "last_name": f"Last {place}",
        "email": "o'brien+tag@example.com" if place == 0 else f"person{place:03}@example.com",
        "roles": roles,
        "active": state != 1,
        "last_login": SEEN if state == 5 else None,
    }


def somebody(made, created):
    """Returns what the command must show of a user."""
    seen = made.get("last_login")
    return Person(
        made["username"],
        {
            "username": made["username"],
            "status": "active" if made["active"] else "suspended",
            "name.given": made["first_name"],
            "name.family": made["last_name"],
            "name.display": f"{made['first_name']} {made['last_name']}",
            "emails": [(made["email"], None)],
            "roles": sorted(made["roles"]),
            "access.owner": "Admin" in made["roles"],
            # The server's clock is UTC.
            "security.last_login": time_of(f"{seen}Z") if seen else None,
            "times.created": created,
        },
    )


def basic(user, password):
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def quoted(text):
    return urllib.parse.quote(text, safe="")
