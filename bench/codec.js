// Reading and writing masked frames, against ws in the same process. Prints messages per second and the ratios.
//   node bench/codec.js [rounds]
// Reading: `read` of the public FrameReader, every payload unmasked, in chunks of 64 KiB as from a socket: in new memory (`copy`,
// the default), and in place, as ws does; ws's Receiver on the same chunks, with a listener for its messages. All are given
// frames of one size, binary, unfragmented.
import { encodeFrame, FrameReader } from '../dist/index.js';
import { race, rate, ratio, row } from './measure.js';
import { native, plain, version } from './ws-variants.js';

const rounds = Number(process.argv[2] ?? 15);
const CHUNK = 65536;
const SIZES = [
  { size: 16, native: 4 },
  { size: 100, native: 4 },
  { size: 1024, native: 2 },
  { size: 65536, native: 1.2 },
];
const WIDTHS = [9, 12, 12, 12, 12, 11, 11];

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

const readOurs = (memory) => (bytes) => {
  const reader = new FrameReader(0, memory);
  let messages = 0;
  const taker = {
    payload: (_, payload) => (sink ^= payload[0]),
    end: () => messages++,
  };
  for (const chunk of chunks(bytes)) reader.read(chunk, taker);
  return messages;
};

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
row(['reading', 'in place', 'copy', 'ws+native', 'ws', 'in place', 'copy'], WIDTHS);
row(['', '', '', '', '', 'to native', 'to native'], WIDTHS);
for (const { size, ...goal } of SIZES) {
  const count = Math.min(200_000, Math.ceil(3e7 / (size + 14)));
  const bytes = frames(size, count);
  // ws unmasks in place, so each round of each gets a copy of its own.
  const prepare = () => Buffer.from(bytes);
  const [inPlace, copied, withNative, without] = await race(
    [
      { prepare, run: readOurs({ unmask: 'in-place' }) },
      { prepare, run: readOurs({}) },
      { prepare, run: readTheirs(native, count) },
      { prepare, run: readTheirs(plain, count) },
    ],
    rounds,
    count,
  );
  const cells = [inPlace, copied, withNative, without].map(rate);
  row([`${size} B`, ...cells, ratio(inPlace / withNative, goal.native), ratio(copied / withNative)], WIDTHS);
}

console.log();
row(['writing', 'wsinspect', '', 'ws+native', 'ws', 'to native', 'to ws'], WIDTHS);
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
  const cells = [rate(mine), '', ...[withNative, without].map(rate)];
  row([`${size} B`, ...cells, ratio(mine / withNative, 1), ratio(mine / without, 1)], WIDTHS);
}
if (sink === -1) console.log();
