/**
 * AWS WAF for tests: evaluated as in production, its log kept in memory. Web ACLs are given in the form in which edges read them.
 */
import { createMemoryWafLog, type MemoryWafLog } from '../adapters/log/memory-waf-log.ts';
import { linearRegex } from '../adapters/regex/linear-regex.ts';
import { createTokenCrypto } from '../adapters/waf/token-crypto.ts';
import { createWafEngine } from '../core/viewer-request/waf/create-waf-engine.ts';
import type { WafPorts } from '../edge/waf-ports.ts';
import { NO_WAF, type TokenKey, type WafConfiguration } from '../model/web-acl.ts';

/** Signs tokens of challenges where a test gives no key of its own. */
const TOKEN_KEY: TokenKey = { id: 'kit', secret: 'a2V5IG9mIHRoZSB0ZXN0IGtpdCwgb2YgMzIgb2N0ZXRz', createdAt: 0 };

export function createTestWaf(): WafPorts & { readonly log: MemoryWafLog } {
  return { engine: createWafEngine(linearRegex), crypto: createTokenCrypto(), log: createMemoryWafLog() };
}

/** What is left out is empty. */
export function wafConfiguration(given: Partial<WafConfiguration> | undefined): WafConfiguration | undefined {
  if (given === undefined) return undefined;
  return { ...NO_WAF, tokenKeys: [TOKEN_KEY], ...given };
}
