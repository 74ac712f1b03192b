import { isToken } from '../../codec/http1/text.js';

/** Throws a SyntaxError unless they are tokens, each once (RFC 6455 §4.1). */
export function checkSubprotocols(names: readonly string[]): void {
  for (const [i, name] of names.entries()) {
    if (!isToken(name)) throw new SyntaxError(`the subprotocol ${JSON.stringify(name)} is no token`);
    if (names.indexOf(name) < i) throw new SyntaxError(`the subprotocol ${name} is offered twice`);
  }
}
