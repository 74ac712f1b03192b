# python3 aiohttp_server.py PORT: an echo server on `aiohttp`.
import sys

from aiohttp import WSMsgType, web


async def echo(request):
    socket = web.WebSocketResponse(max_msg_size=64 << 20)
    await socket.prepare(request)
    async for message in socket:
        if message.type == WSMsgType.TEXT:
            await socket.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await socket.send_bytes(message.data)
    return socket


app = web.Application()
app.add_routes([web.get("/{path:.*}", echo)])
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
