import { connectionName } from '../../describe/connection-name.js';
import type { Judged } from '../../traffic/judged.js';
import { Clock } from '../clock.js';
import type { ViewOptions } from '../../describe/view.js';
import { print, type Printable } from '../../describe/printable.js';

/** What a title says of where its record comes from. */
export type OriginWords = (record: Judged) => Printable[];

const NOWHERE: OriginWords = () => [];

/** Connection and time of a record of a capture, as words of its title; nothing of bare bytes, which have neither. */
export function originWords({ captured, since }: Pick<ViewOptions, 'captured' | 'since'>): OriginWords {
  if (captured !== true) return NOWHERE;
  const clock = new Clock({ digits: 6, since });
  return ({ connection, time }) => {
    const shown = clock.text(time).trim();
    const name = connectionName(connection);
    // One word: a title that is too long is not broken between them.
    return [shown === '' ? print`#${name}` : print`#${name}  ${shown}`];
  };
}

/** The sender: for records that do not show it by themselves. */
export function senderWords({ direction }: Pick<Judged, 'direction'>): Printable[] {
  return direction === 'unknown' ? [] : [print`from ${direction}`];
}
