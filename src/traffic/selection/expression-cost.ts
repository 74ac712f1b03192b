/** Steps of a search that take no noticeable time. */
const QUICK_STEPS = 1e8;

/** A group that is open; the whole expression is one. */
interface Group {
  /** What is in it can match in several ways: repeated, a quantifier of the group multiplies them without bound. */
  isVariable: boolean;
  alternatives: number;
}

/**
 * The length of texts up to which a backtracking search for the expression is quick, whatever the text; 0 where an
 * expression may take exponential time. A safe estimate from its quantifiers: with `q` of them a search takes up to
 * `n ** (q + 1)` steps.
 */
export function quickLength({ source, flags }: RegExp): number {
  // Classes within classes are not read.
  if (flags.includes('v')) return 0;
  const cost = new Cost();
  for (let at = 0; at < source.length && !cost.isExponential;) {
    TOKEN.lastIndex = at;
    const [token = ''] = TOKEN.exec(source) ?? [];
    cost.take(token);
    at += token.length;
  }
  return cost.quickLength;
}

/** What is known of an expression, token by token. */
class Cost {
  isExponential = false;
  private readonly groups: Group[] = [open()];
  private degree = 1;
  private factor = 1;
  /** The group that was closed by the token before; undefined: that was no such. */
  private closed: Group | undefined;

  take(token: string): void {
    const { closed } = this;
    this.closed = undefined;
    if (token.startsWith('(')) this.groups.push(open());
    else if (token === ')') this.close();
    else if (token === '|') this.group.alternatives++;
    else if (QUANTIFIER.test(token)) this.repeat(boundsOf(token), closed);
    else if (BACKREFERENCE.test(token)) this.degree++;
  }

  get quickLength(): number {
    const steps = QUICK_STEPS / (this.factor * this.group.alternatives);
    if (this.isExponential || steps < 1) return 0;
    return this.degree === 1 ? Infinity : Math.floor(steps ** (1 / this.degree));
  }

  private get group(): Group {
    return this.groups.at(-1)!;
  }

  private close(): void {
    const group = this.groups.pop()!;
    this.closed = group;
    this.factor *= group.alternatives;
    if (this.groups.length === 0) this.groups.push(open());
    this.group.isVariable ||= isVariable(group);
  }

  private repeat([least, most]: readonly [number, number], closed: Group | undefined): void {
    if (most > 1 && closed !== undefined && isVariable(closed)) this.isExponential = true;
    if (most === Infinity) this.degree++;
    else this.factor *= most - least + 1;
    this.group.isVariable ||= most > least;
  }
}

function isVariable({ isVariable, alternatives }: Group): boolean {
  return isVariable || alternatives > 1;
}

/** An escape, a class, a group's beginning, a quantifier, or one character. */
const TOKEN =
  /\\(?:[upP]\{[^}]{0,200}\}|k<[^>]{0,200}>|[\s\S])|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<[^>]{0,200}>))?|(?:[*+?]|\{\d{1,20}(?:,\d{0,20})?\})\??|[\s\S]/y;
const QUANTIFIER = /^(?:([*+?])|\{(\d+)(,(\d*))?\})\??$/;
const BACKREFERENCE = /^\\(?:[1-9]|k<)/;

function open(): Group {
  return { isVariable: false, alternatives: 1 };
}

function boundsOf(token: string): [least: number, most: number] {
  const [, sign, least = '', comma, most = ''] = QUANTIFIER.exec(token)!;
  if (sign !== undefined) return [sign === '+' ? 1 : 0, sign === '?' ? 1 : Infinity];
  const low = Number(least);
  return [low, comma === undefined ? low : most === '' ? Infinity : Number(most)];
}
