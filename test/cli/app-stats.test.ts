import { describe, expect, it } from 'vitest';
import { records } from './binary.js';
import { run, runHere } from './in-process.js';

const SOCKET_IO = 'fixtures/captures/apps/sio4-basic.pcap';
const MQTT = 'fixtures/captures/apps/mqtt5-mosquitto.pcap';

describe('--stats of application protocols', () => {
  it('draws the calls by name', async () => {
    const { out } = await runHere(['decode', SOCKET_IO, '--stats']);
    expect(out).toMatch(/^ {2}app {8}socket\.io {2}42 packets {2}14 calls {2}13 replies {2}1 unanswered$/m);
    expect(out).toMatch(/^ {4}EVENT silent +1 +· +1 +· +· +·$/m);
    expect(out).toMatch(/^ {4}engine\.io ping +1 +1 +· /m);
  });

  it('has no names in the table after a view', async () => {
    const { out } = await runHere(['decode', SOCKET_IO]);
    expect(out).toContain('14 calls');
    expect(out).not.toMatch(/^ {4}EVENT silent/m);
  });

  it('has them in the records, and the totals of all connections', async () => {
    const all = records((await runHere(['decode', MQTT, '--stats', '--json'])).out);
    const connections = all.flatMap(({ app }) =>
      app === undefined ? [] : [app as { protocol: string; calls: number }],
    );
    expect(connections.map(({ protocol, calls }) => `${protocol} ${calls}`).sort()).toEqual(['mqtt 10', 'mqtt 4']);
    const { apps } = all.at(-1)!;
    expect(apps).toMatchObject([
      { protocol: 'mqtt', connections: 2, packets: 30, calls: 14, replies: 14, unanswered: 0 },
    ]);
  });

  it.each([[[]], [['--json']]])('is the same by several threads: %s', async (options) => {
    const [one, two] = await Promise.all(
      ['1', '2'].map((jobs) => run(['decode', MQTT, SOCKET_IO, '--stats', '--jobs', jobs, ...options])),
    );
    expect([two!.exit, two!.out]).toEqual([one!.exit, one!.out]);
  });

  it('has a column for the protocol where there are many connections', async () => {
    const many = ['fixtures/captures/apps/violations-stomp.pcap', '--stats'];
    const { out } = await runHere(['decode', ...many]);
    expect(out).toMatch(/^ *# .* app +closed +faults$/m);
    expect(out).toMatch(/^ *\d+ .* stomp +no close/m);
    expect((await runHere(['decode', ...many, '--app', 'none'])).out).not.toMatch(/ app +closed/);
  });

  it('has none with --app none', async () => {
    const { out } = await runHere(['decode', SOCKET_IO, '--stats', '--app', 'none']);
    expect(out).not.toContain('socket.io  ');
  });
});
