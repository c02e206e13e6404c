/**
 * Whatever the model of wafv2 lets through is either refused in AWS's words, or reaches edges in a form that they can compile: rules at
 * random, from the model alone and from a grammar of rules that make sense.
 */
import { beforeAll, expect, test } from 'bun:test';
import type { CheckCapacityRequest, FieldToMatch, Rule, Statement } from '@aws-sdk/client-wafv2';
import fc from 'fast-check';
import { linearRegex } from '../../src/adapters/regex/linear-regex.ts';
import wafFile from '../../src/control/aws/models/wafv2.json' with { type: 'json' };
import { loadModel, type ModelFile } from '../../src/control/aws/wire/model.ts';
import { compileWebAcl } from '../../src/core/viewer-request/waf/compile-web-acl.ts';
import { createWafEngine } from '../../src/core/viewer-request/waf/create-waf-engine.ts';
import { randomStructure, seededRandom } from './random-values.ts';
import { blocking, call, made, refusal, startWafPlane } from './waf-plane.ts';

const at = startWafPlane();
const Scope = 'CLOUDFRONT';
let ipSet = '';
let patternSet = '';
beforeAll(async () => {
  const ips = { Name: 'ips', Scope, IPAddressVersion: 'IPV4', Addresses: ['192.0.2.0/24'] } as const;
  ipSet = made((await at.handlers.CreateIPSet!({ ...ips, Addresses: [...ips.Addresses] }, call())).Summary).ARN;
  const RegularExpressionList = [{ RegexString: 'a+' }];
  const patterns = { Name: 'patterns', Scope, RegularExpressionList } as const;
  patternSet = made((await at.handlers.CreateRegexPatternSet!({ ...patterns, RegularExpressionList }, call())).Summary).ARN;
});

const OVERSIZE = fc.constantFrom('CONTINUE' as const, 'MATCH' as const, 'NO_MATCH' as const);
const FALLBACK = fc.constantFrom('MATCH' as const, 'NO_MATCH' as const);
const SCOPE = fc.constantFrom('ALL' as const, 'KEY' as const, 'VALUE' as const);
const TEXTS = fc
  .uniqueArray(fc.constantFrom('NONE' as const, 'LOWERCASE' as const, 'URL_DECODE' as const, 'MD5' as const), { minLength: 1 })
  .map((types) => types.map((Type, Priority) => ({ Priority: types.length - Priority, Type })));
const forwarded = { HeaderName: 'X-Forwarded-For', FallbackBehavior: 'MATCH' as const };

const FIELD: fc.Arbitrary<FieldToMatch> = fc.oneof(
  fc.constantFrom<FieldToMatch>(
    { UriPath: {} },
    { QueryString: {} },
    { Method: {} },
    { AllQueryArguments: {} },
    { SingleHeader: { Name: 'X-A' } },
    { SingleQueryArgument: { Name: 'a' } },
    { JsonBody: { MatchPattern: { IncludedPaths: ['/a/0', '/~1'] }, MatchScope: 'ALL' } },
  ),
  FALLBACK.chain((FallbackBehavior) =>
    fc.constantFrom<FieldToMatch>(
      { UriFragment: { FallbackBehavior } },
      { JA3Fingerprint: { FallbackBehavior } },
      { JA4Fingerprint: { FallbackBehavior } },
    ),
  ),
  fc
    .tuple(OVERSIZE, SCOPE)
    .chain(([OversizeHandling, MatchScope]) =>
      fc.constantFrom<FieldToMatch>(
        { Body: { OversizeHandling } },
        { HeaderOrder: { OversizeHandling } },
        { Headers: { MatchPattern: { IncludedHeaders: ['X-A'] }, MatchScope, OversizeHandling } },
        { Cookies: { MatchPattern: { All: {} }, MatchScope, OversizeHandling } },
        { JsonBody: { MatchPattern: { All: {} }, MatchScope, OversizeHandling, InvalidFallbackBehavior: 'EVALUATE_AS_STRING' } },
      ),
    ),
);

const MATCH: fc.Arbitrary<Statement> = fc.oneof(
  fc
    .tuple(FIELD, TEXTS)
    .chain(([FieldToMatch, TextTransformations]) => {
      const part = { FieldToMatch, TextTransformations };
      return fc.constantFrom<() => Statement>(
        () => ({ ByteMatchStatement: { ...part, SearchString: Uint8Array.of(0, 255), PositionalConstraint: 'CONTAINS_WORD' } }),
        () => ({ RegexMatchStatement: { ...part, RegexString: '(?i)^/ä|b{2,3}$' } }),
        () => ({ RegexPatternSetReferenceStatement: { ...part, ARN: patternSet } }),
        () => ({ SqliMatchStatement: part }),
        () => ({ XssMatchStatement: part }),
        () => ({ SizeConstraintStatement: { ...part, ComparisonOperator: 'GE', Size: 8192 } }),
      );
    })
    .map((make) => make()),
  fc
    .constantFrom<() => Statement>(
      () => ({ GeoMatchStatement: { CountryCodes: ['DE'], ForwardedIPConfig: forwarded } }),
      () => ({ IPSetReferenceStatement: { ARN: ipSet, IPSetForwardedIPConfig: { ...forwarded, Position: 'ANY' } } }),
      () => ({ AsnMatchStatement: { AsnList: [64_496] } }),
      () => ({ LabelMatchStatement: { Scope: 'NAMESPACE', Key: 'a:' } }),
    )
    .map((make) => make()),
);

const NESTED = fc.letrec<{ statement: Statement }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 3 },
    MATCH,
    fc.array(tie('statement'), { minLength: 2, maxLength: 3 }).map((Statements) => ({ AndStatement: { Statements } })),
    fc.array(tie('statement'), { minLength: 2, maxLength: 3 }).map((Statements) => ({ OrStatement: { Statements } })),
    tie('statement').map((inner) => ({ NotStatement: { Statement: inner } })),
  ),
})).statement;

const RATE: fc.Arbitrary<Statement> = fc.tuple(NESTED, TEXTS).map(([ScopeDownStatement, TextTransformations]) => ({
  RateBasedStatement: {
    Limit: 100,
    AggregateKeyType: 'CUSTOM_KEYS',
    ForwardedIPConfig: forwarded,
    CustomKeys: [
      { ForwardedIP: {} },
      { Cookie: { Name: 'a', TextTransformations } },
      { JA4Fingerprint: { FallbackBehavior: 'MATCH' } },
    ],
    ScopeDownStatement,
  },
}));

/** A rule of its own, or one that runs a managed group. */
const RULE: fc.Arbitrary<Rule> = fc.oneof(
  fc.oneof(NESTED, RATE).map((statement) => blocking(statement)),
  NESTED.map((ScopeDownStatement) => {
    const group = { VendorName: 'AWS', Name: 'AWSManagedRulesAdminProtectionRuleSet', ScopeDownStatement };
    return blocking({ ManagedRuleGroupStatement: group }, { Action: undefined, OverrideAction: { Count: {} } });
  }),
);

test('rules that make sense are accepted, and edges can compile them', async () => {
  const engine = createWafEngine(linearRegex);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(RULE, async (rule) => {
      const { ARN, ...named } = await at.webAcl(`run-${run++}`, [rule]);
      const { id } = await at.distribution(ARN);
      await at.settled();
      const { waf } = at.snapshots.at(-1)!;
      // What is published travels as JSON.
      const configuration = JSON.parse(JSON.stringify(waf)) as NonNullable<typeof waf>;
      expect(compileWebAcl(configuration.webAcls[0]!, configuration, engine)).not.toHaveProperty('broken');
      await at.removeDistribution(id);
      await at.handlers.DeleteWebACL!({ ...named, Scope }, call());
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('rules without sense are refused in the words of the service', async () => {
  const input = loadModel(wafFile as unknown as ModelFile).operations.get('CheckCapacity')!.input!;
  for (let seed = 0; seed < 300; seed++) {
    const { Rules } = randomStructure(input, seededRandom(seed)) as unknown as CheckCapacityRequest;
    // Whatever is no refusal of ours fails the test.
    expect(await refusal(() => at.handlers.CheckCapacity!({ Scope, Rules }, call()))).toMatch(/^(WAF\w+Exception\b|accepted)/);
  }
});
