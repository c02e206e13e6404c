/**
 * Loaded into the suite's process with --import: names under `.localhost` are this machine (RFC 6761 6.3). Browsers and curl know
 * that; Node's resolver asks the system, and many systems do not.
 */
import dns from 'node:dns';

const systemLookup = dns.lookup;

/** @param {string} hostname @param {any[]} rest */
function lookup(hostname, ...rest) {
  const address = hostname?.endsWith('.localhost') ? '127.0.0.1' : hostname;
  return Reflect.apply(systemLookup, dns, [address, ...rest]);
}

Object.assign(dns, { lookup });
