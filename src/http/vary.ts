/**
 * Vary: RFC 9110 12.5.5. Which of its members viewers see, and that CloudFront's key does not follow it,
 * is decided in core/cache/prepare-stored.ts.
 */
import { fieldValue, withField, type Fields } from './fields.ts';
import { listMembers } from './token.ts';

/** `*` when any member is, else the names in order, lower case, once each. */
export function parseVary(value: string): '*' | readonly string[] {
  const names = listMembers(value).map((name) => name.toLowerCase());
  return names.includes('*') ? '*' : [...new Set(names)];
}

/** The fields with `member` among those of Vary. */
export function withVaryMember(fields: Fields, member: string): Fields {
  const vary = fieldValue(fields, 'vary');
  if (vary === undefined || vary === '') return withField(fields, 'vary', member);
  const names = parseVary(vary);
  return names !== '*' && names.includes(member.toLowerCase()) ? fields : withField(fields, 'vary', `${vary}, ${member}`);
}
