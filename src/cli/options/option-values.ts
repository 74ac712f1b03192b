import { InvalidArgumentError } from 'commander';
import { statedExpression } from '../../traffic/selection/stated-criteria.js';
import { isToken } from '../../traffic/toolbox/bytes.js';

/** The shown part of a payload is drawn in memory, many times as large as the payload. */
const MOST_PREVIEW = 16 * 1024 * 1024;

export function list(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

export function integer(low: number, high = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = /^(0x[0-9a-f]+|\d+)$/i.test(value) ? Number(value) : NaN;
    if (number >= low && number <= high) return number;
    throw new InvalidArgumentError(
      high === Number.MAX_SAFE_INTEGER
        ? `It has to be a whole number from ${low} on.`
        : `It has to be a whole number from ${low} to ${high}.`,
    );
  };
}

export function preview(value: string): number {
  return value === 'all' ? MOST_PREVIEW : integer(0, MOST_PREVIEW)(value);
}

export function maxOutput(value: string): number {
  return value === 'all' ? Infinity : integer(0)(value);
}

export function close(value: string): { code: number; reason: string } {
  const [, code, reason = ''] = /^(\d{1,5})(?::([^]*))?$/.exec(value) ?? [];
  if (code === undefined || Number(code) > 65535) {
    throw new InvalidArgumentError('It has to be a code from 0 to 65535, optionally followed by :REASON.');
  }
  return { code: Number(code), reason };
}

/** The longest time that a timer can wait: seconds. */
const MOST_SECONDS = 2_147_483;

interface SecondsOptions {
  /** -1 means Infinity. */
  readonly endless?: boolean;
  /** 0 means no limit, as in curl. */
  readonly zero?: 'unlimited';
}

/** Seconds, possibly with a fraction. */
export function seconds({ endless = false, zero }: SecondsOptions = {}): (value: string) => number {
  return (value) => {
    if (endless && value === '-1') return Infinity;
    const number = /^(\d+(\.\d*)?|\.\d+)$/.test(value) ? Number(value) : NaN;
    if (number === 0 && zero === 'unlimited') return MOST_SECONDS;
    if (number <= MOST_SECONDS) return number;
    throw new InvalidArgumentError(
      `It has to be a number of seconds up to ${MOST_SECONDS}${endless ? ', or -1' : ''}.`,
    );
  };
}

export function expression(text: string, flags = 'u'): RegExp {
  try {
    return new RegExp(text, flags);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** `RE` or `/RE/flags`: without flags it is read by code points (`u`). `always` is set in any case; `g` and `y` are not taken. */
export function flaggedExpression(value: string, always = ''): RegExp {
  const [, source = value, flags = ''] = /^\/([^]+)\/([dimsuv]*)$/.exec(value) ?? [];
  return expression(source, `${always}${/[uv]/.test(flags) ? '' : 'u'}${flags}`);
}

/** Subprotocols: tokens (RFC 6455 §4.1). */
export function tokens(value: string, before: string[] | undefined): string[] {
  if (!isToken(value))
    throw new InvalidArgumentError('It has to be a token: letters, digits and some punctuation, without spaces.');
  return list(value, before);
}

/** Names of hosts, as a URL has them: without a port, which does not matter. */
export function hosts(value: string, before: string[] | undefined): string[] {
  if (!/^[^\s/?#@\\:[\]]+$/.test(value) || !URL.canParse(`http://${value}`)) {
    throw new InvalidArgumentError('It has to be the name of a host, as in chat.example.org, without a port.');
  }
  return list(new URL(`http://${value}`).hostname.replace(/\.$/, ''), before);
}

/** Origins as a browser sends them (RFC 6454 §6.1). */
export function origins(value: string, before: string[] | undefined): string[] {
  if (value !== 'null' && value !== '*' && !/^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/i.test(value)) {
    throw new InvalidArgumentError('It has to be an origin, as in https://example.org, or null, or * for all.');
  }
  return list(value, before);
}

/** Separated by commas. */
export function items(value: string): string[] {
  const parts = value.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new InvalidArgumentError('It is empty, or there is nothing between two commas.');
  return parts;
}

/** An expression of JavaScript, as the page takes it too. */
export function regExp(value: string): RegExp {
  try {
    return statedExpression(value);
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: /, '');
    throw new InvalidArgumentError(`It is no regular expression of JavaScript: ${reason}.`);
  }
}

/** What throws a RangeError for a value that can't be, as an option reads it. */
export function stated<T>(read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      throw error instanceof RangeError ? new InvalidArgumentError(error.message) : error;
    }
  };
}
