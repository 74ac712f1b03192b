import { markupEntities } from '../../codec/bytes/markup-entities.js';

/** A part of a drawing: made into elements by the page, and into text for a file. */
export interface SvgNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly text?: string;
  readonly children?: readonly SvgNode[];
}

export function svg(
  name: string,
  attributes: SvgNode['attributes'],
  ...children: readonly (SvgNode | readonly SvgNode[])[]
): SvgNode {
  return { name, attributes, children: children.flat() };
}

export function svgLabel(attributes: SvgNode['attributes'], text: string): SvgNode {
  return { name: 'text', attributes, text };
}

/** The drawing as SVG text. Texts may hold anything: they are escaped, and what XML does not allow is replaced. */
export function svgText({ name, attributes, text, children = [] }: SvgNode): string {
  const own = Object.entries(attributes).map(([key, value]) => ` ${key}="${xmlText(String(value))}"`);
  const inner = (text === undefined ? '' : xmlText(text)) + children.map(svgText).join('');
  return inner === '' ? `<${name}${own.join('')}/>` : `<${name}${own.join('')}>${inner}</${name}>`;
}

/** XML 1.0 §2.2: other characters make the whole file unreadable. */
// eslint-disable-next-line no-control-regex
const NO_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Surrogate}]/gu;

function xmlText(text: string): string {
  return markupEntities(text.replace(NO_XML, '\ufffd'));
}
