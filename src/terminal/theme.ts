import type { Printable } from '../describe/printable.js';

/** What the parts of a frame, of a handshake and of a verdict look like. Views name a role, never a colour. */
export type Role =
  | 'fin'
  | 'rsv'
  | 'opcode'
  | 'mask'
  | 'length'
  | 'key'
  | 'payload'
  | 'unmasked'
  | 'offset'
  | 'dim'
  | 'title'
  | 'ok'
  | 'error'
  | 'warning'
  | 'notice'
  | 'accent'
  | 'flow0'
  | 'flow1'
  | 'flow2'
  | 'flow3'
  | 'flow4';

/** One after the other for connections, so that each is found again among the others. Red stays with errors. */
export const CONNECTION_ROLES = ['flow0', 'flow1', 'flow2', 'flow3', 'flow4'] as const satisfies readonly Role[];

/** One function per role: text in, text with terminal styling out (the same text where colour is off). */
export type Theme = Readonly<Record<Role, (s: Printable) => Printable>>;

export type ColorOption = 'auto' | 'always' | 'never';

type Style = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'bold' | 'dim' | 'underline';

/**
 * The basic 16 colours only, so that the terminal's own palette decides the shades. No bright yellow and no white:
 * they vanish on a light background; no black: it vanishes on a dark one. A field's bytes, bits and value share one role.
 */
const STYLES: Readonly<Record<Role, readonly Style[]>> = {
  fin: ['green'],
  rsv: ['yellow'],
  opcode: ['blue', 'bold'],
  mask: ['magenta'],
  length: ['cyan'],
  key: ['magenta'],
  payload: [],
  unmasked: ['bold'],
  offset: ['dim'],
  dim: ['dim'],
  title: ['bold'],
  ok: ['green'],
  error: ['red', 'bold'],
  warning: ['yellow'],
  notice: ['cyan'],
  accent: ['bold', 'underline'],
  flow0: ['cyan'],
  flow1: ['magenta'],
  flow2: ['green'],
  flow3: ['yellow'],
  flow4: ['blue'],
};
const ROLES = Object.keys(STYLES) as Role[];

function themeOf(styleOf: (role: Role) => (s: Printable) => Printable): Theme {
  return Object.fromEntries(ROLES.map((role) => [role, styleOf(role)])) as Theme;
}

/** The theme that leaves every text as it is. */
export const PLAIN_THEME: Theme = themeOf(() => (s) => s);

/** Makes the theme; chalk is loaded only where colour is on, because most runs end in a pipe. */
export async function createTheme(colour: boolean): Promise<Theme> {
  if (!colour) return PLAIN_THEME;
  const { Chalk } = await import('chalk');
  // An instance of its own: the decision is `wantsColor`'s, not chalk's look at the process.
  const chalk = new Chalk({ level: 1 });
  return themeOf((role) => {
    let style = chalk;
    for (const name of STYLES[role]) style = style[name];
    // What styling adds is our own.
    return (s) => style(s) as Printable;
  });
}

/**
 * Whether to colour: the option first, then `NO_COLOR` (any non-empty value: off), then `FORCE_COLOR`
 * (`0` and `false`: off, anything else: on), then whether the stream is a terminal that can (`TERM` is not `dumb`).
 */
export function wantsColor(
  option: ColorOption | undefined,
  env: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
): boolean {
  if (option === 'always') return true;
  if (option === 'never') return false;
  if (env['NO_COLOR']) return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTTY && env['TERM'] !== 'dumb';
}
