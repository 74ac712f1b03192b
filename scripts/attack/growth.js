// Readers of text: input of twice the size may cost some twice as much. What it costs is counted in processor time of the
// process, less what a start costs; only growth is judged, never a duration.
import { writeFileSync } from 'node:fs';
import { echo } from './peers.js';
import { run } from './target.js';

/** Twice the size costs less than this times as much; quadratic is four. */
const MOST_GROWTH = 3;
/** Less is noise, in seconds: then it is doubled again, up to a limit. */
const NOISE = 0.8;
const MOST_BYTES = 16 << 20;
/** A size that costs this is not doubled any more: its growth was seen. */
const NET = 40;

const times = (part, size) => part.repeat(Math.ceil(size / part.length)).slice(0, size);
const har = (data) =>
  JSON.stringify({
    log: {
      entries: [
        {
          startedDateTime: '2026-01-01T00:00:00.000Z',
          _resourceType: 'websocket',
          _webSocketMessages: [
            { type: 'send', time: 1, opcode: 1, data: 'x' },
            { type: 'receive', time: 2, opcode: 1, data },
          ],
          request: { method: 'GET', url: 'ws://x/', headers: [], httpVersion: 'HTTP/1.1' },
          response: { status: 101, headers: [] },
        },
      ],
    },
  });
const head = (middle) => `GET / HTTP/1.1\r\nHost: a\r\n${middle}\r\n\r\n`;

/** Readers: the command line, and where the text goes. */
const READERS = [
  ['decode', ['decode']],
  ['decode hex', ['decode', '--from', 'hex']],
  ['decode dump', ['decode', '--from', 'dump']],
  ['decode base64', ['decode', '--from', 'base64']],
  ['decode har', ['decode', '--from', 'har']],
  ['decode ndjson', ['decode', '--from', 'ndjson']],
  ['decode frames', ['decode', '--from', 'binary', '--view', 'messages', '--pretty'], frames],
  ['decode grep', ['decode', '--from', 'binary', '--view', 'messages', '--grep', 'zzz'], frames],
  ['decode head', ['decode', '--from', 'binary'], (text) => head(`X: ${text}`)],
  ['handshake', ['accept', '--handshake'], (text) => head(`Sec-WebSocket-Extensions: ${text}`)],
  ['handshake lines', ['accept', '--handshake'], (text) => head(text)],
];
const TEXTS = {
  quotes: '"',
  escaped: '\\"', backslashes: '\\', brackets: '[', braces: '{"a":', blanks: ' ', lines: '\n', stars: '*\n', commas: ',', escapes: '\\x8', dots: '. ', semicolons: ';a=', opened: '"a', digits: '0', colons: '00:', rows: '00000000: 81', words: 'a ', crs: '\r', hex: '0x', tabs: '\t\t', bars: '|', angles: '> ', nul: '\0',
}; // prettier-ignore

function frames(text) {
  const body = Buffer.from(text);
  const header = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([header, body]);
}

/** Processor time of two sizes, once they are above the noise. */
async function grow(attempt, name, size, cost) {
  for (let before; size <= MOST_BYTES; size *= 2) {
    const now = await cost(size);
    if (before > NOISE && now > before * MOST_GROWTH)
      return attempt.wrong(
        `${name}: ${size / 2} bytes cost ${before.toFixed(2)} s of work, ${size} cost ${now.toFixed(2)}`,
      );
    if (now > NET) return attempt.wrong(`${name}: ${size} bytes cost ${now.toFixed(0)} s of work or more`);
    if (before > NOISE) return;
    // Too little to tell: four times as much would still be cheap.
    if (!attempt.isFull && now < NOISE / 2 && size >= 500_000) return;
    before = now;
  }
}

async function readers(attempt) {
  const pairs = READERS.flatMap((reader) => Object.entries(TEXTS).map((text) => [reader, text]));
  const chosen = attempt.isFull ? pairs : Array.from({ length: 2 }, () => attempt.dice.pick(pairs));
  for (const [[reader, args, wrap = (text) => text], [kind, part]] of chosen) {
    const size = attempt.count(250_000, 1_000_000);
    await grow(attempt, `${reader}, ${kind}`, size, async (bytes) => {
      const target = await run(args, { stdin: wrap(times(part, bytes)), most: 512 << 20, seconds: NET + 20 });
      return target.killed && /did not end/.test(target.killed) ? NET + 20 : target.work;
    });
  }
}

/** Replies that are compared, and heads that `proxy` rewrites. */
async function replies(attempt) {
  const port = await echo(attempt);
  const texts = ['\\"', '"', '{"a":"', '1,', '9', '1e', '"a" ', '-'];
  for (const part of attempt.isFull ? texts : texts.slice(0, 2)) {
    await grow(
      attempt,
      `connect --replay --diff --ignore-json, ${JSON.stringify(part)}`,
      attempt.count(60_000, 500_000),
      async (bytes) => {
        const path = attempt.path('replay.har');
        writeFileSync(path, har(`["${times(part, bytes)}`));
        const target = await run(
          [
            'connect',
            `ws://127.0.0.1:${port}/`,
            '--replay',
            path,
            '--diff',
            '--ignore-json',
            '$..time',
            '--speed',
            '0',
            '-m',
            '5',
          ],
          { seconds: NET + 20 },
        );
        return target.killed ? NET + 20 : target.work;
      },
    );
  }
}

export const attacks = [
  { name: 'growth/readers', long: true, run: readers },
  { name: 'growth/replies', run: replies },
];
