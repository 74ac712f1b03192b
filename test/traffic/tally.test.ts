import { describe, expect, it } from 'vitest';
import { createHeader, type HeaderInit } from '../../src/codec/frames/frame.js';
import { readHandshake } from '../../src/codec/handshake/handshake.js';
import { parseHead, type RequestHead, type ResponseHead } from '../../src/codec/http1/head.js';
import type { Direction, Frame, Message } from '../../src/codec/messages/records.js';
import { OPCODE } from '../../src/codec/frames/registry.js';
import type { Diagnostic, DiagnosticCode } from '../../src/rules/catalogue.js';
import type { Judged } from '../../src/traffic/judged.js';
import { noteworthy, ranked } from '../../src/traffic/tally/order.js';
import { RunTally } from '../../src/traffic/tally/run.js';
import { severities } from '../../src/traffic/tally/severities.js';
import type { CloseReason } from '../../src/codec/bytes/stream-taker.js';
import { compressionRatio, durationOf, type ConnectionSummary } from '../../src/traffic/tally/summary.js';
import { provenCloser } from '../../src/traffic/tally/proven.js';
import { Tally } from '../../src/traffic/tally/tally.js';

const SPAN = { start: 0, end: 1 };

type FrameParts = Partial<Omit<HeaderInit, 'payloadLength'>> & Partial<Omit<Frame, 'header'>>;

/** A frame that is a whole message, or a control frame, unless stated otherwise. */
function frame(opcode: number, size: number, parts: FrameParts = {}): Frame {
  const { fin = true, rsv = 0, key, missing = 0, ...rest } = parts;
  const header = createHeader({
    fin,
    rsv,
    opcode,
    payloadLength: size + Number(missing),
    ...(key !== undefined && { key }),
  });
  return {
    header,
    direction: 'unknown',
    place: opcode >= 8 ? 'control' : 'first',
    payload: new Uint8Array(size),
    received: size,
    missing,
    holed: false,
    joined: false,
    afterClose: false,
    compressed: false,
    keyRepeated: false,
    ...rest,
  };
}

function message(wireBytes: number, bytes: number | undefined, compressed: boolean): Message {
  return {
    index: 0,
    direction: 'unknown',
    opcode: 1,
    span: SPAN,
    frames: 2,
    compressed,
    wireBytes,
    payload: new Uint8Array(0),
    ...(bytes !== undefined && { bytes }),
  };
}

function diagnostic(code: DiagnosticCode): Diagnostic {
  return { code, span: SPAN, args: {} };
}

function record(direction: Direction, of: Frame, time?: number, codes: DiagnosticCode[] = []): Judged {
  return { type: 'frame', connection: 0, direction, frame: of, time, diagnostics: codes.map(diagnostic) };
}

function tallied(records: readonly Judged[]): ConnectionSummary {
  const tally = new Tally({ number: 0 });
  for (const each of records) tally.take(each);
  return tally.summary();
}

function closeFrame(code: number | undefined, reason = ''): Frame {
  return frame(OPCODE.close, 2, {
    close: { ...(code !== undefined && { code }), reason, reasonBytes: new Uint8Array(0) },
  });
}

describe('frames and messages', () => {
  it('counts by direction and opcode, with the bytes on the wire', () => {
    const { directions } = tallied([
      record('client', frame(OPCODE.text, 5, { key: 1 })),
      record('client', frame(OPCODE.ping, 0, { key: 2 })),
      record('server', frame(OPCODE.binary, 200)),
      record('server', frame(OPCODE.binary, 70_000)),
      record('server', frame(3, 1)),
      record('server', frame(11, 1)),
    ]);
    expect(directions.client).toMatchObject({
      frames: 2,
      opcodes: { text: 1, ping: 1 },
      wireBytes: 6 + 5 + 6,
      payloadBytes: 5,
      messages: 1,
      messageBytes: 5,
    });
    expect(directions.server).toMatchObject({
      frames: 4,
      opcodes: { binary: 2, reserved: 2 },
      wireBytes: 4 + 200 + 10 + 70_000 + 3 + 3,
      payloadBytes: 70_202,
    });
    expect(directions.unknown).toBeUndefined();
  });

  it('has unknown senders apart', () => {
    const { directions } = tallied([record('unknown', frame(OPCODE.text, 1))]);
    expect(directions.unknown).toMatchObject({ frames: 1 });
    expect(directions.client).toMatchObject({ frames: 0, opcodes: {} });
  });

  const MESSAGES: [string, Frame, object][] = [
    ['whole', frame(OPCODE.text, 3), { messages: 1, messageBytes: 3 }],
    ['empty', frame(OPCODE.text, 0), { messages: 1, messageBytes: 0 }],
    ['first fragment', frame(OPCODE.text, 3, { fin: false }), { messages: 0, messageBytes: 0 }],
    [
      'last fragment',
      frame(OPCODE.continuation, 3, { place: 'continuation', message: message(8, 8, false) }),
      { messages: 1, messageBytes: 8 },
    ],
    ['cut off', frame(OPCODE.text, 3, { missing: 2 }), { frames: 1, payloadBytes: 3, messages: 0 }],
    ['far too long', frame(OPCODE.text, 3, { missing: 2n ** 60n }), { frames: 1, payloadBytes: 3, messages: 0 }],
    ['of no message', frame(OPCODE.continuation, 3, { place: 'stray' }), { messages: 0 }],
    [
      'compressed',
      frame(OPCODE.text, 7, { compressed: true, message: message(7, 70, true) }),
      { messages: 1, messageBytes: 70, compressedMessages: 1, compressedWireBytes: 7, compressedBytes: 70 },
    ],
    [
      'compressed badly',
      frame(OPCODE.text, 7, { compressed: true, message: message(7, undefined, true) }),
      { messages: 1, messageBytes: 0, compressedMessages: 0, compressedWireBytes: 0, notInflated: 1 },
    ],
  ];
  it.each(MESSAGES)('%s', (_, of, counts) => {
    expect(tallied([record('client', of)]).directions.client).toMatchObject(counts);
  });

  it('does not ask a whole frame for its message or payload, which would be made for it', () => {
    const lazy = frame(OPCODE.text, 3);
    const touched: string[] = [];
    for (const name of ['message', 'payload']) {
      Object.defineProperty(lazy, name, { get: () => touched.push(name) });
    }
    expect(tallied([record('client', lazy)]).directions.client.messages).toBe(1);
    expect(touched).toEqual([]);
  });

  it('has the ratio of what was inflated', () => {
    const { client } = tallied([
      record('client', frame(OPCODE.text, 10, { compressed: true, message: message(10, 65, true) })),
      record('client', frame(OPCODE.text, 90)),
    ]).directions;
    expect(compressionRatio(client)).toBe(6.5);
    expect(compressionRatio(tallied([]).directions.client)).toBeUndefined();
  });
});

describe('what is wrong and what is missing', () => {
  it('counts diagnostics by code', () => {
    const { diagnostics } = tallied([
      record('client', frame(OPCODE.text, 1), 1, ['client-frame-unmasked', 'mask-key-zero']),
      record('client', frame(OPCODE.text, 1), 1, ['client-frame-unmasked']),
    ]);
    expect(diagnostics).toEqual({ 'client-frame-unmasked': 2, 'mask-key-zero': 1 });
    expect(severities(diagnostics)).toEqual({ error: 2, warning: 0, notice: 1 });
  });

  it('counts holes, and bytes that are no frames', () => {
    const tally = new Tally({ number: 0 });
    const base = { connection: 0, direction: 'client', diagnostics: [] } as const;
    const hole = { ...base, direction: 'server', offset: 0 } as const;
    tally.take({ ...hole, type: 'gap', length: 1448 });
    tally.take({ ...hole, type: 'gap', length: 1448 });
    tally.take({ ...hole, type: 'unread', length: 100 });
    tally.take({ ...base, type: 'body', offset: 0, bytes: new Uint8Array(9) });
    const headerBytes = new Uint8Array(3);
    tally.take({
      ...base,
      type: 'tail',
      truncated: { type: 'truncated', start: 0, headerBytes, received: 0, missing: 1 },
    });
    const { client, server } = tally.summary().directions;
    expect(server).toMatchObject({ gaps: 2, lostBytes: 2896, otherBytes: 100 });
    expect(client).toMatchObject({ gaps: 0, otherBytes: 12 });
  });
});

describe('pings', () => {
  type Step = readonly [sender: 'client' | 'server', what: 'ping' | 'pong', payload: string, time?: number];
  const CASES: [string, Step[], object | undefined][] = [
    ['none', [], undefined],
    ['a pong that nobody asked for', [['server', 'pong', 'a', 1]], undefined],
    ['one waits', [['client', 'ping', 'a', 1]], { answered: 0, skipped: 0, unanswered: 1 }],
    [
      'its own pong answers nothing',
      [
        ['client', 'ping', 'a', 1],
        ['client', 'pong', 'a', 2],
      ],
      { answered: 0, skipped: 0, unanswered: 1 },
    ],
    [
      'answered',
      [
        ['client', 'ping', 'a', 1],
        ['server', 'pong', 'a', 1.5],
      ],
      { answered: 1, skipped: 0, unanswered: 0, times: { min: 0.5, median: 0.5, max: 0.5 } },
    ],
    [
      'the payload has to be the same',
      [
        ['client', 'ping', 'a', 1],
        ['server', 'pong', 'ab', 2],
        ['server', 'pong', 'b', 2],
        ['server', 'pong', '', 2],
      ],
      { answered: 0, skipped: 0, unanswered: 1 },
    ],
    [
      'older ones are passed by, later ones wait',
      [
        ['client', 'ping', 'a', 1],
        ['client', 'ping', 'b', 2],
        ['client', 'ping', 'c', 3],
        ['server', 'pong', 'b', 4],
        ['server', 'pong', 'a', 5],
      ],
      { answered: 1, skipped: 1, unanswered: 1, times: { min: 2, median: 2, max: 2 } },
    ],
    [
      'each in turn',
      [
        ['client', 'ping', 'a', 1],
        ['client', 'ping', 'b', 2],
        ['server', 'pong', 'a', 4],
        ['server', 'pong', 'b', 4],
      ],
      { answered: 2, skipped: 0, unanswered: 0, times: { min: 2, median: 2.5, max: 3 } },
    ],
    [
      'the same payload: as many pongs as pings',
      [
        ['client', 'ping', '', 0],
        ['client', 'ping', '', 5],
        ['client', 'ping', '', 10],
        ['server', 'pong', '', 12],
        ['server', 'pong', '', 12],
        ['server', 'pong', '', 12],
        ['server', 'pong', '', 13],
        ['client', 'ping', '', 15],
        ['server', 'pong', '', 16],
      ],
      { answered: 4, skipped: 0, unanswered: 0, times: { min: 1, median: 4.5, max: 12 } },
    ],
    [
      'the same payload: one pong for the latest',
      [
        ['client', 'ping', '', 0],
        ['client', 'ping', '', 5],
        ['server', 'pong', '', 6],
        ['client', 'ping', '', 10],
        ['server', 'pong', '', 11],
      ],
      { answered: 2, skipped: 1, unanswered: 0, times: { min: 1, median: 1, max: 1 } },
    ],
    [
      'times are not known',
      [
        ['client', 'ping', 'a'],
        ['server', 'pong', 'a'],
      ],
      { answered: 1, skipped: 0, unanswered: 0 },
    ],
    [
      'its pong is told of first: the ping waited behind a hole',
      [
        ['server', 'pong', 'a', 1.25],
        ['client', 'ping', 'a', 1],
        ['client', 'ping', 'a', 2],
      ],
      { answered: 1, skipped: 0, unanswered: 1, times: { min: 0.25, median: 0.25, max: 0.25 } },
    ],
    [
      'a pong that nobody asked for answers no later ping',
      [
        ['server', 'pong', 'a', 1],
        ['client', 'ping', 'a', 2],
      ],
      { answered: 0, skipped: 0, unanswered: 1 },
    ],
    [
      'clocks run backwards',
      [
        ['client', 'ping', 'a', 2],
        ['server', 'pong', 'a', 1],
      ],
      { answered: 1, skipped: 0, unanswered: 0, times: { min: 0, median: 0, max: 0 } },
    ],
  ];

  function pinged(steps: readonly Step[]): ConnectionSummary {
    // Memory that is written over, as that of a reader of packets.
    const shared = Buffer.alloc(200);
    const tally = new Tally({ number: 0 });
    for (const [sender, what, payload, time] of steps) {
      const size = shared.write(payload);
      tally.take(record(sender, frame(OPCODE[what], size, { payload: shared.subarray(0, size) }), time));
    }
    return tally.summary();
  }

  it.each(CASES)('%s', (_, steps, expected) => {
    const { client, server } = pinged(steps).directions;
    expect(client.ping).toEqual(expected);
    expect(server.ping).toBeUndefined();
  });

  it.each(CASES)('%s, the other way round', (_, steps, expected) => {
    const turned = steps.map(([sender, ...rest]): Step => [sender === 'client' ? 'server' : 'client', ...rest]);
    expect(pinged(turned).directions.server.ping).toEqual(expected);
  });

  it('leaves frames out that are cut off, and unknown senders', () => {
    const { directions } = tallied([
      record('client', frame(OPCODE.ping, 1, { missing: 1 }), 1),
      record('unknown', frame(OPCODE.ping, 1), 1),
      record('unknown', frame(OPCODE.pong, 1), 2),
    ]);
    expect(directions.client.ping).toBeUndefined();
    expect(directions.unknown?.ping).toBeUndefined();
  });

  it('gives the oldest up where many wait', () => {
    const pings = Array.from({ length: 1000 }, (_, i): Step => ['client', 'ping', String(i), i]);
    expect(pinged(pings).directions.client.ping).toEqual({ answered: 0, skipped: 0, unanswered: 1000 });
    const oldest = pinged([...pings, ['server', 'pong', '935', 1000]]).directions.client.ping;
    expect(oldest).toMatchObject({ answered: 0, unanswered: 1000 });
    const waiting = pinged([...pings, ['server', 'pong', '936', 1000]]).directions.client.ping;
    expect(waiting).toMatchObject({ answered: 1, skipped: 0, unanswered: 999, times: { min: 64 } });
  });

  it('has least and greatest of any number, the median nearly, and always the same', () => {
    const steps = Array.from({ length: 10_001 }, (_, i): Step[] => [
      ['client', 'ping', String(i), i * 100],
      ['server', 'pong', String(i), i * 100 + ((i * 7919) % 10_001) / 1000],
    ]).flat();
    const { ping } = pinged(steps).directions.client;
    expect(ping).toMatchObject({ answered: 10_001, times: { min: 0, max: 10 } });
    expect(ping!.times!.median).toBeGreaterThan(4.8);
    expect(ping!.times!.median).toBeLessThan(5.2);
    expect(pinged(steps)).toEqual(pinged(steps));
  });
});

describe('the end', () => {
  type Close = readonly [Direction, code: number | undefined, reason?: string];
  const text = record('client', frame(OPCODE.text, 1));
  const CLOSES: [string, Close[], CloseReason | undefined, object][] = [
    ['open', [], undefined, {}],
    ['open when the input ended', [], 'end', { ended: 'end' }],
    ['its ports taken', [], 'reused', { ended: 'reused' }],
    ['given up', [], 'evicted', { ended: 'evicted' }],
    ['no close frame', [], 'fin', { closeCode: 1006, ended: 'fin' }],
    ['reset', [], 'reset', { closeCode: 1006, ended: 'reset' }],
    ['closed', [['server', 1001, 'away']], 'fin', { closeCode: 1001, closedBy: 'server', ended: 'fin' }],
    ['no code', [['client', undefined]], 'fin', { closeCode: 1005, closedBy: 'client', ended: 'fin' }],
    [
      'both, and twice',
      [
        ['client', 4000],
        ['server', 1000],
        ['client', 1002],
      ],
      'reset',
      { closeCode: 4000, closedBy: 'client', ended: 'reset' },
    ],
    ['nobody knows who', [['unknown', 1000]], undefined, { closeCode: 1000, closedBy: 'unknown' }],
  ];
  it('does not know whether the other end was the first, where its last bytes are missing', () => {
    const tally = new Tally({ number: 0 });
    const isUnseen = (): boolean => tally.summary().directions.client.isEndUnseen ?? false;
    tally.take({ connection: 0, direction: 'client', diagnostics: [], type: 'gap', offset: 0, length: 11 });
    tally.take(record('server', closeFrame(1000)));
    expect([isUnseen(), provenCloser(tally.summary())]).toEqual([true, undefined]);
    // A frame that is no close frame: none was sent before it.
    tally.take(text);
    expect([isUnseen(), provenCloser(tally.summary())]).toEqual([false, 'server']);
  });
  it.each(CLOSES)('%s', (_, closes, reason, expected) => {
    const tally = new Tally({ number: 0 });
    tally.take(text);
    for (const [direction, code, words] of closes) tally.take(record(direction, closeFrame(code, words)));
    if (reason) tally.ended(reason);
    const { closeCode, closedBy, ended } = tally.summary();
    expect({
      ...(closeCode !== undefined && { closeCode }),
      ...(closedBy && { closedBy }),
      ...(ended && { ended }),
    }).toEqual(expected);
  });

  it('was begun by the earlier close frame, also where that is reported later', () => {
    const tally = new Tally({ number: 0 });
    tally.take(record('server', closeFrame(1000), 2));
    tally.take(record('client', closeFrame(4001), 1));
    expect(tally.summary()).toMatchObject({ closeCode: 4001, closedBy: 'client' });
  });

  it('has the first close frame of each direction', () => {
    const { directions } = tallied([
      record('client', closeFrame(1000, 'bye')),
      record('server', closeFrame(undefined)),
      record('client', closeFrame(1002)),
    ]);
    expect(directions.client.close).toEqual({ code: 1000, reason: 'bye' });
    expect(directions.server.close).toEqual({ code: 1005, reason: '' });
  });

  it('gives no code of a close frame that was not captured whole', () => {
    const summary = tallied([record('client', frame(OPCODE.close, 1, { missing: 1 }))]);
    expect(summary).toMatchObject({ closedBy: 'client', directions: { client: { close: { reason: '' } } } });
    expect(summary).not.toHaveProperty('closeCode');
  });

  it.each(['lost', 'passed'] as const)('gives no 1006 where bytes are %s: the close frame may be among them', (how) => {
    const tally = new Tally({ number: 0 });
    tally.take(text);
    tally[how]('server', 10);
    tally.ended('fin');
    expect(tally.summary()).not.toHaveProperty('closeCode');
  });

  it('gives no 1006 of what never was a WebSocket connection', () => {
    const tally = new Tally({ number: 0 });
    tally.ended('fin');
    expect(tally.summary()).not.toHaveProperty('closeCode');
  });
});

describe('times', () => {
  it('is from the first to the last that was seen', () => {
    const tally = new Tally({ number: 0 });
    tally.at(NaN);
    tally.take(record('client', frame(OPCODE.text, 1), 1_700_000_010.25));
    tally.take(record('client', frame(OPCODE.text, 1)));
    tally.at(1_700_000_010);
    tally.take(record('client', frame(OPCODE.text, 1), 1_700_000_010.125));
    const { firstTime, lastTime } = tally.summary();
    expect([firstTime, lastTime]).toEqual([1_700_000_010, 1_700_000_010.25]);
  });
  it.each<[CloseReason, number]>([
    ['fin', 5],
    ['reset', 5],
    ['reused', 1],
    ['evicted', 1],
    ['end', 1],
  ])('%s: its time counts where it is of this connection', (reason, last) => {
    const tally = new Tally({ number: 0 });
    tally.at(1);
    tally.ended(reason, 5);
    expect(tally.summary()).toMatchObject({ firstTime: 1, lastTime: last });
  });
  it('is left out where there is none', () => {
    const tally = new Tally({ number: 0 });
    tally.ended('fin', NaN);
    expect(tally.summary()).not.toHaveProperty('firstTime');
    expect(durationOf(tally.summary())).toBeUndefined();
  });
  it('has no more digits than are known', () => {
    expect(durationOf({ firstTime: 1_700_000_000.1, lastTime: 1_700_000_012.4 })).toBe(12.3);
  });
});

describe('handshake and names', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const request = parseHead(bytes('GET /feed HTTP/1.1\r\n\r\n')) as RequestHead;
  const response = (status: string): ResponseHead =>
    parseHead(
      bytes(
        `HTTP/1.1 ${status}\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10, x\r\n\r\n`,
      ),
    ) as ResponseHead;
  const shaken = (halves: object): ConnectionSummary =>
    tallied([
      { type: 'handshake', connection: 0, direction: 'server', handshake: readHandshake(halves), diagnostics: [] },
    ]);

  it.each([
    [
      'accepted',
      { request, response: response('101 x') },
      {
        target: '/feed',
        status: 101,
        subprotocol: 'chat',
        extensions: ['permessage-deflate; server_max_window_bits=10', 'x'],
        upgraded: true,
        answered: true,
      },
    ],
    ['refused', { request, response: response('403 No') }, { status: 403, upgraded: false, answered: true }],
    ['no answer', { request }, { target: '/feed', extensions: [], upgraded: false, answered: false }],
    ['no request', { response: response('101 x') }, { status: 101, upgraded: true, answered: true }],
  ])('%s', (_, halves, expected) => {
    expect(shaken(halves).handshake).toMatchObject(expected);
  });

  it('takes an end without a close frame for 1006, once the upgrade was seen', () => {
    const tally = new Tally({ number: 0 });
    const handshake = readHandshake({ request, response: response('101 x') });
    tally.take({ type: 'handshake', connection: 0, direction: 'server', handshake, diagnostics: [] });
    tally.ended('fin');
    expect(tally.summary().closeCode).toBe(1006);
  });

  it('takes names when they become known', () => {
    const tally = new Tally({ number: 7 }, { client: '10.0.0.1:4000' });
    expect(tally.summary()).toMatchObject({ connection: 7, client: '10.0.0.1:4000' });
    tally.named({ server: '[::1]:80' });
    expect(tally.summary()).toMatchObject({ client: '10.0.0.1:4000', server: '[::1]:80' });
  });

  it('is plain data', () => {
    const summary = shaken({ request, response: response('101 x') });
    expect(structuredClone(summary)).toEqual(summary);
  });
});

describe('a run', () => {
  function connection(number: number, codes: DiagnosticCode[] = [], reason: CloseReason = 'end'): ConnectionSummary {
    const tally = new Tally({ number });
    tally.take(record('client', frame(OPCODE.text, 10), number, codes));
    tally.take(record('server', frame(OPCODE.binary, 1), number + 1));
    tally.ended(reason);
    return tally.summary();
  }

  it('adds up', () => {
    const run = new RunTally();
    run.add(connection(1, ['client-frame-unmasked']));
    run.add(connection(2, ['client-frame-unmasked', 'text-not-utf8']));
    run.add(tallied([record('unknown', frame(OPCODE.text, 3))]));
    run.passOver('tls');
    run.passOver('http', 2);
    run.passOver('tls');
    run.countPackets(5);
    run.countPackets(6);
    expect(run.totals()).toMatchObject({
      connections: 7,
      webSocket: 3,
      passedOver: { tls: 2, http: 2 },
      packets: 11,
      firstTime: 1,
      lastTime: 3,
      directions: {
        client: { frames: 2, payloadBytes: 20, opcodes: { text: 2 } },
        server: { frames: 2, payloadBytes: 2, opcodes: { binary: 2 } },
        unknown: { frames: 1, opcodes: { text: 1 } },
      },
      diagnostics: { 'client-frame-unmasked': 2, 'text-not-utf8': 1 },
    });
    expect(structuredClone(run.totals())).toEqual(run.totals());
  });

  it('is nothing at first', () => {
    const totals = new RunTally().totals();
    expect(totals).toMatchObject({ connections: 0, webSocket: 0, passedOver: {}, diagnostics: {} });
    expect(totals).not.toHaveProperty('packets');
    expect(totals).not.toHaveProperty('firstTime');
  });

  it('keeps those that deserve a look, in their order, and counts all', () => {
    const run = new RunTally(4);
    for (let number = 0; number < 1000; number++) {
      const codes: DiagnosticCode[] =
        number === 900 ? ['client-frame-unmasked'] : number === 10 ? ['mask-key-zero'] : [];
      run.add(connection(number, codes, number === 500 ? 'reset' : 'end'));
    }
    expect(run.summaries.map((summary) => summary.connection)).toEqual([0, 1, 500, 900]);
    expect(run.totals()).toMatchObject({ webSocket: 1000, directions: { client: { frames: 1000 } } });
  });

  it('has bad ends before errors, before warnings, before holes', () => {
    const holed = new Tally({ number: 2 });
    holed.take({ connection: 2, direction: 'client', diagnostics: [], type: 'gap', offset: 0, length: 1 });
    const summaries = [
      connection(0),
      connection(1, ['control-after-close']),
      holed.summary(),
      connection(3, [], 'reset'),
      connection(4, ['text-not-utf8']),
    ];
    const order = [1, 2, 3, 4].map((most) => noteworthy(summaries, most).map((summary) => summary.connection));
    expect(order).toEqual([[3], [3, 4], [1, 3, 4], [1, 2, 3, 4]]);
    expect(ranked(summaries).map((summary) => summary.connection)).toEqual([3, 4, 1, 2, 0]);
  });
});
