import type { SvgNode } from '../../describe/sequence/svg-text.js';

const SVG = 'http://www.w3.org/2000/svg';

/** A drawing as elements. Text is set as text. */
export function svgElement({ name, attributes, text, children = [] }: SvgNode): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  for (const child of children) element.append(svgElement(child));
  return element;
}
