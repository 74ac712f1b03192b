import type { Span } from '../../codec/bytes/span.js';
import type { Direction } from '../../codec/messages/records.js';
import { isObject, type JsonObject } from '../forms/kinds.js';
import type { AppDiagnostic, AppRule } from '../packet.js';

/** The Language Server Protocol is JSON-RPC with an order: initialize, all else, shutdown, exit. */
export const LSP_RULES = {
  'lsp-initialize-first': {
    reference: 'LSP 3.17, Initialize Request',
    requirement: 'The client of a language server sends initialize before other requests.',
    message: 'initialize after the request "{method}" (error -32002)',
  },
  'lsp-initialize-twice': {
    reference: 'LSP 3.17, Initialize Request',
    requirement: 'The client of a language server sends initialize once.',
    message: 'a second initialize',
  },
  'lsp-after-shutdown': {
    reference: 'LSP 3.17, Shutdown Request',
    requirement: 'After shutdown the client of a language server sends exit only.',
    message: '"{method}" after shutdown (error -32600)',
  },
} as const satisfies Record<string, AppRule>;

type Broken = (rule: keyof typeof LSP_RULES, span: Span, args?: AppDiagnostic['args']) => AppDiagnostic;

interface LspWords {
  readonly type: string;
  readonly name?: string;
  readonly said: JsonObject;
}

/** The order of a language server's client. Silent where the conversation is none of a language server. */
export class LanguageServerRules {
  private firstRequest: string | undefined;
  private isLanguage = false;
  private isShutdown = false;

  constructor(
    private isPartial: boolean,
    private readonly broken: Broken,
  ) {}

  /** `shutdown` and `initialize` are the client's, and are known to have been sent where they were seen. */
  lost(): void {
    this.isPartial = true;
  }

  judge({ type, name = '', said }: LspWords, direction: Direction, span: Span): AppDiagnostic[] {
    if (direction !== 'client' || (type !== 'request' && type !== 'notification')) return [];
    if (type === 'request' && name === 'initialize' && isLanguageServer(said)) return this.initialize(span);
    if (type === 'request') this.firstRequest ??= name;
    if (!this.isLanguage) return [];
    const isAfter = this.isShutdown && name !== 'exit';
    if (type === 'request' && name === 'shutdown') this.isShutdown = true;
    return isAfter ? [this.broken('lsp-after-shutdown', span, { method: name })] : [];
  }

  private initialize(span: Span): AppDiagnostic[] {
    const isSecond = this.isLanguage;
    this.isLanguage = true;
    if (isSecond) return [this.broken('lsp-initialize-twice', span)];
    const { firstRequest: method } = this;
    return method === undefined || this.isPartial ? [] : [this.broken('lsp-initialize-first', span, { method })];
  }
}

/** What other protocols' initialize does not have. */
function isLanguageServer({ params }: JsonObject): boolean {
  return isObject(params) && isObject(params['capabilities']) && 'processId' in params;
}
