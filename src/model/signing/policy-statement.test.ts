import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { readEpochTime, readPolicy, type PolicyFault } from './policy-statement.ts';

const condition = (members: string): string => `{"Statement":[{"Resource":"*","Condition":{${members}}}]}`;
const UNTIL = '"DateLessThan":{"AWS:EpochTime":10}';

test('everything a policy can say', () => {
  const policy = condition(`${UNTIL},"DateGreaterThan":{"AWS:EpochTime":5},"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}`);
  expect(readPolicy(policy)).toMatchObject({
    resource: '*',
    dateLessThan: 10_000,
    dateGreaterThan: 5_000,
    sourceIp: { network: { family: 4 }, text: '192.0.2.0/24' },
  });
});

const TAKEN: readonly (readonly [name: string, policy: string, resource: string | undefined])[] = [
  ['white space as the guide shows it', ` {\r\n\t"Statement": [ { "Resource":"*", "Condition": { ${UNTIL} } } ] }\r\n`, '*'],
  ['the members in another order', `{"Statement":[{"Condition":{${UNTIL}},"Resource":"a"}]}`, 'a'],
  ['a statement by itself', `{"Statement":{"Resource":"a","Condition":{${UNTIL}}}}`, 'a'],
  ['no resource', `{"Statement":[{"Condition":{${UNTIL}}}]}`, undefined],
  ['escapes', String.raw`{"Statement":[{"Resource":"http:\/\/a\u002fb\"\\c","Condition":{${UNTIL}}}]}`, 'http://a/b"\\c'],
  [
    'the separator of the guide',
    String.raw`{"Statement":[{"Resource":"http://a/b\?c","Condition":{${UNTIL}}}]}`,
    String.raw`http://a/b\?c`,
  ],
];

test.each(TAKEN)('taken: %s', (_, policy, resource) =>
  expect(readPolicy(policy)).toMatchObject({ resource, dateLessThan: 10_000 }),
);

const REFUSED: readonly (readonly [name: string, policy: string, reason: PolicyFault['reason'], path: string])[] = [
  ['nothing', '', 'not-json', ''],
  ['cut short', condition(UNTIL).slice(0, -1), 'not-json', ''],
  ['something behind', `${condition(UNTIL)}x`, 'not-json', ''],
  ['a second document', `${condition(UNTIL)}{}`, 'not-json', ''],
  ['NUL behind', `${condition(UNTIL)}\0`, 'not-json', ''],
  ['NUL in a string', '{"Statement":[{"Resource":"a\0b","Condition":{}}]}', 'not-json', ''],
  ['a byte order mark', `\xef\xbb\xbf${condition(UNTIL)}`, 'not-json', ''],
  ['a closing comma', '{"Statement":[],}', 'not-json', ''],
  ['a comment', '{/**/"Statement":[]}', 'not-json', ''],
  ['single quotes', "{'Statement':[]}", 'not-json', ''],
  ['an escape that is none', String.raw`{"Statement":[{"Resource":"\x41"}]}`, 'not-json', ''],
  ['a list', '[]', 'not-an-object', ''],
  ['a number', '7', 'not-an-object', ''],
  ['no statement', '{}', 'missing-member', 'Statement'],
  ['an empty list of statements', '{"Statement":[]}', 'not-one-statement', 'Statement'],
  ['two statements', `{"Statement":[{"Condition":{${UNTIL}}},{"Condition":{${UNTIL}}}]}`, 'not-one-statement', 'Statement'],
  ['two statement members', `{"Statement":[],"Statement":[{"Condition":{${UNTIL}}}]}`, 'repeated-name', ''],
  ['a condition twice', condition(`${UNTIL},${UNTIL}`), 'repeated-name', ''],
  ['a time twice', condition('"DateLessThan":{"AWS:EpochTime":10,"AWS:EpochTime":99}'), 'repeated-name', ''],
  [
    'a name twice, once escaped',
    condition(`${UNTIL},${String.raw`"DateLes\u0073Than"`}:{"AWS:EpochTime":99}`),
    'repeated-name',
    '',
  ],
  ['an unknown member', `{"Version":"2012-10-17","Statement":[{"Condition":{${UNTIL}}}]}`, 'unknown-member', 'Version'],
  [
    'an unknown member of the statement',
    `{"Statement":[{"Effect":"Allow","Condition":{${UNTIL}}}]}`,
    'unknown-member',
    'Statement.Effect',
  ],
  ['an unknown condition', condition(`${UNTIL},"StringLike":{}`), 'unknown-member', 'Condition.StringLike'],
  ['another case', condition('"dateLessThan":{"AWS:EpochTime":10}'), 'unknown-member', 'Condition.dateLessThan'],
  ['no condition', '{"Statement":[{"Resource":"*"}]}', 'missing-member', 'Statement.Condition'],
  ['no end', condition('"DateGreaterThan":{"AWS:EpochTime":5}'), 'missing-member', 'Condition.DateLessThan'],
  ['a time as text', condition('"DateLessThan":{"AWS:EpochTime":"10"}'), 'not-a-time', 'Condition.DateLessThan'],
  ['a fraction', condition('"DateLessThan":{"AWS:EpochTime":10.5}'), 'not-a-time', 'Condition.DateLessThan'],
  ['an exponent', condition('"DateLessThan":{"AWS:EpochTime":1e99}'), 'not-a-time', 'Condition.DateLessThan'],
  [
    'a time of 65 bits',
    condition('"DateLessThan":{"AWS:EpochTime":9223372036854775808}'),
    'not-a-time',
    'Condition.DateLessThan',
  ],
  ['a huge time', condition(`"DateLessThan":{"AWS:EpochTime":${'9'.repeat(4000)}}`), 'not-a-time', 'Condition.DateLessThan'],
  ['no time', condition('"DateLessThan":{"AWS:EpochTime":null}'), 'not-a-time', 'Condition.DateLessThan'],
  [
    'a beginning that is no time',
    condition(`${UNTIL},"DateGreaterThan":{"AWS:EpochTime":true}`),
    'not-a-time',
    'Condition.DateGreaterThan',
  ],
  ['an end without its member', condition('"DateLessThan":{}'), 'missing-member', 'Condition.DateLessThan.AWS:EpochTime'],
  [
    'a network that is none',
    condition(`${UNTIL},"IpAddress":{"AWS:SourceIp":"192.0.2.0/33"}`),
    'not-a-network',
    'Condition.IpAddress',
  ],
  ['a list of networks', condition(`${UNTIL},"IpAddress":{"AWS:SourceIp":["192.0.2.0/24"]}`), 'too-deep', ''],
  ['a resource that is no text', `{"Statement":[{"Resource":["*"],"Condition":{${UNTIL}}}]}`, 'not-text', 'Resource'],
  ['nested too deep', condition('"DateLessThan":{"AWS:EpochTime":[10]}'), 'too-deep', ''],
  ['nested without end', '['.repeat(100_000), 'too-deep', ''],
];

test.each(REFUSED)('refused: %s', (_, policy, reason, path) => {
  expect(readPolicy(policy)).toMatchObject({ kind: 'malformed', reason, path });
});

test('a fault says where it is', () => {
  expect(readPolicy(condition(`${UNTIL},"StringLike":{}`))).toEqual({
    kind: 'malformed',
    reason: 'unknown-member',
    at: condition(`${UNTIL},"StringLike":{}`).indexOf('{}'),
    path: 'Condition.StringLike',
  });
});

describe('epoch times', () => {
  const rows: [text: string, want: number | undefined][] = [
    ['0', 0],
    ['1767225600', 1_767_225_600_000],
    ['-1', -1000],
    ['9223372036854775807', Number('9223372036854775807') * 1000],
    ['9223372036854775808', undefined],
    ['01', undefined],
    ['-0', undefined],
    ['+1', undefined],
    ['1.0', undefined],
    ['1e3', undefined],
    [' 1', undefined],
    ['', undefined],
  ];
  test.each(rows)('%p: %p', (text, want) => expect(readEpochTime(text)).toBe(want));
});

test('property: what JSON.stringify writes is read as it was meant', () => {
  const time = fc.integer({ min: 0, max: 2 ** 40 });
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary-ascii' }),
      time,
      fc.option(time),
      fc.option(fc.ipV4()),
      (Resource, until, from, address) => {
        const Condition = {
          DateLessThan: { 'AWS:EpochTime': until },
          ...(from !== null && { DateGreaterThan: { 'AWS:EpochTime': from } }),
          ...(address !== null && { IpAddress: { 'AWS:SourceIp': address } }),
        };
        expect(readPolicy(JSON.stringify({ Statement: [{ Resource, Condition }] }))).toMatchObject({
          resource: Resource,
          dateLessThan: until * 1000,
          dateGreaterThan: from === null ? undefined : from * 1000,
          sourceIp: address === null ? undefined : { text: address },
        });
      },
    ),
  );
});

test('property: what the reader takes, JSON.parse takes, and sees the same', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"Statement"',
    '"Condition"',
    UNTIL,
    '"Resource"',
    '"*"',
    '1',
    ' ',
    '\\',
    '\0',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const policy = readPolicy(pieces.join(''));
      if ('reason' in policy) return;
      const { Statement } = JSON.parse(pieces.join('')) as { Statement: { Resource?: string } | [{ Resource?: string }] };
      expect(policy.resource).toBe((Array.isArray(Statement) ? Statement[0] : Statement).Resource);
    }),
  );
});
