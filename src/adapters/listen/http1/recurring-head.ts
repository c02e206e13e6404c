/**
 * The head that a connection brings again and again, octet by octet the same: who polls, and who measures. It is read once more when it
 * comes the second time; from the third on, what was read is handed out again. Only heads that are all there is to their request, and that
 * nothing is wrong with, so that one that is handed out needs no other look than the comparison. How heads are read: read-head.ts.
 */
import type { Bytes } from '../../../model/units.ts';
import type { HeadReader, ReadHead } from './read-head.ts';

/** Ours: a copy is kept with the connection, of which there may be ten thousands; browsers' heads have less than half of it. */
const LONGEST: Bytes = 2048;

export class RecurringHead {
  private last = '';
  private octets: Buffer | undefined;
  private head: ReadHead | undefined;

  /** What was read of these octets before; undefined unless they are all the same. */
  find(octets: Buffer): ReadHead | undefined {
    return this.octets !== undefined && this.octets.length === octets.length && this.octets.equals(octets)
      ? this.head
      : undefined;
  }

  /** Reads a head that came alone. `text` and `octets` say the same, but for the empty line. */
  read(text: string, octets: Buffer, heads: HeadReader): ReadHead {
    if (octets.length > LONGEST) return heads.read(text);
    if (text !== this.last) {
      this.last = text;
      return heads.read(text);
    }
    const head = heads.read(text, true);
    const { request, section } = head;
    if (section !== undefined && request.body.kind === 'none' && request.upgrade === undefined) {
      this.octets = Buffer.from(octets);
      this.head = head;
    }
    return head;
  }
}
