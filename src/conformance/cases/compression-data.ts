import { encodeUtf8 } from '../../codec/bytes/utf8.js';

/** The source of compressed messages: five kinds of data, as they occur, made from a seed. */
export const KINDS = ['JSON', 'bitmap', 'prose', 'HTML', 'PDF-like'] as const;
export type Kind = (typeof KINDS)[number];

/** Bytes of each: more than any message, and many times the largest window. */
const CORPUS_BYTES = 512 * 1024;

const made = new Map<Kind, Uint8Array>();

/** Text kinds are ASCII, so that every cut is UTF-8. */
export function corpus(kind: Kind): Uint8Array {
  let bytes = made.get(kind);
  if (!bytes) made.set(kind, (bytes = MAKERS[kind](generator(kind.length * 7919))));
  return bytes;
}

export function isText(kind: Kind): boolean {
  return kind === 'JSON' || kind === 'prose' || kind === 'HTML';
}

/** Numbers from 0 up to `below`. */
type Draw = (below: number) => number;

/** A small generator (xorshift): the same data on every machine. */
function generator(seed: number): Draw {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const WORDS =
  'the of and to in that was his he it with is for as had you not be her on at by which have or from this him but all she they were my are me one their so an said them we who would been will no when there if more out up into do any your what has man could other than our some very time upon about may its only now like little then can made should did us such great before must two these see know over much down after first good own old never come work house night water light hand eye long under letter morning window river'.split(
    ' ',
  );

function text(piece: (draw: Draw) => string): (draw: Draw) => Uint8Array {
  return (draw) => {
    const pieces: string[] = [];
    for (let length = 0; length < CORPUS_BYTES;) {
      const next = piece(draw);
      pieces.push(next);
      length += next.length;
    }
    return encodeUtf8(pieces.join('')).subarray(0, CORPUS_BYTES);
  };
}

/** Common words occur more often, as they do in language. */
const word = (draw: Draw): string => WORDS[Math.min(draw(WORDS.length), draw(WORDS.length), draw(WORDS.length))]!;
const words = (draw: Draw, count: number): string => Array.from({ length: count }, () => word(draw)).join(' ');

function sentence(draw: Draw): string {
  const body = words(draw, 4 + draw(14));
  return `${body[0]!.toUpperCase()}${body.slice(1)}${draw(4) === 0 ? '?' : '.'} `;
}

/** Answers as those of web services: the same keys, types and addresses repeatedly. */
function person(draw: Draw): string {
  const id = draw(1e6);
  const user = {
    id,
    id_str: String(id),
    screen_name: word(draw),
    profile_image_url: `https://images.example.org/profile/${id}/normal.png`,
    verified: draw(2) === 0,
    followers_count: draw(5000),
    default_profile: true,
  };
  const entities = { hashtags: [], symbols: [], user_mentions: [], urls: [{ indices: [0, 23], display_url: null }] };
  const status = { created_at: 'Mon, 06 Mar 2023 10:11:12 +0000', lang: 'en', retweeted: false, truncated: false };
  return `${JSON.stringify({ ...status, text: words(draw, 3 + draw(8)), user, entities, in_reply_to_status_id: null })},\n`;
}

function element(draw: Draw): string {
  const link = `<a href="/${word(draw)}/${draw(9999)}.html" class="link">${words(draw, 2)}</a>`;
  return `<div class="${word(draw)}"><h2>${words(draw, 4)}</h2>\n  <p>${sentence(draw)}${link}</p>\n</div>\n`;
}

/** Rows of a picture with flat areas, slopes and some noise. */
function bitmap(draw: Draw): Uint8Array {
  const bytes = new Uint8Array(CORPUS_BYTES);
  let level = 0;
  let slope = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (draw(256) === 0) [level, slope] = [draw(256), draw(5) - 2];
    level += i % 8 === 0 ? slope : 0;
    bytes[i] = level + (draw(64) === 0 ? draw(3) : 0);
  }
  return bytes;
}

/** Short readable objects, and long runs that are hardly compressible. */
function pdf(draw: Draw): Uint8Array {
  const bytes = new Uint8Array(CORPUS_BYTES);
  for (let at = 0, n = 1; at < bytes.length; n++) {
    const noise = 500 + draw(3000);
    const head = encodeUtf8(`${n} 0 obj\n<< /Length ${noise} /Filter /FlateDecode >>\nstream\n`);
    bytes.set(head.subarray(0, bytes.length - at), at);
    at += head.length;
    for (const end = Math.min(at + noise, bytes.length); at < end; at++) bytes[at] = draw(256);
  }
  return bytes;
}

const MAKERS: Readonly<Record<Kind, (draw: Draw) => Uint8Array>> = {
  JSON: text(person),
  bitmap,
  prose: text(sentence),
  HTML: text(element),
  'PDF-like': pdf,
};
