"""Kills exports at random points and goes on with them, while a reader looks.

Usage: kill.py COMMAND FOLDER PROFILES KILLS

For a Parquet file, a SQLite database and object storage: each export is killed at random moments until KILLS kills have hit it, and is
then resumed to its end. The snapshot must have the same profiles as one that was not killed, `verify` must find nothing, and the reader
must never have seen a part.
"""

import json
import logging
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import boto3
import pyarrow.parquet
from moto.server import ThreadedMotoServer

COMMAND, FOLDER, PROFILES, KILLS = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
# The same points each time, so that a failure can be repeated.
chance = random.Random(20261130)
failures = []

shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir(parents=True)
os.chdir(FOLDER)
sandbox = subprocess.Popen(
    [COMMAND, "sandbox", "--json", "--profiles", str(PROFILES)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
)
it = json.loads(sandbox.stdout.readline())
environment = dict(os.environ)
environment.update(
    PROBELY_API_KEY=it["probely"]["api_key"],
    PROBELY_API_BASE_URL=it["probely"]["base_url"],
    ANTHROPIC_API_KEY=it["anthropic"]["api_key"],
    ANTHROPIC_BASE_URL=it["anthropic"]["base_url"],
    AWS_ALLOW_HTTP="true",
)
logging.getLogger("werkzeug").setLevel(logging.ERROR)
objects = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
objects.start()
host, port = objects.get_host_and_port()
endpoint = f"http://{host}:{port}"
environment.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_ENDPOINT=endpoint, AWS_REGION="us-east-1")
s3 = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
s3.create_bucket(Bucket="reviews")


def arguments(to):
    return [COMMAND, "export", "--to", to, "-q", "--page-size", "50", "--concurrency", "1", "--work", str(FOLDER / "work")]


def manifest_of(kind, name):
    """The manifest of a snapshot; nothing where there is none."""
    if kind == "parquet":
        try:
            return json.loads(Path(name + ".manifest.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
    if kind == "sqlite":
        if not os.path.exists(name):
            return None
        base = sqlite3.connect(f"file:{name}?mode=ro", uri=True, timeout=30)
        try:
            row = base.execute("select manifest from runs order by run desc limit 1").fetchone()
            return json.loads(row[0]) if row else None
        except sqlite3.OperationalError as error:
            # A reader that may not write cannot roll back what a killed run has left, and then reads nothing.
            if any(why in str(error) for why in ("no such table", "locked", "unable to open", "readonly")):
                return None
            raise
        finally:
            base.close()
    try:
        return json.loads(s3.get_object(Bucket="reviews", Key=f"{name}/manifest.json")["Body"].read())
    except s3.exceptions.NoSuchKey:
        return None


def rows_of(kind, name):
    """The number of profiles that a reader sees, and nothing where it sees no snapshot."""
    manifest = manifest_of(kind, name)
    if kind == "parquet":
        # A reader that looks at the file alone.
        return pyarrow.parquet.read_table(name, columns=["id"]).num_rows if os.path.exists(name) else None
    if manifest is None:
        return None
    if kind == "sqlite":
        base = sqlite3.connect(f"file:{name}?mode=ro", uri=True, timeout=30)
        try:
            return base.execute("select count(*) from latest_profiles").fetchone()[0]
        finally:
            base.close()
    import io

    count = 0
    for file in manifest["files"]:
        body = s3.get_object(Bucket="reviews", Key=f"{name}/{file['path']}")["Body"].read()
        count += pyarrow.parquet.read_table(io.BytesIO(body), columns=["id"]).num_rows
    return count


def digests(manifest):
    return [(account["account"], account["seen"], account["sha256"]) for account in manifest["accounts"]]


try:
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
                    rows = rows_of(kind, name.format(label))
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
            manifest = manifest_of(kind, name.format(label))
            if manifest is None or digests(manifest) != whole:
                failures.append(f"{kind}, round {rounds}: it is not as the unbroken run")
            check = subprocess.run([COMMAND, "verify", target.format(label), "-o", "json", "-q"], env=environment, capture_output=True, text=True, check=False)
            if check.returncode != 0:
                failures.append(f"{kind}, round {rounds}: verify: {check.stdout}{check.stderr}")
        if seen_rows - {None, total}:
            failures.append(f"{kind}: the reader saw {seen_rows} of {total}")
        print(f"{kind}: {kills} kills in {rounds} exports of {total} profiles, {looks} looks: none or all, and each as the unbroken run")
finally:
    sandbox.kill()
    objects.stop()
for failure in failures:
    print("FAILED:", failure)
sys.exit(1 if failures else 0)
