import { RegExpParser, type AST } from '@eslint-community/regexpp';

/** Continues after what it matched: `at` is the index of the next character. */
type Next = (at: number) => boolean;
type Matcher = (at: number, next: Next) => boolean;

/** More steps than this are superlinear in any case. */
const MOST_STEPS = 400_000;
class Exhausted extends Error {}

/**
 * A regular expression that is matched by plain backtracking, as the engine of JavaScript does it, and whose steps are
 * counted: a measure of work that does not depend on the machine. Shapes are matched as they are in the syntax tree.
 */
export class CountedPattern {
  readonly ast: AST.Pattern;
  private readonly root: Matcher;
  private readonly sticky: boolean;
  private readonly global: boolean;
  private text = '';
  private steps = 0;
  private groups: (readonly [number, number] | undefined)[] = [];
  private readonly tests = new Map<string, (code: number) => boolean>();

  constructor(
    source: string,
    readonly flags: string,
  ) {
    const unicode = flags.includes('u') || flags.includes('v');
    const modes = { unicode, unicodeSets: flags.includes('v') };
    this.ast = new RegExpParser().parsePattern(source, 0, source.length, modes);
    this.sticky = flags.includes('y');
    this.global = flags.includes('g');
    this.root = this.alternatives(this.ast.alternatives);
  }

  /** Steps of one search (of all matches, where it is global). */
  stepsIn(text: string): number {
    this.text = text;
    this.steps = 0;
    try {
      for (let at = 0; at <= text.length;) {
        this.groups = [];
        let end = -1;
        this.step();
        const found = this.root(at, (to) => {
          end = to;
          return true;
        });
        if (this.sticky || (found && !this.global)) break;
        at = found ? Math.max(end, at + 1) : at + 1;
      }
    } catch (error) {
      if (!(error instanceof Exhausted) && !(error instanceof RangeError)) throw error;
      return Infinity;
    }
    return this.steps;
  }

  /** Whether one character belongs to a set. */
  isIn(node: AST.Character | AST.CharacterClass | AST.CharacterSet, char: string): boolean {
    return this.members(node)(char.charCodeAt(0));
  }

  /** The same, by the code unit: the engine is asked once for each. */
  private members({ raw }: AST.Character | AST.CharacterClass | AST.CharacterSet): (code: number) => boolean {
    const before = this.tests.get(raw);
    if (before !== undefined) return before;
    const engine = new RegExp(`^(?:${raw})$`, this.flags.replace(/[gymd]/g, ''));
    // 0: not asked yet.
    const known = new Int8Array(65_536);
    const test = (code: number): boolean => (known[code] ||= engine.test(String.fromCharCode(code)) ? 1 : -1) === 1;
    this.tests.set(raw, test);
    return test;
  }

  private step(): void {
    if (++this.steps > MOST_STEPS) throw new Exhausted();
  }

  private alternatives(all: readonly AST.Alternative[]): Matcher {
    const each = all.map(({ elements }) => this.sequence(elements));
    return (at, next) => each.some((one) => one(at, next));
  }

  private sequence(elements: readonly AST.Element[]): Matcher {
    return elements
      .map((element) => this.element(element))
      .reduceRight<Matcher>(
        (rest, one) => (at, next) => one(at, (to) => rest(to, next)),
        (at, next) => next(at),
      );
  }

  private element(node: AST.Element): Matcher {
    switch (node.type) {
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet': {
        const isIn = this.members(node);
        return (at, next) => {
          this.step();
          return at < this.text.length && isIn(this.text.charCodeAt(at)) && next(at + 1);
        };
      }
      case 'Group':
        return this.alternatives(node.alternatives);
      case 'CapturingGroup':
        return this.group(node);
      case 'Quantifier':
        return this.quantifier(node);
      case 'Backreference':
        return this.backreference(node);
      case 'Assertion':
        return this.assertion(node);
      default:
        throw new Error(`${node.type} is not known here: ${node.raw}`);
    }
  }

  private group(node: AST.CapturingGroup): Matcher {
    const inside = this.alternatives(node.alternatives);
    const index = this.indexOf(node);
    return (at, next) => {
      const before = this.groups[index];
      const found = inside(at, (to) => {
        const mine = this.groups[index];
        this.groups[index] = [at, to];
        if (next(to)) return true;
        this.groups[index] = mine;
        return false;
      });
      if (!found) this.groups[index] = before;
      return found;
    };
  }

  private indexOf(node: AST.CapturingGroup): number {
    return node.start;
  }

  private backreference({ resolved }: AST.Backreference): Matcher {
    const index = this.indexOf(Array.isArray(resolved) ? resolved[0]! : resolved);
    return (at, next) => {
      this.step();
      const [from, to] = this.groups[index] ?? [0, 0];
      const length = to - from;
      return this.text.slice(from, to) === this.text.slice(at, at + length) && next(at + length);
    };
  }

  private quantifier({ element, min, max, greedy }: AST.Quantifier): Matcher {
    const one = this.element(element);
    const run = (at: number, times: number, next: Next): boolean => {
      this.step();
      const more = (): boolean => times < max && one(at, (to) => (to > at || times < min) && run(to, times + 1, next));
      if (times < min) return more();
      return greedy ? more() || next(at) : next(at) || more();
    };
    return (at, next) => run(at, 0, next);
  }

  private assertion(node: AST.Assertion): Matcher {
    if (node.kind === 'lookahead' || node.kind === 'lookbehind') {
      const inside = this.alternatives(node.alternatives);
      if (node.kind === 'lookbehind') return this.behind(node, inside);
      return (at, next) => inside(at, () => true) !== node.negate && next(at);
    }
    return (at, next) => {
      this.step();
      return this.stands(node, at) && next(at);
    };
  }

  /** Of one character or none: longer ones are not known here. */
  private behind({ raw, negate, alternatives }: AST.LookbehindAssertion, inside: Matcher): Matcher {
    const isShort = alternatives.every(({ elements }) => elements.length <= 1 && elements[0]?.type !== 'Quantifier');
    if (!isShort) throw new Error(`a long lookbehind is not known here: ${raw}`);
    return (at, next) => {
      const isThere = [at, at - 1].some((from) => from >= 0 && inside(from, (to) => to === at));
      return isThere !== negate && next(at);
    };
  }

  private stands(node: AST.EdgeAssertion | AST.WordBoundaryAssertion, at: number): boolean {
    const lines = this.flags.includes('m');
    if (node.kind === 'start') return at === 0 || (lines && this.text[at - 1] === '\n');
    if (node.kind === 'end') return at === this.text.length || (lines && this.text[at] === '\n');
    if (node.kind !== 'word') return false;
    const isWord = (char: string | undefined): boolean => char !== undefined && /\w/.test(char);
    return (isWord(this.text[at - 1]) !== isWord(this.text[at])) !== node.negate;
  }
}
