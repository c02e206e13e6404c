/**
 * Is the state whole? While Warmfront runs, the file is its alone and was checked at its start; else it is read without a trace: no
 * lock, no journal beside it. What it holds: src/control/state.
 */
import { constants, Database } from 'bun:sqlite';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { inUnits, ok, problem, type Finding } from './finding.ts';
import type { Patient } from './patient.ts';
import { sentence } from '../../model/sentence.ts';

export function checkState({ settings, isRunning }: Patient): Finding {
  const path = join(settings.data, 'state.db');
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return ok('state', 'will be made at the first start');
  if (isRunning) return ok('state', `${path}, ${inUnits(size)}; in use, checked when the server started`);
  const fault = integrityOf(path);
  if (fault === undefined) return ok('state', `${path}, ${inUnits(size)}, whole`);
  return problem(
    'state',
    `${path} is damaged: ${fault}`,
    'restore it from a backup; moving it away starts with an empty configuration',
  );
}

/** What is wrong with the file; undefined when nothing is. */
function integrityOf(path: string): string | undefined {
  try {
    const url = `file:${encodeURI(path).replaceAll('?', '%3f').replaceAll('#', '%23')}?immutable=1`;
    const database = new Database(url, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI);
    try {
      const answer = database.query<{ integrity_check: string }, []>('PRAGMA integrity_check(1)').get()?.integrity_check;
      return answer === 'ok' ? undefined : (answer ?? 'no answer');
    } finally {
      database.close();
    }
  } catch (error) {
    return sentence(error);
  }
}
