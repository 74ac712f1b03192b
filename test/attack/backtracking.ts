import { RegExpParser, type AST } from '@eslint-community/regexpp';

/** Matches from `at`, the index of the next character, to the end of the pattern. */
type Matcher = (at: number) => boolean;

/** What is in a set, by its flags and text. */
const SETS = new Map<string, (code: number) => boolean>();

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
  /** Where the last match ends. */
  private end = 0;
  private readonly sticky: boolean;
  private readonly global: boolean;
  private text = '';
  private steps = 0;
  private groups: (readonly [number, number] | undefined)[] = [];

  constructor(
    source: string,
    readonly flags: string,
  ) {
    const unicode = flags.includes('u') || flags.includes('v');
    const modes = { unicode, unicodeSets: flags.includes('v') };
    this.ast = new RegExpParser().parsePattern(source, 0, source.length, modes);
    this.sticky = flags.includes('y');
    this.global = flags.includes('g');
    this.root = this.alternatives(this.ast.alternatives, (to) => {
      this.end = to;
      return true;
    });
  }

  /** Steps of one search (of all matches, where it is global). */
  stepsIn(text: string): number {
    this.text = text;
    this.steps = 0;
    try {
      for (let at = 0; at <= text.length;) {
        this.groups = [];
        this.step();
        const found = this.root(at);
        if (this.sticky || (found && !this.global)) break;
        at = found ? Math.max(this.end, at + 1) : at + 1;
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

  /** The same, by the code unit: the engine is asked once for each of the first 256. */
  private members({ raw }: AST.Character | AST.CharacterClass | AST.CharacterSet): (code: number) => boolean {
    const flags = this.flags.replace(/[gymd]/g, '');
    const key = `${flags}/${raw}`;
    const before = SETS.get(key);
    if (before !== undefined) return before;
    const engine = new RegExp(`^(?:${raw})$`, flags);
    const ask = (code: number): boolean => engine.test(String.fromCharCode(code));
    const low = Uint8Array.from({ length: 256 }, (_, code) => Number(ask(code)));
    const test = (code: number): boolean => (code < 256 ? low[code] === 1 : ask(code));
    SETS.set(key, test);
    return test;
  }

  private step(): void {
    if (++this.steps > MOST_STEPS) throw new Exhausted();
  }

  /** Each part is made with what follows it: a match makes no functions. */
  private alternatives(all: readonly AST.Alternative[], next: Matcher): Matcher {
    const each = all.map(({ elements }) => this.sequence(elements, next));
    return each.length === 1 ? each[0]! : (at) => each.some((one) => one(at));
  }

  private sequence(elements: readonly AST.Element[], next: Matcher): Matcher {
    return elements.reduceRight((rest, element) => this.element(element, rest), next);
  }

  private element(node: AST.Element, next: Matcher): Matcher {
    switch (node.type) {
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet': {
        const isNext = this.single(node);
        return (at) => isNext(at) && next(at + 1);
      }
      case 'Group':
        return this.alternatives(node.alternatives, next);
      case 'CapturingGroup':
        return this.group(node, next);
      case 'Quantifier':
        return this.quantifier(node, next);
      case 'Backreference':
        return this.backreference(node, next);
      case 'Assertion':
        return this.assertion(node, next);
      default:
        throw new Error(`${node.type} is not known here: ${node.raw}`);
    }
  }

  /** Whether the next character belongs to a set: one step. */
  private single(node: AST.Character | AST.CharacterClass | AST.CharacterSet): Matcher {
    const isIn = this.members(node);
    return (at) => {
      this.step();
      return at < this.text.length && isIn(this.text.charCodeAt(at));
    };
  }

  private group(node: AST.CapturingGroup, next: Matcher): Matcher {
    const index = this.indexOf(node);
    // Where the group begins that is being matched.
    let begin = 0;
    const inside = this.alternatives(node.alternatives, (to) => {
      const [from, mine] = [begin, this.groups[index]];
      this.groups[index] = [from, to];
      const found = next(to);
      begin = from;
      if (!found) this.groups[index] = mine;
      return found;
    });
    return (at) => {
      const [outer, before] = [begin, this.groups[index]];
      begin = at;
      const found = inside(at);
      begin = outer;
      if (!found) this.groups[index] = before;
      return found;
    };
  }

  private indexOf(node: AST.CapturingGroup): number {
    return node.start;
  }

  private backreference({ resolved }: AST.Backreference, next: Matcher): Matcher {
    const index = this.indexOf(Array.isArray(resolved) ? resolved[0]! : resolved);
    return (at) => {
      this.step();
      const [from, to] = this.groups[index] ?? [0, 0];
      const length = to - from;
      return this.text.slice(from, to) === this.text.slice(at, at + length) && next(at + length);
    };
  }

  private quantifier(node: AST.Quantifier, next: Matcher): Matcher {
    const { element, min, max, greedy } = node;
    if (element.type.startsWith('Character')) return this.repeated(node, next);
    // Of the repetition that is being matched: those before it, and where it begins.
    let [times, from] = [0, 0];
    const one = this.element(element, (to) => {
      if (to <= from && times >= min) return false;
      const [before, began] = [times, from];
      times++;
      const found = run(to);
      [times, from] = [before, began];
      return found;
    });
    const more = (at: number): boolean => {
      if (times >= max) return false;
      const began = from;
      from = at;
      const found = one(at);
      from = began;
      return found;
    };
    const run = (at: number): boolean => {
      this.step();
      if (times < min) return more(at);
      return greedy ? more(at) || next(at) : next(at) || more(at);
    };
    return (at) => {
      const [before, began] = [times, from];
      [times, from] = [0, at];
      const found = run(at);
      [times, from] = [before, began];
      return found;
    };
  }

  /** Of one character: the same steps in the same order, without a call for each repetition. */
  private repeated({ element, min, max, greedy }: AST.Quantifier, next: Matcher): Matcher {
    const isNext = this.single(element as AST.Character);
    return (at) => {
      let times = 0;
      for (this.step(); ; this.step()) {
        if (!greedy && times >= min && next(at + times)) return true;
        if (times >= max || !isNext(at + times)) break;
        times++;
      }
      if (greedy) for (; times >= min; times--) if (next(at + times)) return true;
      return false;
    };
  }

  private assertion(node: AST.Assertion, next: Matcher): Matcher {
    if (node.kind === 'lookahead' || node.kind === 'lookbehind') {
      if (node.kind === 'lookbehind') return this.behind(node, next);
      const inside = this.alternatives(node.alternatives, () => true);
      return (at) => inside(at) !== node.negate && next(at);
    }
    return (at) => {
      this.step();
      return this.stands(node, at) && next(at);
    };
  }

  /** Tried from each place that it may begin at. */
  private behind({ raw, negate, alternatives }: AST.LookbehindAssertion, next: Matcher): Matcher {
    const longest = longestOf(alternatives);
    if (longest > MOST_BEHIND) throw new Error(`a long lookbehind is not known here: ${raw}`);
    const places = Array.from({ length: longest + 1 }, (_, back) => back);
    let end = 0;
    const inside = this.alternatives(alternatives, (to) => to === end);
    return (at) => {
      end = at;
      const isThere = places.some((back) => at >= back && inside(at - back));
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

/** Characters of a lookbehind. */
const MOST_BEHIND = 16;

/** The most characters that these can match. */
function longestOf(alternatives: readonly AST.Alternative[]): number {
  return Math.max(0, ...alternatives.map(({ elements }) => elements.reduce((sum, one) => sum + lengthOf(one), 0)));
}

function lengthOf(element: AST.Element): number {
  switch (element.type) {
    case 'Assertion':
      return 0;
    case 'Quantifier':
      return element.max === 0 ? 0 : element.max * lengthOf(element.element);
    case 'Group':
    case 'CapturingGroup':
      return longestOf(element.alternatives);
    case 'Backreference':
      return Infinity;
    default:
      return 1;
  }
}
