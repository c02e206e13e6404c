/**
 * A viewer's conditions against a stored response, in RFC 9111 mode: 4.3.2. Differs from viewer-response/conditional.ts in one
 * sentence: without a Last-Modified, If-Modified-Since is compared with the response's Date.
 */
import { fieldValue, hasField, type Fields } from '../../../http/fields.ts';
import type { Instant } from '../../../model/units.ts';
import { decideConditional, type Conditional, type SelectedResponse } from '../../viewer-response/conditional.ts';

export function decideRfc9111Conditional(asked: Fields, selected: SelectedResponse, now: Instant): Conditional {
  // RFC 9111 4.3.2: "No Last-Modified field is present in the selected stored response, but it has a Date field value earlier than
  // or equal to the conditional timestamp."
  const isUndated = hasField(asked, 'if-modified-since') && !hasField(selected.fields, 'last-modified');
  const date = isUndated ? fieldValue(selected.fields, 'date') : undefined;
  if (date === undefined) return decideConditional(asked, selected, now);
  return decideConditional(asked, { ...selected, fields: [...selected.fields, ['last-modified', date]] }, now);
}
