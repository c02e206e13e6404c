import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { TextTransformation } from '../../../../model/web-acl-statement.ts';
import { PRE_PARSE_TRANSFORMATIONS, SECLANG_TRANSFORMATIONS, TEXT_TRANSFORMATIONS } from './text-transformations.ts';

const rows: readonly [name: TextTransformation, text: string, want: string][] = [
  ['BASE64_DECODE', 'PHNjcmlwdD4=', '<script>'],
  ['BASE64_DECODE', 'PHNj.cmlwdD4=', '<sc'],
  ['BASE64_DECODE', 'PHNjcmlwdD4', '<script>'],
  ['BASE64_DECODE_EXT', 'P.HNj\ncmlwdD4=', '<script>'],
  ['CMD_LINE', 'C^OMMAND /c  DIR', 'command/c dir'],
  ['CMD_LINE', '"/bin/c\\at";/etc/pass\'wd', '/bin/cat/etc/passwd'],
  ['CMD_LINE', 'net,user (x)', 'net user(x)'],
  ['CMD_LINE_UNIX', 'c\\a"t" /etc^', 'cat/etc^'],
  ['CMD_LINE_WIN', 'p^ing \\\\x', 'ping \\\\x'],
  ['COMPRESS_WHITE_SPACE', 'a \t\r\n\f\v b\xa0c', 'a b c'],
  ['CSS_DECODE', 'ja\\vasc\\0072 ipt', 'javascript'],
  ['CSS_DECODE', '\\61\\00062 c\\\nd\\ff1c', 'abcd<'],
  ['ESCAPE_SEQ_DECODE', '\\x41\\101\\n\\?\\q', 'AA\n?\\q'],
  ['HEX_DECODE', '616263', 'abc'],
  ['HEX_DECODE', '61626', 'ab'],
  ['HEX_DECODE', 'xyz', 'xyz'],
  ['HTML_ENTITY_DECODE', '&lt;&#x73;&#99;ript&gt;&quot;&nbsp;&amp;&unknown;', '<script>"\xa0&&unknown;'],
  ['HTML_ENTITY_DECODE', '&#x3C&#60&', '<<&'],
  ['JS_DECODE', '\\u0061\\x62\\143\\q\\uff1c', 'abcq<'],
  ['JS_DECODE', '\\u{61}', 'u{61}'],
  ['JS_DECODE_EXT', '\\u{61}\\u{00062}', 'ab'],
  ['LOWERCASE', 'AbC\xc9', 'abc\xc9'],
  ['NORMALIZE_PATH', '/a/./b//c/../d', '/a/b/d'],
  ['NORMALIZE_PATH', '/../../etc/passwd', '/etc/passwd'],
  ['NORMALIZE_PATH', '../a/../../b/', '../../b/'],
  ['NORMALIZE_PATH_WIN', '\\a\\..\\b', '/b'],
  ['REMOVE_COMMENTS_CHAR', 'a/*b*/--c#d<!--e', 'abcde'],
  ['REMOVE_NULLS', 'a\0b', 'ab'],
  ['REMOVE_WHITESPACE', ' a \tb\xa0', 'ab'],
  ['REPLACE_COMMENTS', 'UN/**/ION/*x', 'UN ION '],
  ['REPLACE_COMMENTS', 'a*/b', 'a*/b'],
  ['REPLACE_NULLS', 'a\0b', 'a b'],
  ['SQL_HEX_DECODE', 'x=0x414243 0xg 0X61', 'x=ABC 0xg a'],
  ['TRIM', '\t a b \n', 'a b'],
  ['TRIM_LEFT', ' a ', 'a '],
  ['TRIM_RIGHT', ' a ', ' a'],
  ['UPPERCASE', 'abC', 'ABC'],
  ['URL_DECODE', '%3cscript%3E+%zz%4', '<script> %zz%4'],
  ['URL_DECODE', '%u003c', '%u003c'],
  ['URL_DECODE_UNI', '%u003c%uff1E%3c+', '<><\x20'],
  ['UTF8_TO_UNICODE', 'a\xc3\xa9\xe2\x82\xac\xff\xc0\xaf', 'a%u00e9%u20ac\xff\xc0\xaf'],
];

describe('text transformations', () => {
  test.each(rows)('%s of %p', (name, text, want) => {
    expect(TEXT_TRANSFORMATIONS[name](text)).toBe(want);
  });

  test.each([
    ['MD5', 'md5'],
    ['SHA256', 'sha256'],
  ] as const)('%s is what other implementations say, raw', (name, algorithm) => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 200]) {
      const text = 'a\xff'.repeat(length).slice(0, length);
      expect(TEXT_TRANSFORMATIONS[name](text)).toBe(createHash(algorithm).update(Buffer.from(text, 'latin1')).digest('latin1'));
    }
  });

  test("SecLang's SHA1 and hexEncode", () => {
    const digest = SECLANG_TRANSFORMATIONS['hexencode']!(SECLANG_TRANSFORMATIONS['sha1']!('x'.repeat(119)));
    expect(digest).toBe(createHash('sha1').update('x'.repeat(119)).digest('hex'));
  });

  const octets = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 60 });

  test('all of them are total, and give octets', () => {
    const all = [
      ...Object.values(TEXT_TRANSFORMATIONS),
      ...Object.values(PRE_PARSE_TRANSFORMATIONS),
      ...Object.values(SECLANG_TRANSFORMATIONS),
    ];
    fc.assert(
      fc.property(octets, (text) => {
        for (const transform of all) expect(/^[\0-\xff]*$/.test(transform(text))).toBe(true);
      }),
    );
  });
});

test.each([
  ['COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA', 'a=1&b=2&a=3&c', 'a=1,3&b=2&c='],
  ['REPLACE_SEMICOLONS_WITH_AMPERSANDS', 'a=1;b=2', 'a=1&b=2'],
  ['URL_DECODE', 'a%3d1', 'a=1'],
  ['URL_DECODE_UNI', 'a%u003d1', 'a=1'],
] as const)('before arguments are taken apart: %s', (name, query, want) => {
  expect(PRE_PARSE_TRANSFORMATIONS[name](query)).toBe(want);
});
