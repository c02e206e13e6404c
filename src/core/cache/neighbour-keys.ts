/**
 * Which stored keys are neighbours of a request's key: of the same distribution, and of the same path as a reader sees it, letter case,
 * encoding, doubled slashes and a closing slash aside. The work is bounded, and the answer says when it was cut short.
 * Read by explanations, never on the way of a request; how neighbours differ is told in insight/explain/nearest-key.ts.
 */
import { normalisePath } from '../../http/normalise-path.ts';

export interface Neighbours {
  /** Other than the request's own. */
  readonly keys: readonly string[];
  /** Keys looked at. */
  readonly scanned: number;
  /** False when there were more keys than were looked at, or more neighbours than are kept. */
  readonly isComplete: boolean;
}

/** Ours: a search takes some tens of milliseconds at most, during which no request is served. */
export const MOST_KEYS_SCANNED = 200_000;
export const MOST_NEIGHBOURS = 500;

export function neighbourKeys(keys: Iterable<string>, distributionId: string, path: string, ownKey: string): Neighbours {
  const beginning = `${distributionId}/`;
  const folded = foldedPath(path);
  const found: string[] = [];
  let scanned = 0;
  for (const key of keys) {
    if (scanned === MOST_KEYS_SCANNED || found.length === MOST_NEIGHBOURS) return { keys: found, scanned, isComplete: false };
    scanned += 1;
    if (!key.startsWith(beginning) || key === ownKey) continue;
    const candidate = pathOf(key, distributionId.length);
    if (candidate === path || (isWorthFolding(candidate, folded) && foldedPath(candidate) === folded)) found.push(key);
  }
  return { keys: found, scanned, isComplete: true };
}

function pathOf(key: string, from: number): string {
  const line = key.indexOf('\n', from);
  const query = key.indexOf('?', from);
  const end = query < 0 || (line >= 0 && line < query) ? line : query;
  return end < 0 ? key.slice(from) : key.slice(from, end);
}

/** Without anything to normalise, a path folds to its own length or one less. */
function isWorthFolding(candidate: string, folded: string): boolean {
  const longer = candidate.length - folded.length;
  return longer === 0 || longer === 1 || candidate.includes('%') || candidate.includes('//') || candidate.includes('/.');
}

function foldedPath(path: string): string {
  const folded = normalisePath(path).toLowerCase();
  return folded.length > 1 && folded.endsWith('/') ? folded.slice(0, -1) : folded;
}
