import { clearScreenDown, createInterface, cursorTo, moveCursor, type Interface } from 'node:readline';
import type { Client } from '../../live/client/client.js';
import { AppCommands } from './app-commands.js';
import { closable, mayBeSent, doSend } from './plan.js';
import { count, type Sent, type SendSource } from './source.js';
import { History, historyFile } from './history.js';
import type { Io, Output, Terminal } from '../host/io.js';
import { terminated } from './terminator.js';
import { wrap } from '../../terminal/width.js';
import { PROMPT_HELP, readTyped } from './prompt-commands.js';
import type { Typed } from './typed.js';
import { ASK_FOR_MARKS, NO_MORE_MARKS, PasteFilter } from './prompt-paste.js';
import { type Printable, type PrintableBytes, lined, print } from '../../describe/printable.js';
import { escapeText } from '../../describe/escape.js';

const PROMPT = '> ';

interface PromptOptions {
  readonly history: boolean;
  readonly fragment: number | undefined;
  readonly binary: boolean;
  readonly terminator: number | undefined;
  /** Commands of this application protocol are taken too. */
  readonly app: string | undefined;
}

/** The user types: lines become messages, and what is printed in the meantime appears above the line that is typed. */
export class Prompt implements SendSource {
  readonly hasLeft = false;
  readonly wantsReplies = false;
  /** The Io whose outputs leave the typed line whole. */
  readonly io: Io;
  private lines: Interface | undefined;
  private filter: PasteFilter | undefined;
  private client: Client | undefined;
  private fragment: number | undefined;
  private leave = (): void => undefined;
  private readonly history: History;
  private readonly commands: AppCommands;

  constructor(
    private readonly outer: Io,
    private readonly terminal: Terminal,
    private readonly options: PromptOptions,
    private readonly sent: Sent,
  ) {
    this.fragment = options.fragment;
    this.commands = new AppCommands(options.app);
    this.history = new History(historyFile(outer.env, options.history));
    this.io = Object.create(outer, {
      stdout: { value: this.above(outer.stdout) },
      stderr: { value: this.above(outer.stderr) },
    }) as Io;
  }

  async sendTo(client: Client, over: AbortSignal): Promise<boolean> {
    this.client = client;
    const left = new Promise<boolean>((resolve) => {
      this.leave = () => resolve(true);
      over.addEventListener('abort', () => resolve(false), { once: true });
    });
    this.start();
    const isLeft = await left;
    this.client = undefined;
    return isLeft;
  }

  /** Restores the terminal. */
  close(): void {
    const { lines, terminal } = this;
    if (lines === undefined) return;
    this.lines = undefined;
    lines.close();
    terminal.input.setRawMode?.(false);
    terminal.input.unpipe(this.filter);
    terminal.input.pause();
    terminal.output.write(`${NO_MORE_MARKS}\r`);
    clearScreenDown(terminal.output);
  }

  private start(): void {
    if (this.lines !== undefined) return;
    const { input, output } = this.terminal;
    this.filter = new PasteFilter();
    input.setRawMode?.(true);
    input.pipe(this.filter);
    output.write(ASK_FOR_MARKS);
    const lines = createInterface({
      input: this.filter,
      output,
      terminal: true,
      prompt: PROMPT,
      history: this.history.load(),
      historySize: 1000,
      removeHistoryDuplicates: true,
    });
    this.lines = lines;
    lines.on('line', (line) => {
      this.history.add(line);
      this.take(readTyped(line, this.commands));
      this.lines?.prompt();
    });
    // In raw mode Ctrl-C is a key.
    lines.on('SIGINT', () => process.kill(this.outer.pid, 'SIGINT'));
    lines.on('close', () => this.leave());
    lines.prompt();
  }

  private take(typed: Typed): void {
    switch (typed.kind) {
      case 'mistake':
        return this.say(typed.reason);
      case 'help':
        return this.say(`${PROMPT_HELP}${this.commands.help}`.trimEnd());
      case 'quit':
        return this.leave();
      case 'fragment':
        this.fragment = typed.bytes;
        return this.say(typed.bytes === undefined ? 'messages stay whole' : `frames of ${typed.bytes} bytes`);
      case 'close':
        return this.closeWith(typed.code, typed.reason);
      case 'message':
        return this.send(typed.binary || typed.isWhole ? typed : this.textOf(typed.data));
      default:
        return this.send(typed);
    }
  }

  private send(send: Parameters<typeof doSend>[1]): void {
    if (this.client !== undefined && doSend(this.client, send, this.fragment)) count(this.sent, send);
    else this.say('not sent: the connection is not open');
  }

  private textOf(data: Uint8Array): Parameters<typeof doSend>[1] {
    const { binary, terminator } = this.options;
    return { kind: 'message', data: terminated(data, terminator), binary };
  }

  private closeWith(code: number | undefined, reason: string): void {
    try {
      if (code !== undefined && !mayBeSent(code)) {
        return this.say(`${code} must not be sent (RFC 6455 §7.4): /raw sends any frame as it is`);
      }
      if (code !== undefined) closable({ code, reason });
      this.client?.close(code, reason);
    } catch (error) {
      this.say((error as Error).message);
    }
  }

  private say(text: string): void {
    const width = this.io.stderr.columns ?? 80;
    void this.io.stderr.write(lined(text.split('\n').flatMap((line) => hanging(escapeText(line), width))));
  }

  /** Removes the typed line, lets the output write, and restores the line. */
  private above(output: Output): Output {
    if (!output.isTTY) return output;
    const write = (data: Printable | PrintableBytes): Promise<void> | void => {
      const { lines } = this;
      if (lines === undefined) return output.write(data);
      const screen = this.terminal.output;
      const { rows } = lines.getCursorPos();
      moveCursor(screen, 0, -rows);
      cursorTo(screen, 0);
      clearScreenDown(screen);
      const written = output.write(data);
      // readline moves up by the number of rows that its cursor was in.
      screen.write('\n'.repeat(rows));
      lines.prompt(true);
      return written;
    };
    return Object.create(output, { write: { value: write } }) as Output;
  }
}

/** A line in words within this number of columns; on further lines the words after the first wide gap, where there is one. */
function hanging(line: Printable, width: number): Printable[] {
  const [, lead = ''] = /^(\s*\S(?:\S|\s(?!\s))*\s{2,})\S/.exec(line) ?? [];
  const head = line.slice(0, lead.length);
  const [first = print``, ...rest] = wrap(line.slice(head.length), width - head.length - 1);
  return [print`${head}${first}`, ...rest.map((each) => print`${print` `.repeat(head.length)}${each}`)];
}
