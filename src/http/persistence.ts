/**
 * Whether a connection carries another message after this one: RFC 9112 9.3. Of requests and responses alike.
 */
import { fieldValue, type Fields } from './fields.ts';
import { listMembers } from './token.ts';

/** HTTP/1.1 persists unless it says close; HTTP/1.0 (`minor` 0) only when it says keep-alive. */
export function isPersistent(fields: Fields, minor: number): boolean {
  const value = fieldValue(fields, 'connection');
  if (value === undefined) return minor > 0;
  const options = listMembers(value).map((option) => option.toLowerCase());
  return !options.includes('close') && (minor > 0 || options.includes('keep-alive'));
}
