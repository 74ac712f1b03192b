import { describe, expect, it } from 'vitest';
import { records } from './binary.js';
import { run, type RanHere } from './in-process.js';

/** `--app-type`, `--app-name`, `--slow`, and `--grep` in what binary protocols say. */

const SOCKET_IO = 'fixtures/captures/apps/sio4-basic.pcap';
const MQTT = 'fixtures/captures/apps/mqtt5-mosquitto.pcap';
const SIGNALR = 'fixtures/captures/apps/signalr-msgpack.pcap';

const decode = (...args: string[]): Promise<RanHere> => run(['decode', ...args]);

interface PacketRecord {
  readonly packet: string;
  readonly name?: string;
  readonly index: number;
  readonly replyTo?: number;
  readonly latency?: number;
}

async function packetsOf(...args: string[]): Promise<PacketRecord[]> {
  const { out } = await decode(...args, '--json', '--view', 'apps');
  return records(out).filter(({ type }) => type === 'packet') as unknown as PacketRecord[];
}

describe('filters of packets', () => {
  it('select types in any letter case, and names', async () => {
    const types = await packetsOf(SOCKET_IO, '--app-type', 'ack, CONNECT');
    expect([...new Set(types.map(({ packet }) => packet))].sort()).toEqual(['ACK', 'CONNECT']);
    const names = await packetsOf(SOCKET_IO, '--app-type', 'EVENT', '--app-name', '^s(ay|tats)$');
    expect(names.map(({ name }) => name)).toEqual(['say', 'stats']);
  });

  it('apply to every view, and leave out the closing table', async () => {
    const { out } = await decode(SOCKET_IO, '--view', 'summary', '--app-name', '^say$');
    expect(out.trimEnd().split('\n')).toEqual([expect.stringContaining('socket.io EVENT say ["lobby","to the room"]')]);
  });

  it('show the packets of the message that match, and in other views the message', async () => {
    const all = await packetsOf(MQTT);
    const few = await packetsOf(MQTT, '--app-type', 'PUBLISH');
    expect(few).toEqual(all.filter(({ packet }) => packet === 'PUBLISH'));
  });

  it.each([[['--app-type', 'EVENT']], [['--app-name', 'x']], [['--slow', '5']]])('need packets: %s', async (args) => {
    const ran = await decode(SOCKET_IO, '--app', 'none', ...args);
    expect(ran).toMatchObject({ exit: 2, out: '' });
    expect(ran.err).toContain(`${args[0]} shows packets of applications, and --app none reads none`);
  });
});

describe('--slow', () => {
  it('shows each slow call with its reply, and what was not answered at the end', async () => {
    const all = await packetsOf(SOCKET_IO);
    const slow = await packetsOf(SOCKET_IO, '--slow', '4');
    const replies = slow.filter(({ replyTo }) => replyTo !== undefined);
    expect(replies.length).toBeGreaterThan(2);
    expect(replies.every(({ latency = 0 }) => latency > 0.004)).toBe(true);
    expect(replies).toHaveLength(all.filter(({ latency = 0 }) => latency > 0.004).length);
    expect(slow.map(({ name }) => name).filter((name) => name !== undefined)).toEqual([
      'echo',
      'fail',
      'echo',
      'silent',
    ]);
    expect(slow.at(-1)).toMatchObject({ packet: 'EVENT', name: 'silent' });
  });

  it('takes the other filters for the calls', async () => {
    const slow = await packetsOf(SOCKET_IO, '--slow', '4', '--app-name', '^fail$');
    expect(slow.map(({ packet }) => packet)).toEqual(['EVENT', 'ACK']);
  });

  it.each([['apps'], ['summary'], ['messages']])('shows the same by several threads: %s', async (view) => {
    const [one, two] = await Promise.all(
      ['1', '2'].map((jobs) => decode(MQTT, '--slow', '0.3', '--view', view, '--jobs', jobs)),
    );
    expect(one!.out).not.toBe('');
    expect([two!.exit, two!.out, two!.err]).toEqual([one!.exit, one!.out, one!.err]);
  });

  it('does not go with what shows records around others', async () => {
    const ran = await decode(SOCKET_IO, '--slow', '4', '--last', '3');
    expect(ran.exit).toBe(2);
  });
});

describe('--grep', () => {
  it.each([
    [MQTT, '^mqtt SUBSCRIBE', 2],
    [SIGNALR, '"nested"', 2],
  ])('sees what the packets of %s say: %s', async (file, expression, least) => {
    const { out } = await decode(file, '--grep', expression, '--view', 'apps');
    expect(out.trimEnd().split('\n').length).toBeGreaterThanOrEqual(least);
    expect((await decode(file, '--grep', expression, '--app', 'none')).err).toContain('nothing matches');
  });
});
