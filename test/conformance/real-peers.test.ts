import { chmodSync } from 'node:fs';
import type { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../bench/free-port.js';
import { records, Workshop } from '../cli/binary.js';
import { runHere } from '../cli/in-process.js';
import { started, stopPrograms } from '../live/programs.js';
import { closeServers, peer } from '../live/servers.js';
import { has, PYTHON } from '../tools.js';

/** Servers of others, each as an echo and with a greeting: what fails is the same. */

let shop: Workshop;
beforeAll(() => void (shop = new Workshop()));
afterAll(() => {
  stopPrograms();
  closeServers();
  shop.remove();
});

/** Gives the URL of a server that echoes and, if it is to, greets first. */
type Start = (greets: boolean) => Promise<string>;

const echoes = (socket: WebSocket): void => {
  socket.on('message', (data: Buffer, binary: boolean) => socket.send(data, { binary }));
};

const ws: Start = async (greets) => {
  const { url } = await peer((socket) => {
    if (greets) socket.send(JSON.stringify({ type: 'welcome', session: Math.random() }));
    echoes(socket);
  });
  return url;
};

/** Engine.IO 4, which Socket.IO uses, over `ws`: a packet opens the session, text is packets, and others end it. */
const engineIo: Start = async (greets) => {
  const { url } = await peer((socket) => {
    const sid = Math.random().toString(36).slice(2);
    const open = { sid, upgrades: [], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1e6 };
    socket.send(`0${JSON.stringify(open)}`);
    if (greets) socket.send('42["welcome","hello"]');
    socket.on('message', (data: Buffer, binary: boolean) => {
      const text = data.toString();
      if (binary || text.startsWith('4')) socket.send(data, { binary });
      else if (!/^[0-6]/.test(text)) socket.close();
    });
  });
  return url;
};

const websocketd: Start = async (greets) => {
  const greeting = shop.write('greet.sh', '#!/bin/sh\necho "welcome to this server"\nexec cat\n');
  chmodSync(greeting, 0o755);
  const port = await freePort();
  await started(port, 'websocketd', ['--address=127.0.0.1', `--port=${port}`, greets ? greeting : 'cat']);
  return `ws://127.0.0.1:${port}/`;
};

const WEBSOCKETS = `
import asyncio, sys, time, logging, websockets
logging.disable(logging.CRITICAL)
async def handle(ws, *path):
    if sys.argv[2] == "greets": await ws.send("welcome, it is %f" % time.time())
    async for message in ws: await ws.send(message)
async def main():
    async with websockets.serve(handle, "127.0.0.1", int(sys.argv[1])): await asyncio.Future()
asyncio.run(main())
`;

const websockets: Start = async (greets) => {
  const port = await freePort();
  const script = shop.write('server.py', WEBSOCKETS);
  await started(port, PYTHON, [script, String(port), greets ? 'greets' : 'echoes']);
  return `ws://127.0.0.1:${port}/`;
};

/** Some of each group; none for which a server that does as it should is waited for. */
const ONLY =
  '1.1.2,1.1.5,1.2.2,2,3.1,3.2,4.1.1,4.2.3,5.1,5.9,5.15,6.2.1,6.3,6.12,6.22.1,7.1,7.3,7.5.1,7.9,10,' +
  'handshake.accepted,handshake.host*,handshake.key*,handshake.version*,closing.by-octets,closing.race,frames.length-16*,deflate.offer*';

interface CaseRecord {
  readonly id: string;
  readonly needs: readonly string[];
  readonly passed: boolean;
  readonly required: boolean;
  readonly skipped?: string;
}

async function tested(start: Start, greets: boolean): Promise<{ all: string[]; left: string[]; failed: string[] }> {
  const { out } = await runHere(['check', await start(greets), '--json', '--seed', '1', '--only', ONLY]);
  const cases = records(out).filter(({ type }) => type === 'case') as unknown as CaseRecord[];
  const ids = (wanted: (one: CaseRecord) => boolean): string[] => cases.filter(wanted).map(({ id }) => id);
  return {
    all: ids(() => true),
    left: ids(({ skipped }) => skipped !== undefined),
    failed: ids(({ passed, required, skipped }) => !passed && required && skipped === undefined),
  };
}

/** [is it there?, how it starts, whether it echoes what is sent] */
const PEERS: Readonly<Record<string, readonly [isThere: boolean, start: Start, isEcho: boolean]>> = {
  ws: [true, ws, true],
  'Engine.IO over ws': [true, engineIo, false],
  websocketd: [has('websocketd'), websocketd, true],
  'websockets of Python': [has('python websockets'), websockets, true],
};

describe.concurrent.each(Object.keys(PEERS))('%s', (name) => {
  const [isThere, start, isEcho] = PEERS[name]!;

  it.runIf(isThere)('fails the same cases as an echo and with a greeting', async () => {
    const [plain, greeting] = await Promise.all([tested(start, false), tested(start, true)]);
    expect(plain.all.length).toBeGreaterThan(80);
    expect(greeting).toEqual(plain);
    expect(plain.left.length > 0).toBe(!isEcho);
  });
});

it('Engine.IO fails what ws fails, but for the cases that need an echo', async () => {
  const [plain, engine] = await Promise.all([tested(ws, false), tested(engineIo, true)]);
  expect(engine.failed).toEqual(plain.failed.filter((id) => !engine.left.includes(id)));
  expect(plain.failed).not.toEqual([]);
});
