"""What the command must do at each of the servers."""

import json
import math
from urllib.parse import unquote

from checks import ABSENT, differences
from command import printed_id

#: A page size with which most listings have a last page that is not full.
SMALL = 7


class Suite:
    """The checks of one server. Its people are what the script itself has made, and has changed since."""

    def __init__(self, check, command, server):
        self.check, self.command, self.server = check, command, server

    def run(self, *arguments, **environment):
        return self.command(*arguments, account=self.server.account, **environment)

    def id(self, native):
        return printed_id(self.server.definition, self.server.account, native)

    def expected(self, native, whole=True):
        person = self.server.people[native]
        return person.whole if whole else person.listed

    # Reading.

    def lists(self, what, *options, page_size, whole=False):
        """Checks a listing: everybody once, as they are, in so many pages."""
        people = self.server.people
        report = self.command.folder / "report.json"
        report.unlink(missing_ok=True)
        run = self.run("list", *options, "--report", report)
        if run.code != 0:
            self.check(what, run.ended(0))
            return
        listed = run.documents
        problems = self.counted([it["id"]["native"] for it in listed], people)
        for it in listed:
            if it["id"]["native"] in people:
                problems += differences(it, self.expected(it["id"]["native"], whole))
        problems += reported(report, len(people), page_size)
        self.check(f"{what}: {len(listed)} of {len(people)}", *problems)

    def counted(self, natives, people):
        again = sorted({native for native in natives if natives.count(native) > 1})
        return [
            *(f"{native} is not listed" for native in people if native not in natives),
            *(f"{native} is listed, and must not be" for native in natives if native not in people),
            *(f"{native} is listed more than once" for native in again),
        ]

    def filters(self, what, *options, keeps):
        """Checks a listing with a filter: those that it keeps, and nobody else."""
        run = self.run("list", *options)
        natives = [it["id"]["native"] for it in run.documents]
        expected = [it.id for it in self.server.people.values() if keeps(it)]
        self.check(f"{what}: {len(natives)}", run.ended(0), *self.counted(natives, expected))

    def gets(self, what, natives):
        problems = []
        for native in natives:
            run = self.run("get", self.id(native), "--enrich")
            problems.append(run.ended(0))
            for it in run.documents:
                problems += [it["id"]["native"] != native and f"{it['id']['native']} comes for {native}"]
                problems += differences(it, self.expected(native))
        self.check(f"{what}: {len(natives)}", *problems)

    def finds(self, what, keys):
        """Checks that each key finds one person: pairs of a key and an id."""
        problems = []
        for key, native in keys:
            run = self.run("find", "--", key)
            problems.append(run.ended(0))
            found = [it["id"]["native"] for it in run.documents]
            problems.append(found != [native] and f"{key} finds {found}, not {native}")
        self.check(f"{what}: {len(keys)}", *problems)

    def knows_nobody(self, nobody, *keys):
        """Checks an id that nobody has, and keys."""
        self.check("a wrong id is not found by get", self.run("get", self.id(nobody)).ended(6))
        for key in keys:
            run = self.run("find", "--", key)
            self.check(f"nobody is found by {key}", run.ended(6), run.out and f"printed: {run.out[:200]}")

    def rejects(self, variable, wrong, somebody, key):
        """Checks that a wrong credential is an error about the credential, and never nobody."""
        for arguments in (
            ["check"],
            ["list"],
            ["list", "--page-size", SMALL],
            ["get", self.id(somebody)],
            ["find", "--", key],
            ["update", self.id(somebody), *self.server.some_change, "--yes"],
        ):
            run = self.run(*arguments, **{variable: wrong})
            problems = [run.ended(3), wrong in run.out + run.err and "the credential is printed"]
            # `check` prints a line for the account.
            if arguments[0] != "check":
                problems.append(run.out and f"printed: {run.out[:200]}")
            self.check(f"a wrong credential is rejected: {arguments[0]}", *problems)

    # Writing.

    def updates(self, what, native, *options, seen, **changed):
        """Checks an update: what the server has then, what the command prints, and that nothing else has changed.

        `seen` reads the person by plain HTTP, and returns the fields that `changed` names."""
        person = self.server.people[native]
        options = [str(it) for it in options]
        dry = self.run("update", self.id(native), *options, "--dry-run")
        before = {path: person.whole[path] for path in changed}
        self.check(f"{what}: a dry run writes nothing", dry.ended(0), not_equal(seen(), before))
        run = self.run("update", self.id(native), *options, "--yes")
        person.single.update(changed)
        for path, value in changed.items():
            if person.listed.get(path, ABSENT) is not ABSENT:
                person.listed[path] = value
        problems = [run.ended(0), not_equal(seen(), changed)]
        for it in run.documents:
            problems += differences(it, person.whole)
        self.check(f"{what}: it is written, and printed", *problems)
        again = self.run("update", self.id(native), *options, "--yes")
        self.check(f"{what}: the same again is no change", again.ended(0), not_equal(seen(), changed))

    def refuses(self, what, arguments, code, unchanged):
        """Checks a write that must fail and change nothing: `unchanged` reads what must be as before."""
        before = unchanged()
        run = self.run(*arguments, "--yes")
        after = unchanged()
        self.check(what, run.ended(code), before != after and f"changed: {before!r} to {after!r}")

    def ends(self, operation, native, seen, outcome):
        """Checks `deactivate` or `delete`; `seen` reads by plain HTTP what is then there."""
        before = seen()
        dry = self.run(operation, self.id(native), "--dry-run")
        self.check(f"{operation}: a dry run writes nothing", dry.ended(0), not_equal(seen(), before))
        run = self.run(operation, self.id(native), "--yes")
        states = [(it["state"], unquote(it["id"])) for it in run.documents]
        problem = states != [("done", unquote(self.id(native)))] and f"printed: {run.out[:300]}"
        self.check(f"{operation}: it is done", run.ended(0), problem, not_equal(seen(), outcome))

    def kept_secrets(self):
        printed = (f"printed by {it}" for it in self.command.printed)
        self.check("no secret is printed by any of the commands", *printed)


def not_equal(seen, expected):
    return seen != expected and f"the server has {seen!r}, not {expected!r}"


def reported(report, people, page_size):
    """Returns what is wrong with the report of a listing of everybody."""
    (account,) = json.loads(report.read_text())["accounts"]
    wanted = {
        "complete": True,
        "seen": people,
        "declared_total": people,
        "duplicates": 0,
        "quarantined": 0,
        "pages": math.ceil(people / page_size),
    }
    return [f"the report has {key} {account[key]}, not {it}" for key, it in wanted.items() if account[key] != it]
