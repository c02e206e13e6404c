/** Octets that follow from a key and a version, so that whoever reads them can tell whether they are right. */
export const VERSIONS = 50;

const SIZES: Readonly<Record<string, number>> = { small: 3000, medium: 150_000, large: 900_000 };

export function contentOf(key: string, version: number): Uint8Array {
  const most = SIZES[key.split('-')[0] ?? ''] ?? 100;
  const text = `${key} ${version} `;
  const seed = Bun.hash.crc32(text);
  return Buffer.alloc((seed % most) + text.length, text);
}
