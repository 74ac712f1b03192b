// Documents that several clients edit: Yjs (y-websocket) and Hocuspocus, of npm at both ends.
import { createServer } from 'node:http';
import { watch, watching } from './watch.js';

const STEPS = [{ name: 'step1', call: 'step1' }, { name: 'step2', reply: 'step1' }, { name: 'update' }];

/** y-protocols have no hooks: their messages, by their first bytes. */
const yjsEntry = ([kind, step]) => [kind === 0 ? { type: 'sync', ...STEPS[step] } : { type: 'awareness' }];

export async function yjs(bench) {
  const { WebSocket, WebSocketServer } = bench.require('ws');
  const Y = bench.require('yjs');
  const { WebsocketProvider } = bench.require('y-websocket');
  const { setupWSConnection } = bench.require('y-websocket/bin/utils');
  const { log } = bench;
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket, request) => {
    watch(socket, log.server, yjsEntry);
    setupWSConnection(socket, request);
  });
  const port = await bench.proxy(await bench.listen(http));
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, 'room', doc, {
    disableBc: true,
    WebSocketPolyfill: watching(WebSocket, log.client, yjsEntry),
  });
  const synced = () => new Promise((done) => provider.once('synced', done));
  await synced();
  provider.awareness.setLocalStateField('user', { name: 'Ann ü' });
  doc.getText('t').insert(0, 'hello 💡');
  doc.getMap('m').set('a', { b: [1, null] });
  doc.getText('t').delete(0, 2);
  await bench.pause(300);
  provider.ws.close();
  await bench.until(() => !provider.synced);
  await synced();
  doc.getArray('l').push([Uint8Array.of(1, 2)]);
  await bench.pause(300);
  provider.destroy();
  await bench.pause(100);
}

const HOCUSPOCUS = [
  'Sync',
  'Awareness',
  'Auth',
  'QueryAwareness',
  'SyncReply',
  'Stateless',
  'BroadcastStateless',
  'CLOSE',
];
const AUTHS = ['Token', 'PermissionDenied', 'Authenticated'];

export async function hocuspocus(bench) {
  const { WebSocket, WebSocketServer } = bench.require('ws');
  const Y = bench.require('yjs');
  const { Hocuspocus } = bench.require('@hocuspocus/server');
  const { HocuspocusProvider, HocuspocusProviderWebsocket } = bench.require('@hocuspocus/provider');
  const { readVarString, readVarUint } = bench.require('lib0/decoding');
  const { log } = bench;
  const entries = (data) => {
    // What came before the token was judged: the server emits it once more, and not as binary.
    if (typeof data === 'string') return [];
    const decoder = { arr: new Uint8Array(data), pos: 0 };
    const id = readVarString(decoder);
    const number = readVarUint(decoder);
    const type = HOCUSPOCUS[number] ?? 'SyncStatus';
    if (type === 'Auth') {
      const name = AUTHS[readVarUint(decoder)];
      return [{ type, id, name, ...(name === 'Token' ? { call: `auth ${id}` } : { reply: `auth ${id}` }) }];
    }
    if (type !== 'Sync' && type !== 'SyncReply') return [{ type, id }];
    const { call, reply, ...step } = STEPS[readVarUint(decoder)];
    return [{ type, id, ...step, ...(call && { call: `${id} ${call}` }), ...(reply && { reply: `${id} ${reply}` }) }];
  };
  const server = new Hocuspocus({
    quiet: true,
    async onAuthenticate({ token, connectionConfig }) {
      if (token === 'wrong') throw new Error('not for you');
      connectionConfig.readOnly = token === 'reader';
    },
    async onStateless({ payload, document }) {
      document.broadcastStateless(`re ${payload}`);
    },
  });
  const http = createServer();
  new WebSocketServer({ server: http }).on('connection', (socket, request) => {
    watch(socket, log.server, entries);
    server.handleConnection(socket, request);
  });
  const url = `ws://127.0.0.1:${await bench.proxy(await bench.listen(http))}`;
  const websocketProvider = new HocuspocusProviderWebsocket({
    url,
    delay: 50,
    minDelay: 50,
    WebSocketPolyfill: watching(WebSocket, log.client, entries),
  });
  const open = (name, token) => {
    const provider = new HocuspocusProvider({ websocketProvider, name, token, document: new Y.Doc() });
    provider.attach();
    return provider;
  };
  const said = (provider, event) => new Promise((done) => provider.on(event, done));
  const room = open('room ü', 'writer');
  await said(room, 'synced');
  const other = open('other', 'reader');
  await said(other, 'synced');
  const closed = open('closed', 'wrong');
  await said(closed, 'authenticationFailed');
  room.setAwarenessField('user', { name: 'Ann ü' });
  room.document.getText('t').insert(0, 'hello 💡');
  room.document.getMap('m').set('a', { b: [1, null] });
  other.document.getText('t').insert(0, 'not taken');
  const came = said(room, 'stateless');
  room.sendStateless('{"own":1}');
  await came;
  const again = said(room, 'synced');
  websocketProvider.webSocket.close();
  await again;
  room.document.getText('t').delete(0, 2);
  await bench.pause(500);
  other.destroy();
  await bench.pause(300);
  room.destroy();
  closed.destroy();
  websocketProvider.destroy();
}
