"""The command with its account file."""

import dataclasses
import json
import os
import subprocess
import urllib.parse

#: What a printed id has as it is; all else of ASCII is escaped here, which is allowed too.
PLAIN = "@:.-_~"


@dataclasses.dataclass
class Run:
    arguments: list
    code: int
    out: str
    err: str

    @property
    def documents(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def ended(self, code):
        """Returns what is wrong, unless the command ended with this code."""
        if self.code == code:
            return None
        return f"{' '.join(self.arguments)} ended with {self.code}, not {code}: {self.err.strip()[-400:]}"


class Command:
    """`anyprofile` with the accounts of one server."""

    def __init__(self, program, folder, secrets, hidden):
        """`secrets` are variables of the environment; `hidden` are texts that must never be printed."""
        self.program, self.folder, self.secrets, self.hidden = str(program), folder, secrets, hidden
        self.file = folder / "accounts.toml"
        self.printed = []
        self.file.touch(mode=0o600)

    def add(self, account, definition, credential, variable, **variables):
        """Adds an account. The secret is in the environment, by the name of a variable."""
        lines = [
            f"[accounts.{account}]",
            'service = "declared"',
            f"definition = {json.dumps(definition)}",
            *(f"{name} = {json.dumps(value)}" for name, value in variables.items()),
            f"{credential} = {{ env = {json.dumps(variable)} }}",
        ]
        with open(self.file, "a") as file:
            file.write("\n".join(lines) + "\n\n")

    def __call__(self, *arguments, account, format="ndjson", **environment):
        """Runs the command. `environment` replaces variables, such as that of a secret."""
        own = {"PATH": os.defpath, "HOME": str(self.folder), "LANG": "C.UTF-8"}
        arguments = [str(it) for it in arguments]
        command = [self.program, arguments[0], "--config", str(self.file), "--account", account, "-o", format]
        done = subprocess.run(
            command + arguments[1:],
            env={**own, **self.secrets, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
        )
        if any(text in done.stdout + done.stderr for text in self.hidden):
            self.printed.append(" ".join(arguments))
        return Run(arguments, done.returncode, done.stdout, done.stderr)


def printed_id(definition, account, native):
    """Returns an id as the command prints and takes it."""
    return f"{definition}:{account}/user/{urllib.parse.quote(native, safe=PLAIN)}"
