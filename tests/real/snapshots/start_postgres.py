"""Starts a PostgreSQL server of its own on a free port of this machine, and prints its URL. It ends with its standard input.

The programs are those of Debian's package `postgresql`. PostgreSQL does not run as root, so root starts it as the user `postgres`.
"""

import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
if not programs:
    sys.exit("PostgreSQL is not installed; on Debian: apt-get install postgresql")
programs = programs[-1]
folder = tempfile.mkdtemp(prefix="anyprofile-postgres-")
user = None
if os.geteuid() == 0:
    user = "postgres"
    account = pwd.getpwnam(user)
    os.chown(folder, account.pw_uid, account.pw_gid)
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
password = os.path.join(folder, "password")
with open(password, "w", encoding="ascii") as file:
    file.write("a password of this run\n")
os.chmod(password, 0o644)
data = os.path.join(folder, "data")
quiet = {"stdout": subprocess.DEVNULL, "cwd": folder}
subprocess.run(
    [f"{programs}/initdb", "-D", data, "-U", "reviewer", "--auth=scram-sha-256", f"--pwfile={password}", "--no-sync", "-E", "UTF8"],
    check=True, user=user, **quiet,
)
server = subprocess.Popen(
    [f"{programs}/postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"],
    user=user, stderr=subprocess.DEVNULL, **quiet,
)
try:
    for _ in range(200):
        if subprocess.run([f"{programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False).returncode == 0:
            break
        time.sleep(0.05)
    else:
        sys.exit("PostgreSQL does not answer")
    print(f"postgres://reviewer:a%20password%20of%20this%20run@127.0.0.1:{port}/postgres?sslmode=disable", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Whoever started it holds the other end.
    sys.stdin.read()
finally:
    server.send_signal(signal.SIGINT)
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)
