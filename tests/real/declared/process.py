"""Server processes, and requests without a client of ours."""

import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

#: How long a server may take until it answers, and until it ends, in seconds.
START, END = 180, 20

# The proxies of the environment are not for loopback.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclasses.dataclass
class Response:
    status: int
    headers: dict
    text: str

    @property
    def json(self):
        return json.loads(self.text)


def request(method, url, body=None, headers={}):
    """Sends a request, with a body as JSON if there is one; returns the response, whatever its status is."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **headers} if data else headers
    asked = urllib.request.Request(url, data, headers, method=method)
    try:
        with OPENER.open(asked, timeout=60) as answer:
            return Response(answer.status, answer.headers, answer.read().decode())
    except urllib.error.HTTPError as answer:
        return Response(answer.code, answer.headers, answer.read().decode())


def expect(status, response):
    """Returns a response, which must have this status."""
    if response.status != status:
        raise RuntimeError(f"HTTP status {response.status}, not {status}: {response.text[:300]}")
    return response


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def fresh(folder):
    """Returns an empty folder, which only its user can read."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def environment(python, **variables):
    """Returns the environment of a server: nothing of the caller's, and the programs of its virtual environment."""
    programs = str(pathlib.Path(python).parent)
    # Times without an offset are those of the server's clock.
    own = {"PATH": f"{programs}:{os.defpath}", "LANG": "C.UTF-8", "TZ": "UTC"}
    return {**own, **variables}


def run(arguments, folder, variables, given=None):
    """Runs a program to its end; returns its standard output."""
    arguments = [str(it) for it in arguments]
    with open(folder / "run.log", "a") as log:
        done = subprocess.run(
            arguments, cwd=folder, env=variables, input=given, stdout=subprocess.PIPE, stderr=log, text=True
        )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}: {last_lines(folder / 'run.log')}")
    return done.stdout


def last_lines(file):
    return "\n".join(file.read_text(errors="replace").splitlines()[-15:])


@contextlib.contextmanager
def serving(arguments, folder, variables, url):
    """Runs a server while the block runs. It begins when the URL answers; all processes of the server end with it."""
    log = folder / "server.log"
    with open(log, "w") as output:
        server = subprocess.Popen(
            [str(it) for it in arguments],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_for(server, url, log)
        yield
    finally:
        stop(server)


def wait_for(server, url, log):
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}: {last_lines(log)}")
        with contextlib.suppress(OSError):
            if request("GET", url).status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not answer for {START} s: {last_lines(log)}")


def stop(server):
    """Ends a server with its workers, and kills what is left of them."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(END)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()
