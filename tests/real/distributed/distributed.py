"""Runs the queries of a review in one process and on a cluster of one scheduler and two executors, and compares the results.

distributed.py COMMAND BINARIES FOLDER ROWS TENANTS: COMMAND is `anyprofile` with everything, BINARIES the folder with `anyprofile-sql`,
`anyprofile-ballista` and `examples/generate`. ROWS people at TENANTS tenants are in each of two snapshots, in an S3-compatible store.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from queries import LIVE, SNAPSHOTS

sys.path.append(str(pathlib.Path(__file__).parent.parent / "snapshots"))
from servers import objects, sandbox  # noqa: E402

BUCKET = "reviews"
#: What an executor writes to its log when the scheduler knows it.
REGISTERED = "Executor registration succeed"
#: After how many seconds of silence an executor is taken for dead.
SILENCE = 5


def main(command, binaries, folder, rows, tenants):
    binaries, folder = pathlib.Path(binaries), pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with sandbox(command, 300) as environment, objects(environment, BUCKET):
        config = accounts(folder, environment)
        places = {name: f"s3://{BUCKET}/{name}" for name in ("people", "before", "after")}
        run([command, "export", "--config", config, "--quiet", "--to", places["people"]], environment)
        generate = str(binaries / "examples/generate")
        writers = [
            subprocess.Popen([generate, places[name], rows, tenants, *changed], env=environment)
            for name, changed in (("before", []), ("after", ["CHANGED"]))
        ]
        if any(writer.wait() for writer in writers):
            sys.exit("a snapshot could not be written")
        snapshots = [part for name, place in places.items() for part in ("--snapshot", f"{name}={place}")]
        sql = [binaries / "anyprofile-sql", "--config", config, *snapshots, "-o", "ndjson"]
        failures = compare(binaries, folder, config, sql, environment)
    if failures:
        sys.exit("\n".join(failures))


def accounts(folder, environment):
    """Writes the accounts of the sandbox. Each secret is somewhere else, and each process reads it there."""
    secrets = {name: folder / name for name in ("UPSUN_API_TOKEN", "ANTHROPIC_API_KEY")}
    for name, file in secrets.items():
        file.write_text(environment.pop(name))
        file.chmod(0o600)
    config = folder / "accounts.toml"
    config.write_text(
        f"""
[accounts.probely]
service = "probely"
base_url = "{environment['PROBELY_API_BASE_URL']}"
api_key = {{ env = "PROBELY_API_KEY" }}

[accounts.upsun]
service = "upsun"
base_url = "{environment['UPSUN_API_URL']}"
auth_url = "{environment['UPSUN_AUTH_URL']}"
api_token = {{ file = "{secrets['UPSUN_API_TOKEN']}" }}

[accounts.anthropic]
service = "anthropic"
base_url = "{environment['ANTHROPIC_BASE_URL']}"
api_key = {{ command = ["cat", "{secrets['ANTHROPIC_API_KEY']}"] }}
"""
    )
    config.chmod(0o600)
    return str(config)


def run(arguments, environment):
    done = subprocess.run([str(it) for it in arguments], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(str(it) for it in arguments)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def wait_for(file, text):
    """Waits until a process has written a text to its log, for a minute at most."""
    for _ in range(600):
        if text in file.read_text():
            return
        time.sleep(0.1)
    sys.exit(f"{file} does not have {text!r}")


class Cluster:
    """A scheduler and its executors."""

    def __init__(self, binaries, folder, config, environment):
        self.command = [str(binaries / "anyprofile-ballista")]
        self.config = config
        self.environment = {**environment, "RUST_LOG": "warn,ballista_executor=info"}
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cluster-", dir=folder))
        self.number, self.executors = 0, []
        self.scheduler = self.start("scheduler", "--listen", "127.0.0.1:0", "--executor-timeout", SILENCE)
        self.url = self.scheduler.stdout.readline().split()[1]

    def start(self, process, *arguments):
        self.number += 1
        log = open(self.folder / f"{process}-{self.number}.log", "a")
        arguments = [process, "--config", self.config, *(str(it) for it in arguments)]
        return subprocess.Popen(
            self.command + arguments, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True
        )

    def add_executor(self):
        # Only its user can read it.
        work = tempfile.mkdtemp(prefix="work-", dir=self.folder)
        address = self.url.removeprefix("df://")
        executor = self.start("executor", "--scheduler", address, "--work", work)
        self.executors.append(executor)
        wait_for(self.folder / f"executor-{self.number}.log", REGISTERED)
        return executor

    def stop(self):
        for process in [*self.executors, self.scheduler]:
            process.kill()
            process.wait()


@contextlib.contextmanager
def cluster(*arguments, executors):
    it = Cluster(*arguments)
    try:
        for _ in range(executors):
            it.add_executor()
        yield it
    finally:
        it.stop()


def query(sql, statement, environment, scheduler=None):
    """Returns the rows, or None if the query failed; its message; and how long it took."""
    # A cluster that has lost a job never answers, and that is a failure.
    of_cluster = ["--scheduler", scheduler, "--timeout", "600"] if scheduler else []
    arguments = [*(str(it) for it in sql), *of_cluster, statement]
    began = time.monotonic()
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True)
    took = time.monotonic() - began
    rows = [json.loads(line) for line in done.stdout.splitlines()] if done.returncode == 0 else None
    return rows, done.stderr.strip(), took


def compare(binaries, folder, config, sql, environment):
    failures, expected, times = [], {}, {}
    arguments = (binaries, folder, config, environment)
    for name, statement in {**LIVE, **SNAPSHOTS}.items():
        rows, message, took = query(sql, statement, environment)
        if not rows:
            sys.exit(f"{name}: one process answers with nobody: {message}")
        expected[name], times[name] = rows, [took]
        print(f"{name}, 1 process: {took:.1f} s", flush=True)
    for executors in (1, 2):
        with cluster(*arguments, executors=executors) as it:
            for name, statement in {**LIVE, **SNAPSHOTS}.items():
                rows, message, took = query(sql, statement, environment, it.url)
                times[name].append(took)
                print(f"{name}, {executors} executors: {took:.1f} s", flush=True)
                if rows != expected[name]:
                    failures.append(f"{name} with {executors} executors: {message or rows}, not {expected[name]}")
    print(f"\n{'query':<46}{'rows':>8}{'1 process':>12}{'1 executor':>12}{'2 executors':>13}")
    for name, took in times.items():
        print(f"{name:<46}{len(expected[name]):>8}" + "".join(f"{it:>11.1f}s" for it in took), flush=True)
    outcomes = []
    with cluster(*arguments, executors=2) as it:
        for name in [*SNAPSHOTS, "persons over services by e-mail, live"]:
            for part in (0.3, 0.7):
                outcomes.append(kill(it, sql, environment, name, expected[name], part * times[name][2]))
        # The scheduler finds out about the last one that was killed.
        time.sleep(2 * SILENCE)
        for name in SNAPSHOTS:
            rows, message, _ = query(sql, SNAPSHOTS[name], environment, it.url)
            if rows != expected[name]:
                failures.append(f"{name}, after executors were killed: {message or rows}, not {expected[name]}")
    failures += [f"an executor was killed, and {it}" for it in outcomes if it == "WRONG ROWS"]
    if not any(it in outcomes for it in ("an error", "the right rows")):
        failures.append("no executor was killed in the middle of a query")
    return failures


def kill(it, sql, environment, name, expected, after):
    """Kills an executor in the middle of a query. What comes then is right, or an error."""
    victim = it.executors.pop(0)
    timer = threading.Timer(after, victim.kill)
    timer.start()
    rows, message, took = query(sql, {**LIVE, **SNAPSHOTS}[name], environment, it.url)
    was_killed = not timer.is_alive()
    timer.cancel()
    victim.kill()
    victim.wait()
    it.add_executor()
    if rows is None:
        outcome = "an error"
    else:
        outcome = "the right rows" if rows == expected else "WRONG ROWS"
    when = f"killed after {after:.1f} s" if was_killed else "not killed before the end"
    said = f": {message.splitlines()[0][:160]}" if rows is None else ""
    print(f"{name}, an executor {when}: {outcome}{said} ({took:.1f} s)", flush=True)
    return outcome if was_killed or outcome == "WRONG ROWS" else "nothing"


if __name__ == "__main__":
    # What the processes are told apart by is their own; nothing of the person's.
    for variable in ("ANYPROFILE_CONFIG", "RUST_LOG"):
        os.environ.pop(variable, None)
    main(*sys.argv[1:])
