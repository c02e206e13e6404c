/**
 * Invalidations and the bans they became. A ban and its invalidation are written in one transaction, before any edge hears
 * of them; numbers are given out without gaps. What an invalidation may name is judged in aws/cloudfront/invalidations.ts.
 *
 * Ours: bans are kept for ever, except those a later ban repeats item for item (`compact`): an object older than the first is
 * older than the second, so the first decides nothing any more; but a soft ban takes no other's place. The newest number survives in `counters`.
 */
import type { Database } from 'bun:sqlite';
import type { Ban } from '../../model/snapshot.ts';
import type { Instant } from '../../model/units.ts';

export interface StoredInvalidation {
  readonly distributionId: string;
  readonly id: string;
  readonly callerReference: string;
  readonly paths: readonly string[];
  readonly sequence: number;
  readonly created: Instant;
  /** Undefined while an edge has yet to apply it. */
  readonly completed: Instant | undefined;
}

export interface Invalidations {
  get(distributionId: string, id: string): StoredInvalidation | undefined;
  byCallerReference(distributionId: string, callerReference: string): StoredInvalidation | undefined;
  /** Newest first. */
  list(distributionId: string): readonly StoredInvalidation[];
  /** Those not completed, of one distribution. */
  pending(distributionId: string): readonly StoredInvalidation[];
  /** Writes the invalidation and its ban; the ban has the next sequence number. */
  insert(invalidation: Omit<StoredInvalidation, 'sequence' | 'completed'> & { readonly soft?: true | undefined }): {
    readonly invalidation: StoredInvalidation;
    readonly ban: Ban;
  };
  complete(sequence: number, now: Instant): void;
  /** Bans with a greater sequence, in order. */
  bansAfter(sequence: number): readonly Ban[];
  /** Bans whose invalidation is not completed, in order. */
  pendingBans(): readonly Ban[];
  /** Drops completed bans that later ones repeat; the number dropped. */
  compact(): number;
}

interface Row {
  readonly distribution_id: string;
  readonly id: string;
  readonly caller_reference: string;
  readonly paths: string;
  readonly sequence: number;
  readonly created: number;
  readonly completed: number | null;
}

interface BanRow {
  readonly sequence: number;
  readonly distribution_id: string;
  readonly invalidation_id: string;
  readonly issued: number;
  readonly items: string;
  readonly soft: number;
}

const PENDING = 'SELECT sequence FROM invalidations WHERE completed IS NULL';

export function invalidations(db: Database, transaction: <T>(run: () => T) => T): Invalidations {
  const one = (where: string, ...values: [string, string]): StoredInvalidation | undefined => {
    const row = db.query<Row, [string, string]>(`SELECT * FROM invalidations WHERE ${where}`).get(...values);
    return row === null ? undefined : toInvalidation(row);
  };
  const bans = (where: string, ...values: number[]): readonly Ban[] =>
    db
      .query<BanRow, number[]>(`SELECT * FROM bans WHERE ${where} ORDER BY sequence`)
      .all(...values)
      .map(toBan);
  return {
    get: (distributionId, id) => one('distribution_id = ? AND id = ?', distributionId, id),
    byCallerReference: (distributionId, reference) =>
      one('distribution_id = ? AND caller_reference = ?', distributionId, reference),
    list: (distributionId) =>
      db
        .query<Row, [string]>('SELECT * FROM invalidations WHERE distribution_id = ? ORDER BY sequence DESC')
        .all(distributionId)
        .map(toInvalidation),
    pending: (distributionId) =>
      db
        .query<Row, [string]>('SELECT * FROM invalidations WHERE distribution_id = ? AND completed IS NULL')
        .all(distributionId)
        .map(toInvalidation),
    insert: ({ soft, ...asked }) =>
      transaction(() => {
        const row = db
          .query<{ value: number }, []>("UPDATE counters SET value = value + 1 WHERE name = 'ban' RETURNING value")
          .get();
        if (row === null) throw new Error('the ban counter is missing');
        const sequence = row.value;
        const { distributionId, id, callerReference, paths, created } = asked;
        const items = JSON.stringify(paths);
        db.query('INSERT INTO invalidations VALUES (?, ?, ?, ?, ?, ?, NULL)').run(
          distributionId,
          id,
          callerReference,
          items,
          sequence,
          created,
        );
        db.query('INSERT INTO bans VALUES (?, ?, ?, ?, ?, ?)').run(sequence, distributionId, id, created, items, soft ? 1 : 0);
        const ban: Ban = { sequence, distributionId, invalidationId: id, issuedAt: created, items: paths, ...(soft && { soft }) };
        return { invalidation: { ...asked, sequence, completed: undefined }, ban };
      }),
    complete: (sequence, now) =>
      transaction(() => {
        db.query('UPDATE invalidations SET completed = ? WHERE sequence = ? AND completed IS NULL').run(now, sequence);
      }),
    bansAfter: (sequence) => bans('sequence > ?', sequence),
    pendingBans: () => bans(`sequence IN (${PENDING})`),
    compact: () =>
      transaction(() => {
        const repeated =
          'EXISTS (SELECT 1 FROM bans later WHERE later.sequence > bans.sequence AND later.distribution_id = bans.distribution_id AND later.items = bans.items AND later.soft = 0)';
        return db.query(`DELETE FROM bans WHERE sequence NOT IN (${PENDING}) AND ${repeated}`).run().changes;
      }),
  };
}

function toInvalidation(row: Row): StoredInvalidation {
  return {
    distributionId: row.distribution_id,
    id: row.id,
    callerReference: row.caller_reference,
    paths: JSON.parse(row.paths) as string[],
    sequence: row.sequence,
    created: row.created,
    completed: row.completed ?? undefined,
  };
}

function toBan(row: BanRow): Ban {
  return {
    sequence: row.sequence,
    distributionId: row.distribution_id,
    invalidationId: row.invalidation_id,
    issuedAt: row.issued,
    items: JSON.parse(row.items) as string[],
    ...(row.soft === 1 && { soft: true }),
  };
}
