/**
 * Draws once per frame of the screen, but not between the press and the release of a pointer: of an element that is replaced
 * meanwhile a browser reports no click, and one that moves away is not what was pressed.
 */
export class Redraw {
  private isScheduled = false;
  private isPressed = false;

  constructor(
    host: HTMLElement,
    private readonly draw: () => void,
  ) {
    host.addEventListener('pointerdown', ({ target }) => {
      // What is pressed of `host` itself is its scroll bar, of which no release is reported.
      this.isPressed = target !== host;
    });
    for (const name of ['pointerup', 'pointercancel']) window.addEventListener(name, () => this.release(), true);
  }

  schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.request();
  }

  private request(): void {
    requestAnimationFrame(() => {
      if (this.isPressed) return;
      this.isScheduled = false;
      this.draw();
    });
  }

  private release(): void {
    if (!this.isPressed) return;
    this.isPressed = false;
    if (this.isScheduled) this.request();
  }
}
