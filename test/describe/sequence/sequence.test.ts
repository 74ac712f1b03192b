import { describe, expect, it } from 'vitest';
import fc from '../../fc.js';
import { mermaidOf, mermaidText } from '../../../src/describe/sequence/mermaid.js';
import {
  drawSteps,
  fitted,
  sequenceSvg,
  STEP_HEIGHT,
  type SequenceTitles,
} from '../../../src/describe/sequence/sequence-drawing.js';
import {
  joinsOf,
  placesOf,
  waitText,
  type SequenceJoin,
  type SequencePacket,
  type SequenceStep,
} from '../../../src/describe/sequence/sequence-step.js';
import { svgText, type SvgNode } from '../../../src/describe/sequence/svg-text.js';

type Facts = Partial<SequenceStep>;

function message(row: number, direction: 'client' | 'server' | 'unknown', facts: Facts = {}): SequenceStep {
  return { row, kind: 'message', direction, ink: 'text', title: `m${row}`, content: '', faults: [], ...facts };
}

function packet(index: number, facts: Partial<SequencePacket> = {}): SequencePacket {
  return { protocol: 'p', index, ...facts };
}

const TITLES: SequenceTitles = { title: 'connection 0 /ws', client: 'client', server: 'server', left: '' };

/** A call of each side, the answer of one before that of the other, and a ping with its pong. */
const STEPS: readonly SequenceStep[] = [
  message(0, 'client', { time: 1, packets: [packet(0)] }),
  message(1, 'server', { time: 2, packets: [packet(0)] }),
  message(2, 'client', { time: 2.5, packets: [packet(1, { replyTo: 0, latency: 0.5 })] }),
  message(3, 'server', { time: 3, packets: [packet(1, { replyTo: 0, latency: 2, error: true })] }),
  message(4, 'server', { time: 1795890874.106208, isPing: true }),
  message(5, 'client', { time: 1795890874.156208, roundTrip: 0.05 }),
];

describe('joins of a sequence', () => {
  it('go from calls to replies, and from pings to pongs', () => {
    expect(joinsOf(STEPS)).toEqual([
      { from: 1, to: 2, side: 'server', seconds: 0.5, isError: false },
      { from: 0, to: 3, side: 'client', seconds: 2, isError: true },
      { from: 4, to: 5, side: 'server', seconds: 0.05, isError: false },
    ]);
  });

  it.each([
    ['a call that is not there', [message(0, 'server', { packets: [packet(0, { replyTo: 7 })] })]],
    [
      'a call of the same side',
      [
        message(0, 'client', { packets: [packet(0)] }),
        message(1, 'client', { packets: [packet(1, { replyTo: 0, endsOwn: true })] }),
      ],
    ],
    [
      'a ping of another time',
      [message(0, 'server', { time: 1, isPing: true }), message(1, 'client', { time: 3, roundTrip: 1 })],
    ],
    [
      'a packet of another protocol',
      [
        message(0, 'client', { packets: [packet(0)] }),
        message(1, 'server', { packets: [packet(0, { protocol: 'other', replyTo: 0 })] }),
      ],
    ],
  ])('do not name %s', (_, steps) => {
    expect(joinsOf(steps)).toEqual([]);
  });

  it('have places of their own where they overlap', () => {
    const join = (from: number, to: number): SequenceJoin => {
      return { from, to, side: 'client', seconds: undefined, isError: false };
    };
    expect(placesOf([join(0, 5), join(1, 2), join(3, 4), join(6, 7)])).toEqual([0, 1, 1, 0]);
    const all = Array.from({ length: 20 }, (_, i) => join(i, 100));
    expect(Math.max(...placesOf(all))).toBe(3);
  });
});

/** What XML allows (1.0 §2.2), without markup. */
const XML_TEXT = /^(?:[^<>&]|&(?:amp|lt|gt|quot|#39);)*$/;
const hostile = fc.oneof(
  fc.constantFrom(
    '</text><script>alert(1)</script>',
    ']]>',
    '<!--',
    '&#0;',
    '\0',
    '\ud800',
    '"\' onload="x',
    '\ufffe',
    '\n%%{init: {}}%%\n',
    'end',
    'C->>S: forged',
    '#lt;b',
    '; S->>C: forged',
    'wrap: x',
    '<img src=x onerror=alert(1)>',
    '$$x$$',
  ),
  fc.string({ unit: 'binary' }),
);

describe('SVG text', () => {
  it('escapes any text and any attribute', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const out = svgText({ name: 'text', attributes: { class: text }, text });
        const [, attribute = '', inner = ''] = /^<text class="([^"]*)"(?:\/>|>([^<]*)<\/text>)$/u.exec(out)!;
        for (const part of [attribute, inner]) {
          expect(part).toMatch(XML_TEXT);
          // eslint-disable-next-line no-control-regex
          expect(part).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Surrogate}]/u);
        }
      }),
    );
  });

  it('of a conversation has an arrow for each message, its joins, and its faults', () => {
    const steps = [
      ...STEPS,
      message(6, 'client', { time: 3, faults: ['error: wrong', 'warning: odd'] }),
      message(7, 'client', { remarks: ['not captured'] }),
    ];
    const joins = joinsOf(steps);
    const out = svgText(sequenceSvg(steps, joins, placesOf(joins), TITLES, { width: 900, start: 1 }));
    expect(out.match(/class="sq-arrow /g)).toHaveLength(8);
    expect(out.match(/class="sq-join/g)).toHaveLength(3);
    expect(out).toContain('>500 ms</text>');
    expect(out).toContain('>error: wrong (and 1 more)</text>');
    expect(out.match(/sq-diamond"/g)).toHaveLength(1);
    expect(out).toContain('class="sq-time" x="158" y="40">not captured</text>');
    expect(out).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    // A file on its own: it requests nothing.
    expect(out.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/href|url\(|https?:/);
  });
});

describe('the steps in sight', () => {
  const drawn = (first: number, end: number): SvgNode[] => {
    const joins = joinsOf(STEPS);
    return drawSteps(STEPS, joins, placesOf(joins), { first, end }, { width: 900, start: 1, selected: 2 });
  };

  it('alone are drawn, and what joins them with others goes up to the edge', () => {
    const nodes = drawn(2, 4);
    const steps = nodes.filter(({ attributes }) => String(attributes['class']).startsWith('sq-step'));
    expect(steps.map(({ attributes }) => [attributes['data-row'], attributes['transform']])).toEqual([
      [2, 'translate(0 0)'],
      [3, `translate(0 ${STEP_HEIGHT})`],
    ]);
    expect(steps[0]!.attributes['class']).toContain('sq-selected');
    const paths = nodes.flatMap(({ children = [] }) => children).filter(({ name }) => name === 'path');
    expect(paths.filter(({ attributes }) => String(attributes['d']).includes(' 0V'))).toHaveLength(2);
  });

  it('show the longest text that fits', () => {
    expect(fitted('short', 1000)).toBe('short');
    expect(fitted('a longer text', 50)).toMatch(/^a .*…$/);
    expect(fitted('字'.repeat(50), 100).length).toBeLessThan(fitted('a'.repeat(50), 100).length);
  });

  it.each([
    [0.0003, '0.30 ms'],
    [0.25, '250 ms'],
    [3.21, '3.2 s'],
  ])('say how long %d seconds are: %s', (seconds, text) => {
    expect(waitText(seconds)).toBe(text);
  });
});

describe('Mermaid text', () => {
  it('numbers arrows, and names what an answer answers', () => {
    const steps: SequenceStep[] = [
      { ...message(0, 'client'), kind: 'handshake', title: 'GET /ws', answer: '101 Switching Protocols' },
      message(1, 'client', { time: 1, packets: [packet(0)], title: 'ask' }),
      message(2, 'server', { time: 4, packets: [packet(0, { replyTo: 0, latency: 3 })], title: 'reply' }),
      message(3, 'server', { time: 4, title: 'text 5 B', content: 'x: "y"', faults: ['error: masked'] }),
      { ...message(4, 'unknown'), kind: 'note', title: 'ended', content: 'close 1000' },
    ];
    expect(mermaidOf(steps, joinsOf(steps), TITLES).split('\n')).toEqual([
      'sequenceDiagram',
      '  %% connection 0 /ws',
      '  autonumber',
      '  participant C as client',
      '  participant S as server',
      '  C->>S: GET /ws',
      '  S-->>C: 101 Switching Protocols',
      '  C->>S: ask',
      '  Note over C,S: 3.0 s later',
      '  S-->>C: reply (answers 3 after 3.0 s)',
      '  S-xC: text 5 B  x#58; #34;y#34;',
      '  Note over C,S: error#58; masked',
      '  Note over C,S: ended  close 1000',
      '',
    ]);
  });

  it('has no sign in it that Mermaid reads, whatever a peer sent', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const safe = mermaidText(text);
        expect(safe.replace(/#\d+;/g, '')).not.toMatch(/[\n\r\u2028\u2029#;:<>"%{}$`&@+*|[\]\\]/);
        expect(safe).not.toMatch(/^(?:end|wrap|nowrap)\b/i);
        const steps = [message(0, 'client', { title: text, content: text, faults: [text] })];
        const titles = { title: text, client: text, server: text, left: `x${text}` };
        const lines = mermaidOf(steps, [], titles).trimEnd().split('\n');
        expect(lines).toHaveLength(8);
        for (const line of lines.slice(1))
          expect(line).toMatch(/^ {2}(?:%%|autonumber|participant [CS] as|C-xS:|Note over C,S:)/);
      }),
    );
  });

  it('ends before it is too long for Mermaid, and says what it lacks', () => {
    const steps = Array.from({ length: 5000 }, (_, i) => message(i, 'client', { content: 'x'.repeat(100) }));
    const out = mermaidOf(steps, [], TITLES);
    expect(out.length).toBeLessThan(50_000);
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^ {2}Note over C,S: \d+ later steps are left out$/);
  });
});
