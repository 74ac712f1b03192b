import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MessageInflater } from '../../src/codec/deflate/message-deflate.js';
import { worksAsKnown } from '../../src/codec/deflate/inflate-trial.js';
import { deflateWith, type NodeZlib } from '../../src/codec/deflate/node-zlib.js';
import { bytesOf } from './vectors.js';

interface Inside {
  _handle: { writeSync(...args: unknown[]): void; onerror?: unknown } | undefined;
  _writeState: unknown;
  reset(): void;
}

/** A zlib whose streams differ inside. */
function zlibWith(change: (stream: Inside) => unknown): NodeZlib {
  const createInflateRaw = (options: zlib.ZlibOptions): zlib.InflateRaw => {
    const stream = zlib.createInflateRaw(options);
    change(stream as unknown as Inside);
    return stream;
  };
  return { ...zlib, createInflateRaw } as NodeZlib;
}

/** Every write goes through `change`, which gives the arguments to write with; undefined: it does not write. */
function writing(change: (args: unknown[]) => unknown[] | undefined): NodeZlib {
  return zlibWith((stream) => {
    const handle = stream._handle!;
    const write = handle.writeSync.bind(handle);
    handle.writeSync = (...args) => {
      const changed = change(args);
      if (changed) write(...changed);
    };
  });
}

describe('a zlib that leaves the dictionary of raw data out, as one of Deno 2.9 does', () => {
  const forgetful = {
    ...zlib,
    inflateRawSync: (input: Uint8Array, options: zlib.ZlibOptions) =>
      zlib.inflateRawSync(input, { ...options, dictionary: undefined }),
  } as NodeZlib;
  const raw = deflateWith(forgetful, { after: Infinity });
  const same = deflateWith(zlib, { after: Infinity });

  it.each([8, 9, 15])(
    'inflates the same with %i bits: what refers back, faults, limits, final blocks',
    (windowBits) => {
      const dictionary = Uint8Array.from({ length: 1 << windowBits }, (_, i) => (i * i) & 255);
      const bits = { windowBits: Math.max(9, windowBits), finishFlush: zlib.constants.Z_SYNC_FLUSH };
      const text = dictionary.subarray(-150);
      const inputs = [
        zlib.deflateRawSync(text, { ...bits, dictionary: dictionary.subarray(-200) }),
        zlib.deflateRawSync(text, { windowBits: bits.windowBits, dictionary: dictionary.subarray(-200) }),
        ...['f2001100000000ffff', 'f34c040000', 'f2', 'ffff', '', '0005'].map((hex) => bytesOf(hex)),
      ];
      for (const input of [...inputs, ...inputs.map((one) => Buffer.concat([one, Buffer.from('ff')]))]) {
        for (const length of [0, 5, 200, dictionary.length]) {
          for (const maxOutput of [1, 149, 150, 1000]) {
            const options = { windowBits, dictionary: dictionary.subarray(dictionary.length - length), maxOutput };
            const outcome = raw.inflate(input, options);
            const expected = same.inflate(input, options);
            expect(outcome.status).toBe(expected.status);
            if (outcome.status === 'invalid') expect(outcome).toEqual(expected);
            if (outcome.status !== 'ok' || expected.status !== 'ok') continue;
            expect({ ...outcome, output: [...outcome.output] }).toEqual({ ...expected, output: [...expected.output] });
          }
        }
      }
    },
  );

  it('reports no fault in a conversation that keeps its context', () => {
    const one = new MessageInflater(raw, { windowBits: 15, noContextTakeover: false }, 1000);
    for (const hex of ['f248cdc9c90700', 'f200110000', 'f348cdc9c9070000', 'f200110000']) {
      const outcome = one.inflate(bytesOf(hex));
      expect(outcome.status === 'ok' && Buffer.from(outcome.bytes).toString()).toBe('Hello');
    }
    expect(one.inflate(bytesOf('f248'))).toMatchObject({ status: 'invalid' });
  });
});

describe('the inside of zlib’s streams', () => {
  it('is the known one here', () => {
    expect(worksAsKnown(zlib)).toBe(true);
    expect(worksAsKnown(writing((args) => args))).toBe(true);
  });

  it('passes where errors are not reported: the state shows them', () => {
    const mute = { get: () => () => undefined, set: () => undefined };
    const quiet = zlibWith((stream) => Object.defineProperty(stream._handle, 'onerror', mute));
    expect(worksAsKnown(quiet)).toBe(true);
  });

  it.each<[string, NodeZlib]>([
    ['no streams', { ...zlib, createInflateRaw: undefined as never }],
    ['streams that throw', zlibWith(() => expect.unreachable())],
    ['no handle', zlibWith((stream) => (stream._handle = undefined))],
    ['a handle that does not write', zlibWith((stream) => (stream._handle!.writeSync = undefined as never))],
    ['a state of another kind', zlibWith((stream) => (stream._writeState = [0, 0]))],
    ['a state that is not kept up', zlibWith((stream) => (stream._writeState = new Uint32Array(2)))],
    ['writes that do nothing', writing(() => undefined)],
    ['writes that throw', writing(() => expect.unreachable())],
    ['no stop behind a block', writing(([, ...rest]) => [zlib.constants.Z_SYNC_FLUSH, ...rest])],
    ['output at another place', writing((args) => args.with(5, 0))],
    ['input from another place', writing((args) => args.with(2, 0))],
    ['a reset that does nothing', zlibWith((stream) => (stream.reset = () => undefined))],
  ])('is not: %s', (_, other) => {
    expect(worksAsKnown(other)).toBe(false);
    const raw = deflateWith(other, { after: 0 });
    expect(raw.open!({ windowBits: 15 })).toBeUndefined();
    const one = new MessageInflater(raw, { windowBits: 15, noContextTakeover: false }, 1000);
    for (const hex of ['f248cdc9c90700', 'f200110000', 'f348cdc9c9070000', 'f200110000']) {
      const outcome = one.inflate(bytesOf(hex));
      expect(outcome.status === 'ok' && Buffer.from(outcome.bytes).toString()).toBe('Hello');
    }
    expect(one.inflate(bytesOf('f248'))).toMatchObject({ status: 'invalid' });
  });

  it('runs only once, after as many messages as make it worth its cost', () => {
    let opened = 0;
    const raw = deflateWith(
      zlibWith(() => opened++),
      { after: 10 },
    );
    const one = new MessageInflater(raw, { windowBits: 15, noContextTakeover: false }, 1000);
    for (let i = 0; i < 10; i++) one.inflate(bytesOf('f248cdc9c90700'));
    expect(opened).toBe(0);
    for (let i = 0; i < 10; i++) one.inflate(bytesOf('f248cdc9c90700'));
    // One for the trial, one for the direction.
    expect(opened).toBe(2);
  });

  it('a stream that fails later leaves its message to the other way', () => {
    let broken = false;
    const raw = deflateWith(
      writing((args) => {
        if (broken) throw new RangeError('no memory');
        return args;
      }),
      { after: 0 },
    );
    const one = new MessageInflater(raw, { windowBits: 15, noContextTakeover: false }, 1000);
    expect(one.inflate(bytesOf('f248cdc9c90700')).status).toBe('ok');
    broken = true;
    expect(one.inflate(bytesOf('f200110000')).status).toBe('ok');
    broken = false;
    expect(one.inflate(bytesOf('f200110000')).status).toBe('ok');
  });
});
