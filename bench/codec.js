// Reading and writing masked frames, against ws in the same process. Prints messages per second and the ratios.
//   node bench/codec.js [rounds]
// Reading: the public FrameReader, every payload unmasked, in chunks of 64 KiB as from a socket; ws's Receiver on the
// same chunks, with a listener for its messages. Both are given frames of one size, binary, unfragmented.
import { encodeFrame, FrameReader } from '../dist/index.js';
import { race, rate, ratio, row } from './measure.js';
import { native, plain, version } from './ws-variants.js';

const rounds = Number(process.argv[2] ?? 15);
const CHUNK = 65536;
const SIZES = [
  { size: 16, native: 4, plain: 4 },
  { size: 100, native: 4, plain: 4 },
  { size: 1024, native: 2, plain: 4 },
  { size: 65536, native: 1, plain: 4 },
];
const WIDTHS = [9, 12, 12, 12, 11, 11];

function frames(size, count) {
  const payload = Buffer.alloc(size, 'abcdefghijklmnopqrstuvwxyz');
  return Buffer.concat(
    Array.from({ length: count }, (_, i) =>
      encodeFrame({ fin: true, rsv: 0, opcode: 2, payload, key: 0x37fa213d + i }),
    ),
  );
}

function* chunks(bytes) {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

let sink = 0;

function readOurs(bytes) {
  const reader = new FrameReader();
  let messages = 0;
  for (const chunk of chunks(bytes)) {
    for (const event of reader.push(chunk)) {
      if (event.type === 'payload') sink ^= event.unmasked()[0];
      else if (event.type === 'frame-end') messages++;
    }
  }
  return messages;
}

function readTheirs({ Receiver }, count) {
  return (bytes) =>
    new Promise((resolve, reject) => {
      const receiver = new Receiver({ isServer: true, binaryType: 'nodebuffer', allowSynchronousEvents: true });
      let messages = 0;
      receiver.on('message', (data) => {
        sink ^= data[0];
        if (++messages === count) resolve(messages);
      });
      receiver.on('error', reject);
      for (const chunk of chunks(bytes)) receiver.write(chunk);
    });
}

console.log(`node ${process.version}, ws ${version}, median of ${rounds} rounds, messages per second\n`);
row(['reading', 'wsinspect', 'ws+native', 'ws', 'to native', 'to ws'], WIDTHS);
for (const { size, ...goal } of SIZES) {
  const count = Math.min(200_000, Math.ceil(3e7 / (size + 14)));
  const bytes = frames(size, count);
  // ws unmasks in place, so each round of each gets a copy of its own.
  const prepare = () => Buffer.from(bytes);
  const [ours, withNative, without] = await race(
    [
      { prepare, run: readOurs },
      { prepare, run: readTheirs(native, count) },
      { prepare, run: readTheirs(plain, count) },
    ],
    rounds,
    count,
  );
  const cells = [ours, withNative, without].map(rate);
  row([`${size} B`, ...cells, ratio(ours / withNative, goal.native), ratio(ours / without, goal.plain)], WIDTHS);
}

console.log();
row(['writing', 'wsinspect', 'ws+native', 'ws', 'to native', 'to ws'], WIDTHS);
for (const { size } of SIZES) {
  const count = Math.min(200_000, Math.ceil(3e7 / (size + 14)));
  const payload = Buffer.alloc(size, 'abcdefghijklmnopqrstuvwxyz');
  const ours = () => {
    for (let i = 0; i < count; i++) sink ^= encodeFrame({ fin: true, rsv: 0, opcode: 2, payload, key: i })[0];
    return count;
  };
  const theirs = (Sender) => () => {
    for (let i = 0; i < count; i++) {
      const generateMask = (mask) => mask.writeUInt32BE(i);
      const options = { fin: true, rsv1: false, opcode: 2, mask: true, readOnly: true, generateMask };
      sink ^= Sender.frame(payload, options)[0][0];
    }
    return count;
  };
  const [mine, withNative, without] = await race(
    [{ run: ours }, { run: theirs(native.Sender) }, { run: theirs(plain.Sender) }],
    rounds,
    count,
  );
  const cells = [mine, withNative, without].map(rate);
  row([`${size} B`, ...cells, ratio(mine / withNative, 1), ratio(mine / without, 1)], WIDTHS);
}
if (sink === -1) console.log();
