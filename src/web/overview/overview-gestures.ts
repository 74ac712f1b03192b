export interface GestureTaker {
  /** Pixels to the right. */
  pan(pixels: number): void;
  /** `at` stays where it is; a factor below 1 shows less. */
  zoom(factor: number, at: number): void;
  /** The pointer is over that place. */
  point(x: number, y: number): void;
  pick(x: number, y: number): void;
  open(x: number, y: number): void;
}

/** Pixels that a pointer may move within a click. */
const STILL = 4;
const WHEEL = 0.0015;

/** Mouse and touch on the lanes: one pointer pans, two zoom, the wheel zooms with Ctrl and pans with Shift. */
export class Gestures {
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private moved = 0;

  constructor(
    private readonly target: HTMLElement,
    private readonly taker: GestureTaker,
  ) {
    target.addEventListener('pointerdown', (event) => this.down(event));
    target.addEventListener('pointermove', (event) => this.move(event));
    target.addEventListener('pointerup', (event) => this.up(event));
    target.addEventListener('pointercancel', ({ pointerId }) => this.pointers.delete(pointerId));
    target.addEventListener('dblclick', ({ offsetX, offsetY }) => taker.open(offsetX, offsetY));
    target.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
  }

  private down(event: PointerEvent): void {
    this.pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    if (this.pointers.size === 1) this.moved = 0;
    this.target.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    const { pointers, taker } = this;
    const before = pointers.get(event.pointerId);
    if (before === undefined) return taker.point(event.offsetX, event.offsetY);
    const now = { x: event.offsetX, y: event.offsetY };
    this.moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    if (pointers.size === 1) {
      if (this.moved > STILL) taker.pan(now.x - before.x);
    } else {
      const other = [...pointers].find(([id]) => id !== event.pointerId)![1];
      const [was, is] = [Math.abs(before.x - other.x), Math.abs(now.x - other.x)];
      if (was > STILL && is > STILL) taker.zoom(was / is, other.x);
    }
    pointers.set(event.pointerId, now);
  }

  private up(event: PointerEvent): void {
    const isClick = this.pointers.size === 1 && this.moved <= STILL;
    this.pointers.delete(event.pointerId);
    if (isClick) this.taker.pick(event.offsetX, event.offsetY);
  }

  private wheel(event: WheelEvent): void {
    const isZoom = event.ctrlKey || event.metaKey;
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (isZoom) this.taker.zoom(Math.exp(event.deltaY * WHEEL), event.offsetX);
    else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) this.taker.pan(-sideways);
    else return;
    event.preventDefault();
  }
}
