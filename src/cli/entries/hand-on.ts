/** What writes traffic to be handed on, and covers secrets in it: a file of its own in dist/, loaded where it is requested. */
export { redactionLine, redactionOf, redactionRecord } from '../hand-on/redaction.js';
export { Writing } from '../hand-on/writing.js';
export { rewritingBy } from '../../traffic/redaction/redacting-taker.js';
