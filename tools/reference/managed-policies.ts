/**
 * docs/reference/managed-policies.md: the policies that AWS manages, from src/tables/managed-*.ts.
 */
import type { Selection } from '../../src/model/policies.ts';
import { SECOND } from '../../src/model/units.ts';
import { MANAGED_CACHE_POLICIES } from '../../src/tables/managed-cache-policies.ts';
import { MANAGED_ORIGIN_REQUEST_POLICIES } from '../../src/tables/managed-origin-request-policies.ts';
import { MANAGED_RESPONSE_HEADERS_POLICIES } from '../../src/tables/managed-response-headers-policies.ts';
import { code, page, table } from './markdown.ts';

export function managedPoliciesPage(): string {
  return page(
    'Managed policies',
    'They exist from the start, under the ids they have at AWS, and cannot be changed.',
    '',
    '## Cache policies',
    '',
    table(
      ['Name', 'Id', 'MinTTL / DefaultTTL / MaxTTL (s)', 'Headers', 'Cookies', 'Query strings', 'gzip / br'],
      MANAGED_CACHE_POLICIES.map((policy) => [
        policy.name,
        code(policy.id),
        [policy.minTtl, policy.defaultTtl, policy.maxTtl].map((ttl) => ttl / SECOND).join(' / '),
        policy.headers.join(', ') || 'none',
        selection(policy.cookies),
        selection(policy.queryStrings),
        `${yes(policy.acceptEncodingGzip)} / ${yes(policy.acceptEncodingBrotli)}`,
      ]),
    ),
    '',
    '## Origin request policies',
    '',
    table(
      ['Name', 'Id', 'Headers', 'Cookies', 'Query strings'],
      MANAGED_ORIGIN_REQUEST_POLICIES.map((policy) => [
        policy.name,
        code(policy.id),
        'names' in policy.headers ? `${policy.headers.kind}: ${policy.headers.names.join(', ')}` : policy.headers.kind,
        selection(policy.cookies),
        selection(policy.queryStrings),
      ]),
    ),
    '',
    '## Response headers policies',
    '',
    table(
      ['Name', 'Id', 'Meaning'],
      MANAGED_RESPONSE_HEADERS_POLICIES.map((policy) => [policy.name, code(policy.id), policy.comment]),
    ),
  );
}

function selection(chosen: Selection): string {
  return 'names' in chosen ? `${chosen.kind}: ${chosen.names.join(', ')}` : chosen.kind;
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no';
}
