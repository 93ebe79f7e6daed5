# SPDX-License-Identifier: Apache-2.0
"""An agent: the reference SDK of the Model Context Protocol, which calls the tools that it is told to.

usage: mcp_agent.py REVISION PROGRAM ARGUMENT...
REVISION is legacy (with an introduction) or auto (the newest that the server speaks). Standard input has one call a line, as JSON:
{"tool": …, "arguments": {…}}. Standard output has a first line with what the server says of itself, then one line for each call.
The SDK holds every answer against the schema that the tool was listed with. Whatever it is asked it would say yes to.
"""
import asyncio
import json
import os
import sys

import mcp_types as types
from mcp import Client, MCPError, StdioServerParameters

asked = []


async def say_yes(context, parameters):
    asked.append(parameters.model_dump(mode="json"))
    return types.ElicitResult(action="accept", content={"approve": True})


async def main():
    server = StdioServerParameters(command=sys.argv[2], args=sys.argv[3:], env=dict(os.environ))
    me = types.Implementation(name="sdk-agent", version="2")
    async with Client(server, mode=sys.argv[1], elicitation_callback=say_yes, client_info=me) as client:
        tools = (await client.list_tools()).tools
        tell({"revision": client.protocol_version, "tools": [tool.name for tool in tools]})
        for line in sys.stdin:
            call, progress = json.loads(line), []

            async def hear(done, total, message):
                progress.append({"done": done, "message": message})

            try:
                result = await client.call_tool(call["tool"], call["arguments"], progress_callback=hear)
                answer = {"result": result.model_dump(mode="json", by_alias=True, exclude_none=True)}
            except MCPError as error:
                answer = {"error": {"code": error.error.code, "message": error.error.message}}
            tell(answer | {"progress": progress, "asked": asked})


def tell(message):
    print(json.dumps(message), flush=True)


asyncio.run(main())
