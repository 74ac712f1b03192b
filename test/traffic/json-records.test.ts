import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { inspect, Inspector, jsonLine, jsonRecords, nodeDeflate, type JsonOptions } from '../../src/index.js';
import { bytesOf } from '../codec/vectors.js';
import { runOnTerminal } from '../goldens/terminal.js';

const folder = new URL('../goldens/', import.meta.url);
const schema = JSON.parse(
  readFileSync(new URL('../../schema/wsinspect.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(schema);

const HEX = [
  '81870ec3f3cd3bf6c6f83bf6c6',
  '880203e8 880103 880203ed 88040fa0c328',
  '010348656c 8900 80026c6f 800161',
  '8103ff00ff 8202ff00',
  '827fc000000000000000 00',
  'c107f248cdc9c90700 4103f248cd8004c9c90700',
  '817e',
  '8105 4865',
];
const INPUTS = ['conversation.bin', 'handshake.http', 'refused.http', 'wrong.http'].map((name) => `input/${name}`);
const CAPTURES = ['chat.pcap', 'others.pcap', 'websocket.pcapng'].map((name) => `../../fixtures/captures/${name}`);
const OPTIONS: readonly (readonly [string, JsonOptions])[] = [
  ['', {}],
  ['-v', { verbose: true }],
  ['--base64 --preview 3', { base64: true, preview: 3 }],
  ['--view messages', { messages: true }],
];

/** What the command line prints, line by line; it ends a capture with the totals and the exit code of the run. */
async function printed(command: string): Promise<string[]> {
  const { stdout } = await runOnTerminal(`COLUMNS=80 wsinspect decode --json ${command}`, folder.pathname);
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('{"type":"summary"'));
}

async function told(input: string | Uint8Array, options: JsonOptions): Promise<string[]> {
  const lines: string[] = [];
  for await (const record of inspect(input)) {
    for (const value of jsonRecords(record, options)) {
      expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
      lines.push(jsonLine(value).trimEnd());
    }
  }
  return lines;
}

function withoutConnection(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.startsWith('{"type":"connection"'));
}

describe.each(OPTIONS)('jsonRecords and decode --json %s', (option, options) => {
  it.each(HEX)('of hex: %s', async (hex) => {
    expect(withoutConnection(await told(hex, options))).toEqual(await printed(`${option} -- ${hex}`));
  });

  it.each(INPUTS)('of %s', async (name) => {
    const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
    expect(withoutConnection(await told(bytes, options))).toEqual(await printed(`${option} ${name}`));
  });

  it.each(CAPTURES)('of %s', async (name) => {
    const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
    const lines = await told(bytes, options);
    expect(lines).toEqual(await printed(`${option} ${name}`));
    expect(lines.some((line) => line.startsWith('{"type":"connection"'))).toBe(true);
  });
});

describe('jsonRecords', () => {
  it('takes the records of an Inspector too', () => {
    const inspector = new Inspector({ raw: nodeDeflate });
    const records = [...inspector.push(bytesOf('010348656c 80026c6f 817e')), ...inspector.end()];
    const json = records.flatMap((record) => jsonRecords(record));
    expect(json.map(({ type }) => type)).toEqual(['frame', 'frame', 'diagnostic']);
    expect(json.every((value) => validate(value))).toBe(true);
    const messages = records.flatMap((record) => jsonRecords(record, { messages: true }));
    expect(messages.map(({ type }) => type)).toEqual(['message', 'diagnostic']);
  });

  it('makes nothing of notices, problems and other traffic', () => {
    expect(jsonRecords({ type: 'notice', message: 'x' })).toEqual([]);
    expect(jsonRecords({ type: 'other', conversation: { connection: 0 }, what: 'tls' })).toEqual([]);
  });
});
