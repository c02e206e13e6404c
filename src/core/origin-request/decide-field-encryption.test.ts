import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { EncryptionKey, EncryptionProfile, FieldLevelEncryption } from '../../model/field-level-encryption.ts';
import { KIB, MIB } from '../../model/units.ts';
import { decideFieldEncryption, planFormEncryption } from './decide-field-encryption.ts';

const key: EncryptionKey = { name: 'bank', provider: 'us', pem: '' };
const profile = (...fieldPatterns: string[]): EncryptionProfile => ({ entities: [{ key, fieldPatterns }] });
const FORM = 'application/x-www-form-urlencoded';
const byType = profile('card');
const byArgument = profile('name');

const strict: FieldLevelEncryption = {
  id: 'C1',
  contentTypes: { [FORM]: byType },
  forwardsUnknownContentType: false,
  queryArguments: { profiles: { other: byArgument }, forwardsUnknown: false },
};
const lax: FieldLevelEncryption = {
  ...strict,
  contentTypes: { [FORM]: undefined },
  forwardsUnknownContentType: true,
  queryArguments: { profiles: {}, forwardsUnknown: true },
};
const silent: FieldLevelEncryption = { ...strict, queryArguments: undefined };

const rows: [
  name: string,
  encryption: FieldLevelEncryption,
  method: string,
  type: string | undefined,
  query: string | undefined,
  want: string,
][] = [
  ['a form', strict, 'POST', FORM, undefined, 'encrypt card'],
  ['with a charset', strict, 'POST', `${FORM.toUpperCase()}; charset=UTF-8`, 'a=1', 'encrypt card'],
  ['no POST', strict, 'PUT', FORM, undefined, 'none'],
  ['a GET', strict, 'GET', undefined, undefined, 'none'],
  ['another type', strict, 'POST', 'application/json', undefined, 'refused RejectedByContentType'],
  ['a name every object has', strict, 'POST', 'constructor/prototype', undefined, 'refused RejectedByContentType'],
  ['no type', strict, 'POST', undefined, undefined, 'refused RejectedByContentType'],
  ['no media type', strict, 'POST', 'form', undefined, 'refused MalformedContentTypeClientError'],
  ['another type, let through', lax, 'POST', 'application/json', undefined, 'forward ForwardedByContentType'],
  ['a type without a profile', lax, 'POST', FORM, undefined, 'forward ForwardedDueToNoProfile'],
  ['a profile of the query', strict, 'POST', FORM, 'a=1&fle-profile=other', 'encrypt name'],
  ['for another type', strict, 'POST', 'text/plain', 'fle-profile=other', 'refused RejectedByContentType'],
  ['an unknown profile', strict, 'POST', FORM, 'fle-profile=toString', 'refused RejectedByQueryArgs'],
  ['an unknown profile, let through', lax, 'POST', FORM, 'fle-profile=none', 'forward ForwardedByQueryArgs'],
  ['an empty profile', strict, 'POST', FORM, 'fle-profile=', 'refused MalformedQueryArgsClientError'],
  ['a profile without a value', strict, 'POST', FORM, 'fle-profile', 'refused MalformedQueryArgsClientError'],
  ['two profiles', strict, 'POST', FORM, 'fle-profile=other&fle-profile=other', 'refused MalformedQueryArgsClientError'],
  ['a profile where the query says nothing', silent, 'POST', FORM, 'fle-profile=other', 'encrypt card'],
];
test.each(rows)('%s', (_name, encryption, method, type, query, want) => {
  const fields = type === undefined ? [] : ([['content-type', type]] as const);
  const decision = decideFieldEncryption(encryption, { method, fields, query });
  const told = {
    none: () => 'none',
    forward: () => `forward ${'status' in decision ? decision.status : ''}`,
    refused: () => `refused ${'status' in decision ? decision.status : ''}`,
    encrypt: () => `encrypt ${'profile' in decision ? decision.profile.entities[0]!.fieldPatterns[0] : ''}`,
  };
  expect(told[decision.kind]()).toBe(want);
});

test('the fields of a coded form cannot be seen', () => {
  const fields = [
    ['content-type', FORM],
    ['content-encoding', 'gzip'],
  ] as const;
  const decision = decideFieldEncryption(strict, { method: 'POST', fields, query: undefined });
  expect(decision).toEqual({ kind: 'refused', status: 'MalformedInputClientError' });
});

test('of several content types nobody knows which the origin goes by', () => {
  const types = ['text/plain; a="', FORM];
  const fields = types.map((type) => ['content-type', type] as const);
  const encryption = { ...strict, forwardsUnknownContentType: true };
  const decision = decideFieldEncryption(encryption, { method: 'POST', fields, query: undefined });
  expect(decision).toEqual({ kind: 'refused', status: 'MalformedContentTypeClientError' });
});

/** The form with what is encrypted in angle brackets, or why there is none. */
function planned(patterns: readonly string[], body: string): string {
  const plan = planFormEncryption(profile(...patterns), body);
  if (plan.kind === 'refused') return plan.status;
  return plan.pieces.map((piece) => (typeof piece === 'string' ? piece : `<${piece.value}>`)).join('');
}

const forms: [name: string, patterns: readonly string[], body: string, want: string][] = [
  ['one of several', ['card'], 'a=1&card=4111&b=2', 'a=1&card=<4111>&b=2'],
  ['a beginning', ['Card*'], 'CardNo=1&Card=2&card=3', 'CardNo=<1>&Card=<2>&card=3'],
  ['any field', ['*'], 'a=1&b=', 'a=<1>&b=<>'],
  ['every field of the name', ['a'], 'a=1&a=2', 'a=<1>&a=<2>'],
  ['decoded', ['a'], 'a=%C3%BC+%2B', 'a=<\u00c3\u00bc +>'],
  ['a name that hides', ['card'], 'c%61rd=1&b=%C3%BC', 'c%61rd=<1>&b=%C3%BC'],
  ['no value', ['a'], 'a&b=1', 'a&b=1'],
  ['a value with =', ['a'], 'a=b=c', 'a=<b=c>'],
  ['nothing', ['a'], '', ''],
  ['empty sections', ['a'], '&&a=1&', '&&a=<1>&'],
  ['a % that is none', ['a'], 'b=%zz', 'MalformedInputClientError'],
  ['a % cut off', ['a'], 'a=%4', 'MalformedInputClientError'],
  ['the longest field', ['a'], `a=${'x'.repeat(16 * KIB)}`, `a=<${'x'.repeat(16 * KIB)}>`],
  ['a field too long', ['a'], `a=${'x'.repeat(16 * KIB + 1)}`, 'FieldLengthLimitClientError'],
  ['a long field of no concern', ['a'], `b=${'x'.repeat(16 * KIB + 1)}`, `b=${'x'.repeat(16 * KIB + 1)}`],
  ['ten fields', ['a*'], 'a=1&'.repeat(10), 'a=<1>&'.repeat(10)],
  ['eleven fields', ['a*'], 'a=1&'.repeat(11), 'FieldNumberLimitClientError'],
  ['a form too long', ['a'], 'b'.repeat(MIB + 1), 'RequestLengthLimitClientError'],
];
test.each(forms)('%s', (_name, patterns, body, want) => expect(planned(patterns, body)).toBe(want));

test('a million sections are a few pieces', () => {
  for (const section of ['&', 'b&', 'b=&', '=&']) {
    const plan = planFormEncryption(profile('card'), `${section.repeat(1000)}card=1&${section.repeat(1000)}`);
    expect(plan).toMatchObject({ kind: 'pieces', encryptedFields: 1, pieces: { length: 3 } });
  }
});

test('what is not encrypted stays as it came, octet for octet', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
      const plan = planFormEncryption(profile('card'), text.replaceAll('%', ''));
      const kept =
        plan.kind === 'refused' ? undefined : plan.pieces.map((piece) => (typeof piece === 'string' ? piece : '')).join('');
      expect(kept).toBe(text.replaceAll('%', '').replaceAll(/(?<=^card=|&card=)[^&]*/g, ''));
    }),
  );
});
