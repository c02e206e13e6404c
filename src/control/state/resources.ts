/**
 * Resources of one kind: what exists now, and every revision it ever had. Documents are plain JSON values that the owner of
 * the kind validated; nothing is re-checked here. A revision is counted for every accepted change; the etag changes only when
 * the caller says so (a tag or a referenced policy changes what edges must know, but not the configuration's version).
 */
import type { Database } from 'bun:sqlite';
import type { Instant } from '../../model/units.ts';

export interface StoredResource<D> {
  readonly id: string;
  /** Unique among the living of its kind: a policy's name, a distribution's CallerReference. */
  readonly name: string;
  readonly revision: number;
  /** The newest revision that every edge has acknowledged; 0 before the first. */
  readonly deployed: number;
  readonly etag: string;
  readonly document: D;
  readonly created: Instant;
  readonly modified: Instant;
}

export interface Revision<D> {
  readonly revision: number;
  readonly etag: string;
  /** Undefined for the revision that deleted the resource. */
  readonly document: D | undefined;
  readonly made: Instant;
  readonly who: string;
}

/** When a change was accepted and from whom. */
export interface Change {
  readonly now: Instant;
  readonly who: string;
}

export interface Collection<D> {
  get(id: string): StoredResource<D> | undefined;
  named(name: string): StoredResource<D> | undefined;
  /** In order of creation. */
  list(): readonly StoredResource<D>[];
  count(): number;
  insert(
    resource: { readonly id: string; readonly name: string; readonly etag: string; readonly document: D },
    change: Change,
  ): StoredResource<D>;
  /** The next revision. `modified` moves only when the etag does. */
  update(
    current: StoredResource<D>,
    next: { readonly etag: string; readonly document: D; readonly name?: string },
    change: Change,
  ): StoredResource<D>;
  remove(current: StoredResource<D>, change: Change): void;
  /** Where it stands in the order of creation, also when it has been deleted since; undefined when there never was one. */
  position(id: string): number | undefined;
  /** Whether the etag is, or ever was, this resource's. */
  knowsEtag(id: string, etag: string): boolean;
  /** Records that every edge has this revision. */
  markDeployed(id: string, revision: number): void;
  /** Oldest first. */
  history(id: string): readonly Revision<D>[];
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly deployed: number;
  readonly etag: string;
  readonly document: string;
  readonly created: number;
  readonly modified: number;
}

interface RevisionRow {
  readonly revision: number;
  readonly etag: string;
  readonly document: string | null;
  readonly made: number;
  readonly who: string;
}

const COLUMNS = 'id, name, revision, deployed, etag, document, created, modified';

export function collection<D>(db: Database, kind: string, transaction: <T>(run: () => T) => T): Collection<D> {
  const parse = (row: Row): StoredResource<D> => ({ ...row, document: JSON.parse(row.document) as D });
  const living = `FROM resources WHERE kind = ? AND deleted IS NULL`;
  const record = (id: string, revision: number, etag: string, document: string | null, change: Change): void => {
    db.query('INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?)').run(
      kind,
      id,
      revision,
      etag,
      document,
      change.now,
      change.who,
    );
  };
  const get = (id: string): StoredResource<D> | undefined => {
    const row = db.query<Row, [string, string]>(`SELECT ${COLUMNS} ${living} AND id = ?`).get(kind, id);
    return row === null ? undefined : parse(row);
  };
  return {
    get,
    named(name) {
      const row = db.query<Row, [string, string]>(`SELECT ${COLUMNS} ${living} AND name = ?`).get(kind, name);
      return row === null ? undefined : parse(row);
    },
    list: () => db.query<Row, [string]>(`SELECT ${COLUMNS} ${living} ORDER BY rowid`).all(kind).map(parse),
    count: () => db.query<{ n: number }, [string]>(`SELECT count(*) AS n ${living}`).get(kind)?.n ?? 0,
    insert: ({ id, name, etag, document }, change) =>
      transaction(() => {
        const json = JSON.stringify(document);
        db.query('INSERT INTO resources VALUES (?, ?, ?, 1, 0, ?, ?, ?, ?, NULL)').run(
          kind,
          id,
          name,
          etag,
          json,
          change.now,
          change.now,
        );
        record(id, 1, etag, json, change);
        return { id, name, etag, document, revision: 1, deployed: 0, created: change.now, modified: change.now };
      }),
    update: (current, { etag, document, name = current.name }, change) =>
      transaction(() => {
        const json = JSON.stringify(document);
        const revision = current.revision + 1;
        const modified = etag === current.etag ? current.modified : change.now;
        db.query(
          'UPDATE resources SET name = ?, revision = ?, etag = ?, document = ?, modified = ? WHERE kind = ? AND id = ?',
        ).run(name, revision, etag, json, modified, kind, current.id);
        record(current.id, revision, etag, json, change);
        return { ...current, name, revision, etag, document, modified };
      }),
    remove: (current, change) =>
      transaction(() => {
        db.query('UPDATE resources SET deleted = ?, revision = revision + 1 WHERE kind = ? AND id = ?').run(
          change.now,
          kind,
          current.id,
        );
        record(current.id, current.revision + 1, current.etag, null, change);
      }),
    position: (id) =>
      db.query<{ rowid: number }, [string, string]>('SELECT rowid FROM resources WHERE kind = ? AND id = ?').get(kind, id)?.rowid,
    knowsEtag: (id, etag) =>
      db
        .query<{ n: number }, [string, string, string]>(
          'SELECT 1 AS n FROM revisions WHERE kind = ? AND id = ? AND etag = ? LIMIT 1',
        )
        .get(kind, id, etag) !== null,
    markDeployed: (id, revision) =>
      transaction(() => {
        db.query('UPDATE resources SET deployed = max(deployed, ?) WHERE kind = ? AND id = ?').run(revision, kind, id);
      }),
    history: (id) =>
      db
        .query<RevisionRow, [string, string]>(
          'SELECT revision, etag, document, made, who FROM revisions WHERE kind = ? AND id = ? ORDER BY revision',
        )
        .all(kind, id)
        .map((row) => ({ ...row, document: row.document === null ? undefined : (JSON.parse(row.document) as D) })),
  };
}
