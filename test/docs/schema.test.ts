import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseGolden } from '../goldens/golden.js';
import { isTerminal, runOnTerminal } from '../goldens/terminal.js';

interface Definition {
  readonly properties?: Readonly<Record<string, unknown>>;
}

interface Schema {
  readonly oneOf: readonly { readonly $ref: string }[];
  readonly $defs: Readonly<Record<string, Definition>>;
}

const schema = JSON.parse(
  readFileSync(new URL('../../schema/wsinspect.schema.json', import.meta.url), 'utf8'),
) as Schema;
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
const validate = ajv.compile<Record<string, unknown>>(schema);
const TYPES = schema.oneOf.map(({ $ref }) => $ref.replace('#/$defs/', ''));

const folder = new URL('../goldens/', import.meta.url);
const goldens = readdirSync(folder)
  .filter((name) => name.startsWith('json-') && name.endsWith('.txt'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'));
const docs = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');

type Json = Readonly<Record<string, unknown>>;

function recordsIn(text: string): Json[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{"type":'))
    .map((line) => JSON.parse(line) as Json);
}

function faults(record: Json): string[] {
  if (validate(record)) return [];
  const branch = `#/$defs/${String(record['type'])}/`;
  const errors = validate.errors ?? [];
  const own = errors.filter(({ schemaPath }) => schemaPath.startsWith(branch));
  return (own.length > 0 ? own : errors).map(
    (error) => `${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
  );
}

/** Commands that print records, over what the tool can read. */
const HEX: readonly string[] = [
  '81870ec3f3cd3bf6c6f83bf6c6',
  '810548656c6c6f 8900 8a00 8800',
  '880203e8 880103 880203ed 88040fa0c328 8805ffff626f6f',
  '010348656c 8900 80026c6f 800161',
  '0102e282 8001ac 010161 010162 800163',
  '8103ff00ff 8202ff00',
  '817e000548656c6c6f',
  '827f4000000000000000 00',
  '827fc000000000000000 00',
  '82ff0000000000000005 37fa213d 0102030405',
  'f10548656c6c6f 8300 8b00 0900',
  'c107f248cdc9c90700 4103f248cd 8004c9c90700',
  'c103ffffff c90100',
  '81',
  '8105 4865',
  '82ff',
  '8185000000004865 6c6c6f 818500000000 48656c6c6f',
  'zz',
  '8',
];
const OPTIONS = ['', '-v', '--base64', '--preview 3', '--view messages', '--deflate', '--deflate --view messages'];
const INPUTS = ['conversation.bin', 'handshake.http', 'request.http', 'response.http', 'refused.http', 'wrong.http'];
const CAPTURES = ['chat.pcap', 'others.pcap', 'websocket.pcapng', 'loopback.pcap'];
const CAPTURE_OPTIONS = ['', '-v', '--view messages', '--stats', '--max-windows 0', '--base64 --preview 3'];

const COMMANDS = [
  ...HEX.flatMap((hex) => OPTIONS.map((option) => `decode ${option} ${hex}`)),
  ...['client', 'server'].flatMap((sender) => HEX.map((hex) => `decode --direction ${sender} ${hex}`)),
  ...INPUTS.flatMap((name) => [`decode input/${name}`, `decode -v --view messages input/${name}`]),
  ...CAPTURES.flatMap((name) => CAPTURE_OPTIONS.map((option) => `decode ${option} ../../fixtures/captures/${name}`)),
  ...INPUTS.filter((name) => name.endsWith('.http')).map((name) => `accept --handshake=input/${name}`),
  'accept dGhlIHNhbXBsZSBub25jZQ==',
  'accept dGhlIHNhbXBsZSBub25jZQ== --verify s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  "accept dGhlIHNhbXBsZSBub25jZQ== --verify ''",
  'accept --generate',
  'accept c2hvcnQ= --lenient',
  'accept c2hvcnQ=',
  'accept *',
  'accept',
  'encode Hello',
  "encode ''",
  'encode Hello --mask --fragment 2',
  'encode --close 1000:bye',
  'encode Hello --deflate',
  'encode Hello --rsv 2 --allow-invalid',
  'encode Hello --rsv 2',
  'encode --hex 0',
  'decode --nope',
  'decode --preview many 8900',
];

describe('the schema', () => {
  it('is made of closed records', () => {
    for (const type of TYPES) expect(schema.$defs[type]).toMatchObject({ type: 'object', additionalProperties: false });
  });

  it.each(COMMANDS)('describes what is printed by: %s', async (command) => {
    const line = `COLUMNS=80 wsinspect ${command} --json`;
    expect(isTerminal(line)).toBe(true);
    const { stdout } = await runOnTerminal(line, new URL('.', folder).pathname);
    const records = recordsIn(stdout);
    expect(stdout.split('\n').filter((printed) => printed !== '')).toHaveLength(records.length);
    expect(records.length).toBeGreaterThan(0);
    expect(records.flatMap(faults)).toEqual([]);
  });

  it('refuses a field that is not its own, and a record without its type', () => {
    const [frame] = recordsIn(goldens.join('\n')).filter(({ type }) => type === 'frame');
    expect(faults({ ...frame, colour: 'red' })).not.toEqual([]);
    expect(faults({ ...frame, type: 'picture' })).not.toEqual([]);
    expect(faults({ ...frame, payloadLength: null })).not.toEqual([]);
    expect(faults({ ...frame, maskingKey: '0EC3F3CD' })).not.toEqual([]);
  });
});

describe('the JSON goldens', () => {
  const records = goldens.flatMap((text) => recordsIn(parseGolden(text).rest));

  it('are as the schema says', () => {
    expect(new Set(records.map(({ type }) => type))).toEqual(new Set(TYPES));
    expect(records.flatMap(faults)).toEqual([]);
  });

  it('hold every field of every record', () => {
    const seen = new Set(
      records.flatMap((record) => Object.keys(record).map((name) => `${String(record['type'])}.${name}`)),
    );
    const described = TYPES.flatMap((type) =>
      Object.keys(schema.$defs[type]?.properties ?? {}).map((name) => `${type}.${name}`),
    );
    expect(described.filter((field) => !seen.has(field))).toEqual([]);
  });

  it('begin with the type', () => {
    for (const record of records) expect(Object.keys(record)[0]).toBe('type');
  });
});

describe('docs/json.md', () => {
  it('has a section with an example for every record, and names each of its fields', () => {
    for (const type of TYPES) {
      const [, section = ''] = docs.split(`\n## ${type}\n`);
      const [own = ''] = section.split('\n## ');
      expect(
        recordsIn(own).map((record) => record['type']),
        `an example of ${type}`,
      ).toContain(type);
      for (const name of Object.keys(schema.$defs[type]?.properties ?? {})) {
        expect(own, `${type}.${name}`).toContain(`\`${name}\``);
      }
    }
  });
});
