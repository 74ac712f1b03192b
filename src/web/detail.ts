import { refill } from './dom.js';
import type { Item } from './items.js';
import { LatePart } from './late-part.js';

/** What shows a record: loaded with the first one that is selected. */
export const recordPart = new LatePart(() => import('./record-part.js'));

/** The place of all that is known of the record that is selected. */
export class Detail {
  /** What it has before something is selected. */
  private readonly nothing: readonly Node[];
  private item: Item | undefined;

  constructor(
    private readonly root: HTMLElement,
    /** The reader returns to the list. */
    left: () => void,
  ) {
    this.nothing = [...root.childNodes];
    root.addEventListener('keydown', ({ key }) => key === 'Escape' && left());
  }

  show(item: Item): void {
    const { root } = this;
    this.item = item;
    recordPart.use(root, ({ itemView }) => {
      if (this.item !== item) return;
      root.replaceChildren(itemView(item));
      root.scrollTop = 0;
    });
  }

  /** Nothing is selected. */
  clear(): void {
    this.item = undefined;
    refill(this.root, this.nothing);
  }

  /** Puts the focus on the first byte. */
  focus(): void {
    const { root } = this;
    recordPart.use(root, () => root.querySelector<HTMLElement>('.byte')?.focus());
  }
}
