/**
 * Which directives govern a response in a shared cache: those of CDN-Cache-Control where it is there and readable, else those of
 * Cache-Control. RFC 9213 2.2. What follows from them is decided in response-lifetime.ts and decide-storing.ts.
 */
import { parseCacheControl, type CacheControl } from '../../../http/cache-control.ts';
import { fieldValue, type Fields } from '../../../http/fields.ts';
import { parseTargetedCacheControl, TARGETED_FIELD } from '../../../http/targeted-cache-control.ts';

export interface ResponseDirectives {
  readonly control: CacheControl;
  /** RFC 9213 2.2: a targeted field that applies makes Cache-Control and Expires void. */
  readonly isTargeted: boolean;
}

export function responseDirectives(fields: Fields): ResponseDirectives {
  const targeted = fieldValue(fields, TARGETED_FIELD);
  const control = targeted === undefined ? undefined : parseTargetedCacheControl(targeted);
  return control === undefined
    ? { control: parseCacheControl(fieldValue(fields, 'cache-control')), isTargeted: false }
    : { control, isTargeted: true };
}
