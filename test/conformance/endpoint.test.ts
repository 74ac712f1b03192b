import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { CASES } from '../../src/conformance/all-cases.js';
import type { Case } from '../../src/conformance/case.js';
import type { PeerRole } from '../../src/conformance/peer-role.js';
import { select } from '../../src/conformance/select.js';
import { ClientEndpoint, ServerEndpoint } from '../../src/index.js';
import { Driven, echo } from '../endpoint/driven.js';
import { againstClient, againstServer, failures, type Verdicts } from './benches.js';

const casesFor = (peer: PeerRole): readonly Case[] => select(CASES, { peer, full: false, safe: false }).cases;
const options = { deflate: true, maxMessageBytes: 64 * 1024 * 1024 };

/**
 * A message before a fault, both in one chunk, is not sent back: the answer to the fault is there already. Each of these
 * cases takes that as well.
 */
function unusual(verdicts: Verdicts): string[] {
  return [...verdicts]
    .filter(([, { behavior }]) => behavior === 'NON-STRICT')
    .map(([id]) => id)
    .filter((id) => !/^(?:3\.[2-4]|4\.[12]\.[3-5]|5\.15)$/.test(id));
}

describe('the library’s endpoints pass the cases of check', () => {
  it('as a server', async () => {
    const server = createServer((socket) => new Driven(new ServerEndpoint(options), socket, echo));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const verdicts = await againstServer((server.address() as AddressInfo).port, casesFor('server'));
    server.close();
    expect(failures(verdicts)).toEqual([]);
    expect(unusual(verdicts)).toEqual([]);
    expect(verdicts.size).toBeGreaterThan(400);
  });

  it('as a client', async () => {
    const call = (port: number): void => {
      const client = new ClientEndpoint({ url: `ws://127.0.0.1:${port}/`, ...options });
      const { socket } = new Driven(client, connect(port, '127.0.0.1'), echo);
      socket.write(client.start());
    };
    const verdicts = await againstClient(call, casesFor('client'));
    expect(failures(verdicts)).toEqual([]);
    expect(unusual(verdicts)).toEqual([]);
    expect(verdicts.size).toBeGreaterThan(350);
  });
});
