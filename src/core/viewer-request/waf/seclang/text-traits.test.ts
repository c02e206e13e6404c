import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { SECLANG_TRANSFORMATIONS } from '../transformations/text-transformations.ts';
import { traitsChangedBy, traitsOf } from './text-traits.ts';

const unit = fc.oneof(
  fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  fc.constantFrom('%41', '&lt;', '\\x41', '/*', '*/', '--', '..', '//', '0x41', ' ', 'a', 'Z', '\xc3\xa9', '<!--', '\xa0'),
);

test('what a transformation changes has one of its traits', () => {
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
      for (const [name, transform] of Object.entries(SECLANG_TRANSFORMATIONS)) {
        if (transform(text) !== text) expect([name, (traitsOf(text) & traitsChangedBy(name)) !== 0]).toEqual([name, true]);
      }
    }),
    { numRuns: 2000 },
  );
});

test('ordinary text is changed by none of what decodes', () => {
  for (const name of ['urldecodeuni', 'htmlentitydecode', 'jsdecode', 'cssdecode', 'removenulls', 'utf8tounicode'])
    expect(traitsOf('red shoes, size 42') & traitsChangedBy(name)).toBe(0);
});
