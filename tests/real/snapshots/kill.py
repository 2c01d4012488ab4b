"""Kills exports at random points and goes on with them, while a reader looks.

Usage: kill.py COMMAND FOLDER PROFILES KILLS

For a Parquet file, a SQLite database and object storage: each export is killed at random moments until KILLS kills have hit it, and is
then resumed to its end. The snapshot must have the same profiles as one that was not killed, `verify` must find nothing, and the reader
must never have seen a part.
"""

import contextlib
import io
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow.parquet

import servers

COMMAND, FOLDER, PROFILES, KILLS = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
# The same points each time, so that a failure can be repeated.
chance = random.Random(20261130)
failures = []

shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir(parents=True)
os.chdir(FOLDER)


def arguments(to):
    # Two accounts, as a run that is killed between them has more to go on with.
    accounts = ["--account", "probely", "--account", "anthropic"]
    return [COMMAND, "export", *accounts, "--to", to, "-q", "--page-size", "50", "--concurrency", "1", "--work", str(FOLDER / "work")]


@contextlib.contextmanager
def database(name):
    """A connection that only reads; nothing where there is no snapshot yet."""
    if not os.path.exists(name):
        yield None
        return
    base = sqlite3.connect(f"file:{name}?mode=ro", uri=True, timeout=30)
    try:
        base.execute("select count(*) from runs").fetchone()
        yield base
    except sqlite3.OperationalError as error:
        # A reader that may not write cannot roll back what a killed run has left, and then reads nothing.
        if not any(why in str(error) for why in ("no such table", "locked", "unable to open", "readonly")):
            raise
        yield None
    finally:
        base.close()


def manifest_of(kind, name):
    """The manifest of a snapshot; nothing where there is none."""
    if kind == "parquet":
        try:
            return json.loads(Path(name + ".manifest.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
    if kind == "sqlite":
        with database(name) as base:
            row = base.execute("select manifest from runs order by run desc limit 1").fetchone() if base else None
            return json.loads(row[0]) if row else None
    try:
        return json.loads(s3.get_object(Bucket="reviews", Key=f"{name}/manifest.json")["Body"].read())
    except s3.exceptions.NoSuchKey:
        return None


def rows_of(kind, name):
    """The number of profiles that a reader sees, and nothing where it sees no snapshot."""
    if kind == "parquet":
        # A reader that looks at the file alone.
        return pyarrow.parquet.read_table(name, columns=["id"]).num_rows if os.path.exists(name) else None
    if kind == "sqlite":
        with database(name) as base:
            return base.execute("select count(*) from latest_profiles").fetchone()[0] if base else None
    manifest = manifest_of(kind, name)
    if manifest is None:
        return None
    count = 0
    for file in manifest["files"]:
        body = s3.get_object(Bucket="reviews", Key=f"{name}/{file['path']}")["Body"].read()
        count += pyarrow.parquet.read_table(io.BytesIO(body), columns=["id"]).num_rows
    return count


def digests(manifest):
    return [(account["account"], account["seen"], account["sha256"]) for account in manifest["accounts"]]


with servers.sandbox(COMMAND, PROFILES) as environment, servers.objects(environment, "reviews") as s3:
    for kind, target in [("parquet", "{}.parquet"), ("sqlite", "sqlite:{}.db"), ("s3", "s3://reviews/{}")]:
        name = {"parquet": "{}.parquet", "sqlite": "{}.db", "s3": "{}"}[kind]
        start = time.monotonic()
        subprocess.run(arguments(target.format("whole")), env=environment, check=True)
        seconds = time.monotonic() - start
        whole = digests(manifest_of(kind, name.format("whole")))
        total = sum(seen for _, seen, _ in whole)
        kills, rounds, looks, seen_rows = 0, 0, 0, set()
        while kills < KILLS:
            rounds += 1
            label = f"broken{rounds}"
            done = threading.Event()

            def look():
                global looks
                while not done.is_set():
                    try:
                        rows = rows_of(kind, name.format(label))
                    except Exception as error:
                        # A part of a file is seen as one that cannot be read.
                        failures.append(f"{kind}, round {rounds}: the reader failed: {error!r}")
                        return
                    looks += 1
                    seen_rows.add(rows)
                    time.sleep(0.02)

            reader = threading.Thread(target=look)
            reader.start()
            while True:
                process = subprocess.Popen(arguments(target.format(label)), env=environment, stderr=subprocess.PIPE, text=True)
                try:
                    # Some runs end before they are killed, which is a point as well.
                    _, errors = process.communicate(timeout=chance.uniform(0.01, seconds) if kills < KILLS else None)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    kills += 1
                    continue
                # One that was killed after its end has nothing to go on with, and is not written again.
                is_over = "it exists" in errors and not list(FOLDER.glob("*.partial*")) + list((FOLDER / "work").glob("*"))
                if process.returncode != 0 and not is_over:
                    failures.append(f"{kind}, round {rounds}: {errors}")
                break
            done.set()
            reader.join()
            seen_rows.add(rows_of(kind, name.format(label)))
            manifest = manifest_of(kind, name.format(label))
            if manifest is None or digests(manifest) != whole:
                failures.append(f"{kind}, round {rounds}: it is not as the unbroken run")
            check = subprocess.run([COMMAND, "verify", target.format(label), "-o", "json", "-q"], env=environment, capture_output=True, text=True, check=False)
            if check.returncode != 0:
                failures.append(f"{kind}, round {rounds}: verify: {check.stdout}{check.stderr}")
        if seen_rows - {None, total} or total not in seen_rows:
            failures.append(f"{kind}: the reader saw {seen_rows} of {total}")
        print(f"{kind}: {kills} kills in {rounds} exports of {total} profiles, {looks} looks: none or all, and each as the unbroken run")
for failure in failures:
    print("FAILED:", failure)
sys.exit(1 if failures else 0)
