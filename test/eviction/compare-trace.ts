/**
 * Miss ratios of our evictions over a request trace, beside libCacheSim's on the same trace. Run by hand:
 *   bun test/eviction/compare-trace.ts TRACE.csv        rows: time_s,object_id,size_bytes
 * The reference figures hold for the deterministic synthetic trace with SHA-256 4dd1dc97...c7 (1,500,000 requests, Zipf 0.9 with churn,
 * 30 % one-hit wonders, 32.3 GB footprint) only; for any other trace ours are printed alone. Exits 1 when S3-FIFO is off by more than 0.5 points.
 */
import { createS3Fifo, type Eviction } from '../../src/core/cache/eviction.ts';
import { createSizeAwareFifo } from '../../src/core/cache/size-aware-eviction.ts';

const REFERENCE_TRACE = '4dd1dc9735dc07adcf26a31e68f97134c1fcbfc8d88f9a76038553cfe978dbc7';
/** Request and byte miss ratios at 1, 5 and 10 % of the footprint. */
const REFERENCE: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  'libCacheSim S3-FIFO': [
    [0.631, 0.591],
    [0.556, 0.522],
    [0.511, 0.478],
  ],
  'libCacheSim GDSF': [
    [0.584, 0.666],
    [0.487, 0.572],
    [0.451, 0.527],
  ],
  'libCacheSim LRU': [
    [0.705, 0.66],
    [0.589, 0.553],
    [0.536, 0.502],
  ],
};
const SHARES = [0.01, 0.05, 0.1];
const OURS: Readonly<Record<string, (capacity: number) => Eviction>> = {
  'S3-FIFO': createS3Fifo,
  'size-aware FIFO': createSizeAwareFifo,
};
const TOLERANCE = 0.005;

const path = process.argv[2];
if (path === undefined) {
  console.error('usage: bun test/eviction/compare-trace.ts TRACE.csv');
  process.exit(2);
}
const text = await Bun.file(path).text();
const isReference = new Bun.CryptoHasher('sha256').update(text).digest('hex') === REFERENCE_TRACE;
const keys: string[] = [];
const sizes: number[] = [];
const footprint = new Map<string, number>();
for (const row of text.split('\n')) {
  const [, key, size] = row.split(',');
  if (key === undefined || size === undefined) continue;
  keys.push(key);
  sizes.push(Number(size));
  footprint.set(key, Number(size));
}
const total = [...footprint.values()].reduce((sum, size) => sum + size, 0);
console.log(`${keys.length} requests, ${footprint.size} objects, ${(total / 1e9).toFixed(1)} GB footprint`);

function replay(eviction: Eviction, capacity: number): readonly [number, number] {
  const held = new Set<string>();
  let [missed, missedBytes, allBytes] = [0, 0, 0];
  for (let at = 0; at < keys.length; at++) {
    const [key, size] = [keys[at]!, sizes[at]!];
    allBytes += size;
    if (held.has(key)) {
      eviction.touch(key);
      continue;
    }
    missed += 1;
    missedBytes += size;
    held.add(key);
    for (const evicted of eviction.insert(key, size)) held.delete(evicted);
    if (eviction.bytes > capacity || eviction.count !== held.size) throw new Error(`bound or count broken at request ${at}`);
  }
  return [missed / keys.length, missedBytes / allBytes];
}

const show = ([requests, bytes]: readonly [number, number]): string => `${requests.toFixed(4)} (${bytes.toFixed(4)})`;
let isOff = false;
for (const [name, create] of Object.entries(OURS)) {
  const figures = SHARES.map((share) => {
    const capacity = Math.floor(total * share);
    const started = performance.now();
    const figure = replay(create(capacity), capacity);
    const nanoseconds = ((performance.now() - started) * 1e6) / keys.length;
    return { figure, nanoseconds };
  });
  console.log(
    `${name.padEnd(20)} ${figures.map(({ figure, nanoseconds }) => `${show(figure)} ${nanoseconds.toFixed(0)} ns`).join('   ')}`,
  );
  if (!isReference || name !== 'S3-FIFO') continue;
  const reference = REFERENCE['libCacheSim S3-FIFO']!;
  isOff = figures.some(({ figure }, index) => Math.abs(figure[0] - reference[index]![0]) > TOLERANCE);
}
if (isReference)
  for (const [name, figures] of Object.entries(REFERENCE))
    console.log(`${name.padEnd(20)} ${figures.map(show).join('          ')}`);
process.exit(isOff ? 1 : 0);
