import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { connectionRecord, summaryRecord } from '../../src/describe/connection-json.js';
import { DirectionTally } from '../../src/traffic/tally/lane.js';
import type { ProxyLegs } from '../../src/traffic/legs/proxy-legs.js';
import { RunTally } from '../../src/traffic/tally/run.js';
import type { ConnectionSummary, DirectionSummary } from '../../src/traffic/tally/summary.js';

const schema = JSON.parse(
  readFileSync(new URL('../../schema/wsinspect.schema.json', import.meta.url), 'utf8'),
) as object;
const docs = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
ajv.addSchema(schema, 'records');

/** As a reader gets it. */
function printed(record: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(record)) as Record<string, unknown>;
}

function faults(record: object): unknown {
  const { type } = record as { type: string };
  const validate = ajv.getSchema(`records#/$defs/${type}`)!;
  void validate(printed(record));
  return validate.errors ?? [];
}

function counted(parts: Partial<DirectionSummary> = {}): DirectionSummary {
  return { ...new DirectionTally().summary(), ...parts };
}

const NOTHING: ConnectionSummary = {
  connection: 0,
  directions: { client: counted(), server: counted() },
  diagnostics: {},
};

const EVERYTHING: ConnectionSummary = {
  cause: { code: 'json-without-frame', message: 'the bytes are JSON' },
  connection: 3,
  client: '10.0.0.1:20000',
  server: '[::1]:80',
  through: [{ name: 'vxlan', id: 7 }],
  http: '2',
  stream: 5,
  headersLost: true,
  requests: 3,
  tls: {
    version: 'TLS 1.2',
    names: ['a.example'],
    decrypted: true,
    alerts: [{ by: 'client', isFatal: true, name: 'bad_certificate' }],
  },
  firstTime: 1_700_000_000.1,
  lastTime: 1_700_000_012.4,
  handshake: {
    target: '/feed',
    status: 101,
    subprotocol: 'chat',
    extensions: ['permessage-deflate'],
    upgraded: true,
    answered: true,
  },
  app: {
    protocol: 'mqtt',
    packets: 9,
    calls: 4,
    replies: 3,
    unanswered: 1,
    open: 1,
    latency: { p50: 0.0123, p99: 0.5, max: 0.50000049 },
    errors: { PUBACK: 1 },
    subscribed: { 'a/#': 2 },
    diagnostics: { 'mqtt-topic': 2 },
    byName: [
      { type: 'PUBLISH', name: 'a/b', calls: 3, replies: 3, unanswered: 0, open: 0, samples: new Map([[1, 1]]) },
      { protocol: 'inner', type: 'call', calls: 1, replies: 0, unanswered: 1, open: 1 },
      { calls: 1, replies: 0, unanswered: 0, open: 0 },
    ],
    samples: new Map([[1, 1]]),
  },
  directions: {
    client: counted({
      frames: 120,
      opcodes: { text: 118, ping: 1, close: 1 },
      wireBytes: 13_020,
      payloadBytes: 12_300,
      messages: 118,
      messageBytes: 80_100,
      compressedMessages: 117,
      compressedWireBytes: 12_000,
      compressedBytes: 80_000,
      notInflated: 1,
      otherBytes: 12,
      ping: { answered: 2, skipped: 1, unanswered: 0, times: { min: 0.00012345678, median: 0.5, max: 1 } },
      close: { code: 1000, reason: 'bye' },
    }),
    server: counted({
      frames: 80,
      opcodes: { binary: 79, reserved: 1 },
      messages: 79,
      gaps: 2,
      lostBytes: 2896,
      ping: { answered: 1, skipped: 0, unanswered: 0 },
      stalls: { count: 2, seconds: 4.3000004, longest: 3 },
      close: { code: 1005, reason: '' },
    }),
    unknown: counted({ frames: 1, opcodes: { pong: 1 } }),
  },
  diagnostics: { 'client-frame-unmasked': 3, 'mask-key-zero': 1 },
  closeCode: 1000,
  closedBy: 'client',
  ended: 'fin',
  endedBy: 'server',
  endedAt: 1_800_000_010.5,
  failure: 'no route',
};

describe('connectionRecord', () => {
  it('has every field', () => {
    expect(printed(connectionRecord(EVERYTHING))).toEqual({
      type: 'connection',
      connection: 3,
      client: '10.0.0.1:20000',
      server: '[::1]:80',
      through: [{ name: 'vxlan', id: 7 }],
      http: '2',
      stream: 5,
      headersLost: true,
      requests: 3,
      tls: {
        version: 'TLS 1.2',
        names: ['a.example'],
        decrypted: true,
        alerts: [{ by: 'client', fatal: true, name: 'bad_certificate' }],
      },
      time: 1_700_000_000.1,
      duration: 12.3,
      handshake: { target: '/feed', status: 101, subprotocol: 'chat', extensions: ['permessage-deflate'] },
      frames: { client: 120, server: 80, unknown: 1 },
      opcodes: { client: { text: 118, ping: 1, close: 1 }, server: { binary: 79, reserved: 1 }, unknown: { pong: 1 } },
      messages: { client: 118, server: 79, unknown: 0 },
      bytes: { client: 13_020, server: 0, unknown: 0 },
      payloadBytes: { client: 12_300, server: 0, unknown: 0 },
      messageBytes: { client: 80_100, server: 0, unknown: 0 },
      compression: { client: { messages: 117, wireBytes: 12_000, bytes: 80_000, ratio: 6.67, notInflated: 1 } },
      ping: {
        client: { answered: 2, skipped: 1, unanswered: 0, min: 0.000123, median: 0.5, max: 1 },
        server: { answered: 1, skipped: 0, unanswered: 0 },
      },
      app: {
        protocol: 'mqtt',
        packets: 9,
        calls: 4,
        replies: 3,
        unanswered: 1,
        open: 1,
        latency: { p50: 0.0123, p99: 0.5, max: 0.5 },
        errors: { PUBACK: 1 },
        subscribed: { 'a/#': 2 },
        diagnostics: { 'mqtt-topic': 2 },
        byName: [
          { type: 'PUBLISH', name: 'a/b', calls: 3, replies: 3, unanswered: 0 },
          { protocol: 'inner', type: 'call', calls: 1, replies: 0, unanswered: 1, open: 1 },
          { others: true, calls: 1, replies: 0, unanswered: 0 },
        ],
      },
      stalls: { server: { count: 2, seconds: 4.3, longest: 3 } },
      closeCode: 1000,
      closeReason: 'bye',
      closedBy: 'client',
      closeCodes: { client: 1000, server: 1005 },
      ended: 'fin',
      endedBy: 'server',
      failure: 'no route',
      endedAt: 1_800_000_010.5,
      lost: { server: { gaps: 2, bytes: 2896 } },
      otherBytes: { client: 12 },
      cause: { code: 'json-without-frame', message: 'the bytes are JSON' },
      diagnostics: { 'client-frame-unmasked': 3, 'mask-key-zero': 1 },
    });
  });

  it('leaves out what does not apply', () => {
    const none = { client: 0, server: 0 };
    expect(connectionRecord(NOTHING)).toEqual({
      type: 'connection',
      connection: 0,
      frames: none,
      messages: none,
      bytes: none,
      payloadBytes: none,
      messageBytes: none,
      diagnostics: {},
    });
  });

  const PARTS: [string, Partial<ConnectionSummary>][] = [
    ['nothing', {}],
    ['everything', EVERYTHING],
    ['no answer to the handshake', { handshake: { target: '/', extensions: [], upgraded: false, answered: false } }],
    ['no close frame', { closeCode: 1006, ended: 'reset' }],
    [
      'a close frame, cut off',
      { closedBy: 'client', directions: { client: counted({ close: { reason: '' } }), server: counted() } },
    ],
    ['a time, and no more', { firstTime: 5, lastTime: 5 }],
    ['nothing inflated', { directions: { client: counted({ notInflated: 1 }), server: counted() } }],
  ];
  it.each(PARTS)('is as the schema says: %s', (_, parts) => {
    const record = connectionRecord({ ...NOTHING, ...parts });
    expect(faults(record)).toEqual([]);
    expect(Object.keys(record)[0]).toBe('type');
    expect(JSON.stringify(record)).not.toContain('null');
  });

  it('holds every field of the schema', () => {
    expect(Object.keys(printed(connectionRecord(EVERYTHING))).sort()).toEqual(fieldsOf('connection'));
  });
});

const LEGS: ProxyLegs = {
  front: { connection: 1, client: 'a:1', server: 'b:1' },
  upstream: { connection: 4, client: 'b:2', server: 'c:1' },
  provenBy: 'key',
  request: {
    added: [['Via', 'p']],
    removed: [['Origin', 'o']],
    changed: [{ name: 'Host', from: 'b', to: 'c' }],
    line: { from: 'GET / HTTP/1.1', to: 'GET /x HTTP/1.1' },
  },
  response: { added: [], removed: [], changed: [] },
  added: { request: 0.000_123_4, response: 0 },
  closedBy: 'proxy',
};

describe('summaryRecord', () => {
  it('has totals, and the exit code', () => {
    const run = new RunTally();
    run.add(EVERYTHING);
    run.add(NOTHING);
    run.passOver('tls', 3);
    run.passOver('silent');
    run.countPackets(512);
    const record = summaryRecord(run.totals(), 1, [LEGS]);
    expect(faults(record)).toEqual([]);
    expect(printed(record)).toMatchObject({
      type: 'summary',
      packets: 512,
      connections: 6,
      webSocket: 2,
      passedOver: { tls: 3, silent: 1 },
      time: 1_700_000_000.1,
      duration: 12.3,
      frames: { client: 120, server: 80, unknown: 1 },
      opcodes: { client: { text: 118, ping: 1, close: 1 } },
      lost: { server: { gaps: 2, bytes: 2896 } },
      diagnostics: { 'client-frame-unmasked': 3, 'mask-key-zero': 1 },
      legs: [{ front: 1, upstream: 4, added: { request: 0.000123, response: 0 }, closedBy: 'proxy' }],
      exit: 1,
    });
    expect(Object.keys(record).sort()).toEqual(fieldsOf('summary').filter((field) => !ofCheck.includes(field)));
  });

  it('is small where there is nothing', () => {
    const record = summaryRecord(new RunTally().totals(), 0);
    expect(faults(record)).toEqual([]);
    expect(record).not.toHaveProperty('passedOver');
    expect(record).not.toHaveProperty('packets');
  });
});

describe('docs/json.md', () => {
  it.each(['connection', 'summary'])('has an example of %s that is as the schema says', (type) => {
    const [, section = ''] = docs.split(`\n## ${type}\n`);
    const [line = ''] = section.split('\n').filter((each) => each.startsWith(`{"type":"${type}"`));
    expect(faults(JSON.parse(line) as object)).toEqual([]);
  });
});

/** Fields that only the summary of `check` has. */
const ofCheck = ['missing', 'http'].concat(
  (schema as { $defs: { summary: { then: { required: string[] } } } }).$defs.summary.then.required.filter(
    (field) => field !== 'time' && field !== 'duration',
  ),
);

function fieldsOf(type: string): string[] {
  const { $defs } = schema as { $defs: Record<string, { properties: object }> };
  return Object.keys($defs[type]!.properties).sort();
}
