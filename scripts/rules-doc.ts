import type { AppProtocol } from '../src/apps/packet.js';
import { APP_PROTOCOLS } from '../src/apps/registry.js';
import { CAPTURE_RULES } from '../src/rules/frames/capture-catalogue.js';
import { DEFLATE_RULES } from '../src/rules/frames/deflate-catalogue.js';
import { FRAME_RULES } from '../src/rules/frames/catalogue.js';
import { RECORDING_RULES } from '../src/rules/frames/recording-catalogue.js';
import { HEAD_RULES } from '../src/rules/handshake/head-catalogue.js';
import { HTTP2_HANDSHAKE_RULES } from '../src/rules/handshake/http2-catalogue.js';
import { HTTP2_RULES } from '../src/rules/http2/catalogue.js';
import { NEGOTIATION_RULES } from '../src/rules/handshake/negotiation-catalogue.js';
import { OBSOLETE_RULES } from '../src/rules/handshake/obsolete-catalogue.js';
import { REQUEST_RULES } from '../src/rules/handshake/request-catalogue.js';
import { RESPONSE_RULES } from '../src/rules/handshake/response-catalogue.js';
import type { Rule, Severity } from '../src/rules/rule.js';

export interface RuleGroup {
  readonly title: string;
  readonly about: string;
  readonly rules: Readonly<Record<string, Rule>>;
}

/** The groups of docs/rules.md, in its order. Together they hold every rule once. */
export const RULE_GROUPS: readonly RuleGroup[] = [
  { title: 'Handshake: request', about: 'What the client sends.', rules: REQUEST_RULES },
  { title: 'Handshake: response', about: 'What the server answers.', rules: RESPONSE_RULES },
  {
    title: 'Handshake: negotiation',
    about: '`Sec-WebSocket-Extensions` in both halves, and the parameters of permessage-deflate.',
    rules: NEGOTIATION_RULES,
  },
  { title: 'HTTP head', about: 'HTTP/1.1 as such, for the request and for the response.', rules: HEAD_RULES },
  { title: 'Obsolete headers', about: 'Headers of the drafts before RFC 6455.', rules: OBSOLETE_RULES },
  {
    title: 'Handshake over HTTP/2',
    about:
      'Extended CONNECT (RFC 8441) and its fields. The rules above about the version, subprotocols, extensions and obsolete headers apply too; those about HTTP/1.1, the key and the accept value do not.',
    rules: HTTP2_HANDSHAKE_RULES,
  },
  {
    title: 'Framing',
    about: 'Frames, masking, fragmentation, control frames, closing and UTF-8.',
    rules: FRAME_RULES,
  },
  { title: 'Compression', about: 'Messages compressed with permessage-deflate.', rules: DEFLATE_RULES },
  {
    title: 'HTTP/2',
    about: 'The HTTP/2 connection that a WebSocket is in, as far as it concerns its reading.',
    rules: HTTP2_RULES,
  },
  {
    title: 'Captures',
    about: 'Gaps in recorded traffic. They are not faults of a peer; missing bytes make the exit code 1.',
    rules: CAPTURE_RULES,
  },
  {
    title: 'Recordings',
    about: 'Failures that a recording reports, in its own words.',
    rules: RECORDING_RULES,
  },
];

/** The command that writes docs/rules.md. */
export const REGENERATE = 'UPDATE_DOCS=1 npx vitest run test/docs/rules.test.ts';

/** `RFC 6455 §5.2` as a link to that section. */
function link(rfc: string): string {
  const [, number, section] = /^RFC (\d+) §([\d.]+)$/.exec(rfc) ?? [];
  if (number === undefined) throw new Error(`no document and section: ${rfc}`);
  return `[${rfc}](https://www.rfc-editor.org/rfc/rfc${number}.html#section-${section})`;
}

function row([code, rule]: [string, Rule]): string {
  const close = rule.closeCode === undefined ? '' : String(rule.closeCode);
  const cells = [
    `<a id="${code}"></a>\`${code}\``,
    rule.requirement.replaceAll('|', '\\|') + (rule.fatal ? ' †' : ''),
    link(rule.rfc),
    rule.severity,
    close,
  ];
  return `| ${cells.join(' | ')} |`;
}

function section({ title, about, rules }: RuleGroup): string {
  return [
    `## ${title}`,
    '',
    about,
    '',
    '| code | requirement | section | severity | close code |',
    '| --- | --- | --- | --- | --- |',
    ...Object.entries(rules).map(row),
  ].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The rules of an application protocol. */
function appSection({ name, title, rules }: AppProtocol): string {
  return [
    `### ${title}`,
    '',
    '| code | requirement | section |',
    '| --- | --- | --- |',
    ...Object.entries(rules).map(
      ([key, { requirement, reference }]) =>
        `| <a id="${name}-${key}"></a>\`${name}-${key}\` | ${cell(requirement)} | ${cell(reference)} |`,
    ),
  ].join('\n');
}

function appSections(): string {
  const count = APP_PROTOCOLS.reduce((sum, { rules }) => sum + Object.keys(rules).length, 0);
  const about = `What [application protocols](applications.md) ask for: ${count} rules of ${APP_PROTOCOLS.length} protocols. A broken one is a
warning, as the protocol was recognised and not stated; it is an error where \`--app\` states the protocol.`;
  return [
    '## Applications',
    about,
    ...APP_PROTOCOLS.filter(({ rules }) => Object.keys(rules).length > 0).map(appSection),
  ].join('\n\n');
}

function introduction(): string {
  const all = RULE_GROUPS.flatMap(({ rules }) => Object.values(rules));
  const count = (severity: Severity): number => all.filter((rule) => rule.severity === severity).length;
  return `# Rules

<!-- Made from src/rules/ by: ${REGENERATE} -->

wsinspect judges a handshake and every frame by ${all.length} rules, and the packets of [applications](#applications) by theirs. Each has a code, which is printed with each
finding and in the \`code\` field of the [JSON records](json.md).

| severity | rules | meaning |
| --- | --- | --- |
| error | ${count('error')} | The traffic breaks the standard. The exit code is 1. |
| warning | ${count('warning')} | The traffic works, but differs from what the standard asks for. With \`--strict\` the exit code is 1. |
| notice | ${count('notice')} | A remark. It never changes the exit code. |

How to read the tables:

- **requirement** says what the standard asks for. A diagnostic with this code says how the traffic differs from it.
- **section** is the section that asks for it.
- **close code** is the code with which the receiver fails the connection
  ([RFC 6455 §7.1.7](https://www.rfc-editor.org/rfc/rfc6455.html#section-7.1.7)). If none is given, either no
  connection is open yet, or the standard names none.
- **†** marks faults after which nothing can be read, because the beginning of the next frame is not known.

\`wsinspect accept --handshake\` shows the rules on the handshake as a checklist. The rule on masking is applied where the
sender is known: from a preceding handshake, or from \`--direction\`.`;
}

/** The text of docs/rules.md. */
export function rulesDocument(): string {
  return `${[introduction(), ...RULE_GROUPS.map(section), appSections()].join('\n\n')}\n`;
}
