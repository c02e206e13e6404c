/**
 * Media types: RFC 9110 8.3.1. Only the type itself is of interest here; parameters are passed on untouched.
 */
import { isToken, trimWhitespace } from './token.ts';

/** `type/subtype` in lower case without parameters, or undefined when there is none. */
export function mediaType(contentType: string): string | undefined {
  const semicolon = contentType.indexOf(';');
  const essence = trimWhitespace(semicolon < 0 ? contentType : contentType.slice(0, semicolon)).toLowerCase();
  const slash = essence.indexOf('/');
  return slash > 0 && isToken(essence.slice(0, slash)) && isToken(essence.slice(slash + 1)) ? essence : undefined;
}
