import { el } from './dom.js';

/** A section of an RFC (`RFC 6455 §5.5`), as a link to it; any other text as it is. */
export function rfcLink(text: string): HTMLElement {
  const [, number, section] = /^RFC (\d{1,5}) §([\d.]+)$/.exec(text) ?? [];
  if (number === undefined) return el('span', { text });
  const href = `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`;
  return el('a', { href, target: '_blank', rel: 'noreferrer', text });
}
