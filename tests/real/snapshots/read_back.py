"""Reads the snapshots of a sandbox with tools that others wrote, and compares them with the ndjson.

Usage: read_back.py COMMAND FOLDER PROFILES [POSTGRES_URL]

COMMAND is the command with every target built in. Each target is written from a served sandbox with PROFILES profiles a service, and
read back: the number of rows, the number of nulls of five columns, and five named values must be the same. Prints a table with
seconds, CPU seconds and peak memory.
"""

import csv
import gzip
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow.dataset
import pyarrow.parquet

import servers

COMMAND, FOLDER, PROFILES = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
POSTGRES = sys.argv[4] if len(sys.argv) > 4 else None
COLUMNS = ["display_name", "email", "status", "mfa_enabled", "last_login"]
failures = []


def expected(line):
    """What the columns of a profile are, by its JSON alone."""
    profile = json.loads(line)
    emails = profile.get("emails") or []
    primary = [it for it in emails if it.get("primary") is True] or emails
    return {
        "id": "{service}:{account}/{kind}/{native}".format(**profile["id"]),
        "display_name": profile.get("name", {}).get("display"),
        "email": (primary[0].get("address") if primary else None),
        "status": profile.get("status"),
        "mfa_enabled": profile.get("security", {}).get("mfa_enabled"),
        "last_login": profile.get("security", {}).get("last_login"),
    }


def check(tool, rows, nulls, named):
    """Compares what a tool read with the ndjson."""
    problems = []
    if rows != len(truth):
        problems.append(f"{rows} rows of {len(truth)}")
    for column in COLUMNS:
        want = sum(1 for row in truth.values() if row[column] is None)
        if nulls[column] != want:
            problems.append(f"{column}: {nulls[column]} nulls of {want}")
    for key in samples:
        for column in ("display_name", "email", "status", "mfa_enabled"):
            got, want = named[key][column], truth[key][column]
            if got != want and not (want is None and pandas.isna(got)):
                problems.append(f"{key}: {column} differs")
    if problems:
        failures.append(f"{tool}: " + "; ".join(problems))
    print(f"  {tool}: {'as the ndjson' if not problems else problems}")


def of_sql(tool, query):
    """Compares what a database has."""
    rows = query("select count(*) from t")[0][0]
    nulls = {column: query(f"select count(*) from t where {column} is null")[0][0] for column in COLUMNS}
    named = {}
    for key in samples:
        found = query("select display_name, email, status, mfa_enabled from t where id = '" + key.replace("'", "''") + "'")
        values = list(found[0])
        if isinstance(values[3], int) and not isinstance(values[3], bool):
            values[3] = bool(values[3])
        named[key] = dict(zip(("display_name", "email", "status", "mfa_enabled"), values))
    check(tool, rows, nulls, named)


def of_frame(tool, frame):
    """Compares what a data frame of pandas has."""
    frame = frame.set_index("id")
    nulls = {column: int(frame[column].isna().sum()) for column in COLUMNS}
    named = {key: frame.loc[key].to_dict() for key in samples}
    check(tool, len(frame), nulls, named)


def measured(arguments, output=None):
    """Runs the command; returns seconds, CPU seconds and the peak of memory in MiB."""
    start = time.monotonic()
    process = subprocess.Popen([COMMAND, *arguments], env=environment, stdout=output)
    peak = 0
    while True:
        # The peak of the program itself: that of `wait4` has what this one had when it forked.
        try:
            with open(f"/proc/{process.pid}/status", encoding="ascii") as lines:
                peak = max([peak] + [int(line.split()[1]) for line in lines if line.startswith("VmHWM")])
        except OSError:
            pass
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        time.sleep(0.01)
    seconds = time.monotonic() - start
    if status != 0:
        failures.append(f"{arguments}: it failed ({status})")
    return seconds, usage.ru_utime + usage.ru_stime, peak / 1024


def export(to, *more):
    """Writes a target."""
    return measured(["export", "--to", to, "-q", *more])


def verify(to):
    done = subprocess.run([COMMAND, "verify", to, "-o", "json", "-q"], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        failures.append(f"{to}: verify: {done.stdout}{done.stderr}")


shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir(parents=True)
os.chdir(FOLDER)
with servers.sandbox(COMMAND, PROFILES) as environment, servers.objects(environment, "reviews") as s3:
    figures = {}
    with open("listed.ndjson", "w", encoding="utf-8") as listed:
        figures["list -o ndjson"] = measured(["list", "-o", "ndjson", "-q"], listed)
    figures["people.ndjson"] = export("people.ndjson")
    truth = {row["id"]: row for row in map(expected, open("people.ndjson", encoding="utf-8"))}
    print(f"{len(truth)} profiles")
    every = max(1, len(truth) // 5)
    samples = list(truth)[::every][:5]
    with open("listed.ndjson", encoding="utf-8") as listed:
        if sorted(json.loads(line)["id"]["native"] for line in listed) != sorted(json.loads(line)["id"]["native"] for line in open("people.ndjson", encoding="utf-8")):
            failures.append("the listing has others than the snapshot")

    figures["people.ndjson.gz"] = export("people.ndjson.gz")
    with gzip.open("people.ndjson.gz", "rt", encoding="utf-8") as lines:
        if lines.read() != open("people.ndjson", encoding="utf-8").read():
            failures.append("gzip: other content")
    count = subprocess.run(["jq", "-s", "length", "people.ndjson"], capture_output=True, text=True) if shutil.which("jq") else None
    if count and int(count.stdout) != len(truth):
        failures.append("jq: another count")
    figures["people.ndjson.zst"] = export("people.ndjson.zst")
    of_sql("duckdb, zst", lambda q: duckdb.sql(
        q.replace(" t", " (select concat(id.service, ':', id.account, '/', id.kind, '/', id.native) as id, name.display as display_name, coalesce(list_filter(emails, lambda e: e.primary)[1].address, emails[1].address) as email, status, security.mfa_enabled as mfa_enabled, security.last_login as last_login from read_ndjson('people.ndjson.zst', sample_size=-1, maximum_object_size=33554432)) as t", 1)
    ).fetchall())

    figures["people.csv"] = export("people.csv")
    of_frame("pandas, csv", pandas.read_csv("people.csv", keep_default_na=False, na_values=[""], dtype={"mfa_enabled": "object"}).assign(
        mfa_enabled=lambda frame: frame["mfa_enabled"].map({"true": True, "false": False, True: True, False: False})))

    figures["people.parquet"] = export("people.parquet")
    of_sql("duckdb, parquet", lambda q: duckdb.sql(q.replace(" t", " 'people.parquet'", 1)).fetchall())
    of_frame("pyarrow, parquet", pyarrow.parquet.read_table("people.parquet").to_pandas())
    of_frame("polars, parquet", polars.read_parquet("people.parquet").to_pandas())

    figures["people/"] = export("people/")
    of_sql("duckdb, folder", lambda q: duckdb.sql(
        q.replace(" t", " read_parquet('people/**/*.parquet', hive_partitioning = true)", 1)).fetchall())
    of_frame("pyarrow, folder", pyarrow.dataset.dataset("people", format="parquet", partitioning="hive", exclude_invalid_files=True).to_table().to_pandas())

    figures["sqlite:people.db"] = export("sqlite:people.db")
    base = sqlite3.connect("people.db")
    of_sql("sqlite3", lambda q: base.execute(q.replace(" t", " latest_profiles", 1)).fetchall())
    base.close()

    if POSTGRES:
        figures["postgres"] = export(POSTGRES)
        def psql(query):
            done = subprocess.run(["psql", POSTGRES, "--no-psqlrc", "--csv", "--tuples-only", "--command", query.replace(" t", " anyprofile.latest_profiles", 1)], capture_output=True, text=True)
            if done.returncode != 0:
                raise RuntimeError(done.stderr)
            def value(text, column):
                return {"t": True, "f": False}.get(text, text) if column == 3 else text
            return [[(None if text == "" else (int(text) if text.isdigit() and len(row) == 1 else value(text, i))) for i, text in enumerate(row)] for row in csv.reader(io.StringIO(done.stdout))]
        of_sql("psql", psql)
        verify(POSTGRES)

    figures["s3://reviews/2026"] = export("s3://reviews/2026", "--work", str(FOLDER / "work"))
    names = [it["Key"] for it in s3.list_objects_v2(Bucket="reviews")["Contents"]]
    print("  s3:", ", ".join(names))
    for name in names:
        to = FOLDER / "from-s3" / name
        to.parent.mkdir(parents=True, exist_ok=True)
        s3.download_file("reviews", name, str(to))
    of_sql("duckdb, from s3", lambda q: duckdb.sql(
        q.replace(" t", " read_parquet('from-s3/2026/**/*.parquet', hive_partitioning = true)", 1)).fetchall())
    verify("s3://reviews/2026")
    again = subprocess.run([COMMAND, "export", "--to", "s3://reviews/2026", "-q", "--work", str(FOLDER / "work")], env=environment, capture_output=True, text=True)
    if again.returncode == 0 or "it exists" not in again.stderr:
        failures.append("s3: a snapshot was replaced")

    for target in ("people.ndjson", "people.ndjson.gz", "people.ndjson.zst", "people.csv", "people.parquet", "people/", "sqlite:people.db"):
        verify(target)
    base_memory = figures["list -o ndjson"][2]
    print("\n| target | s | CPU s | peak MiB | above the listing | profiles/s |\n|---|---|---|---|---|---|")
    for target, (seconds, cpu, memory) in figures.items():
        print(f"| {target} | {seconds:.1f} | {cpu:.1f} | {memory:.0f} | {memory - base_memory:+.0f} | {len(truth) / seconds:.0f} |")
    start = time.monotonic()
    duckdb.sql("copy (select * from read_ndjson('people.ndjson', sample_size=-1, maximum_object_size=33554432)) to 'duckdb.parquet' (format parquet, compression zstd)")
    print(f"| duckdb's COPY of people.ndjson to Parquet | {time.monotonic() - start:.1f} | | | | {len(truth) / (time.monotonic() - start):.0f} |")
for failure in failures:
    print("FAILED:", failure)
sys.exit(1 if failures else 0)
