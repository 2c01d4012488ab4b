"""An organisation of PyPI figurant, as the users of applications, with the truth about them.

figurant makes the people, their employments, the accounts, the faults and the dirt, and its answer key. It has one address for a directory
account and none elsewhere. Which of the keys an application holds is decided here:

| application | number of the employee | address | external id |
|---|---|---|---|
| `hr` | the latest | at home; for some, at work too | its own count |
| `dir` | the first, for 7 of 10 | at work | |
| `erp` | | of the directory, as somebody typed it; at home, for whom the directory has none | of the directory, for a half |
| `badge` | the latest, for 6 of 10 | | of the directory, for a half; else its own count |
"""

import csv
import subprocess
import sys
import uuid
import zlib
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

APPLICATIONS = ("hr", "dir", "erp", "badge")
REFERENCE = "2026-10-12"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def make(folder, size):
    """Makes the files of an organisation; the same ones each time."""
    declaration = Path(__file__).parent / "organisation.toml"
    options = ["--scenario", declaration, "--size", str(size), "--out", folder, "--show", "0"]
    # The columns have the types that figurant needs to score, and the rows are what is read here.
    command = [sys.executable, "-m", "figurant", *options, "--format", "rows", "columns"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def rows(file):
    with open(file, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def is_one_in(key, what, per_mille):
    """Whether this one is of the share that has something; the same ones each time."""
    return zlib.crc32(f"{what}:{key}".encode()) % 1000 < per_mille


def opaque(account_id):
    """An id that says nothing of whose it is. The ones of figurant do, for what its faults have added."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, account_id))


class Organisation:
    """What each application serves, and whose it is."""

    def __init__(self, folder, with_hazards):
        folder = Path(folder)
        read = lambda name: rows(folder / "rows" / f"{name}.csv")
        self.people = {row["person_id"]: row for row in read("person")}
        self.accounts = {row["account_id"]: row for row in read("account")}
        self.spells = defaultdict(list)
        for row in sorted(read("affiliation"), key=lambda row: row["period_lower"]):
            self.spells[row["person_id"]].append(row)
        self.held = defaultdict(dict)
        for row in read("account_attribute"):
            self.held[row["account_id"]][row["attribute"]] = row["value"]
        self.managers = {
            row["person_id"]: row["manager_person_id"]
            for row in read("reporting_line")
            if row["authoritative"] == "true" and not is_over(row["period_upper"])
        }
        self.owners = defaultdict(set)
        for row in read("correlation"):
            self.owners[row["account_id"]].add(row["person_id"])
        # A directory's address that was replaced by a wrong one: who had it from before has the old one.
        key = rows(folder / "key" / "rows" / "dirt.csv")
        self.address_before = {row["subject_key"]: row["was"] for row in key if row["field"] == "email"}
        faults = rows(folder / "key" / "rows" / "fault.csv")
        #: The second record of somebody, and the first.
        self.first_record = {row["now"]: row["subject_key"] for row in faults if row["field"] == "second_person_record"}
        self.directory = {}
        for account in self.accounts.values():
            person = self.human(account["account_id"])
            if person and account["system_code"] == "dir" and account["block"] == "personal":
                self.directory.setdefault(person, account)
        self.with_hazards = with_hazards
        self.gone = self._recycle() if with_hazards else set()
        self.users = {application: [] for application in APPLICATIONS}
        #: The account of figurant for each profile.
        self.account_of = {}
        for account in self.accounts.values():
            if account["account_id"] in self.gone:
                continue
            users = self.users[account["system_code"]]
            user = self._user(account, len(users) + 1, with_hazards)
            users.append(user)
            self.account_of[f"scim:{account['system_code']}/user/{user['id']}"] = account["account_id"]

    def human(self, account_id):
        """The one person of an account; nothing for what several use, or nobody."""
        owners = self.owners[account_id]
        if self.accounts[account_id]["block"] == "shared" or len(owners) != 1:
            return None
        return self.first_record.get(*owners, *owners)

    def has_left(self, person):
        return all(is_over(spell["period_upper"]) for spell in self.spells[person])

    def number(self, person, at=-1):
        """The number of an employee; nothing where the source has none."""
        spells = self.spells[person]
        return spells[at]["personnel_number"] if spells else ""

    def roster(self, file):
        """Writes the people of the organisation as their employer lists them."""
        with open(file, "w", encoding="utf-8", newline="") as lines:
            table = csv.writer(lines)
            table.writerow(["email", "employee_number", "name", "status", "manager", "leave_date", "type"])
            for person in self.people:
                address, number = self._address(person), self.number(person)
                # Nobody can be compared with somebody without a key.
                if address or number:
                    last, has_left = self.spells[person][-1], self.has_left(person)
                    # A period ends with the first day that is not of it.
                    end = last["period_upper"]
                    last_day = date.fromisoformat(end) - timedelta(days=1) if end else ""
                    kind = "contractor" if last["supplying_firm"] else "employee"
                    manager = self._address(self.managers.get(person))
                    table.writerow([address, number, self.people[person].get("display_name", ""), "left" if has_left else "active", manager, last_day, kind])

    def _address(self, person):
        return self.directory[person]["email"] if person in self.directory else ""

    def _user(self, account, count, with_hazards):
        application, name = account["system_code"], account["account_id"]
        person = self.human(name)
        directory = self.directory.get(person) if account["block"] == "personal" else None
        about = self.people.get(person, {})
        number, addresses, external = "", [], ""
        if application == "hr" and person:
            number, addresses = self.number(person), [about["private_email"]]
            if directory and is_one_in(name, "work address", 300):
                addresses.append(directory["email"])
            external = str(count)
        elif application == "dir":
            number = self.number(person, 0) if person and is_one_in(name, "number", 700) else ""
            addresses = [account["email"]]
        elif application == "erp" and person:
            # The account of an administrator has the address of its holder.
            theirs = self.directory.get(person)
            addresses = [as_typed(name, self.address_before.get(theirs["account_id"], theirs["email"])) if theirs else about["private_email"]]
        elif application == "badge":
            number = self.number(person) if person and is_one_in(name, "number", 600) else ""
            external = str(count)
        if application in ("erp", "badge") and directory and is_one_in(name, "external", 500):
            external = opaque("external " + directory["account_id"])
        if with_hazards:
            users = sorted(self.owners[name])
            if application == "erp" and account["block"] == "shared" and users:
                addresses = [self._address(users[0])]
            if application == "badge" and number and self.spells[person][-1]["supplying_firm"]:
                number = f"E1{count:07}"
            external = external.zfill(6) if external else ""
        begun = account["period_lower"]
        surname = " ".join(filter(None, [about.get("surname_prefix"), about.get("family_name")]))
        shown = {
            "hr": {"givenName": about.get("given_names"), "familyName": surname},
            "dir": {"givenName": self.held[name].get("used_name"), "familyName": about.get("surname_in_use")},
        }
        user = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
            "id": opaque(name),
            "userName": account["account_name"],
            "externalId": external,
            "displayName": account["display_name"] or (about.get("display_name", "") if application == "hr" else ""),
            "name": {part: text for part, text in shown.get(application, {}).items() if text},
            "title": self.held[name].get("job_title", ""),
            "emails": [{"value": address, "primary": at == 0} for at, address in enumerate(filter(None, addresses))],
            "active": account["enabled"] == "true",
            ENTERPRISE: {"employeeNumber": number} if number else {},
            "meta": {
                "resourceType": "User",
                "created": f"{begun}T08:00:00Z",
                "lastModified": f"{account['period_upper'] if is_over(account['period_upper']) else begun}T17:00:00Z",
            },
        }
        # What an application does not have is not sent.
        return {name: value for name, value in user.items() if value not in ("", {}, [])}

    def _recycle(self):
        """Gives the addresses of people who have left to their namesakes, as some directories do; gives the accounts that it deletes."""
        named = {account["account_name"]: account for account in self.directory.values()}
        gone = set()
        for name, account in named.items():
            before = named.get(name.rstrip("0123456789"))
            if before and before is not account and is_over(before["period_upper"]) and before["account_id"] not in gone:
                # The others still know both by the addresses that they had.
                self.address_before[before["account_id"]] = before["email"]
                self.address_before[account["account_id"]] = account["email"]
                account["email"] = before["email"]
                gone.add(before["account_id"])
        return gone


def is_over(end):
    """Whether a period has ended; its end is the first day after it."""
    return bool(end) and end <= REFERENCE


def as_typed(key, address):
    """An address in one of the forms that people type."""
    if is_one_in(key, "capitals", 100):
        return address.upper()
    if is_one_in(key, "titled", 300):
        return ".".join(part.capitalize() for part in address.split("."))
    return address
