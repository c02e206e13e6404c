import type { Fields } from '../../../../http/fields.ts';
import type { InspectedRequest } from '../../../../model/waf-engine.ts';

/** A request as WAF sees it, of what a test says of it. */
export function inspectedRequest(request: {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly viewerAddress?: string;
}): InspectedRequest {
  const [path, ...query] = (request.target ?? '/').split('?');
  const fields: Fields = Object.entries({ host: 'www.example.com', ...request.headers });
  return {
    method: request.method ?? 'GET',
    scheme: 'https',
    httpVersion: '1.1',
    host: fields[0]![1],
    path: path!,
    query: query.join('?'),
    fields,
    body: request.body ?? '',
    bodyIsLarger: false,
    viewerAddress: request.viewerAddress ?? '192.0.2.1',
    country: undefined,
    asn: undefined,
  };
}
