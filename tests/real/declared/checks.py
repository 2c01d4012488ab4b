"""What must hold, and what is known of the people."""

import dataclasses
import datetime
import re


class Checks:
    """Prints a line for each check, and keeps what failed."""

    def __init__(self, name):
        self.name, self.count, self.failures = name, 0, []

    def __call__(self, what, *problems):
        """Checks that there are no problems: texts, or empty values in their place."""
        problems = [str(it) for it in problems if it]
        self.count += 1
        if not problems:
            print(f"{self.name}: ok: {what}", flush=True)
            return
        more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
        self.failures.append(f"{self.name}: {what}: {'; '.join(problems[:5])}{more}")
        print(f"{self.name}: FAILED: {what}: {'; '.join(problems[:5])}{more}", flush=True)

    def equal(self, what, seen, expected):
        self(what, seen != expected and f"{seen!r}, not {expected!r}")


class Absent:
    """A field that is not printed: the record does not have it."""

    def __repr__(self):
        return "absent"


ABSENT = Absent()


@dataclasses.dataclass
class Between:
    """A time that is known only to be in a span, which lasts until now if it has no end."""

    begin: datetime.datetime
    end: datetime.datetime | None = None

    def __eq__(self, time):
        # Some servers keep whole seconds.
        begin = self.begin.replace(microsecond=0)
        return isinstance(time, datetime.datetime) and begin <= time <= (self.end or now())


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def time_of(text):
    """Returns a time of RFC 3339, to the microsecond."""
    return datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00"))


@dataclasses.dataclass
class Person:
    """Somebody at a server."""

    id: str
    #: What a listing must print, by the path of the field.
    listed: dict
    #: What the single record has besides and instead.
    single: dict = dataclasses.field(default_factory=dict)

    @property
    def whole(self):
        return {**self.listed, **self.single}


def field(profile, path):
    """Returns a field of a printed profile, in a form that can be compared."""
    value = profile
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            return ABSENT
        value = value[key]
    if value is None:
        return None
    if path == "roles":
        return sorted(item["role"]["name"] for item in value)
    if path == "groups":
        return sorted(item["name"] for item in value)
    if path == "emails":
        return sorted((item["address"], item.get("verified")) for item in value)
    if path.startswith("times.") or path.endswith("last_login"):
        return time_of(value)
    return value


def differences(profile, expected):
    """Returns how a printed profile differs from what is known."""
    seen = {path: field(profile, path) for path in expected}
    return [
        f"{profile['id']['native']}: {path} is {seen[path]!r}, not {value!r}"
        for path, value in expected.items()
        if value != seen[path]
    ]
