/**
 * Math.random of CloudFront Functions. CloudFront: seeded with the time at which the function runs. Ours: and with the request's id, so that
 * requests of one millisecond draw different numbers, and a request that is replayed draws those that it drew. What runs anew from an image
 * of its memory (instance.ts) would otherwise draw the same ones each time. Returns how to seed it. Runs in QuickJS: see binary.ts.
 */
export function installRandom(): (time: string, requestId: string) => void {
  let time = '';
  let requestId = '';
  let isSeeded = true;
  let a = 0;
  let b = 0;
  let c = 0;
  let counter = 0;
  const { imul } = Math;
  /** The 32-bit numbers of sfc32: period at least 2^32, fair in PractRand. */
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  const begin = (): void => {
    const seed = time + requestId;
    // FNV-1a, three times over with other beginnings.
    const hash = (basis: number): number => {
      let value = basis;
      for (let at = 0; at < seed.length; at++) value = imul(value ^ seed.charCodeAt(at), 0x01000193);
      return value;
    };
    a = hash(0x811c9dc5);
    b = hash(0x9e3779b9);
    c = hash(0x85ebca6b);
    counter = 1;
    for (let round = 0; round < 12; round++) next();
    isSeeded = true;
  };
  const random = {
    random(): number {
      if (!isSeeded) begin();
      // 53 bits, as IEEE 754 has them.
      return ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;
    },
  }.random;
  Object.defineProperty(Math, 'random', { value: random, writable: true, configurable: true, enumerable: false });
  return (givenTime, givenId) => {
    time = givenTime;
    requestId = givenId;
    isSeeded = false;
  };
}
