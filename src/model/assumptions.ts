/**
 * Where CloudFront's behaviour is undocumented or its documents disagree: what we do, and why. One constant for each choice,
 * consulted where the decision is made, so that someone who knows better can change one line. Sorted by area.
 */

// AWS WAF

/**
 * Two statements that look into the same part of a request through the same transformations pay for those once. The guide says that AWS WAF
 * may charge only once, not when; a rule group made for what AWS charges must not be refused here.
 */
export const SAME_TRANSFORMATIONS_ARE_CHARGED_ONCE = true;

/**
 * Overrides of a managed rule group may name rules that it does not have, and change nothing: AWS's groups gain and lose rules with their
 * versions, and a configuration made for another version must be accepted.
 */
export const MANAGED_OVERRIDES_MAY_NAME_OTHER_RULES = true;

// Buckets

/**
 * Signed calls of the S3 API count as HTTPS for `aws:SecureTransport`, though the local API listens in clear text: they stand for calls
 * that AWS's tools always make over HTTPS, and policies that deny clear text are in most templates. Website endpoints never do.
 */
export const SIGNED_CALLS_COUNT_AS_SECURE = true;

// Caching

/** An Age that the origin sends counts: what is already old is fresh for less time. RFC 9111 4.2.3; CloudFront says nothing. */
export const ORIGIN_AGE_COUNTS = true;

/**
 * A Date that lies behind our clock does not make a response older. RFC 9111 4.2.3 would count the difference, but CloudFront's TTLs are
 * documented from arrival, and responses of an origin whose clock is late would never be fresh.
 */
export const ORIGIN_DATE_AGES_RESPONSES = false;

/** MinTTL, DefaultTTL and error TTLs are times in the cache: they count from arrival even where a response arrives with an Age. */
export const TTL_SETTINGS_COUNT_FROM_ARRIVAL = true;

/**
 * With MinTTL 0, no-cache is stored with TTL 0 and revalidated each time; no-store and private are not stored. CloudFront's table names the
 * three together as "not stored, or stored with TTL 0"; this is the split that their names mean.
 */
export const NO_CACHE_IS_STORED = true;

/** The max-age and s-maxage of an error are bounded by MaxTTL, as those of any response; ErrorCachingMinTTL itself is not. */
export const MAX_TTL_BOUNDS_ERROR_TTL = true;

/** must-revalidate does not keep a stale response from answering for a failing origin: CloudFront ignores it for its own TTLs, too. */
export const MUST_REVALIDATE_FORBIDS_STALE_ON_ERROR = false;

/** X-Cache of a stale response that answers for a failing origin. The guide is silent; reports show Hit and RefreshHit. */
export const STALE_ON_ERROR_RESULT: 'Hit' | 'RefreshHit' | 'Error' = 'Hit';

/** An invalidation of `/` also forgets the default root object, which is what viewers of `/` got; operators invalidate both. */
export const ROOT_INVALIDATION_TAKES_ROOT_OBJECT = true;

/**
 * Invalidation paths match as written and with percent-encoding normalised (RFC 3986 6.2.2). Forgetting one object too many costs a fetch;
 * forgetting one too few serves what somebody withdrew.
 */
export const INVALIDATION_NORMALISES_ENCODING = true;

/**
 * Objects that viewers ask for in parts are fetched and stored in aligned blocks of this many octets. CloudFront says only that it may ask
 * for more than the viewer did; observers report about 1 MiB.
 */
export const RANGE_BLOCK = 1_048_576;

// Distributions

/**
 * The cookie of session stickiness in continuous deployment. The guide does not name it; sites that use the feature are seen to set this
 * one. CloudFront's value is opaque, ours is described in decide-deployment.ts.
 */
export const DEPLOYMENT_COOKIE = 'x-amz-continuous-deployment-state';

/**
 * Keys of the certificates that a distribution may show. The guide names RSA of 1024 to 4096 bits and ECDSA P-256; ACM's integration table
 * adds P-384, and refusing it would gain nothing.
 */
export const VIEWER_CERTIFICATE_KEYS: readonly string[] = [
  'RSA_1024',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'EC_prime256v1',
  'EC_secp384r1',
];

/** A disabled distribution answers to none of its names: reports describe the page for an unknown host. */
export const DISABLED_DISTRIBUTIONS_ANSWER = false;

// Field-level encryption

/**
 * The ciphertext of a field carries no signature of its own (algorithm 0x0178 of the AWS Encryption SDK). CloudFront does not say which of the
 * SDK's algorithms it uses; every version of the SDK reads this one, also those that refuse signed messages in streams.
 */
export const FIELDS_ARE_NOT_SIGNED = true;

// Functions

/**
 * A function whose source cannot run may be created and updated, and TestFunction says what is wrong with it; publishing it is refused with
 * InvalidArgument. CloudFront's documents do not say when a source is read first.
 */
export const FUNCTIONS_WITH_FAULTS_CAN_BE_CREATED = true;

/** A viewer-request function sees `/` where the viewer asked for it: the default root object takes its place afterwards. The guide is silent. */
export const FUNCTIONS_SEE_ROOT_OBJECT = false;

// HTTPS

/**
 * A viewer that names no server in its handshake (curl to an address) may ask for any Host, over a connection that is good enough for it.
 * CloudFront needs the name for its certificates; a machine that is reached by its address has no other way to be asked.
 */
export const CONNECTIONS_WITHOUT_SERVER_NAME_REACH_ALL = true;

/** The same where the server name is of no distribution, such as `localhost`: nobody's name is taken in vain. */
export const UNKNOWN_SERVER_NAMES_REACH_ALL = true;

// Origin requests

/**
 * The Content-Type of a request body reaches the origin although no policy names it. The guide's header table forwards it, its page on
 * policies is silent, and a body without its type is of no use to an origin.
 */
export const CONTENT_TYPE_TRAVELS_WITH_BODY = true;

/** The joint between the viewer's X-Forwarded-For and the address appended: captures show a space that the guide's example does not. */
export const FORWARDED_FOR_SEPARATOR = ', ';

// Origins

/**
 * A connection that does not come about in time is both of the guide's cases, "cannot connect" (503) and "takes too long" (504): an
 * origin group fails over when either is among its criteria.
 */
export const CONNECT_TIMEOUT_FAILS_OVER_ON: readonly number[] = [503, 504];

/** How long an idle connection to an S3 origin is kept, in milliseconds. Only custom origins have the setting; this is its default. */
export const S3_ORIGIN_KEEPALIVE = 5_000;

// Key value stores

/**
 * UpdateKeys deletes keys that are not there without a word, while DeleteKey of one is ResourceNotFoundException. The API reference names that
 * error for both and does not say when; tools that delete in batches send what they once listed.
 */
export const UPDATES_MAY_DELETE_ABSENT_KEYS = true;

/** What a function gets when it reads a key that is not there. The guide says that get() returns an error, not which. */
export const MISSING_KEY_ERROR = 'KeyNotFound';

// Signed URLs and cookies

/**
 * The scheme of a policy's Resource may hold wildcards, `http*://` among them: older editions of the guide write it so, and policies in use
 * still do. The newer one names `http://`, `https://` and `*://`.
 */
export const RESOURCE_SCHEMES_MAY_HOLD_WILDCARDS = true;

/** IpAddress may name networks of IPv6. The guide knows IPv4 alone; a policy for an IPv6 viewer could otherwise name no address at all. */
export const POLICIES_MAY_NAME_IPV6 = true;

/** x-edge-detailed-result-type of a request whose signature is missing or refused. Reports show `Error` and `InvalidRequestBlocked`. */
export const SIGNATURE_REFUSAL_DETAIL = 'Error';

/**
 * The CloudFront-* cookies of a signature reach neither cache key nor origin, as its parameters in a URL do not. The guide says so of the
 * parameters alone; but with the cookies in the key, every viewer would have a cache of one.
 */
export const SIGNATURE_COOKIES_STAY_AT_THE_EDGE = true;

/** RSA public keys of 3,072 and 4,096 bits may sign, too. The guide names 2,048; longer ones are stronger, and only cost time. */
export const RSA_KEY_LENGTHS: readonly number[] = [2048, 3072, 4096];

// Viewer requests

/**
 * What each distribution leaves in Via, and by which those that a request has passed are counted. CloudFront documents that more than two in a
 * chain are refused with 403, not how it knows; Via is where RFC 9110 7.6.3 has loops found, and it is sent on whatever the policies say.
 */
export const DISTRIBUTION_IN_VIA = '.cloudfront.net (CloudFront)';

/**
 * Methods CloudFront does not know (CONNECT, TRACE and made-up ones) get 405. Reports name both 403 and 405; 403 is the documented answer
 * for a known method that the cache behavior does not allow.
 */
export const UNKNOWN_METHOD_STATUS = 405;

/**
 * `/` is served by the cache behavior whose pattern is exactly `/` if there is one, else by the one that matches the default root object.
 * Users report the latter; the guide does not say.
 */
export const ROOT_PATTERN_WINS = true;

// Viewer responses

/**
 * Where a response headers policy lists origins, CORS responses say `Vary: Origin`, as plain ones do. One report saw it missing there; without
 * it, a browser's cache would show one site what another was allowed.
 */
export const CORS_RESPONSES_VARY_BY_ORIGIN = true;

/** A response headers policy applies to the redirect from HTTP to HTTPS, too. The guide says that it applies to errors, and does not speak of these. */
export const REDIRECTS_TO_HTTPS_TAKE_POLICY = true;

/** An origin's response without Server gets `Server: CloudFront`, as one does from which a policy removed the field. */
export const SERVER_ADDED_WHEN_ABSENT = true;

/** If-Match and If-Unmodified-Since are judged against the cached object, as If-None-Match is, and answered with 412. RFC 9110 13.1. */
export const CACHED_OBJECTS_ANSWER_412 = true;
