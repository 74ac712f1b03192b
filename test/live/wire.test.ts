import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { records, Workshop } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { tcpdump } from '../tcpdump.js';
import { mayCapture } from '../tools.js';
import { Serving } from './serving.js';

const shop = new Workshop();
afterAll(() => shop.remove());

type Json = Record<string, unknown>;

/** All that a record says of the wire: with -v every field of every byte. The clocks are two. */
function wireOf(all: readonly Json[]): Json[] {
  return all
    .filter(({ type }) => type === 'frame' || type === 'handshake')
    .map((record) => ({ ...record, time: 0, ...(record['duration'] !== undefined && { duration: 0 }) }))
    .toSorted((a, b) => keyOf(a) - keyOf(b));
}
/** In the order of each direction: between both there is none. */
function keyOf(record: Json): number {
  const direction = record['direction'] === 'client' ? 0 : 1;
  return (
    Number(record['connection']) * 1e12 +
    direction * 1e11 +
    (record['type'] === 'frame' ? 1 + Number(record['offset']) : 0)
  );
}

describe.runIf(mayCapture())('what serve shows', () => {
  it.each([
    ['plain', []],
    ['compressed', ['--deflate']],
    ['frames behind the handshake', ['--raw-frame', '8103 6f6e65 8900', '--raw-frame', 'ff00']],
    ['frames that break rules', ['--raw-frame', '817e0003 616263', '--raw-frame', 'f300 0901ff']],
  ])('is what tcpdump captured on the same port, byte for byte: %s', async (name, args) => {
    const server = await Serving.start('--json', '-v', '--preview', 'all', ...args);
    const file = join(shop.folder, `${name.replaceAll(' ', '-')}.pcap`);
    const recorded = await tcpdump(file, `tcp port ${server.port}`);
    const client = await server.open('/talk?a=b', { perMessageDeflate: args.includes('--deflate') });
    for (const text of ['hello', '', 'x'.repeat(200), 'y'.repeat(70_000)]) client.socket.send(text);
    client.socket.send(Buffer.alloc(300_000, 7));
    client.socket.send('in ', { fin: false });
    client.socket.ping('between');
    client.socket.send('two parts', { fin: true });
    // All is echoed, or what breaks rules has ended it.
    const extra = args.includes('8103 6f6e65 8900') ? 1 : 0;
    await Promise.race([client.got(6 + extra), client.closed]);
    client.socket.close(1000, 'enough');
    await client.closed;
    client.socket.terminate();
    await recorded();
    await server.stop();
    const captured = await runHere(['decode', '-f', file, '--json', '-v', '--preview', 'all']);
    const [here, there] = [wireOf(server.records), wireOf(records(captured.out))];
    expect(there.length).toBeGreaterThan(5);
    expect(here).toEqual(there);
  });
});
