/** Packed input that can't be unpacked to its end. What could be unpacked was passed on before. */
export class DamagedInput extends Error {
  override readonly name = 'DamagedInput';
  /**
   * @param problem without its place
   * @param offset where in the packed data
   * @param reason in zlib's words; none where the data just end
   */
  constructor(
    readonly problem: string,
    readonly offset: number,
    readonly reason?: string,
  ) {
    super(`${problem} at offset ${offset}${reason === undefined ? '' : `: ${reason}`}`);
  }
}
