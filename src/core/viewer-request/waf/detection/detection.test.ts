import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { detectSqli, isDecisive, mayBeDecided, SQLI_LITERALS } from './detect-sqli.ts';
import { detectXss, XSS_LITERALS } from './detect-xss.ts';
import { sqlTokens } from './sql-tokens.ts';

describe('injections of SQL', () => {
  test.each([
    ["1' or '1'='1", 'a condition that is always true, within quotes'],
    ['1 or 1=1', 'as it is'],
    ['" or ""="', 'within double quotes'],
    ["admin' --", 'a comment cuts off the rest'],
    ["admin'/*", 'a comment that does not end'],
    ["x' OR 1=1 #", 'a comment of MySQL'],
    ['1 UNION SELECT username, password FROM users', 'union'],
    ["' UNION/**/ALL/**/SELECT NULL,NULL-- -", 'comments for spaces'],
    ['1; DROP TABLE users', 'a second statement'],
    ["'; EXEC xp_cmdshell('dir')--", 'SQL Server'],
    ['1 AND SLEEP(5)', 'time tells'],
    ["1' AND (SELECT 4 FROM (SELECT(SLEEP(5)))x) AND 'a'='a", 'nested'],
    ["1' AND extractvalue(1,concat(0x7e,version()))-- ", 'errors tell'],
    ['1 ORDER BY 10-- ', 'how many columns'],
    ["' || pg_sleep(10)--", 'PostgreSQL'],
    ["1'; WAITFOR DELAY '0:0:5'--", 'SQL Server'],
    ["' like '%", 'like'],
    ['1/*!50000UNION*//*!50000SELECT*/1', 'comments that MySQL executes'],
    ['(select load_file(0x2f6574632f706173737764))', 'a statement alone'],
    ['-1) AND (1=1', 'within brackets'],
    ['1 and 1 between 0 and 2', 'words that compare'],
    ["a'||(select 1 from dual)||'", 'joined'],
  ])('%p: %s', (text) => {
    expect(detectSqli(text, 'LOW')).toBeDefined();
  });

  test.each([
    ['comments', `1${'/**/'.repeat(100)}union/**/select 1,2`],
    ['signs', `1 or ${'+ '.repeat(100)}1=1`],
    ['values', `${'1,'.repeat(100)}1 union select 1,2`],
  ])('behind a hundred %s', (_, text) => {
    expect(detectSqli(text, 'LOW')).toBeDefined();
  });

  test.each([
    'hello world',
    "it's a nice day",
    "O'Brien",
    "rock 'n' roll and more",
    'Please select one from the list below',
    'The European Union selects its members',
    'to order by phone, call 555-1234',
    '5 and counting',
    'price < 100 and > 50',
    '2026-11-28',
    'a=b&c=d',
    'user@example.com',
    'C# or F#?',
    'https://example.com/path?x=1#top',
    '{"name": "value", "n": [1, 2, 3]}',
    'Drop me a line; create something',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36',
    'insert coin to continue',
    'He said "hello" and left',
    'where are you from',
    '1,234.56',
    'x > 5',
    '(c) 2026 Example Inc.',
    'SGVsbG8gd29ybGQ=',
    "don't -- really -- do that",
  ])('%p is none', (text) => {
    expect(detectSqli(text, 'LOW')).toBeUndefined();
  });

  test.each(['1 --', 'select 1', 'select name from users', 'drop table users'])('%p is one only at sensitivity HIGH', (text) => {
    expect(detectSqli(text, 'LOW')).toBeUndefined();
    expect(detectSqli(text, 'HIGH')).toBeDefined();
  });
});

describe('cross-site scripting', () => {
  test.each([
    '<script>alert(1)</script>',
    '<SCRIPT SRC=//evil.example/x.js>',
    '<img src=x onerror=alert(1)>',
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    'x onload=alert(1)',
    '<a href="java\tscript:alert(1)">',
    '<a href=&#106;avascript:alert(1)>',
    '<iframe src=x>',
    '<body style="background:url(javascript:x)">',
    '<form><button formaction=javascript:alert(1)>',
    '<!--[if IE]><script>',
    '<object data="data:text/html;base64,PHNjcmlwdD4=">',
    '<math href="javascript:1">',
    '<scr\0ipt>',
  ])('%p', (text) => {
    expect(detectXss(text)).toBeDefined();
  });

  test.each([
    'a < b and c > d',
    '<b>bold</b> and <i>italic</i>',
    '<a href="https://example.com/?a=b">link</a>',
    '<img src="/logo.png" alt="on load">',
    'x=1&y=2',
    'if (a<b) return',
    '<3 you',
    'data:image/png;base64,AAAA',
    'one = two',
    'conversion=1',
    'https://example.com/?onsale=yes',
    '<p style="color: red">red</p>',
  ])('%p is none', (text) => {
    expect(detectXss(text)).toBeUndefined();
  });
});

test('whatever the text, both are total, and what they find is in it', () => {
  const unit = fc.constantFrom(
    ...'\'"`;#()=<>|&+-/*!@ \0\n\\a1xo'.split(''),
    'select ',
    'union ',
    'or ',
    '<script',
    ' onload=',
    '--',
    '/*',
    '<!--',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 80 }), (text) => {
      for (const found of [detectSqli(text, 'HIGH'), detectSqli(text, 'LOW'), detectXss(text)]) {
        if (found !== undefined) expect(found.at).toBeLessThanOrEqual(text.length);
      }
      if (detectSqli(text, 'LOW') !== undefined) expect(detectSqli(text, 'HIGH')).toBeDefined();
    }),
  );
});

test('what is passed over without being taken apart has nothing in it that decides', () => {
  const unit = fc.constantFrom(
    ...'\'"`;#()=<>|&+-/*!@$_. \0\n\\a1x5e\xa0\xe9'.split(''),
    ' sleep\xa0(',
    'select',
    'union',
    'or',
    'by',
    'and',
    'having',
    'drop',
    'sleep',
    'char',
    'user',
    '0x1f',
    '0b1',
    '1e5',
    '||',
    '--',
    '/*!',
    '<b',
    ' ',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
      if (sqlTokens(text, '').some(isDecisive)) expect([text, mayBeDecided(text)]).toEqual([text, true]);
      const hasOneOf = (literals: readonly string[]): boolean => literals.some((literal) => text.toLowerCase().includes(literal));
      if (detectSqli(text, 'HIGH') !== undefined) expect([text, hasOneOf(SQLI_LITERALS)]).toEqual([text, true]);
      if (detectXss(text) !== undefined) expect([text, hasOneOf(XSS_LITERALS)]).toEqual([text, true]);
    }),
    { numRuns: 5000 },
  );
});
