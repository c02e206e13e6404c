/**
 * `bun h3-client.ts ORDER`: asks over HTTP/3 from as many loops as the case has connections until the time is over, looks at every answer,
 * and prints how many there were. Started by h3.ts.
 */
import type { LoadOrder } from './load.ts';

const order = JSON.parse(process.argv[2] ?? '') as LoadOrder;
const { base, host, seconds } = order;
const { path, headers, connections, expected } = order.case;
const until = performance.now() + seconds * 1000;
// The certificate is of an authority that only this run knows; the other loads accept no coding either.
const fields = { host, 'accept-encoding': 'identity', ...headers };
const options = { protocol: 'http3', tls: { rejectUnauthorized: false }, headers: fields } as const;
let answered = 0;

async function ask(): Promise<void> {
  while (performance.now() < until) {
    const response = await fetch(`${base}${path}`, options);
    const { byteLength } = await response.arrayBuffer();
    if (response.status !== expected.status || byteLength !== expected.length) {
      throw new Error(`answered ${response.status} with ${byteLength} octets`);
    }
    answered += 1;
  }
}

await Promise.all(Array.from({ length: connections }, ask));
console.log(answered);
process.exit(0);
