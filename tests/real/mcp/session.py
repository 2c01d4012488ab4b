"""A session of the official client SDK with `anyprofile mcp`: every tool, and what must be refused.

Usage: session.py COMMAND LOG. Prints the transcript as JSON lines, and fails if something is not as it must be.
"""

import asyncio
import json
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


def check(holds, what):
    if not holds:
        raise AssertionError(what)


class Session:
    def __init__(self, session):
        self.session = session

    async def call(self, tool, **arguments):
        """Calls a tool; returns what it answered, and whether that is an error."""
        result = await self.session.call_tool(tool, arguments)
        text = result.content[0].text
        print(json.dumps({"tool": tool, "arguments": arguments, "error": result.is_error, "answer": text[:400]}))
        return (text if result.is_error else json.loads(text)), result.is_error

    async def done(self, tool, **arguments):
        answer, is_error = await self.call(tool, **arguments)
        check(not is_error, f"{tool} failed: {answer}")
        return answer

    async def refused(self, tool, **arguments):
        answer, is_error = await self.call(tool, **arguments)
        check(is_error, f"{tool} is not refused")
        return answer


async def with_server(command, options, work):
    arguments = ["mcp", "--sandbox", "--sandbox-profiles", "30", *options]
    with open(sys.argv[2] if len(sys.argv) > 2 else "/dev/null", "a+") as log:
        async with stdio_client(StdioServerParameters(command=command, args=arguments), errlog=log) as (read, write):
            async with ClientSession(read, write) as session:
                initialized = await session.initialize()
                print(json.dumps({"server": initialized.server_info.name, "options": options}))
                tools = (await session.list_tools()).tools
                print(json.dumps({"tools": [tool.name for tool in tools]}))
                await work(Session(session), tools)


async def reading(session, tools):
    check("apply" not in [tool.name for tool in tools], "a read-only server offers apply")
    accounts = (await session.done("providers"))["accounts"]
    check([it["account"] for it in accounts] == ["upsun", "probely", "anthropic", "scim"], "accounts are missing")
    listed = await session.done("list", account="scim", limit=100, fields=["id", "name", "emails"])
    check(listed["complete"] and len(listed["profiles"]) == 30, "the list is not complete")
    limited = await session.done("list", account="scim", limit=5)
    check(len(limited["profiles"]) == 5 and limited["stopped_at_limit"], "the limit is not kept or not told")
    mfa = await session.done("list", account="probely", where="security.mfa_enabled eq true", limit=100)
    check(all(it["security"]["mfa_enabled"] for it in mfa["profiles"]), "the condition is not applied")
    somebody = listed["profiles"][3]
    found = await session.done("find", key=somebody["emails"][0]["address"])
    check(any(it["id"] == somebody["id"] for it in found["profiles"]), "the person is not found")
    check("anthropic" in [it["account"] for it in found["not_known_at"]], "an account that cannot search is not named")
    got = await session.done("get", id=somebody["id"])
    check("security.mfa_enabled" not in got["profile"], "a field without a value is shown as if it had one")
    review = await session.done("review", dormant_days=30)
    by_account = {it["account"]: it for it in review["accounts"]}
    check(sum(by_account["probely"]["mfa"].values()) == by_account["probely"]["profiles"], "the counts do not add up")
    check("not known (unsupported)" in by_account["scim"]["mfa"], "an unknown second factor is not told as such")
    everybody = (await session.done("list", account="scim", limit=100, fields=["groups"]))["profiles"]
    group = next(it["groups"][0]["id"] for it in everybody if it.get("groups"))
    members = await session.done("members", of=f"scim:scim/group/{group}", limit=100)
    check(members["profiles"], "the group has no members")
    planned = await session.done("plan", operation="update", id=somebody["id"], set={"title": "Captain"})
    check(planned["requests"] and planned["plan"], "the plan shows nothing")
    await session.refused("apply", plan=planned["plan"])
    wrong = await session.refused("get", id="no id")
    check("service:account/kind/id" in wrong, "the error does not say what an id looks like")
    await session.refused("list", colour="red")
    await session.refused("get", id="scim:scim/user/nobody")


async def writing(session, tools):
    check("apply" in [tool.name for tool in tools], "apply is not offered")
    listed = await session.done("list", account="scim", limit=100, fields=["id", "title"])
    id = listed["profiles"][3]["id"]
    planned = await session.done("plan", operation="update", id=id, set={"title": "Captain"})
    applied = await session.done("apply", plan=planned["plan"])
    check(applied["is_so"], "the plan is not executed")
    check((await session.done("get", id=id))["profile"]["title"] == "Captain", "the title is not written")
    again = await session.refused("apply", plan=planned["plan"])
    check("no such plan" in again, "a plan is executed twice")
    settled = await session.done("plan", operation="update", id=id, set={"title": "Captain"})
    check(settled["unchanged"] and settled["plan"] is None, "an unchanged value has a plan")


async def redacted(session, tools):
    listed = await session.done("list", account="scim", limit=3)
    text = json.dumps(listed)
    check("@" not in text and listed["profiles"][0]["name"]["display"] == "[redacted]", "personal data is shown")
    planned = await session.done(
        "plan", operation="update", id=listed["profiles"][0]["id"], set={"title": "Captain"}
    )
    check("Captain" not in json.dumps(planned), "the plan shows what is redacted")


async def main(command):
    await with_server(command, [], reading)
    await with_server(command, ["--allow-write"], writing)
    await with_server(command, ["--redact", "identifier,contact,free-text"], redacted)


asyncio.run(main(sys.argv[1]))
