import { describe, expect, test } from 'bun:test';
import { zipSync } from 'fflate';
import { readZip } from './read-zip.ts';

const LIMITS = { files: 100, length: 1_000_000 };
const text = (content: string): Uint8Array => Buffer.from(content);

function read(zip: Uint8Array, limits = LIMITS): Record<string, string> {
  const archive = readZip(zip, limits);
  return Object.fromEntries(archive.entries.map((entry) => [entry.path, Buffer.from(archive.read(entry)).toString()]));
}

/** The archive with something at an offset from one of its signatures changed. */
function patched(zip: Uint8Array, signature: number, offset: number, bytes: readonly number[]): Uint8Array {
  const copy = Buffer.from(zip);
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(signature);
  copy.set(bytes, copy.indexOf(mark) + offset);
  return copy;
}

const DIRECTORY = 0x02014b50;
const plain = zipSync({ 'a.js': text('a'.repeat(5000)), 'b/c.js': [text('stored'), { level: 0 }] });

test('files, deflated and stored', () => {
  expect(read(plain)).toEqual({ 'a.js': 'a'.repeat(5000), 'b/c.js': 'stored' });
});

test('a comment at the end', () => {
  const withComment = Buffer.concat([patched(plain, 0x06054b50, 20, [5, 0]), text('hello')]);
  expect(Object.keys(read(withComment))).toEqual(['a.js', 'b/c.js']);
});

describe('refused', () => {
  const named = (name: string): Uint8Array => zipSync({ [name]: text('x') });
  const link = zipSync({ link: [text('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] });
  const device = zipSync({ device: [text(''), { os: 3, attrs: (0o020666 << 16) >>> 0 }] });
  const rows: [name: string, zip: Uint8Array, want: string][] = [
    ['nothing', new Uint8Array(0), 'not a zip archive'],
    ['text', text('PK, but no more than that'), 'not a zip archive'],
    ['a path that leads out', named('../out.js'), '"../out.js" is not a path inside of the package'],
    ['a path that leads out in the middle', named('a/../../out.js'), 'not a path inside'],
    ['an absolute path', named('/etc/cron'), 'not a path inside'],
    ['a Windows path', named('a\\b.js'), 'not a path inside'],
    ['a drive', named('C:a'), 'not a path inside'],
    ['a link', link, '"link" is a symbolic link'],
    ['a device', device, '"device" is neither a file nor a folder'],
    ['a file that is a folder', zipSync({ a: text('x'), 'a/b': text('y') }), '"a" is a file and a folder'],
    ['encryption', patched(plain, DIRECTORY, 8, [1, 0]), '"a.js" is encrypted'],
    ['another compression', patched(plain, DIRECTORY, 10, [12, 0]), 'compressed by method 12'],
    ['a wrong checksum', patched(plain, DIRECTORY, 16, [1, 2, 3, 4]), '"a.js" is damaged'],
    ['a length that is too small', patched(plain, DIRECTORY, 24, [1, 0, 0, 0]), '"a.js" is damaged'],
    ['a length that is too large', patched(plain, DIRECTORY, 24, [0xff, 0xff, 0, 0]), '"a.js" is damaged'],
    ['octets that are not there', patched(plain, DIRECTORY, 42, [0xff, 0xff, 0, 0]), '"a.js" is damaged'],
    ['a cut-off archive', plain.subarray(40), 'damaged'],
    ['ZIP64', patched(plain, DIRECTORY, 24, [0xff, 0xff, 0xff, 0xff]), 'ZIP64'],
    ['a bomb that says so', patched(plain, DIRECTORY, 24, [0, 0, 0, 0x40]), 'and may have 1000000'],
  ];
  test.each(rows)('%s', (_, zip, want) => expect(() => read(zip)).toThrow(want));

  test('a bomb that lies is inflated no further than it says', () => {
    const bomb = patched(zipSync({ bomb: new Uint8Array(5_000_000) }), DIRECTORY, 24, [10, 0, 0, 0]);
    expect(() => read(bomb)).toThrow('"bomb" is damaged');
  });

  test('more entries than may be', () =>
    expect(() => read(plain, { ...LIMITS, files: 1 })).toThrow('has 2 entries, and may have 1'));

  test('a name twice', () => {
    const twice = Buffer.from(zipSync({ 'a.js': text('1'), 'b.js': text('2') }));
    twice.write('a.js', twice.lastIndexOf('b.js'));
    expect(() => read(twice)).toThrow('"a.js" is there more than once');
  });
});
