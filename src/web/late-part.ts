const LOST = "wsinspect has ended, or its connection to this page has: this part of the page can't be loaded";

/** A part of the page that is loaded when it is needed for the first time. */
export class LatePart<Part> {
  /** Undefined: it was not needed so far, and nothing of it is shown. */
  now: Part | undefined;
  private coming: Promise<Part> | undefined;

  constructor(private readonly load: () => Promise<Part>) {}

  /** Calls `use` when it is here: at once where it is. `place` says that it can't be loaded. */
  use(place: HTMLElement, use: (part: Part) => void): void {
    if (this.now !== undefined) return use(this.now);
    this.ahead().then(use, () => (place.textContent = LOST));
  }

  /** Loads it before it is needed. */
  ahead(): Promise<Part> {
    this.coming ??= this.load().then((part) => (this.now = part));
    return this.coming;
  }
}
