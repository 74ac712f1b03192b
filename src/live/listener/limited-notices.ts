const MOST_NOTICES = 50;

/** Notices about refused clients; a scan of ports, or a page that tries again, must not fill the screen. */
export class LimitedNotices {
  private count = 0;

  constructor(
    private readonly notice: (message: string) => void,
    private readonly most = MOST_NOTICES,
  ) {}

  add(message: string): void {
    this.count++;
    if (this.count <= this.most) this.notice(message);
    if (this.count === this.most) this.notice('further ones are not reported');
  }
}
