/**
 * NORMALIZE_PATH and NORMALIZE_PATH_WIN, as ModSecurity's normalizePath and normalizePathWin: repeated slashes, `.` segments and `..` with
 * the segment before it go. Unlike http/normalise-path.ts, the text may be anything and `..` above the beginning stays where the path is
 * relative, so that rules still see it.
 */

export function normalizePath(text: string): string {
  if (!/\/\/|\./.test(text)) return text;
  const isAbsolute = text.startsWith('/');
  const segments: string[] = [];
  const parts = text.split('/');
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    const last = segments.at(-1);
    if (part !== '..') segments.push(part);
    else if (last !== undefined && last !== '..') segments.pop();
    else if (!isAbsolute) segments.push(part);
  }
  const ending = parts.at(-1)!;
  const endsWithSlash = segments.length > 0 && (ending === '' || ending === '.' || ending === '..');
  const path = (isAbsolute ? '/' : '') + segments.join('/') + (endsWithSlash ? '/' : '');
  return path === text ? text : path;
}

/** Backslashes count as slashes. */
export function normalizePathWin(text: string): string {
  return normalizePath(text.includes('\\') ? text.replaceAll('\\', '/') : text);
}
