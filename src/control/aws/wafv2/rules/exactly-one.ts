/**
 * Unions of the API: structures of which exactly one member is there.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { invalidParameter, REASONS } from '../waf-faults.ts';

/** The name of the only member. Throws WAFInvalidParameterException for none and for several. */
export function exactlyOne<T extends object>(
  union: T | undefined,
  field: Sdk.ParameterExceptionField,
  parameter: string,
): keyof T {
  const present = Object.entries(union ?? {}).filter(([, member]) => member !== undefined);
  const [only] = present;
  if (only === undefined || present.length > 1) throw invalidParameter(field, parameter, REASONS.exactlyOne);
  return only[0] as keyof T;
}
