/**
 * Vary: RFC 9110 12.5.5. Which of its members viewers see, and that CloudFront's key does not follow it,
 * is decided in core/cache/prepare-stored.ts.
 */
import { listMembers } from './token.ts';

/** `*` when any member is, else the names in order, lower case, once each. */
export function parseVary(value: string): '*' | readonly string[] {
  const names = listMembers(value).map((name) => name.toLowerCase());
  return names.includes('*') ? '*' : [...new Set(names)];
}
