import { afterAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { WIRE_CASES } from '../../src/conformance/all-cases.js';
import { closeServers, echo } from '../live/servers.js';
import { againstClient, againstServer, failures, said, type Verdicts } from './benches.js';
import { each } from './catching.js';

afterAll(closeServers);

/** Of all verdicts, those with this behaviour. */
function thoseOf(verdicts: Verdicts, behavior: string): string[] {
  return [...verdicts].filter(([, verdict]) => verdict.behavior === behavior).map(([id]) => id);
}

/** What `ws` takes as it is, and sends back with the tail that it added. */
const REPORTED = [
  ...each('deflate.truncated-', 'stored', 'fixed', 'empty'),
  ...each('frames.length-', '16-of-5', '64-of-5', '64-of-200'),
];

describe('ws', () => {
  it('as a server passes, but for window bits that are read as a number of JavaScript', async () => {
    const { port } = await echo({ perMessageDeflate: true });
    const verdicts = await againstServer(port, WIRE_CASES);
    const bits = ['leading-zero', 'signed', 'fraction'];
    const found = ['server', 'client'].flatMap((side) => each(`deflate.offer-${side}-bits-`, ...bits));
    expect(failures(verdicts).sort()).toEqual(found.sort());
    expect(thoseOf(verdicts, 'NON-STRICT')).toEqual(['deflate.offer-fallback']);
    expect(thoseOf(verdicts, 'UNIMPLEMENTED')).toEqual([]);
    expect(thoseOf(verdicts, 'INFORMATIONAL').sort()).toEqual(['frames.ping-flood', ...REPORTED].sort());
    expect(said(verdicts, 'deflate.bomb-1-gib')).toContain('1009');
  });

  it('as a server without permessage-deflate has nothing to be said about it', async () => {
    const { port } = await echo({ perMessageDeflate: false });
    const cases = WIRE_CASES.filter(({ id, needs }) => needs.includes('deflate') || id.startsWith('deflate.'));
    const verdicts = await againstServer(port, cases);
    expect(failures(verdicts)).toEqual([]);
    expect(thoseOf(verdicts, 'UNIMPLEMENTED')).toHaveLength(
      cases.filter((one) => one.needs.includes('deflate') && one.peers.includes('server')).length,
    );
  });

  it('as a client passes, but for a leading zero, and waits for no server to end TCP', async () => {
    const call = (port: number): void => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
      socket.on('error', () => undefined);
      socket.on('message', (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }));
    };
    const verdicts = await againstClient(call, WIRE_CASES);
    expect(failures(verdicts)).toEqual(['deflate.answer-server-bits-leading-zero']);
    expect(thoseOf(verdicts, 'NON-STRICT').sort()).toEqual(['closing.client-waits', 'deflate.answer-two-elements']);
  });
});
