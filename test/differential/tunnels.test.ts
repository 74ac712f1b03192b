import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { runHere } from '../cli/in-process.js';
import { Scratch } from '../sources/captures.js';
import { ACK, pcapFile, SYN, text } from '../sources/packets.js';
import { TUNNELS, type Inner } from '../sources/tunnel-packets.js';
import { has } from '../tools.js';

/** tshark needs an option for these. */
const OPTIONS = ['-d', 'udp.port==8472,vxlan'];
/** What the label carries is a setting of tshark. */
const NOT_OF_TSHARK = /MPLS of Ethernet/;

const REQUEST = text(
  'GET /chat HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
);
const RESPONSE = text(
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
);

function conversation(port: number): Inner[] {
  const up = { sport: port, dport: 80 };
  const down = { sport: 80, dport: port };
  const ask = encodeFrame({ fin: true, rsv: 0, opcode: 1, payload: text(`hello ${port}`), key: 0x01020304 });
  const answer = encodeFrame({ fin: true, rsv: 0, opcode: 2, payload: text('world') });
  const [c, s] = [2 + REQUEST.length, 10 + RESPONSE.length];
  return [
    { ...up, from: 'client', seq: 1, flags: SYN },
    { ...down, from: 'server', seq: 9, ack: 2, flags: SYN | ACK },
    { ...up, from: 'client', seq: 2, ack: 10, flags: ACK },
    { ...up, from: 'client', seq: 2, ack: 10, payload: REQUEST },
    { ...down, from: 'server', seq: 10, ack: c, payload: RESPONSE },
    { ...up, from: 'client', seq: c, ack: s, payload: ask },
    { ...down, from: 'server', seq: s, ack: c + ask.length, payload: answer },
  ];
}

const scratch = new Scratch();
afterAll(() => scratch.remove());

describe.runIf(has('tshark'))('tshark and wsinspect find the same frames in tunnels', () => {
  it('all of them in one capture', async () => {
    const cases = TUNNELS.filter(([name]) => !NOT_OF_TSHARK.test(name));
    const packets = cases.flatMap(([, wrap], i) => conversation(40_001 + i).map(wrap));
    const file = scratch.file('tunnels.pcap');
    writeFileSync(file, pcapFile(packets.map((bytes, i) => ({ bytes, seconds: 1_700_000_000 + i }))));
    const theirs = execFileSync(
      'tshark',
      ['-r', file, ...OPTIONS, '-Y', 'websocket', '-T', 'fields', '-e', 'tcp.port', '-e', 'websocket.opcode'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const { out } = await runHere(['decode', '--json', file]);
    const records = out
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { type: string; connection: number; direction: string; opcode: number; client: string },
      );
    const ports = new Map(
      records
        .filter(({ type }) => type === 'connection')
        .map(({ connection, client }) => [connection, client.replace(/.*:/, '')]),
    );
    const ours = records
      .filter(({ type }) => type === 'frame')
      .map(({ connection, direction, opcode }) => {
        const port = ports.get(connection)!;
        return `${direction === 'client' ? `${port},80` : `80,${port}`}\t${opcode}`;
      });
    expect(ours).toHaveLength(2 * cases.length);
    expect(ours).toEqual(theirs.trim().split('\n'));
  });
});
