"""Scores which profiles the command takes for one person, and whose accounts it says to have been left behind.

Usage: judge.py COMMAND [--size N] [--folder DIR] [--hazards]

PyPI figurant makes an organisation of N people with an answer key (see organisation.py); each of its applications is served over SCIM, and
the command lists, links and reviews them. Exit 1 if the listing was not complete, if a link joins two people, or if fewer are found than
should be.

--hazards adds what nobody can tell from the keys alone: addresses that were given to somebody else, accounts of several people under the
address of one of them, suppliers that number their people as the organisation does its own, and the serial numbers of applications as
external ids. It shows which rules they mislead.
"""

import argparse
import contextlib
import itertools
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import organisation
import scim

EXAMPLES = 5
# Without the hazards. A rule that links less than it did is a fault, too.
LEAST_PAIRS = 0.94
LEAST_LEAVERS = 0.84
failures = []


def with_text_of_id(record):
    """An id as text, where it is a record of its parts."""
    is_id = record.keys() == {"service", "account", "kind", "native"}
    return "{service}:{account}/{kind}/{native}".format(**record) if is_id else record


class Command:
    """The command with its configuration."""

    def __init__(self, command, config, token):
        self.start = [command, "--config", str(config)]
        self.environment = {**os.environ, "JUDGE_TOKEN": token}

    def lines(self, *arguments):
        """The lines of an output that must be complete."""
        run = subprocess.run([*self.start, *arguments, "-o", "ndjson"], env=self.environment, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            failures.append(f"{arguments[0]} exited with {run.returncode}: {run.stderr.strip()[-2000:]}")
        return [json.loads(line, object_hook=with_text_of_id) for line in run.stdout.splitlines()], run.stderr


def configuration(file, urls):
    accounts = (f'[accounts.{name}]\nservice = "scim"\nbase_url = "{url}"\ntoken = {{ env = "JUDGE_TOKEN" }}\n' for name, url in urls.items())
    file.write_text("\n".join(accounts), encoding="utf-8")


def at_least(what, part, whole, least):
    if part < least * whole:
        failures.append(f"{what}: {part} of {whole}, less than {least}")


def pairs_of(groups):
    return {pair for group in groups for pair in itertools.combinations(sorted(group), 2)}


def application_of(profile):
    return profile.split("/")[0]


def of_two_applications(pairs):
    return {pair for pair in pairs if application_of(pair[0]) != application_of(pair[1])}


def ratio(part, whole):
    return f"{part}/{whole} = {part / whole:.4f}" if whole else f"{part}/{whole}"


def keys_of(user):
    """The keys that two users may have in common."""
    keys = {("address", email["value"].strip().lower()) for email in user.get("emails", [])}
    keys.add(("number", user.get(organisation.ENTERPRISE, {}).get("employeeNumber", "").strip()))
    keys.add(("external id", user.get("externalId", "")))
    return {(kind, key) for kind, key in keys if key}


def linkable(groups, users):
    """The profiles of each human, in parts that have no key in common."""
    for group in groups:
        parts = []
        for profile in group:
            joined, members = keys_of(users[profile]), {profile}
            apart = [part for part in parts if not part[0] & joined]
            for keys, others in (part for part in parts if part[0] & joined):
                joined, members = joined | keys, members | others
            parts = [*apart, (joined, members)]
        yield from (members for _, members in parts)


def indented(text):
    return "".join(f"\n    {line}" for line in text.strip().splitlines()[:20]) or "nothing"


def described(profile, company, users):
    account = company.accounts[company.account_of[profile]]
    person, several = company.human(account["account_id"]), len(company.owners[account["account_id"]])
    whose = f"person {person}" if person else f"{account['block']} account of {several or 'nobody'}"
    return f"{profile} ({whose}): {account['account_name']}, {sorted(keys_of(users[profile]))}"


def judge_persons(command, company, users):
    persons, summary = command.lines("persons")
    ambiguities, _ = command.lines("persons", "--ambiguities")
    seen = Counter(profile for person in persons for profile in person["profiles"] + person["owns"])
    lost = users.keys() - seen.keys()
    if lost or set(seen.values()) - {1}:
        failures.append(f"persons: {len(lost)} profiles are in none, {sum(count > 1 for count in seen.values())} in several")
    human = {profile: company.human(account) for profile, account in company.account_of.items()}
    theirs = defaultdict(set)
    for profile, person in human.items():
        if person:
            theirs[person].add(profile)
    found = pairs_of(person["profiles"] for person in persons)
    true = of_two_applications(pairs_of(theirs.values()))
    reachable = of_two_applications(pairs_of(linkable(theirs.values(), users)))
    right = {pair for pair in found if human[pair[0]] and human[pair[0]] == human[pair[1]]}
    of_nobody = sum(not person for person in human.values())
    print(f"persons: {len(persons)} of {len(users)} profiles; the truth has {len(theirs)} people and {of_nobody} accounts of nobody or several")
    print(f"  precision of pairs: {ratio(len(right), len(found))}")
    print(f"  recall of pairs of two applications: {ratio(len(right & true), len(true))}")
    print(f"  recall of those that keys connect: {ratio(len(right & reachable), len(reachable))}")
    if not company.with_hazards:
        at_least("recall of pairs that keys connect", len(right & reachable), len(reachable), LEAST_PAIRS)
    links = [link for person in persons for link in person["links"]]
    wrong = [link for link in links if not human[link["one"]] or human[link["one"]] != human[link["other"]]]
    for rule, count in sorted(Counter(link["rule"] for link in links).items()):
        bad = [link for link in wrong if link["rule"] == rule]
        print(f"  rule {rule}: {count} links, {len(bad)} wrong")
        for link in bad[:EXAMPLES]:
            print("    wrong:", *(f"\n      {described(profile, company, users)}" for profile in (link["one"], link["other"])))
    print(f"  {len(ambiguities)} ambiguities")
    for (reason, rule), count in Counter((it["reason"], it["rule"]) for it in ambiguities).most_common():
        print(f"    {count} of {reason}, by {rule}")
    print("  it says:", indented(summary))
    if wrong:
        failures.append(f"persons: {len(wrong)} links join two people")
    missed = Counter(frozenset(map(application_of, pair)) for pair in reachable - right)
    for pair, count in missed.most_common():
        print(f"  missed though keys connect them: {count} of {' and '.join(sorted(pair))}")
    return persons


def score_by_figurant(company, folder, persons):
    """What figurant says of it. It knows accounts by its own ids of people, so each person is named by the account in `hr`."""
    human = lambda profile: company.human(company.account_of[profile])
    links, doubles = ["account_id,person_id"], ["left,right"]
    for person in persons:
        named = {human(profile) for profile in person["profiles"] if application_of(profile) == "scim:hr"} - {None}
        links += [f"{company.account_of[profile]},{name}" for name in named for profile in person["profiles"]]
        everybody = {human(profile) for profile in person["profiles"]} - {None}
        doubles += [f"{left},{right}" for left, right in itertools.combinations(sorted(everybody, key=int), 2)]
    shown = ["account_id", *company.account_of.values()]
    files = {"links": links, "doubles": doubles, "shown": shown}
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    claims = ["--claims", f"account_link={folder}/links.csv", "--shown", f"account_link={folder}/shown.csv"]
    # A file without a pair has no types, and there is nothing to score.
    claims += ["--claims", f"identity_correlation={folder}/doubles.csv"] if len(doubles) > 1 else []
    command = [sys.executable, "-m", "figurant", "--score", str(folder / "organisation"), *claims]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    print("\nfigurant says:", run.stdout.strip() or f"it failed: {run.stderr.strip()[-500:]}")
    if len(doubles) == 1:
        print("  no person has profiles of two people, so none of the pairs that resemble each other was taken for one")
    if run.returncode != 0:
        failures.append("figurant could not score")


def judge_leavers(command, company, users, folder):
    roster = folder / "roster.csv"
    company.roster(roster)
    lines, summary = command.lines("review", "--roster", str(roster), "--now", f"{organisation.REFERENCE}T00:00:00Z")
    of_left = [line for line in lines if line["check"] == "left"]
    # A second record of somebody is not a second human: they have left when both have.
    records = defaultdict(list)
    for person in company.people:
        records[company.first_record.get(person, person)].append(company.has_left(person))
    left = {person for person, ended in records.items() if all(ended)}
    human = {profile: company.human(account) for profile, account in company.account_of.items()}
    behind = {profile for profile, person in human.items() if person in left and users[profile]["active"]}
    found = [set(line["profiles"]) for line in of_left if line["state"] == "violated"]
    right = [profiles for profiles in found if profiles & behind]
    named = set().union(*found) & {profile for profile in users if users[profile]["active"]}
    people = {human[profile] for profile in behind}
    print(f"\nleft: {len(left)} of {len(records)} people have left, {len(people)} of them with {len(behind)} active accounts")
    not_known = {profile for line in of_left if line["state"] == "not_known" for profile in line["profiles"]}
    print(f"  {dict(Counter(line['state'] for line in of_left))}; not known of {len(not_known)}, of which {len(not_known & behind)} were left behind")
    print(f"  precision of findings: {ratio(len(right), len(found))}; of active profiles in them: {ratio(len(named & behind), len(named))}")
    found_people = {human[profile] for profile in named & behind}
    print(f"  recall of active profiles: {ratio(len(named & behind), len(behind))}; of people: {ratio(len(found_people), len(people))}")
    if not company.with_hazards:
        at_least("precision of findings", len(right), len(found), 1.0)
        at_least("recall of active profiles", len(named & behind), len(behind), LEAST_LEAVERS)
    for what, profiles in (("wrong", named - behind), ("missed", behind - named)):
        for profile in sorted(profiles)[:EXAMPLES]:
            print(f"    {what}: {described(profile, company, users)}")
    print("  it says:", indented(summary))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command")
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--hazards", action="store_true")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        organisation.make(folder / "organisation", options.size)
        company = organisation.Organisation(folder / "organisation", options.hazards)
        token = secrets.token_hex()
        urls = {name: stack.enter_context(scim.serve(users, token)) for name, users in company.users.items()}
        configuration(folder / "config.toml", urls)
        command = Command(options.command, folder / "config.toml", token)
        users = {f"scim:{name}/user/{user['id']}": user for name, them in company.users.items() for user in them}
        print({name: len(them) for name, them in company.users.items()}, "users")
        listed = Counter(line["id"] for line in command.lines("list")[0])
        if listed != Counter(users.keys()):
            failures.append(f"list: {len(users.keys() - listed.keys())} are missing, {len(listed.keys() - users.keys())} are not of here")
        persons = judge_persons(command, company, users)
        score_by_figurant(company, folder, persons)
        judge_leavers(command, company, users, folder)
    for failure in failures:
        print("FAILED:", failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
