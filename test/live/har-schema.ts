import { Ajv2020 } from 'ajv/dist/2020.js';

/** HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) with what Chrome DevTools adds for WebSockets; custom fields begin with `_`. */

const text = { type: 'string' };
const number = { type: 'number' };
const size = { type: 'integer', minimum: -1 };
const time = { type: 'number', minimum: -1 };
const pairs = { type: 'array', items: object({ name: text, value: text }) };
const list = (items: object): object => ({ type: 'array', items });

function object(required: Readonly<Record<string, object>>, optional: Readonly<Record<string, object>> = {}): object {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    patternProperties: { '^_': {} },
    additionalProperties: false,
  };
}

const common = { httpVersion: text, cookies: list({}), headers: pairs, headersSize: size, bodySize: size };
const request = object({ method: text, url: { ...text, pattern: '^wss?://' }, queryString: pairs, ...common });
const content = object({ size, mimeType: text });
const response = object({ status: { type: 'integer' }, statusText: text, content, redirectURL: text, ...common });
const timings = object(
  { send: time, wait: time, receive: time },
  { blocked: time, dns: time, connect: time, ssl: time },
);
const message = object(
  { type: { enum: ['send', 'receive'] }, time: number, opcode: { enum: [1, 2] }, data: text },
  { _truncated: { const: true }, _bytes: size },
);
const entry = object(
  {
    startedDateTime: { ...text, pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
    time: { type: 'number', minimum: 0 },
    request,
    response,
    cache: object({}),
    timings,
    _resourceType: { const: 'websocket' },
    _webSocketMessages: list(message),
  },
  { serverIPAddress: text, _client: text, _server: text },
);
const creator = object({ name: text, version: text });
const log = object({ version: { const: '1.2' }, creator, entries: list(entry) }, { pages: list({}) });

const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(object({ log }));

export interface Har {
  readonly log: { readonly entries: readonly HarEntry[] };
}

export interface HarEntry {
  readonly request: { readonly url: string };
  readonly response: { readonly status: number };
  readonly _webSocketMessages: readonly Readonly<Record<'type' | 'time' | 'opcode' | 'data', unknown>>[];
}

/** The archive, and what is wrong with it. */
export function harOf(json: string): { readonly har: Har; readonly faults: readonly string[] } {
  const har = JSON.parse(json) as Har;
  validate(har);
  return { har, faults: (validate.errors ?? []).map(({ instancePath, message: fault }) => `${instancePath} ${fault}`) };
}
