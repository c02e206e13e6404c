/**
 * The text that makes a realm in QuickJS what CloudFront's runtimes are. The parts are functions of guest/, type-checked like everything
 * else and sent over as their own text; this file says in which order they run.
 */
import { MISSING_KEY_ERROR } from '../../model/assumptions.ts';
import type { FunctionRuntime } from '../../model/edge-function.ts';
import { installBinary } from './guest/binary.ts';
import { createCloudFrontModule } from './guest/cloudfront.ts';
import { installConsole } from './guest/console.ts';
import { createCryptoModule } from './guest/crypto.ts';
import { installDate } from './guest/date.ts';
import { createInvoker } from './guest/invoke.ts';
import { createKeyValueModule } from './guest/key-values.ts';
import { createQuerystringModule } from './guest/querystring.ts';
import { installRandom } from './guest/random.ts';
import { freezeRealm, restrict } from './guest/restrict.ts';
import { createWebTokens } from './guest/web-tokens.ts';
import { MOST_ANSWER } from './limits.ts';

/** Where the function runs: `cf.edgeLocation`. */
export interface EdgeLocation {
  /** IATA. */
  readonly name: string;
  readonly serverIp: string;
  readonly region: string;
}

/** A script whose value is an Invoker. The host's functions are globals before, and none of them stays. */
export function realmSource(runtime: FunctionRuntime, edgeLocation: EdgeLocation): string {
  const isSecond = runtime === 'cloudfront-js-2.0';
  return `(function () {
    var scope = globalThis, host = {};
    for (const key of Object.getOwnPropertyNames(scope)) {
      if (key.startsWith('host:')) { host[key.slice(5)] = scope[key]; delete scope[key]; }
    }
    const setClock = ${text(installDate)}();
    const setSeed = ${text(installRandom)}();
    const binary = ${text(installBinary)}(host, ${isSecond});
    const kvs = ${text(createKeyValueModule)}(host, binary, ${JSON.stringify(MISSING_KEY_ERROR)});
    const cwt = ${text(createWebTokens)}(host, binary);
    const cloudfront = ${text(createCloudFrontModule)}(${JSON.stringify(edgeLocation)}, kvs, cwt);
    const modules = { crypto: ${text(createCryptoModule)}(host, binary, ${isSecond}), querystring: ${text(createQuerystringModule)}(binary) };
    if (${isSecond}) { modules.cloudfront = cloudfront.module; modules.buffer = { Buffer: scope.Buffer }; }
    ${text(installConsole)}(host, modules);
    const invoker = ${text(createInvoker)}(modules, cloudfront, setClock, setSeed, ${isSecond}, ${MOST_ANSWER});
    ${text(restrict)}(host, ${isSecond});
    invoker.freeze = function () { for (const name in modules) Object.freeze(modules[name]); ${text(freezeRealm)}(); };
    return invoker;
  })()`;
}

function text(part: (...given: never[]) => unknown): string {
  return `(${part.toString()})`;
}
