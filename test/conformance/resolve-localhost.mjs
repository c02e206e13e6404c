/**
 * Loaded into the suite's process with --import: names under `.localhost` are this machine (RFC 6761 6.3). Browsers and curl know
 * that; Node's resolver asks the system, and many systems do not.
 */
import dns from 'node:dns';

const systemLookup = /** @type {Function} */ (dns.lookup);

/** @type {any} */ (dns).lookup = (/** @type {unknown} */ hostname, /** @type {unknown[]} */ ...rest) => {
  const isLocal = typeof hostname === 'string' && hostname.endsWith('.localhost');
  return systemLookup(isLocal ? '127.0.0.1' : hostname, ...rest);
};
