import { waitText, type SequenceJoin, type SequenceStep } from './sequence-step.js';
import type { SequenceTitles } from './sequence-drawing.js';

/** Mermaid reads no more than 50,000 characters by default (`maxTextSize`). */
const MOST_TEXT = 48_000;
/** Characters of what a message carries. */
const MOST_CONTENT = 60;
/** Seconds without anything, which get a note. */
const PAUSE = 1;

/**
 * The conversation as a sequence diagram in Mermaid's text. Arrows are numbered; a reply names the number of its call.
 * A dotted arrow answers, an arrow that ends with a cross breaks a rule.
 */
export function mermaidOf(
  steps: readonly SequenceStep[],
  joins: readonly SequenceJoin[],
  { title, client, server, left }: SequenceTitles,
): string {
  const lines = [
    'sequenceDiagram',
    `  %% ${mermaidText(title)}`,
    '  autonumber',
    `  participant C as ${mermaidText(client)}`,
    `  participant S as ${mermaidText(server)}`,
  ];
  let length = lines.join('\n').length;
  const answers = new Map<number, SequenceJoin[]>();
  for (const join of joins) answers.set(join.to, [...(answers.get(join.to) ?? []), join]);
  /** The number of each step's first arrow. */
  const numbers: number[] = [];
  let arrows = 0;
  for (const [at, step] of steps.entries()) {
    numbers.push(arrows + 1);
    const own = [...pauseLines(step, steps[at - 1]), ...stepLines(step, answers.get(at) ?? [], numbers)];
    length += own.reduce((sum, line) => sum + line.length + 1, 0);
    if (length > MOST_TEXT) {
      lines.push(`  Note over C,S: ${mermaidText(`${steps.length - at} later steps are left out`)}`);
      return `${lines.join('\n')}\n`;
    }
    arrows += own.filter((line) => ARROW_LINE.test(line)).length;
    for (const line of own) lines.push(line);
  }
  if (left !== '') lines.push(`  Note over C,S: ${mermaidText(left)}`);
  return `${lines.join('\n')}\n`;
}

const ARROW_LINE = /^ {2}[CS]-/;

function pauseLines({ time }: SequenceStep, before: SequenceStep | undefined): string[] {
  if (time === undefined || before?.time === undefined || time - before.time < PAUSE) return [];
  return [`  Note over C,S: ${mermaidText(`${waitText(time - before.time)} later`)}`];
}

function stepLines(step: SequenceStep, joins: readonly SequenceJoin[], numbers: readonly number[]): string[] {
  const { kind, direction, title, answer, faults, remarks = [] } = step;
  const wrong = [...faults, ...remarks].map((fault) => `  Note over C,S: ${mermaidText(fault)}`);
  if (kind === 'handshake') {
    const answered = answer === undefined || answer === '' ? [] : [`  S-->>C: ${mermaidText(answer)}`];
    return [`  C->>S: ${mermaidText(title)}`, ...answered, ...wrong];
  }
  const words = joins.map(({ from, seconds }) => {
    const after = seconds === undefined ? '' : ` after ${waitText(seconds)}`;
    return ` (answers ${numbers[from]}${after})`;
  });
  const text = mermaidText([title + words.join(''), shortened(step.content)].filter((part) => part !== '').join('  '));
  if (kind !== 'message' || direction === 'unknown') return [`  Note over C,S: ${text}`, ...wrong];
  const [from, to] = direction === 'client' ? ['C', 'S'] : ['S', 'C'];
  const line = faults.length > 0 ? '-x' : joins.length > 0 ? '-->>' : '->>';
  return [`  ${from}${line}${to}: ${text}`, ...wrong];
}

function shortened(text: string): string {
  const chars = [...text];
  return chars.length <= MOST_CONTENT ? text : `${chars.slice(0, MOST_CONTENT).join('')}…`;
}

/**
 * Text in which Mermaid finds nothing of its own: no line end, comment, entity, HTML, formula or keyword. All ASCII signs
 * but a few are written as its entities (`#59;`); a first letter as well, as `end` or `wrap:` may mean something there.
 */
export function mermaidText(text: string): string {
  const safe = text.replace(NOT_PLAIN, (char) => `#${char.codePointAt(0)!};`);
  return safe === ''
    ? ' '
    : safe.replace(/^[A-Za-z]/, (char) => (RESERVED.test(safe) ? `#${char.charCodeAt(0)};` : char));
}

// eslint-disable-next-line no-control-regex
const NOT_PLAIN = /[\0-\x1f!-'*+:-@[-`{-\x9f\u2028\u2029\p{Surrogate}]/gu;
const RESERVED = /^(?:end|wrap|nowrap|as)\b/i;
