import type { AST } from '@eslint-community/regexpp';
import type { CountedPattern } from './backtracking.js';

/** Characters that stand for all others: none of them, or a kind of them, is in most sets. */
const STRANGERS = ['\0', '\n', '\xff', '!', 'z', '0', ' '];

/** What makes a match fail late. */
const ENDS = ['', '\0', '\n', '\n!'];
/** Of the characters that a pattern names: more gain nothing. */
const MOST_LITERALS = 7;

type Shape = AST.Character | AST.CharacterClass | AST.CharacterSet;

/** A text that repeats one part: `prefix`, `pump` n times, `suffix`. */
export interface Attack {
  readonly prefix: string;
  readonly pump: string;
  readonly suffix: string;
}

/** Texts that a regular expression may read again and again: derived from its own parts. */
export function* attacksOn(pattern: CountedPattern): Generator<Attack> {
  const sets: Shape[] = [];
  const quantifiers: AST.Quantifier[] = [];
  visit(pattern.ast, (node) => {
    if (isSet(node)) sets.push(node);
    if (node.type === 'Quantifier' && node.max > 8) quantifiers.push(node);
  });
  if (quantifiers.length === 0) return;
  const words = new Words(pattern);
  const chars = [...new Set([...sets.flatMap((set) => words.of(set)), ...STRANGERS])];
  const prefixes = [...new Set(['', ...quantifiers.flatMap((each) => words.before(each))])];
  const parts = quantifiers.flatMap((each) => [...words.some(each.element), ...words.before(each)]);
  const literal = [...new Set(sets.flatMap(namedBy))];
  const few = literal.slice(0, MOST_LITERALS);
  const pumps = new Set([...chars, ...parts.filter((part) => part !== ''), ...pairs(few)]);
  const suffixes = [...new Set([...ENDS, ...few])];
  for (const prefix of prefixes) {
    for (const pump of pumps) for (const suffix of suffixes) yield { prefix, pump, suffix };
  }
}

/** Characters that the pattern has by name, to be taken or to be left. */
function namedBy(set: Shape): string[] {
  if (set.type === 'Character') return [String.fromCodePoint(set.value)];
  if (set.type !== 'CharacterClass') return [];
  return set.elements.flatMap((one) => (one.type === 'Character' ? [String.fromCodePoint(one.value)] : []));
}

/** Two of them, one after the other. */
function pairs(chars: readonly string[]): string[] {
  return chars.flatMap((one) => chars.filter((other) => other !== one).map((other) => one + other));
}

function isSet(node: AST.Node): node is Shape {
  return node.type === 'Character' || node.type === 'CharacterClass' || node.type === 'CharacterSet';
}

function visit(node: AST.Node, each: (node: AST.Node) => void): void {
  each(node);
  if (isSet(node)) return;
  if ('alternatives' in node) for (const one of node.alternatives) visit(one, each);
  if ('elements' in node) for (const one of node.elements) visit(one, each);
  if (node.type === 'Quantifier') visit(node.element, each);
}

/** Texts that parts of a pattern match. */
class Words {
  constructor(private readonly pattern: CountedPattern) {}

  /** A few characters of a set. */
  of(set: Shape): string[] {
    if (set.type === 'Character') return [String.fromCodePoint(set.value)];
    const found: string[] = [];
    for (let code = 0; code < 256 && found.length < 4; code++) {
      // Letters, digits and signs first; then the rest.
      const char = String.fromCharCode((code + 0x21) % 256);
      if (this.pattern.isIn(set, char)) found.push(char);
    }
    if (this.pattern.isIn(set, '\t')) found.push('\t');
    return found.length > 0 ? found : this.pattern.isIn(set, '\u0301') ? ['\u0301'] : ['?'];
  }

  /** One text for each way through the alternatives of a part, each as short as it gets. */
  some(node: AST.Element): string[] {
    if (isSet(node)) return this.of(node);
    if (node.type === 'Group' || node.type === 'CapturingGroup') return node.alternatives.map((one) => this.all(one));
    if (node.type === 'Quantifier') return [this.one(node.element).repeat(Math.max(1, node.min))];
    return [''];
  }

  /** Texts that lead to this part. */
  before(node: AST.Node): string[] {
    const { parent } = node;
    if (!parent) return [''];
    if (parent.type !== 'Alternative') return this.before(parent);
    const at = parent.elements.indexOf(node as AST.Element);
    const own = parent.elements.slice(0, at);
    const least = own.map((element) => this.one(element)).join('');
    const full = own.map((element) => this.one(element, 1)).join('');
    return this.before(parent).flatMap((lead) => [lead + least, lead + full]);
  }

  /** One text, each of its parts repeated as rarely as it may be, but `least` times. */
  private one(node: AST.Element, least = 0): string {
    if (node.type === 'Quantifier') return this.one(node.element, least).repeat(Math.max(least, node.min));
    if (node.type === 'Group' || node.type === 'CapturingGroup') return this.all(node.alternatives[0]!, least);
    return isSet(node) ? (this.of(node)[0] ?? '') : '';
  }

  private all({ elements }: AST.Alternative, least = 0): string {
    return elements.map((element) => this.one(element, least)).join('');
  }
}

/** Characters of the shortest text that is tried. */
const SHORT = 60;
/** From n to 2n to 4n a linear cost grows by 2 to 1, a quadratic one by 4 to 1. */
const GROWTH = 2.9;
/** Steps for each character that are cheap, whatever they grow like. */
const CHEAP = 5;

/** The first text whose cost grows faster than its length; undefined where none was found. */
export function superlinear(pattern: CountedPattern): Attack | undefined {
  for (const attack of attacksOn(pattern)) {
    const { prefix, pump, suffix } = attack;
    const times = Math.max(16, Math.round(SHORT / pump.length));
    const stepsFor = (factor: number): number => pattern.stepsIn(prefix + pump.repeat(factor * times) + suffix);
    const few = stepsFor(1);
    if (few < CHEAP * (prefix.length + pump.length * times + 10)) continue;
    const more = stepsFor(2);
    const many = stepsFor(4);
    if (!(many - more <= GROWTH * (more - few))) return attack;
  }
  return undefined;
}
