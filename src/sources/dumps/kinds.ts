import { FOLLOW_HEAD, FollowText } from './follow.js';
import type { DumpForm } from './form.js';
import { OD, type RowLayout, XXD } from './layouts.js';
import { LogText } from './log-text.js';
import { offsetRow } from './offset-row.js';
import { RowDump } from './rows.js';
import { SOCAT_HEAD, SocatText } from './socat.js';
import { TCPDUMP_HEAD, TCPDUMP_HEX, TcpdumpText } from './tcpdump.js';
import { TCPFLOW_HEAD, TCPFLOW_WORDS, TcpflowText } from './tcpflow.js';
import { TSHARK_HEADING, TsharkText } from './tshark.js';
import type { Events } from '../text/events.js';

/** A form of dump, and the lines that give it away. */
export interface DumpKind {
  readonly name: string;
  /** Any of these matches a line of it; the first kind in the list that matches is it. */
  readonly signs: readonly RegExp[];
  readonly open: (events: Events) => DumpForm;
}

const rows = (layout: RowLayout) => (events: Events) => new RowDump(events, layout);

/** The forms of dump that have readers of their own. */
export const DUMP_KINDS: readonly DumpKind[] = [
  { name: 'tcpdump -x text', signs: [TCPDUMP_HEX, TCPDUMP_HEAD], open: (events) => new TcpdumpText(events) },
  { name: 'socat dump', signs: [SOCAT_HEAD], open: (events) => new SocatText(events) },
  { name: 'tshark follow', signs: [FOLLOW_HEAD], open: (events) => new FollowText(events) },
  { name: 'tcpflow dump', signs: [TCPFLOW_HEAD, TCPFLOW_WORDS], open: (events) => new TcpflowText(events) },
  { name: 'xxd dump', signs: [/^\s*[0-9a-fA-F]{8,16}: +[0-9a-fA-F]{2}/], open: rows(XXD) },
  { name: 'hexdump -C dump', signs: [/^[0-9a-fA-F]{8,16} {2}[0-9a-fA-F]{2}[ |].*\|/], open: rows(OD) },
  {
    name: 'tshark -x text',
    signs: [/^[0-9a-fA-F]{4,6} {2}[0-9a-fA-F]{2}(?: |$)/, TSHARK_HEADING, /^Frame \d+: \d+ bytes on wire/],
    open: (events) => new TsharkText(events, false),
  },
  {
    name: 'Wireshark hex and ASCII',
    signs: [/^[0-9a-fA-F]{4,6} {3}[0-9a-fA-F]{2}(?: |$)/],
    open: (events) => new TsharkText(events, true),
  },
  {
    name: 'od or hexdump dump',
    signs: [
      /^[0-9a-fA-F]{7} +[^\s]/,
      /^0{6} [0-9a-fA-F]{2}(?: |$)/,
      /^00[0-9a-fA-F]{3}0 (?:[0-9a-fA-F]{2} ){15}[0-9a-fA-F]{2}(?: |$)/,
    ],
    open: rows(OD),
  },
];

/** Any dump whose offsets prove themselves. */
const OFFSET_ROWS: DumpKind = {
  name: 'offsets and bytes',
  signs: [],
  open: (events) => new LogText(events),
};

export function dumpKind(line: string): DumpKind | undefined {
  return knownKind(line) ?? (offsetRow(line) === undefined ? undefined : OFFSET_ROWS);
}

export function knownKind(line: string): DumpKind | undefined {
  return DUMP_KINDS.find(({ signs }) => signs.some((sign) => sign.test(line)));
}
