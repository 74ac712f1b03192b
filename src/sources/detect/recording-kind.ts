const KINDS = ['ndjson', 'har', 'netlog', 'follow-yaml'] as const;
/** Recordings that are text, and no capture of packets. */
export type RecordingKind = (typeof KINDS)[number];

export function isRecordingKind(form: string): form is RecordingKind {
  return (KINDS as readonly string[]).includes(form);
}

/** At most this many bytes are looked at. */
const WINDOW = 64 * 1024;
/** `{"`, `[{"` or `"name":` begins JSON; arrays of C begin with a brace, and strings of C with a quote, too. */
const JSON_BEGIN = /^[\s\ufeff]*(?:(?:\.{3}|…|,)\s*)?(?:(?:\[\s*)?\{\s*"|"[A-Za-z_]+"\s*:)/;
/** The same without blanks, as far as it came. */
const MAY_BE_JSON = /^(?:\.{0,3}|…|,)(?:\[?\{?|"[A-Za-z_]*"?)$/;
const FIRST_KEY = /^[^"]*"([^"\\]*)"\s*:\s*("?)/;
/** Members that begin a HAR or an entry of one, and hardly anything else. */
const HAR_KEYS: ReadonlySet<string | undefined> = new Set([
  ...['log', '_webSocketMessages', '_initiator', '_resourceType', '_connectionId', '_fetchType', 'startedDateTime'],
  ...['pageref', '_priority', '_frameref'],
]);
/** Members of which one would begin a HAR's log or an entry, if a word of it follows. */
const HAR_WORD = /"_webSocketMessages"\s*:|"entries"\s*:\s*\[|"startedDateTime"\s*:/;
const STRING = String.raw`"(?:[^"\\]|\\.)*"`;
/** A message of a HAR, alone or the first of a list. */
const MESSAGE = new RegExp(
  String.raw`^[^{]*\{(?:[^{}"]|(?!"type"\s*:)${STRING})*"type"\s*:\s*"(?:send|receive|sent|received)"`,
);
/** How Chrome writes that a connection failed; our own records have no such opcode. */
const ERROR = /^[^{]*\{[^{}]*"opcode"\s*:\s*-1\b/;
const OF_MESSAGE = /"(?:opcode|data)"\s*:/;
/** Records of `--json` that describe traffic, or that precede such. */
const RECORD =
  /^\s*\{[^\n]*"type"\s*:\s*"(?:opened|handshake|frame|message|bytes|connection|diagnostic|listening|request|error|summary)"/;
/** `tshark -z follow,tcp,yaml`, and as Wireshark wrote it before 3.4. */
const FOLLOW_YAML = /^(?:peers:\r?\n {0,8}- peer: 0\r?\n|(?:# Packet \d+\r?\n)?peer[01]_\d+: !!binary \|\r?\n)/;
/** How it begins, each number as 0. */
const FOLLOW_BEGIN = ['peers:\n  - peer: 0\n', '# Packet 0\npeer0_0: !!binary |\n', 'peer0_0: !!binary |\n'];

/**
 * Which recording begins with `head`: undefined for none, `unknown` where more of it has to be seen.
 */
export function recordingKind(head: Uint8Array, extent: 'growing' | 'ended'): RecordingKind | 'unknown' | undefined {
  const isShort = extent === 'growing' && head.length < WINDOW;
  const first = head.subarray(0, 256);
  const lead = new TextDecoder().decode(first);
  if (FOLLOW_YAML.test(lead)) return 'follow-yaml';
  if (!JSON_BEGIN.test(lead)) {
    const mayBe = MAY_BE_JSON.test(lead.replace(/[\s\ufeff]/g, '')) || mayBeFollow(lead);
    return isShort && mayBe ? 'unknown' : undefined;
  }
  const text = new TextDecoder().decode(head.subarray(0, WINDOW));
  const kind = jsonKind(text);
  if (kind !== undefined) return kind;
  // What is no record a line goes over several: what it is may still come.
  const isLine = /^[^\n]*\}\s*\n/.test(text.trimStart());
  return isShort && !isLine ? 'unknown' : undefined;
}

function jsonKind(text: string): RecordingKind | undefined {
  const [, key, quote] = FIRST_KEY.exec(text) ?? [];
  if (key === 'constants') return 'netlog';
  // A log of Docker has lines of `{"log":"…"}`.
  if ((HAR_KEYS.has(key) && !(key === 'log' && quote === '"')) || ERROR.test(text)) return 'har';
  if (MESSAGE.test(text) && OF_MESSAGE.test(text)) return 'har';
  if (RECORD.test(text)) return 'ndjson';
  return HAR_WORD.test(text) ? 'har' : undefined;
}

function mayBeFollow(lead: string): boolean {
  const begin = lead.slice(0, 64).replaceAll('\r', '').replace(/\d+/g, '0');
  return FOLLOW_BEGIN.some((each) => each.startsWith(begin));
}
