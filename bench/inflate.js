// Inflating permessage-deflate messages: this library against zlib.inflateRawSync once per message, in one process.
//   node bench/inflate.js [rounds]
// Every contender reads the same messages, deflated one after the other with context takeover, and keeps what a
// receiver needs: the window for the next message, and the proof that this one ended where its payload does.
//   wsinspect   MessageInflater on nodeDeflate: one zlib handle stays with each direction
//   per message the same without streams: inflateRawSync with the last 32 KiB as dictionary
//   bare handle a zlib handle that is only written to, nothing checked, no window kept: what zlib itself takes
// Packages that were looked at, same kind of messages, 1900 B in one direction, Node 20: pako 3.0.3 (one Inflate, raw,
// Z_SYNC_FLUSH) 16.6 µs, fflate (one Inflate) 32.2 µs, inflateRawSync 14.9 µs, a handle 4.3 µs; neither package tells
// where a message's last block ended.
import * as zlib from 'node:zlib';
import { MessageInflater, nodeDeflate } from '../dist/index.js';
import { race, ratio, row } from './measure.js';

const rounds = Number(process.argv[2] ?? 9);
const PARAMETERS = { windowBits: 15, noContextTakeover: false };
const LIMIT = 64 * 1024 * 1024;
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
const WIDTHS = [30, 11, 11, 11, 13, 14];
const perMessage = { inflate: (...args) => nodeDeflate.inflate(...args), deflate: nodeDeflate.deflate };

/** The same numbers in every run. */
function dice(seed) {
  let state = seed;
  return () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff;
}

function plainMessage(size, roll, number) {
  let text = `{"channel":"trades","seq":${number},"items":[`;
  while (text.length < size) {
    const side = roll() < 0.5 ? 'buy' : 'sell';
    const [id, price, amount] = [Math.floor(roll() * 1e9), (roll() * 5e4).toFixed(2), roll().toFixed(6)];
    text += `{"id":${id},"price":"${price}","qty":"${amount}","side":"${side}"},`;
  }
  return Buffer.from(`${text.slice(0, size - 2)}]}`);
}

/** `count` messages of each of `directions`, in turn: [direction, payload]. */
function deflated(size, directions, count) {
  const roll = dice(size + directions);
  const windows = Array.from({ length: directions }, () => Buffer.alloc(0));
  return Array.from({ length: directions * count }, (_, i) => {
    const direction = i % directions;
    const plain = plainMessage(size, roll, i);
    const dictionary = windows[direction];
    const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH, ...(dictionary.length > 0 && { dictionary }) };
    windows[direction] = Buffer.concat([dictionary, plain]).subarray(-32768);
    return [direction, new Uint8Array(zlib.deflateRawSync(plain, options).subarray(0, -4))];
  });
}

function ours(raw, directions) {
  return (messages) => {
    const inflaters = Array.from({ length: directions }, () => new MessageInflater(raw, PARAMETERS, LIMIT));
    let bytes = 0;
    for (const [direction, payload] of messages) {
      const outcome = inflaters[direction].inflate(payload);
      if (outcome.status !== 'ok') throw new Error(outcome.status);
      bytes += outcome.bytes.length;
    }
    for (const inflater of inflaters) inflater.close();
    return bytes;
  };
}

function bareHandle(directions) {
  return (messages) => {
    const streams = Array.from({ length: directions }, () => zlib.createInflateRaw({ chunkSize: 64 }));
    const output = new Uint8Array(1 << 20);
    const input = new Uint8Array(1 << 20);
    let bytes = 0;
    for (const [direction, payload] of messages) {
      const { _handle: handle, _writeState: state } = streams[direction];
      input.set(payload);
      input.set(TAIL, payload.length);
      handle.writeSync(zlib.constants.Z_SYNC_FLUSH, input, 0, payload.length + 4, output, 0, output.length);
      bytes += output.length - state[0];
    }
    for (const stream of streams) stream.close();
    return bytes;
  };
}

console.log(`node ${process.version}, zlib ${process.versions.zlib}, median of ${rounds} rounds, µs per message\n`);
row(['messages', 'wsinspect', 'per message', 'bare handle', 'to p. message', 'to bare handle'], WIDTHS);
const SETS = [
  { size: 60, directions: 1, count: 5000 },
  { size: 200, directions: 1, count: 5000 },
  { size: 1900, directions: 1, count: 3000 },
  { size: 1900, directions: 128, count: 24 },
  { size: 1900, directions: 1024, count: 3 },
  { size: 20_000, directions: 1, count: 400 },
  { size: 400_000, directions: 1, count: 20 },
];
for (const { size, directions, count } of SETS) {
  const messages = deflated(size, directions, count);
  const prepare = () => messages;
  const rates = await race(
    [nodeDeflate, perMessage]
      .map((raw) => ({ prepare, run: ours(raw, directions) }))
      .concat({ prepare, run: bareHandle(directions) }),
    rounds,
    size * messages.length,
  );
  const micros = rates.map((bytesPerSecond) => (size / bytesPerSecond) * 1e6);
  const [mine, each, bare] = micros;
  const name = `${size} B, ${directions} direction${directions > 1 ? 's' : ''}`;
  row([name, ...micros.map((value) => value.toFixed(2)), ratio(each / mine, 1), ratio(bare / mine)], WIDTHS);
}
