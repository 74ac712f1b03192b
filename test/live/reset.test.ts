import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { reset } from '../../src/live/sockets/reset.js';

const server = createServer({ allowHalfOpen: true });
let there: Socket;

async function pair(): Promise<Socket> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const here = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  [there] = (await accepted) as [Socket];
  there.on('error', () => undefined);
  await once(here, 'connect');
  return here;
}
afterEach(async () => {
  there.destroy();
  server.close();
  await once(server, 'close');
});

describe('a reset', () => {
  it('comes as one', async () => {
    const here = await pair();
    const error = once(there, 'error');
    reset(here);
    expect(((await error) as [NodeJS.ErrnoException])[0].code).toBe('ECONNRESET');
  });

  it('after a FIN that is not delivered yet ends the socket as well', async () => {
    const here = await pair();
    const faults: Error[] = [];
    here.on('error', (error) => faults.push(error));
    const closed = once(here, 'close');
    here.end();
    // The FIN has been requested of libuv by now, and has not sent it.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    reset(here);
    await closed;
    expect(faults).toEqual([]);
  });

  it('of what has ended is nothing', async () => {
    const here = await pair();
    here.destroy();
    await once(here, 'close');
    reset(here);
  });
});
