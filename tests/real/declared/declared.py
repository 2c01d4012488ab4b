"""Proves three definitions of the catalog on real software: Matrix Synapse, JupyterHub, and Airflow with the FAB auth manager.

declared.py COMMAND FOLDER [SERVER…]: COMMAND is `anyprofile`, or `-` for what the servers themselves respond, without the command. FOLDER has
the virtual environments `synapse`, `jupyterhub` and `airflow-fab`; the servers' data and logs are below `FOLDER/data`.

Each server runs on loopback, with 300 people that this script has made, so that it knows what must come.
"""

import pathlib
import signal
import sys
import time
import traceback

# Nothing is written beside the scripts.
sys.dont_write_bytecode = True

from at_airflow import Airflow  # noqa: E402
from at_jupyterhub import JupyterHub  # noqa: E402
from at_synapse import Synapse  # noqa: E402
from checks import Checks  # noqa: E402
from command import Command  # noqa: E402
from process import fresh  # noqa: E402
from suite import Suite  # noqa: E402

SERVERS = {server.definition: server for server in (Synapse, JupyterHub, Airflow)}


def main(program, folder, *names):
    unknown = [name for name in names if name not in SERVERS]
    if unknown:
        sys.exit(f"{', '.join(unknown)}: there are {', '.join(SERVERS)}")
    # A server must not outlive a script that is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    folder = pathlib.Path(folder).resolve()
    failures = [failure for name in names or SERVERS for failure in prove(program, folder, name)]
    if failures:
        sys.exit("\n".join(failures))


def prove(program, folder, name):
    """Runs one server, with all its checks; returns what failed."""
    check = Checks(name)
    data = fresh(folder / "data" / name)
    try:
        server = SERVERS[name](folder / name / "bin/python", data)
        began = time.monotonic()
        with server.running():
            started = time.monotonic()
            server.fill()
            filled = time.monotonic()
            times = f"started in {started - began:.1f} s, filled in {filled - started:.1f} s"
            print(f"{name}: {len(server.people)} people, {times}", flush=True)
            server.facts(check)
            if program != "-":
                command = Command(pathlib.Path(program).resolve(), data, server.secrets, server.hidden)
                for account in server.accounts:
                    command.add(**account)
                suite = Suite(check, command, server)
                server.proves(suite)
                suite.kept_secrets()
            print(f"{name}: {check.count} checks in {time.monotonic() - filled:.1f} s", flush=True)
    except Exception:
        check(f"the checks of {name} come to their end", traceback.format_exc())
    return check.failures


if __name__ == "__main__":
    main(*sys.argv[1:])
