import type { Typed } from './typed.js';

/** A command of the prompt that makes a message of an application protocol. */
interface AppCommand {
  /** What follows the command, and what it does, as `/help` lists them. */
  readonly takes: string;
  readonly does: string;
  /** The message. `number` counts the messages that were made, from 1. */
  make(this: void, rest: string, number: number): string | Uint8Array | Mistake;
}

interface Mistake {
  readonly mistake: string;
}

/** What is typed at the prompt with `--app`. */
export class AppCommands {
  private made = 0;
  private readonly commands: Readonly<Record<string, AppCommand>>;

  constructor(app: string | undefined) {
    this.commands = (app !== undefined && TABLE[app]) || {};
  }

  /** The lines of `/help`. */
  get help(): string {
    return Object.entries(this.commands)
      .map(([name, { takes, does }]) => `  ${`/${name} ${takes}`.padEnd(23)} ${does}\n`)
      .join('');
  }

  /** Undefined: the line is no command of the protocol. */
  read(line: string): Typed | undefined {
    const [, name = '', rest = ''] = /^\/(\S+)\s*([^]*)$/.exec(line.trimEnd()) ?? [];
    if (!Object.hasOwn(this.commands, name)) return undefined;
    const message = this.commands[name]!.make(rest, this.made + 1);
    if (typeof message === 'object' && 'mistake' in message)
      return { kind: 'mistake', reason: `/${name} ${message.mistake}` };
    this.made++;
    const isText = typeof message === 'string';
    return { kind: 'message', data: isText ? Buffer.from(message) : message, binary: !isText, isWhole: true };
  }
}

/** JSON values one after the other, or the text itself where they are none. */
function values(text: string): unknown[] {
  if (text === '') return [];
  try {
    return JSON.parse(`[${text}]`) as unknown[];
  } catch {
    return [text];
  }
}

function json(text: string): unknown {
  const [value, ...more] = values(text);
  return more.length > 0 ? values(text) : value;
}

/** The first word, and what follows it. */
function words(text: string): readonly [string, string] {
  const [, first = '', rest = ''] = /^(\S*)\s*([^]*)$/.exec(text) ?? [];
  return [first, rest];
}

const line = (value: unknown): string => JSON.stringify(value);
const END = '\u001e';

const SOCKET_IO: Readonly<Record<string, AppCommand>> = {
  join: {
    takes: '[namespace]',
    does: 'connect to the namespace (/)',
    make: (rest) => (rest === '' || rest === '/' ? '40' : rest.startsWith('/') ? `40${rest},` : needs('takes /NAME')),
  },
  emit: {
    takes: 'event [JSON, …]',
    does: 'send an event with these arguments',
    make: (rest) => {
      const [event, more] = words(rest);
      return event === '' ? needs('takes the name of an event') : `42${line([event, ...values(more)])}`;
    },
  },
};

const GRAPHQL: Readonly<Record<string, AppCommand>> = {
  init: {
    takes: '[JSON]',
    does: 'send connection_init with this payload',
    make: (rest) => line({ type: 'connection_init', ...(rest !== '' && { payload: json(rest) }) }),
  },
  query: {
    takes: 'document',
    does: 'subscribe to a query, mutation or subscription; its id is a number',
    make: (query, number) =>
      query === ''
        ? needs('takes a document, as in { hello }')
        : line({ id: String(number), type: 'subscribe', payload: { query } }),
  },
  complete: {
    takes: 'id',
    does: 'end the operation',
    make: (id) => (id === '' ? needs('takes the id of an operation') : line({ id, type: 'complete' })),
  },
};

const SIGNALR: Readonly<Record<string, AppCommand>> = {
  hello: {
    takes: '',
    does: 'send the handshake request (JSON)',
    make: () => line({ protocol: 'json', version: 1 }) + END,
  },
  invoke: {
    takes: 'method [JSON, …]',
    does: 'call a method of the hub with these arguments',
    make: (rest, number) => {
      const [target, more] = words(rest);
      if (target === '') return needs('takes the name of a method');
      return line({ type: 1, invocationId: String(number), target, arguments: values(more) }) + END;
    },
  },
};

/** STOMP 1.2: a header's colon, line ends and backslash are escaped. */
function header(text: string): string {
  return text.replace(/[\\:\r\n]/g, (sign) => ({ '\\': '\\\\', ':': '\\c', '\r': '\\r', '\n': '\\n' })[sign]!);
}

const STOMP: Readonly<Record<string, AppCommand>> = {
  login: {
    takes: '[user [password]]',
    does: 'send CONNECT',
    make: (rest) => {
      const [login, passcode] = words(rest);
      const secret = passcode === '' ? '' : `passcode:${passcode}\n`;
      return `CONNECT\naccept-version:1.0,1.1,1.2\nhost:/\n${login === '' ? '' : `login:${login}\n${secret}`}\n\0`;
    },
  },
  subscribe: {
    takes: 'destination',
    does: 'subscribe; its id is a number',
    make: (rest, number) =>
      rest === '' ? needs('takes a destination') : `SUBSCRIBE\nid:${number}\ndestination:${header(rest)}\n\n\0`,
  },
  send: {
    takes: 'destination text',
    does: 'send a text to the destination',
    make: (rest) => {
      const [destination, body] = words(rest);
      return destination === ''
        ? needs('takes a destination')
        : `SEND\ndestination:${header(destination)}\n\n${body}\0`;
    },
  },
};

/** A packet of MQTT 3.1.1: its first byte, and its remaining bytes with their length (§2.2.3). */
function mqttPacket(first: number, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length: number[] = [];
  for (let rest = body.length; ; rest = Math.floor(rest / 128)) {
    length.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([first, ...length]), body]);
}

/** With its length in two bytes (§1.5.3). */
function mqttText(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

const MOST_MQTT_TEXT = 65_535;
const topicOf = (rest: string): readonly [string, string] | Mistake => {
  const [topic, more] = words(rest);
  if (topic === '' || Buffer.byteLength(topic) > MOST_MQTT_TEXT) return needs('takes a topic of up to 65535 bytes');
  return [topic, more];
};
const KEEP_ALIVE_OFF = [0, 0];
const CLEAN_SESSION = 0x02;

const MQTT: Readonly<Record<string, AppCommand>> = {
  login: {
    takes: '[client id]',
    does: 'send CONNECT of MQTT 3.1.1, without keep alive',
    make: (id) =>
      Buffer.byteLength(id) > MOST_MQTT_TEXT
        ? needs('takes an id of up to 65535 bytes')
        : mqttPacket(0x10, mqttText('MQTT'), [4, CLEAN_SESSION], KEEP_ALIVE_OFF, mqttText(id)),
  },
  subscribe: {
    takes: 'topic',
    does: 'subscribe with QoS 0',
    make: (rest, number) => {
      const found = topicOf(rest);
      if ('mistake' in found) return found;
      const id = ((number - 1) % 65_535) + 1;
      return mqttPacket(0x82, [id >> 8, id & 0xff], mqttText(found[0]), [0]);
    },
  },
  publish: {
    takes: 'topic text',
    does: 'publish a text with QoS 0',
    make: (rest) => {
      const found = topicOf(rest);
      if ('mistake' in found) return found;
      const [topic, text] = found;
      if (/[+#]/.test(topic)) return needs('takes a topic without + and #');
      return mqttPacket(0x30, mqttText(topic), Buffer.from(text));
    },
  },
};

const TABLE: Readonly<Record<string, Readonly<Record<string, AppCommand>>>> = {
  'socket.io': SOCKET_IO,
  'graphql-transport-ws': GRAPHQL,
  signalr: SIGNALR,
  stomp: STOMP,
  mqtt: MQTT,
};

function needs(mistake: string): Mistake {
  return { mistake };
}

/** Texts that are answered without being asked, so that the connection stays open: the pings of Engine.IO 4. */
export function keepAliveReplies(
  app: string | undefined,
): readonly { readonly pattern: RegExp; readonly reply: string }[] {
  return app === 'socket.io' ? [{ pattern: /^2$/u, reply: '3' }] : [];
}
