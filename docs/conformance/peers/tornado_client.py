# python3 tornado_client.py URL: drives the client of `tornado` through all cases, with compression offered.
import asyncio
import sys

from tornado.websocket import websocket_connect

LIMIT = 8
BASE = sys.argv[1].rstrip("/")


async def echo(number):
    url = f"{BASE}/runCase?case={number}&agent=tornado"
    socket = await websocket_connect(url, compression_options={}, max_message_size=64 << 20)
    try:
        while (message := await socket.read_message()) is not None:
            await socket.write_message(message, binary=isinstance(message, bytes))
    finally:
        socket.close()


async def run(number):
    try:
        # Where a message cannot be inflated or is no UTF-8, read_message() never returns.
        await asyncio.wait_for(echo(number), LIMIT)
    except Exception as error:  # it has many kinds: HTTPError, WebSocketError, StreamClosedError, ...
        print(number, repr(error), file=sys.stderr)


async def main():
    socket = await websocket_connect(BASE + "/getCaseCount")
    count = int(await socket.read_message())
    for number in range(1, count + 1):
        await run(number)
    socket = await websocket_connect(BASE + "/updateReports?agent=tornado")
    await socket.read_message()


asyncio.run(main())
