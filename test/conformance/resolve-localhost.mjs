/**
 * Loaded into the suite's process with --import: names under `.localhost` are this machine (RFC 6761 6.3). Browsers and curl know
 * that; Node's resolver asks the system, and many systems do not.
 */
import dns from 'node:dns';

const systemLookup = /** @type {(...all: unknown[]) => void} */ (/** @type {unknown} */ (dns.lookup));

/** @param {string | undefined} hostname @param {unknown[]} rest */
function lookup(hostname, ...rest) {
  systemLookup(hostname?.endsWith('.localhost') ? '127.0.0.1' : hostname, ...rest);
}

Object.assign(dns, { lookup });
