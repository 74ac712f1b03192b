type Child = Node | string;

/** Attributes of an element; `class` and `text` among them. Text is set as text: nothing of a peer is ever read as HTML. */
type Attributes = Readonly<Record<string, string | number | undefined>>;

export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (key === 'text') element.textContent = String(value);
    else element.setAttribute(key, String(value));
  }
  for (const child of children.flat()) element.append(child);
  return element;
}

/** Replaces its children by these. What has the focus keeps it, if it has an `id`. */
export function refill(element: Element, children: readonly Child[]): void {
  const { activeElement } = document;
  const focused = element.contains(activeElement) ? activeElement!.id : '';
  element.replaceChildren();
  for (const child of children) element.append(child);
  if (focused !== '') document.getElementById(focused)?.focus({ preventScroll: true });
}

/** An element of the page that is known to be there. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${id}`);
  return element;
}

/** There is little room from left to right. Asked each time: a worker, which loads the same script, has no screen. */
export function narrowScreen(): MediaQueryList {
  return matchMedia('(max-width: 719px)');
}

/** What has the focus uses no arrow keys up and down: nothing, or the title of a panel. */
export function isIdle(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('body, [role="tab"]');
}

/** What has the focus takes the letters that are typed. */
export function isTyped(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, dialog, dialog *');
}

/** Within a group of elements only one is reached with Tab; arrow keys move on from there. */
export function makeCurrent(element: HTMLElement, before: HTMLElement | null): void {
  if (before !== null && before !== element) before.tabIndex = -1;
  element.tabIndex = 0;
}
