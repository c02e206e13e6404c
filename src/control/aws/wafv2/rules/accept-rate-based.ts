/**
 * What a rate-based statement counts. AWS WAF developer guide: rate-based rule statement, aggregation options; API reference.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { WAF_QUOTAS } from '../../../../tables/quotas.ts';
import { invalidParameter, REASONS } from '../waf-faults.ts';
import { acceptTransformations } from './accept-field.ts';
import { exactlyOne } from './exactly-one.ts';

/** In seconds. */
const WINDOWS: readonly number[] = [60, 120, 300, 600];

export function acceptRateBased(rate: Sdk.RateBasedStatement, nested: (inner: Sdk.Statement) => void): void {
  const { AggregateKeyType: kind, EvaluationWindowSec: window, CustomKeys: keys = [] } = rate;
  if (window !== undefined && !WINDOWS.includes(window))
    throw invalidParameter('RATE_BASED_STATEMENT', String(window), `EvaluationWindowSec is one of ${WINDOWS.join(', ')}.`);
  if ((kind === 'CUSTOM_KEYS') !== keys.length > 0)
    throw invalidParameter('CUSTOM_KEYS', 'CustomKeys', 'Custom keys are given exactly when AggregateKeyType is CUSTOM_KEYS.');
  if (kind === 'FORWARDED_IP' && rate.ForwardedIPConfig === undefined) throw missingForwarded();
  if (kind === 'CONSTANT' && rate.ScopeDownStatement === undefined)
    throw invalidParameter('SCOPE_DOWN', 'ScopeDownStatement', 'AggregateKeyType CONSTANT needs a scope-down statement.');
  acceptKeys(keys, rate.ForwardedIPConfig);
  if (rate.ScopeDownStatement) nested(rate.ScopeDownStatement);
}

function acceptKeys(keys: readonly Sdk.RateBasedStatementCustomKey[], forwarded: Sdk.ForwardedIPConfig | undefined): void {
  if (keys.length > WAF_QUOTAS.rateKeys) throw invalidParameter('CUSTOM_KEYS', String(keys.length), REASONS.tooMany);
  for (const key of keys) {
    const kind = exactlyOne(key, 'CUSTOM_KEYS', 'CustomKeys');
    if (kind === 'ForwardedIP' && forwarded === undefined) throw missingForwarded();
    // AWS WAF: an address alone has its own AggregateKeyType.
    if ((kind === 'IP' || kind === 'ForwardedIP') && keys.length === 1)
      throw invalidParameter('CUSTOM_KEYS', kind, 'An address alone is aggregated by AggregateKeyType IP or FORWARDED_IP.');
    const { Header, Cookie, QueryArgument, QueryString, UriPath } = key;
    acceptTransformations((Header ?? Cookie ?? QueryArgument ?? QueryString ?? UriPath)?.TextTransformations ?? []);
  }
}

function missingForwarded(): ReturnType<typeof invalidParameter> {
  return invalidParameter('FORWARDED_IP_CONFIG', 'ForwardedIPConfig', 'A forwarded address needs the header that it is in.');
}
