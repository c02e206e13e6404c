/**
 * Request fields by which one server tells the next what was asked for before it: servers and frameworks believe them over the request
 * itself, and browsers send none. Unkeyed and from a viewer they are how caches are poisoned (Kettle, "Practical Web Cache Poisoning",
 * 2018; Nguyen, Lo Iacono, Federrath, "Your Cache Has Fallen", 2019). What is harmless is decided in core/guard/judge-request.ts.
 */

/**
 * What the field speaks of. `inner` is between the parts of a framework, of which one may be its script in the page: whoever opens the page
 * has no reason to send it, and must not get what answers it (Allam, "Next.js, cache, and chains: the stale elixir", 2025).
 */
export type Overridden = 'host' | 'scheme' | 'port' | 'path' | 'method' | 'inner';

export const OVERRIDE_FIELDS: ReadonlyMap<string, Overridden> = new Map<string, Overridden>([
  ['forwarded', 'host'],
  ['x-backend-host', 'host'],
  ['x-forwarded-host', 'host'],
  ['x-forwarded-server', 'host'],
  ['x-host', 'host'],
  ['x-http-host-override', 'host'],
  ['x-original-host', 'host'],
  ['front-end-https', 'scheme'],
  ['x-forwarded-proto', 'scheme'],
  ['x-forwarded-protocol', 'scheme'],
  ['x-forwarded-scheme', 'scheme'],
  ['x-forwarded-ssl', 'scheme'],
  ['x-scheme', 'scheme'],
  ['x-url-scheme', 'scheme'],
  ['x-forwarded-port', 'port'],
  ['x-forwarded-context', 'path'],
  ['x-forwarded-path', 'path'],
  ['x-forwarded-prefix', 'path'],
  ['x-forwarded-uri', 'path'],
  ['x-http-destinationurl', 'path'],
  ['x-original-uri', 'path'],
  ['x-original-url', 'path'],
  ['x-override-url', 'path'],
  ['x-rewrite-uri', 'path'],
  ['x-rewrite-url', 'path'],
  ['x-script-name', 'path'],
  ['x-http-method', 'method'],
  ['x-http-method-override', 'method'],
  ['x-method-override', 'method'],
  ['x-original-method', 'method'],
  ['next-router-prefetch', 'inner'],
  ['next-router-segment-prefetch', 'inner'],
  ['next-router-state-tree', 'inner'],
  ['rsc', 'inner'],
  ['x-inertia', 'inner'],
  ['x-invoke-error', 'inner'],
  ['x-invoke-path', 'inner'],
  ['x-invoke-status', 'inner'],
  ['x-matched-path', 'inner'],
  ['x-middleware-prefetch', 'inner'],
  ['x-middleware-rewrite', 'inner'],
  ['x-middleware-subrequest', 'inner'],
  ['x-nextjs-data', 'inner'],
  ['x-now-route-matches', 'inner'],
  ['x-nuxt-no-ssr', 'inner'],
]);

/**
 * Fields that every browser sends and whose words stand on any page: only markup in them says anything. What a name beginning
 * with `sec-` carries belongs here, too.
 */
export const ORDINARY_FIELDS: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'access-control-request-headers',
  'access-control-request-method',
  'cache-control',
  'connection',
  'content-type',
  'date',
  'dnt',
  'pragma',
  'priority',
  'save-data',
  'te',
  'traceparent',
  'tracestate',
  'upgrade-insecure-requests',
  'user-agent',
  'via',
  'x-amzn-trace-id',
  'x-forwarded-for',
]);

/** Fields that carry a viewer's credentials. */
export const CREDENTIAL_FIELDS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'x-access-token',
  'x-amz-security-token',
  'x-api-key',
  'x-auth-token',
  'x-csrf-token',
  'x-xsrf-token',
]);
