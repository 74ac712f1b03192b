# python3 aiohttp_client.py URL: drives the client of `aiohttp` through all cases, with compression offered.
import asyncio
import sys

import aiohttp

BASE = sys.argv[1].rstrip("/")
AGENT = "agent=aiohttp"


async def run(session, number):
    path = f"/runCase?case={number}&{AGENT}"
    try:
        async with session.ws_connect(BASE + path, max_msg_size=64 << 20, compress=15) as socket:
            async for message in socket:
                if message.type == aiohttp.WSMsgType.TEXT:
                    await socket.send_str(message.data)
                elif message.type == aiohttp.WSMsgType.BINARY:
                    await socket.send_bytes(message.data)
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError):
        pass


async def main():
    # Without force_close it asks for the next case on the connection of a handshake that it failed.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        async with session.ws_connect(BASE + "/getCaseCount") as socket:
            count = int((await socket.receive()).data)
        for number in range(1, count + 1):
            await run(session, number)
        async with session.ws_connect(f"{BASE}/updateReports?{AGENT}"):
            pass


asyncio.run(main())
