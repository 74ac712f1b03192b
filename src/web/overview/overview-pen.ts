/** Read once: each reading makes the browser work out all styles. */
let fontFamily: string | undefined;

/** A canvas with as many points as the screen has, empty. */
export function penOf(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = window.devicePixelRatio;
  const pen = canvas.getContext('2d')!;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
    canvas.style.height = `${height}px`;
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = `12px ${(fontFamily ??= getComputedStyle(document.body).fontFamily)}`;
  return pen;
}
