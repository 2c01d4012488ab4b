"""Lists many accounts of one served sandbox at once: what a job over as many tenants takes.

tenants.py COMMAND BINARIES FOLDER TENANTS PROFILES: each of TENANTS accounts is the sandbox's Probely with PROFILES people. It prints the
time, the peak of the memory and the number of requests of one process with one page at a time and with 16, 64 and 256, and of a cluster.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import time

sys.path.append(str(pathlib.Path(__file__).parent))
from distributed import cluster, query  # noqa: E402

sys.path.append(str(pathlib.Path(__file__).parent.parent / "snapshots"))
from servers import sandbox  # noqa: E402

COUNT = "select count(*) as people, count(distinct account) as accounts from live.profiles"
RUNS = "select count(*) as listings, sum(requests) as requests from live.runs where complete"


def main(command, binaries, folder, tenants, profiles):
    binaries, folder = pathlib.Path(binaries), pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with sandbox(command, int(profiles)) as environment:
        config = folder / "accounts.toml"
        account = 'service = "probely"\nbase_url = "{}"\napi_key = {{ env = "PROBELY_API_KEY" }}\n'
        account = account.format(environment["PROBELY_API_BASE_URL"])
        config.write_text("".join(f"[accounts.tenant-{it:04}]\n{account}\n" for it in range(int(tenants))))
        sql = [binaries / "anyprofile-sql", "--config", config, "-o", "ndjson"]
        for pages in (1, 16, 64, 256):
            arguments = [str(it) for it in [*sql, "--concurrent-pages", pages, COUNT, RUNS]]
            began = time.monotonic()
            process = subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True)
            rows = process.stdout.read().split()
            _, status, used = os.wait4(process.pid, 0)
            took = time.monotonic() - began
            if status:
                sys.exit(f"{' '.join(arguments)} failed")
            print(f"one process, {pages} pages at once: {took:.1f} s, {used.ru_maxrss // 1024} MB {rows}", flush=True)
        for executors in (1, 2):
            with cluster(binaries, folder, str(config), environment, executors=executors) as it:
                rows, message, took = query(sql, COUNT, environment, it.url)
                print(f"a cluster of {executors}: {took:.1f} s {rows or message}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
