# python3 websockets_client.py URL: drives the client of `websockets` through all cases.
import asyncio
import sys

import websockets

BASE = sys.argv[1].rstrip("/")
BROKEN = (OSError, asyncio.TimeoutError, EOFError, ValueError, websockets.WebSocketException)


async def run(number):
    path = f"/runCase?case={number}&agent=websockets"
    try:
        async with websockets.connect(BASE + path, max_size=64 << 20, max_queue=None, ping_interval=None) as socket:
            async for message in socket:
                await socket.send(message)
    except BROKEN:
        pass


async def main():
    async with websockets.connect(BASE + "/getCaseCount") as socket:
        count = int(await socket.recv())
    for number in range(1, count + 1):
        await run(number)
    async with websockets.connect(BASE + "/updateReports?agent=websockets"):
        pass


asyncio.run(main())
