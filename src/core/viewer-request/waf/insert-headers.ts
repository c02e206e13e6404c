/**
 * What a web ACL adds to a request that it lets through. CloudFront: from there on they are the viewer's headers, for the cache key and the
 * origin alike, as the policies of the cache behavior have it. AWS WAF: they take the place of the viewer's of the same name.
 */
import { withField, type Fields } from '../../../http/fields.ts';
import type { ViewerRequest } from '../../request.ts';
import type { Verdict } from './verdict.ts';

/** The same request where nothing is added. */
export function withInserted(request: ViewerRequest, { insert }: Pick<Verdict, 'insert'>): ViewerRequest {
  if (insert.length === 0) return request;
  return { ...request, fields: insert.reduce<Fields>((all, [name, value]) => withField(all, name, value), request.fields) };
}
