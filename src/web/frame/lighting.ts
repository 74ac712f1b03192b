/**
 * Highlights what belongs together: elements below `root` name the parts that they show (`data-parts="0 3"`), and the one
 * under the pointer, or else the one with the focus, highlights all that share a part with it.
 */
export class Lighting {
  private lit: Element[] = [];

  constructor(
    private readonly root: HTMLElement,
    private readonly show: (source: HTMLElement | undefined) => void,
  ) {
    root.addEventListener('pointerover', (event) => this.light(sourceOf(event.target)));
    root.addEventListener('pointerleave', () => this.light(this.focused()));
    root.addEventListener('focusin', (event) => this.light(sourceOf(event.target)));
    root.addEventListener('focusout', (event) => {
      if (!(event.relatedTarget instanceof Node) || !root.contains(event.relatedTarget)) this.light(undefined);
    });
  }

  private focused(): HTMLElement | undefined {
    const { activeElement } = document;
    return this.root.contains(activeElement) ? sourceOf(activeElement) : undefined;
  }

  private light(source: HTMLElement | undefined): void {
    for (const element of this.lit) element.classList.remove('lit');
    this.lit = [];
    this.root.classList.toggle('lighting', source !== undefined);
    if (source !== undefined) {
      const parts = new Set(partsOf(source));
      this.lit = [...this.root.querySelectorAll<HTMLElement>('[data-parts]')].filter((element) =>
        partsOf(element).some((part) => parts.has(part)),
      );
      for (const element of this.lit) element.classList.add('lit');
    }
    this.show(source);
  }
}

function partsOf(element: HTMLElement): string[] {
  return element.dataset['parts']?.split(' ') ?? [];
}

function sourceOf(target: EventTarget | null): HTMLElement | undefined {
  return (target instanceof Element && target.closest<HTMLElement>('[data-parts]')) || undefined;
}
