/**
 * A zip archive, read strictly: its central directory first, then each file, inflated to the length that was promised and no further, its
 * checksum proved. APPNOTE.TXT 4.3-4.5. What can only harm is refused with a sentence: paths that lead out, links, encryption, entries
 * that claim the same name. What a package must hold beyond that: accept-package.ts.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import type { Bytes } from '../../../../model/units.ts';

/** Why it is none, as a sentence without its full stop. */
export class ZipFault extends Error {}

export interface ZipEntry {
  /** Relative, with slashes. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly isExecutable: boolean;
  readonly length: Bytes;
}

export interface ZipArchive {
  readonly entries: readonly ZipEntry[];
  /** Throws ZipFault for what is damaged or lies about its length. */
  read(entry: ZipEntry): Uint8Array;
}

interface Located extends ZipEntry {
  readonly method: number;
  readonly checksum: number;
  readonly packedLength: Bytes;
  readonly headerAt: Bytes;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const FILE_HEADER = 0x04034b50;
const END_LENGTH: Bytes = 22;
const LONGEST_COMMENT: Bytes = 0xffff;
const ZIP64 = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;
const LONGEST_PATH = 1024;

/** Throws ZipFault. `most`: how many entries there may be, and how long all files together. */
export function readZip(bytes: Uint8Array, most: { readonly files: number; readonly length: Bytes }): ZipArchive {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const located = new Map<ZipEntry, Located>();
  for (const entry of readDirectory(bytes, view, most.files)) located.set(entry, entry);
  const entries = [...located.keys()];
  const length = entries.reduce((sum, entry) => sum + entry.length, 0);
  if (length > most.length) throw new ZipFault(`its files have ${length} bytes together, and may have ${most.length}`);
  refuseCollisions(entries);
  return {
    entries,
    read(entry) {
      const found = located.get(entry);
      if (found === undefined) throw new Error('the entry is of another archive');
      return readFile(bytes, view, found);
    },
  };
}

function readDirectory(bytes: Uint8Array, view: DataView, mostFiles: number): Located[] {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (view.getUint16(end + 4, true) !== 0 || count !== view.getUint16(end + 8, true))
    throw new ZipFault('it is in several parts');
  if (count === 0xffff || at === ZIP64) throw new ZipFault('it is in the ZIP64 form, which is not read here');
  if (count > mostFiles) throw new ZipFault(`it has ${count} entries, and may have ${mostFiles}`);
  const entries: Located[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) throw new ZipFault('its directory is damaged');
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw new ZipFault('its directory is damaged');
    const name = decodeName(bytes.subarray(at + 46, at + 46 + nameLength));
    entries.push(readEntry(view, at, name));
    at = next;
  }
  return entries;
}

/** Backwards: a comment may follow. */
function findEnd(view: DataView): Bytes {
  const last = view.byteLength - END_LENGTH;
  for (let at = last; at >= 0 && at >= last - LONGEST_COMMENT; at -= 1) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at;
  }
  throw new ZipFault('it is not a zip archive');
}

function readEntry(view: DataView, at: Bytes, name: string): Located {
  if ((view.getUint16(at + 8, true) & 1) !== 0) throw new ZipFault(`"${name}" is encrypted`);
  const [method, checksum] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
  const [packedLength, length] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
  if (packedLength === ZIP64 || length === ZIP64) throw new ZipFault('it is in the ZIP64 form, which is not read here');
  if (method !== STORED && method !== DEFLATED)
    throw new ZipFault(`"${name}" is compressed by method ${method}; only "deflate" is read`);
  const isUnix = view.getUint8(at + 5) === 3;
  const mode = isUnix ? view.getUint16(at + 40, true) : 0;
  refuseKind(mode, name);
  return {
    path: safePath(name),
    isFolder: name.endsWith('/'),
    isExecutable: (mode & 0o111) !== 0,
    length,
    method,
    checksum,
    packedLength,
    headerAt: view.getUint32(at + 42, true),
  };
}

function decodeName(octets: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    throw new ZipFault('the name of a file is not UTF-8');
  }
}

/** Ours: links could name what is outside, and sockets and devices are no code. */
function refuseKind(mode: number, name: string): void {
  const kind = mode & 0o170000;
  if (kind === 0o120000)
    throw new ZipFault(`"${name}" is a symbolic link; put the file itself there (zip follows links without -y)`);
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) throw new ZipFault(`"${name}" is neither a file nor a folder`);
}

function safePath(name: string): string {
  const path = name.endsWith('/') ? name.slice(0, -1) : name;
  const isSafe =
    path !== '' &&
    path.length <= LONGEST_PATH &&
    !/[\\\0]|^[A-Za-z]:/.test(path) &&
    path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..' && segment.length <= 255);
  if (!isSafe) throw new ZipFault(`"${name.slice(0, 100)}" is not a path inside of the package`);
  return path;
}

/** Each name once, and no file where another's folder is. */
function refuseCollisions(entries: readonly ZipEntry[]): void {
  const files = new Set<string>();
  const all = new Set<string>();
  for (const { path, isFolder } of entries) {
    if (all.has(path)) throw new ZipFault(`"${path}" is there more than once`);
    all.add(path);
    if (!isFolder) files.add(path);
  }
  for (const path of all) {
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
      if (files.has(path.slice(0, at))) throw new ZipFault(`"${path.slice(0, at)}" is a file and a folder`);
    }
  }
}

function readFile(bytes: Uint8Array, view: DataView, entry: Located): Uint8Array {
  const { headerAt, packedLength, length, method, checksum, path } = entry;
  const damaged = (): ZipFault => new ZipFault(`"${path}" is damaged`);
  if (headerAt + 30 > view.byteLength || view.getUint32(headerAt, true) !== FILE_HEADER) throw damaged();
  const begin = headerAt + 30 + view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true);
  if (begin + packedLength > view.byteLength) throw damaged();
  const packed = bytes.subarray(begin, begin + packedLength);
  const content = method === STORED ? packed : inflate(packed, length, damaged);
  if (content.byteLength !== length || crc32(content) !== checksum) throw damaged();
  return content;
}

function inflate(packed: Uint8Array, length: Bytes, damaged: () => ZipFault): Uint8Array {
  try {
    // Whoever lies about the length gets no further than one octet beyond it.
    return inflateRawSync(packed, { maxOutputLength: length + 1 });
  } catch {
    throw damaged();
  }
}
