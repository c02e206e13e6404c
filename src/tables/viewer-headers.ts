/**
 * What becomes of a viewer's header on its way to the origin: the guide's table, facts 7.1, one row for each header it names.
 * With legacy ForwardedValues the table holds as it is and any header without a row is forwarded; with policies only listed headers pass,
 * but the rows that cannot be chosen still hold. Applied in model/compile-cache-behavior.ts and core/origin-request.
 */

export interface ViewerHeader {
  readonly name: string;
  /**
   * Without being listed anywhere:
   * `forwarded` and `removed` say it; `written`: the edge decides on the value itself; `framing`: belongs to each connection;
   * `partial`: asks for a part of an object, or on a condition, and passes only when the answer is not stored.
   */
  readonly unlisted: 'forwarded' | 'removed' | 'written' | 'framing' | 'partial';
  /** May a cache policy, an origin request policy or ForwardedValues list it? */
  readonly choosable: boolean;
}

export const VIEWER_HEADERS: readonly ViewerHeader[] = [
  row('Accept', 'removed', 'choosable'),
  row('Accept-Charset', 'removed', 'choosable'),
  row('Accept-Encoding', 'written', 'choosable'),
  row('Accept-Language', 'removed', 'choosable'),
  row('Authorization', 'written', 'choosable'),
  row('Cache-Control', 'forwarded'),
  row('Connection', 'framing'),
  row('Content-Length', 'framing'),
  row('Content-MD5', 'forwarded', 'choosable'),
  row('Content-Type', 'forwarded', 'choosable'),
  row('Cookie', 'written'),
  row('Date', 'forwarded', 'choosable'),
  row('Expect', 'removed', 'choosable'),
  row('From', 'forwarded', 'choosable'),
  row('Host', 'written', 'choosable'),
  row('If-Match', 'partial', 'choosable'),
  row('If-Modified-Since', 'partial', 'choosable'),
  row('If-None-Match', 'partial', 'choosable'),
  row('If-Range', 'partial', 'choosable'),
  row('If-Unmodified-Since', 'partial', 'choosable'),
  row('Keep-Alive', 'framing'),
  row('Max-Forwards', 'forwarded'),
  row('Origin', 'forwarded', 'choosable'),
  row('Pragma', 'forwarded'),
  row('Proxy-Authenticate', 'removed'),
  row('Proxy-Authorization', 'removed'),
  row('Proxy-Connection', 'removed'),
  row('Range', 'partial', 'choosable'),
  row('Referer', 'removed', 'choosable'),
  row('Request-Range', 'forwarded'),
  row('TE', 'removed'),
  row('Trailer', 'removed'),
  row('Transfer-Encoding', 'framing'),
  row('Upgrade', 'removed'),
  row('User-Agent', 'written', 'choosable'),
  row('Via', 'written', 'choosable'),
  row('Warning', 'forwarded', 'choosable'),
  row('X-Amz-Cf-Id', 'written'),
  row('X-Forwarded-For', 'written', 'choosable'),
  row('X-Forwarded-Proto', 'removed'),
  row('X-HTTP-Method-Override', 'removed', 'choosable'),
  row('X-Real-IP', 'removed'),
];

/** Lower-case beginnings of names that never pass and cannot be chosen. CloudFront-* has its own table. */
export const REMOVED_PREFIXES: readonly string[] = ['x-edge-'];

/**
 * Headers that cannot be part of a cache key, lower case (facts 3.2), besides the CloudFront-* ones that say so themselves.
 * For S3 origins `host` cannot either.
 */
export const NEVER_KEYED: ReadonlySet<string> = new Set(
  VIEWER_HEADERS.filter((header) => !header.choosable).map((header) => header.name.toLowerCase()),
);

function row(name: string, unlisted: ViewerHeader['unlisted'], choosable?: 'choosable'): ViewerHeader {
  return { name, unlisted, choosable: choosable !== undefined };
}
