/**
 * The fields that describe the octets of a body. RFC 9110 8. A 304 speaks of a body without sending it: what it may say of these is
 * decided where one is received (core/cache/revalidation.ts) and where one is sent (core/viewer-response/conditional.ts).
 */
export const REPRESENTATION_FIELDS: readonly string[] = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-range',
  'content-type',
];
